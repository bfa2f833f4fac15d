"""How well similar submissions are found, on a set judged by hand (tests/data/similar_judged.csv).

Texts of one group tell the same matter in other words; those without a group have no twin. Each text asks in
turn, as in step 2 of the submit flow: its ward, and the category that its words propose.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.models import Kind, Ward
from portal.queries import reference, similar
from portal.rules import categories
from tests.factories import make_case

JUDGED = Path(__file__).parents[1] / "data" / "similar_judged.csv"


@dataclass
class Asked:
    group: str
    relevant: int
    shown: list[bool]


@pytest.fixture
def asked(db) -> list[Asked]:
    wards = {ward.name: ward.code for ward in db.session.scalars(select(Ward))}
    words = {row.id: row.words for row in reference.categories().values() if row.active}
    with JUDGED.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    cases = []
    for row in rows:
        ward, category = wards[row["ward"]], categories.propose(row["text"], words)
        case = make_case(title=row["text"][:100], body=row["text"], ward_code=ward, category_id=category)
        cases.append((case.id, row["group"], row["text"], ward, category))
    groups = {case_id: group for case_id, group, *_ in cases}
    found = []
    for case_id, group, text, ward, category in cases:
        rows_ = similar.find(text, kind=Kind.PROBLEM, ward_code=ward, category_id=category, but=case_id)
        shown = [bool(group) and groups[row.id] == group for row in rows_]
        relevant = sum(other == group for other in groups.values()) - 1 if group else 0
        found.append(Asked(group, relevant, shown))
    return found


def figures(asked: list[Asked]) -> dict[str, float]:
    shown = [hit for one in asked for hit in one.shown]
    told = [one for one in asked if one.group]
    return {
        "precision at 3": sum(shown) / len(shown),
        "recall at 3": sum(sum(one.shown) / min(3, one.relevant) for one in told) / len(told),
        "first is right": sum(one.shown[:1] == [True] for one in told) / len(told),
        "no twin, none shown": sum(not one.shown for one in asked if not one.group)
        / sum(not one.group for one in asked),
    }


def test_what_is_shown_as_similar_is_what_people_judged_similar(asked):
    measured = figures(asked)
    print({name: round(value, 3) for name, value in measured.items()})
    # every other group was looked at while the weights were set, the rest was not
    names = sorted({one.group for one in asked if one.group})
    held = figures([one for one in asked if not one.group or names.index(one.group) % 2])
    print("held out:", {name: round(value, 3) for name, value in held.items()})
    assert measured["precision at 3"] >= 0.88
    assert measured["recall at 3"] >= 0.78
    assert measured["first is right"] >= 0.93
    assert measured["no twin, none shown"] >= 0.7
    assert held["precision at 3"] >= 0.82
