"""The public meetings of the demonstration: coming ones with people registered, one with minutes, one off."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from portal.core.sealing import Seal
from portal.models import Consultation, Gathering, Program, Submission, User
from portal.rules.contacts import parse
from portal.services import citizens, gatherings
from portal.services.demo.citizens import Citizens, named
from portal.services.demo.people import Staff
from portal.services.demo.times import Times, dated
from portal.services.gatherings import Point


class Agenda:
    """Prepares and publishes the meetings, and lets people register."""

    def __init__(
        self,
        folder: Path,
        staff: Staff,
        agencies: Mapping[str, int],
        people: Citizens,
        seal: Seal,
        times: Times,
    ) -> None:
        self._entries = named(folder, "gatherings.json")
        self._staff = staff
        self._agencies = agencies
        self._citizens = people
        self._seal = seal
        self._times = times
        self._made = 0

    def __len__(self) -> int:
        return self._made

    def replay(
        self,
        cases: Mapping[str, Submission],
        programs: Mapping[str, Program],
        consultations: Mapping[str, Consultation],
    ) -> None:
        """Publish each meeting, and let happen what happened to it since."""
        for entry in self._entries:
            agency_id = self._agencies[entry["agency"]]
            actor = self._staff.head(agency_id)
            at = self._times.at(entry["published_days_ago"], 11)
            begins = self._times.at(-entry["in_days"], *entry["from"])
            latitude, longitude = entry.get("spot", (None, None))
            one = gatherings.create(
                actor=actor,
                at=at,
                fields={
                    "agency_id": agency_id,
                    "program_id": programs[entry["program"]].id if "program" in entry else None,
                    "consultation_id": consultations[entry["consultation"]].id
                    if "consultation" in entry
                    else None,
                    "title_id": entry["title_id"],
                    "title_en": entry["title_en"],
                    "text_id": entry["text_id"],
                    "text_en": entry["text_en"],
                    "place": entry["place"],
                    "ward_code": entry["ward"],
                    "latitude": latitude,
                    "longitude": longitude,
                    "starts_at": begins,
                    "ends_at": begins + timedelta(minutes=entry["minutes"]),
                    "capacity": entry.get("capacity"),
                },
                points=[
                    Point(text_id, text_en, begins + timedelta(minutes=after))
                    for after, text_id, text_en in entry["points"]
                ],
            )
            gatherings.link(one, [cases[key].reference for key in entry["about"]], actor=actor, at=at)
            gatherings.publish(one, actor=actor, at=at)
            self._register(one, entry)
            self._since(one, entry)
            self._made += 1

    def _register(self, one: Gathering, entry: Mapping[str, Any]) -> None:
        for number, (who, seats, needs) in enumerate(entry["registered"]):
            at = self._times.at(entry["published_days_ago"], 12) + timedelta(minutes=41 * number)
            user = self._guest(who) if "@" in who else self._citizens.user(who)
            gatherings.register(one, user, seats=seats, needs=needs, at=at, seal=self._seal)

    def _guest(self, address: str) -> User:
        """Return the account of somebody who only comes to meetings."""
        at = self._times.at(30, 8)
        user = citizens.enter(parse(address), at=at, seal=self._seal, locale="id")
        assert user is not None  # nobody closed it
        return user

    def _since(self, one: Gathering, entry: Mapping[str, Any]) -> None:
        actor = self._staff.head(one.agency_id)
        if "cancelled" in entry:
            at = self._times.at(entry["cancelled"]["days_ago"], 15)
            gatherings.cancel(one, actor=actor, at=at, reason=entry["cancelled"]["text"])
        if "held" in entry:
            at = self._times.at(entry["held"]["days_ago"], 10)
            day = self._times.calendar.day_of(at)
            gatherings.write_minutes(
                one,
                actor=actor,
                at=at,
                version=one.version,
                text_id=dated(entry["held"]["text_id"], day),
                text_en=entry["held"]["text_en"],
            )
