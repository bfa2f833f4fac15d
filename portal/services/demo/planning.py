"""The planning of the demonstration: rounds, quick steps, and what was written for the planning system."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

from portal.core.clock import city_date
from portal.core.database import db
from portal.models import (
    Endorser,
    LandStatus,
    PlanningRound,
    QuickStep,
    RoundLevel,
    Submission,
    Verdict,
)
from portal.queries.reference import CategoryRow
from portal.rules import planning as rules
from portal.services import pages, planning_proposals
from portal.services.demo.people import Staff
from portal.services.demo.times import Times

#: Budget years with rounds, relative to the year of loading.
_YEARS = range(4)


def plan(
    folder: Path, cases: Iterable[Submission], categories: Mapping[str, CategoryRow], at: datetime
) -> None:
    """Add rounds and quick steps, and tell every case its year as if they had stood there all the time.

    A folder without planning.json has no rounds.
    """
    file = folder / "planning.json"
    if not file.exists():
        return
    data = json.loads(file.read_text(encoding="utf-8"))
    pages.touch_reference()
    rounds = [
        PlanningRound(
            year=at.year + ahead,
            level=RoundLevel(entry["level"]),
            opens_on=_day(at.year + ahead, entry["opens"]),
            closes_on=_day(at.year + ahead, entry["closes"]),
            held_on=_day(at.year + ahead, entry["held"]) if entry["held"] else None,
            note=entry["note"],
        )
        for ahead in _YEARS
        for entry in data["rounds"]
    ]
    db.session.add_all(rounds)
    for position, entry in enumerate(data["steps"]):
        slug = entry["category"]
        db.session.add(
            QuickStep(
                category_id=categories[slug].id if slug else None,
                position=position,
                text_id=entry["text_id"],
                text_en=entry["text_en"],
            )
        )
    for case in cases:
        case.planning_year = rules.year_for(rounds, case.kind, city_date(case.received_at))


def write_down(folder: Path, cases: Mapping[str, Submission], staff: Staff, times: Times) -> None:
    """Write some cases for the planning system, with the words that were given on them so far."""
    file = folder / "planning.json"
    entries = json.loads(file.read_text(encoding="utf-8"))["proposals"] if file.exists() else []
    for entry in entries:
        case = cases[entry["case"]]
        at = max(case.received_at, times.at(entry["days_ago"], 11))
        head = staff.head(case.agency_id)
        fields = entry["fields"] | {
            "year": case.planning_year,
            "agency_id": case.agency_id,
            "land_status": LandStatus(entry["fields"]["land_status"]),
        }
        planning_proposals.write(case, actor=head, at=at, version=0, fields=fields)
        for endorser, verdict, days_ago, volume, budget, remark in entry["words"]:
            given = max(at, times.at(days_ago, 14))
            planning_proposals.endorse(
                case,
                Endorser(endorser),
                verdict=Verdict(verdict),
                given_on=city_date(given),
                volume=volume,
                budget=budget,
                remark=remark,
                actor=head,
                at=given,
            )


def _day(year: int, told: list[int]) -> date:
    """A budget is planned in the year before its own."""
    ahead, month, day = told
    return date(year - 1 + ahead, month, day)
