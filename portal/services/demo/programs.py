"""The programs of the demonstration: their milestones, progress, and links to what citizens sent."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from portal.core.database import db
from portal.models import LinkType, Program, ProgramStatus, Submission
from portal.services import programs
from portal.services.demo.people import Staff
from portal.services.demo.times import Times, dated

#: Fields whose value in the data is the value in the table.
_AS_THEY_STAND = (
    "code", "nomenclature", "title_id", "title_en", "summary_id", "summary_en", "year", "budget",
    "indicator_id", "indicator_en", "target", "realised",
)  # fmt: skip


class Programs:
    """Plans everything that happened to the programs."""

    def __init__(
        self,
        entries: list[dict[str, Any]],
        staff: Staff,
        agencies: dict[str, int],
        times: Times,
        cases: dict[str, Submission],
    ) -> None:
        self._entries = entries
        self._staff = staff
        self._agencies = agencies
        self._times = times
        self._cases = cases
        self.made: dict[str, Program] = {}
        self.links = 0

    @property
    def count(self) -> int:
        """Return how many programs were made."""
        return len(self.made)

    def moments(self) -> Iterator[tuple[datetime, str, Callable[[], None]]]:
        """Yield (when, what, how) of everything."""
        now = self._times.now
        for entry in self._entries:
            code = entry["code"]
            oldest = max((update["days_ago"] for update in entry["updates"]), default=0)
            begun = now - timedelta(days=max(200, oldest + 5))
            yield begun, f"program {code}", partial(self._create, entry, begun)
            for update in entry["updates"]:
                at = self._times.received(update["days_ago"], 11)
                yield (
                    at,
                    f"program {code} update",
                    partial(self._update, code, update, at),
                )
            for link in entry["links"]:
                at = self._times.working_days_ago(link["wd_ago"])
                yield (
                    at,
                    f"program {code} link {link['key']}",
                    partial(self._link, code, link, at),
                )
            yield now, f"program {code} today", partial(self._finish, entry)

    def _create(self, entry: dict[str, Any], at: datetime) -> None:
        agency_id = self._agencies[entry["agency"]]
        actor = self._staff.head(agency_id)
        fields = {name: entry[name] for name in _AS_THEY_STAND} | {
            "agency_id": agency_id,
            "status": ProgramStatus(entry["status"]),
            "progress": 0,
        }
        program = self.made[entry["code"]] = programs.create(actor=actor, at=at, fields=fields)
        today = self._times.calendar.day_of(self._times.now)
        for milestone in entry["milestones"]:
            made = programs.add_milestone(
                program,
                actor=actor,
                at=at,
                title_id=milestone["title_id"],
                title_en=milestone["title_en"],
                due_on=today + timedelta(days=milestone["due_in_days"]),
            )
            if milestone["done_in_days"] is not None:
                db.session.flush()  # need the id
                done_on = today + timedelta(days=milestone["done_in_days"])
                programs.keep_milestone(program, made.id, actor=actor, at=at, on=done_on)

    def _update(self, code: str, update: dict[str, Any], at: datetime) -> None:
        program, day = self.made[code], self._times.calendar.day_of(at)
        programs.add_update(
            program,
            actor=self._staff.head(program.agency_id),
            at=at,
            text_id=dated(update["text_id"], day),
            text_en=dated(update["text_en"], day),
            progress=update["progress"],
        )

    def _link(self, code: str, link: dict[str, Any], at: datetime) -> None:
        case = self._cases[link["key"]]
        programs.link(
            case,
            self.made[code],
            type=LinkType(link["type"]),
            sentence=link["sentence"],
            actor=self._staff.triage(case.id),
            at=at,
        )
        self.links += 1

    def _finish(self, entry: dict[str, Any]) -> None:
        """Set what the last report may not have said."""
        self.made[entry["code"]].progress = entry["progress"]
