"""What is said and agreed in the rooms of partnerships of the demonstration."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from portal.models import BusinessRole, Partnership, Submission
from portal.queries import partnerships
from portal.rules.partnerships import RUNNING, quarter_of_day
from portal.rules.permissions import Actor, BusinessSeat
from portal.services.demo.people import Staff
from portal.services.demo.times import Times
from portal.services.partnerships import meetings, monitoring, talk


class Rooms:
    """Replays the talk of the parties once their partnerships are there."""

    def __init__(self, entries: list[dict[str, Any]], staff: Staff, times: Times) -> None:
        self._entries = entries
        self._staff = staff
        self._times = times

    def replay(self, cases: Mapping[str, Submission]) -> None:
        """Write messages and notes, hold meetings, and give the answers of a quarter."""
        for entry in self._entries:
            case = cases[entry["key"]]
            found = partnerships.by_reference(case.reference)
            if found is None:  # its acceptance lies ahead on a day of loading with many holidays
                continue
            self._talk(entry, found[0], case)
            self._meet(entry, found[0])
            if "monitoring" in entry and found[0].stage in RUNNING:
                self._monitor(entry["monitoring"], found[0], case)

    def _actor(self, who: str, partnership: Partnership, case: Submission) -> Actor:
        if who == "business":
            seat = BusinessSeat(partnership.business_id, BusinessRole.OWNER)
            return Actor(businesses=frozenset({seat}))
        return (
            self._staff.triage(case.id) if who == "coordinator" else self._staff.head(partnership.agency_id)
        )

    def _talk(self, entry: Mapping[str, Any], partnership: Partnership, case: Submission) -> None:
        for days_ago, hour, who, text in entry["messages"]:
            actor = self._actor(who, partnership, case)
            talk.write(partnership, text, actor=actor, at=self._times.at(days_ago, hour))
        for days_ago, hour, who, text in entry.get("notes", ()):
            actor = self._actor(who, partnership, case)
            talk.write(partnership, text, internal=True, actor=actor, at=self._times.at(days_ago, hour))

    def _meet(self, entry: Mapping[str, Any], partnership: Partnership) -> None:
        lead = self._staff.head(partnership.agency_id)
        for days, title, place, summary in entry.get("meetings", ()):
            starts_at = self._times.at(-days, 9)
            called_at = self._times.at(max(-days, 0) + 5, 11)
            row = meetings.call(
                partnership,
                title=title,
                place=place,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=90),
                actor=lead,
                at=called_at,
            )
            if summary:
                after = starts_at + timedelta(hours=3)
                meetings.note(partnership, row, summary=summary, actor=lead, at=after, version=row.version)

    def _monitor(
        self, answers: Mapping[str, Mapping[str, str]], partnership: Partnership, case: Submission
    ) -> None:
        if partnership.starts_on is None:
            return
        period = quarter_of_day(partnership.starts_on)
        monitoring.ask(partnership, period, at=self._times.at(6, 6))
        for who, given in answers.items():
            actor = self._actor(who, partnership, case)
            monitoring.answer(partnership, period, given, actor=actor, at=self._times.at(4, 10))
