"""The programs of the demonstration: their milestones, progress, and links to what citizens sent."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from portal.core.database import db
from portal.core.spreadsheets import read_table
from portal.models import (
    BudgetStage,
    LinkType,
    Program,
    ProgramLevel,
    ProgramStatus,
    Submission,
    TeamRole,
    User,
)
from portal.queries import nomenclature as decrees
from portal.rules.permissions import Actor
from portal.services import nomenclature, programs
from portal.services.demo.people import Staff
from portal.services.demo.pictures import Pictures
from portal.services.demo.times import Times, dated

#: Of which decree the codes in the data are.
DECREE, ISSUED_ON = "Kepmendagri 050-5889 Tahun 2021", date(2021, 12, 27)
_CODES = Path(__file__).parents[2] / "data" / "reference" / "nomenclature.csv"

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
        pictures: Pictures,
    ) -> None:
        self._entries = entries
        self._staff = staff
        self._agencies = agencies
        self._times = times
        self._cases = cases
        self._pictures = pictures
        self.made: dict[str, Program] = {}
        self.links = 0

    @property
    def count(self) -> int:
        """Return how many programs were made."""
        return len(self.made)

    def moments(self) -> Iterator[tuple[datetime, str, Callable[[], None]]]:
        """Yield (when, what, how) of everything."""
        now = self._times.now
        yield now - timedelta(days=400), "nomenclature", partial(_load_codes, now - timedelta(days=400))
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
            yield now, f"program {code} today", partial(self._finish, entry, now)

    def _create(self, entry: dict[str, Any], at: datetime) -> None:
        agency_id = self._agencies[entry["agency"]]
        actor = self._staff.head(agency_id)
        fields = {name: entry[name] for name in _AS_THEY_STAND} | {
            "agency_id": agency_id,
            "status": ProgramStatus(entry["status"]),
            "progress": 0,
            "level": ProgramLevel(entry.get("level", ProgramLevel.PROGRAM)),
            "weight": entry.get("weight", 1),
            "parent_id": self.made[entry["parent"]].id if "parent" in entry else None,
            "nomenclature_code": entry.get("nomenclature_code", ""),
        }
        known = decrees.find(fields["nomenclature_code"])
        if known is not None:
            fields |= {
                "nomenclature_version_id": known.version_id,
                "nomenclature": f"{known.code} {known.title}",
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
            elif "moved_by_days" in milestone:
                db.session.flush()  # need the id
                to = made.due_on + timedelta(days=milestone["moved_by_days"])
                reason = milestone["reason"]
                programs.move_milestone(program, made.id, actor=actor, at=at, to=to, reason=reason)
        self._detail(program, entry, actor, at)

    def _detail(self, program: Program, entry: dict[str, Any], actor: Actor, at: datetime) -> None:
        today = self._times.calendar.day_of(self._times.now)
        for money in entry.get("budgets", ()):
            programs.save_budget(
                program,
                BudgetStage(money["stage"]),
                money["amount"],
                as_of=today - timedelta(days=money["days_ago"]),
                actor=actor,
                at=at,
            )
        for measure in entry.get("indicators", ()):
            programs.save_indicator(program, programs.Measure(**measure), actor=actor, at=at)
        if not entry.get("budgets"):
            return
        others = [self._agencies[code] for code in entry.get("agencies", ())]
        programs.set_agencies(program, others, actor=actor, at=at)
        team = {self._staff.officer(agency).id: TeamRole.MEMBER for agency in others}
        team[self._staff.officer(program.agency_id).id] = TeamRole.LEAD
        programs.set_team(program, team, actor=actor, at=at)

    def _update(self, code: str, update: dict[str, Any], at: datetime) -> None:
        program, day = self.made[code], self._times.calendar.day_of(at)
        programs.add_update(
            program,
            actor=self._staff.head(program.agency_id),
            at=at,
            text_id=dated(update["text_id"], day),
            text_en=dated(update["text_en"], day),
            progress=update["progress"],
            photos=[(self._pictures.photo(update["photo"]), update["alt"])] if "photo" in update else [],
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

    def _finish(self, entry: dict[str, Any], at: datetime) -> None:
        """Set what the last report may not have said; the program of a part follows."""
        program = self.made[entry["code"]]
        program.progress = entry["progress"]
        programs.carry_up(program.parent_id, at=at)

    def vote(self, random: Random) -> None:
        """Let citizens say whether they feel the results: the further a program is, the more do."""
        people = list(db.session.scalars(select(User).where(User.citizen).order_by(User.id).limit(500)))
        for program in self.made.values():
            if program.parent_id is not None or program.status not in {
                ProgramStatus.RUNNING,
                ProgramStatus.DONE,
            }:
                continue
            for person in people:
                felt = random.randrange(100) < program.progress
                programs.vote(program, person, felt=felt, at=self._times.now)


def _load_codes(at: datetime) -> None:
    if decrees.by_decree(DECREE) is None:
        table = read_table(_CODES.read_bytes())
        nomenclature.load(table, decree=DECREE, issued_on=ISSUED_ON, actor=None, at=at)
