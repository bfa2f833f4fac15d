"""What is suggested for a case, and what is written down at its first assignment."""

from datetime import timedelta
from typing import Any

import pytest

from portal.models import (
    Kind,
    Priority,
    ReasonCode,
    Role,
    RoutingOutcome,
    Status,
    SuggestionSource,
)
from portal.queries import reference, routing
from portal.services import cases
from portal.services import routing as service
from portal.services.administration import Taken
from portal.services.errors import NotPermitted, StaleVersion
from tests import factories as make
from tests.factories import at

LAMP = {"title": "Lampu jalan padam", "body": "Lampu jalan di depan pasar Nauli sudah padam tiga malam."}


def _admin() -> Any:
    return make.actor(make.make_user(Role.ADMIN))


def _closed(agency: Any, count: int = 3, **fields: Any) -> list[Any]:
    return [
        make.make_case(**{"status": Status.ANSWERED, "agency": agency, **LAMP} | fields) for _ in range(count)
    ]


# --- what is suggested --------------------------------------------------------------------------------


def test_rules_come_first_then_similar_cases_then_the_category(db: Any) -> None:
    usual, alike, ruled = (make.make_agency() for _ in range(3))
    case = make.make_case(Status.IN_REVIEW, category=make.make_category(agency_id=usual.id), **LAMP)
    db.session.commit()
    assert routing.suggest(case).source is SuggestionSource.CATEGORY
    _closed(alike)
    db.session.commit()
    found = routing.suggest(case)
    assert found.agency is not None
    assert (found.agency.value, found.agency.count, found.agency.total) == (alike.id, 3, 3)
    make.make_rule(words="lampu jalan", agency_id=ruled.id, priority=Priority.HIGH)
    db.session.commit()
    found = routing.suggest(case)
    assert found.agency is not None
    assert found.priority is not None
    assert (found.agency.value, found.priority.value) == (ruled.id, Priority.HIGH)


@pytest.mark.parametrize(
    "trait",
    [{"secret": True}, {"text_public": False}, {"status": Status.ASSIGNED}, {"kind": Kind.PARTNERSHIP}],
)
def test_secret_closed_living_and_foreign_cases_say_nothing(db: Any, trait: dict[str, Any]) -> None:
    _closed(make.make_agency(), **trait)
    case = make.make_case(Status.IN_REVIEW, **LAMP)
    db.session.commit()
    assert routing.suggest(case).agency is None


def test_a_case_is_not_like_itself(db: Any) -> None:
    case = _closed(make.make_agency(), 1)[0]
    db.session.commit()
    assert routing.alike(case) == []


def test_a_secret_case_is_not_given_to_whom_it_names(db: Any) -> None:
    agency = make.make_agency()
    officer = make.make_user(Role.OFFICER, agency)
    make.make_rule(words="lampu", agency_id=agency.id, officer_id=officer.id)
    named = make.make_case(Status.IN_REVIEW, secret=True, named=officer, **LAMP)
    other = make.make_case(Status.IN_REVIEW, secret=True, **LAMP)
    db.session.commit()
    assert routing.suggest(named).officer is None
    found = routing.suggest(other).officer
    assert found is not None
    assert found.value == officer.id


@pytest.mark.parametrize("gone", ["agency", "officer", "category"])
def test_what_is_not_at_work_is_not_suggested(db: Any, gone: str) -> None:
    agency, category = make.make_agency(), make.make_category()
    officer = make.make_user(Role.OFFICER, agency)
    row = make.make_rule(agency_id=agency.id, officer_id=officer.id, set_category_id=category.id)
    case = make.make_case(Status.IN_REVIEW, category=make.make_category(), **LAMP)
    {"agency": agency, "officer": officer, "category": category}[gone].active = False
    db.session.commit()
    found = routing.suggest(case)
    assert (found.agency is None) == (gone == "agency")
    assert (found.officer is None) == (gone in {"agency", "officer"})
    assert (found.category is None) == (gone == "category")
    faults = routing.faults_of([reference.as_rule(row)])[row.id]
    assert [str(fault) for fault in faults] == [gone]


def test_an_inactive_rule_does_not_count(db: Any) -> None:
    make.make_rule(agency_id=make.make_agency().id, active=False)
    case = make.make_case(Status.IN_REVIEW, **LAMP)
    db.session.commit()
    assert routing.suggest(case).agency is None


@pytest.mark.parametrize("text", ["", "dan yang", "lampu", '" OR 1=1 --', "* NEAR( ^"])
def test_any_text_can_be_compared(db: Any, text: str) -> None:
    case = make.make_case(Status.IN_REVIEW, title=text, body=text)
    assert routing.alike(case) == []


# --- what is written down -----------------------------------------------------------------------------


def _outcome(db: Any, case: Any) -> Any:
    return db.session.get(RoutingOutcome, case.id)


def test_the_first_assignment_says_what_was_suggested_and_whether_it_was_kept(db: Any) -> None:
    agency, other, category = make.make_agency(), make.make_agency(), make.make_category()
    row = make.make_rule(words="lampu", agency_id=agency.id, set_category_id=category.id)
    kept, refused = (make.make_case(Status.IN_REVIEW, **LAMP) for _ in range(2))
    db.session.commit()
    cases.assign(kept, agency_id=agency.id, category_id=category.id, actor=make.triage(), at=at(16))
    cases.assign(refused, agency_id=other.id, actor=make.triage(), at=at(16))
    one, two = _outcome(db, kept), _outcome(db, refused)
    assert (one.source, one.rule_id, one.agency_id, one.category_id) == (
        SuggestionSource.RULE,
        row.id,
        agency.id,
        category.id,
    )
    assert (one.agency_kept, one.category_kept) == (True, True)
    assert (two.agency_kept, two.category_kept) == (False, False)


def test_without_a_suggestion_that_is_written_down_too(db: Any) -> None:
    case = make.make_case(Status.IN_REVIEW, category=make.make_category(), **LAMP)
    cases.assign(case, agency_id=make.make_agency().id, actor=make.triage(), at=at(16))
    row = _outcome(db, case)
    assert (row.source, row.agency_kept, row.category_kept) == (SuggestionSource.NONE, None, None)


def test_a_later_assignment_and_a_hand_over_measure_nothing(db: Any) -> None:
    agency = make.make_agency()
    case = make.make_case(Status.IN_REVIEW, category=make.make_category(agency_id=agency.id), **LAMP)
    db.session.commit()
    cases.assign(case, agency_id=agency.id, actor=make.triage(), at=at(16))
    head, other = make.head(agency), make.make_agency()
    cases.decline(case, code=ReasonCode.BUDGET, text="Tidak ada anggaran.", actor=head, at=at(17))
    cases.object_(case, reason="Saya keberatan.", actor=make.reporter(case), at=at(18))
    cases.assign(case, agency_id=other.id, actor=make.triage(), at=at(19))
    cases.hand_over(case, agency_id=agency.id, reason="Keliru.", actor=make.triage(), at=at(20))
    assert (_outcome(db, case).at, _outcome(db, case).agency_kept) == (at(16), True)


def test_a_rule_that_went_a_moment_ago_breaks_no_assignment(db: Any) -> None:
    row = make.make_rule(agency_id=make.make_agency().id)
    case = make.make_case(Status.IN_REVIEW, category=make.make_category(), **LAMP)
    db.session.commit()
    reference.routing_rules()
    db.session.delete(row)  # what is remembered still names it
    db.session.flush()
    cases.assign(case, agency_id=make.make_agency().id, actor=make.triage(), at=at(16))
    assert (_outcome(db, case).source, _outcome(db, case).rule_id) == (SuggestionSource.RULE, None)


def test_the_priority_is_set_with_the_assignment_and_told_by_its_event(db: Any) -> None:
    case = make.make_case(Status.IN_REVIEW, category=make.make_category())
    agency = make.make_agency()
    cases.assign(case, agency_id=agency.id, priority=Priority.URGENT, actor=make.triage(), at=at(16))
    assert case.priority == Priority.URGENT
    assert make.events_of(case)[-1].data["priority"] == 2
    other = make.make_case(Status.IN_REVIEW, category=make.make_category(), priority=1)
    cases.assign(other, agency_id=agency.id, actor=make.triage(), at=at(16))
    assert other.priority == 1
    assert "priority" not in make.events_of(other)[-1].data


def test_outcomes_are_counted_by_origin_for_ninety_days(db: Any) -> None:
    agency, other = make.make_agency(), make.make_agency()
    row = make.make_rule(name="Lampu", words="lampu", agency_id=agency.id)
    db.session.commit()
    for number in range(4):
        case = make.make_case(Status.IN_REVIEW, **LAMP)
        chosen = agency if number else other
        cases.assign(case, agency_id=chosen.id, actor=make.triage(), at=at(16))
    counted = routing.kept(at=at(17))
    assert [(one.rule_id, one.name, one.cases, one.agencies, one.agencies_kept) for one in counted] == [
        (row.id, "Lampu", 4, 4, 3)
    ]
    assert routing.kept(at=at(17) + timedelta(days=91)) == []


# --- rules and days -----------------------------------------------------------------------------------


def _save(rule_id: int | None = None, *, name: str = "Lampu", actor: Any = None, **fields: Any) -> Any:
    return service.save_rule(rule_id, actor=actor or _admin(), at=at(16), name=name, **fields)


def test_rules_are_added_at_the_end_moved_switched_and_removed(db: Any) -> None:
    one, two, three = (_save(name=name) for name in ("Satu", "Dua", "Tiga"))
    service.move_rule(three.id, -1, actor=_admin(), at=at(16))
    service.move_rule(one.id, -1, actor=_admin(), at=at(16))
    assert [row.name for row in routing.rules()] == ["Satu", "Tiga", "Dua"]
    service.switch_rule(one.id, False, actor=_admin(), at=at(16))
    service.delete_rule(two.id, actor=_admin(), at=at(16))
    db.session.commit()
    assert [(row.name, row.position) for row in routing.rules()] == [("Satu", 1), ("Tiga", 2)]
    assert [row.name for row in reference.routing_rules()] == ["Tiga"]


def test_two_admins_do_not_overwrite_each_other_and_names_are_unique(db: Any) -> None:
    row = _save(name="Lampu")
    _save(row.id, name="Lampu jalan", version=1)
    with pytest.raises(StaleVersion):
        _save(row.id, name="Lampu kota", version=1)
    with pytest.raises(Taken):
        _save(name="Lampu jalan")
    other = _save(name="Sampah")
    with pytest.raises(Taken):
        _save(other.id, name="Lampu jalan")


def test_only_admins_change_rules_and_days(db: Any) -> None:
    triage, row = make.triage(), _save()
    for forbidden in (
        lambda: _save(name="Lain", actor=triage),
        lambda: service.move_rule(row.id, 1, actor=triage, at=at(16)),
        lambda: service.switch_rule(row.id, False, actor=triage, at=at(16)),
        lambda: service.delete_rule(row.id, actor=triage, at=at(16)),
        lambda: service.set_level(Kind.IDEA, None, 5, actor=triage, at=at(16)),
        lambda: service.remove_level(1, actor=triage, at=at(16)),
    ):
        with pytest.raises(NotPermitted):
            forbidden()


def test_more_rules_than_anybody_can_oversee_are_refused(db: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(reference, "MOST_RULES", 1)
    _save()
    with pytest.raises(service.TooMany):
        _save(name="Lain")


def test_a_level_is_set_once_for_each_kind_and_category(db: Any) -> None:
    category = make.make_category()
    for where in (None, category.id):
        for days in (5, 7):
            service.set_level(Kind.QUESTION, where, days, actor=_admin(), at=at(16))
    db.session.commit()
    assert reference.service_levels() == {(Kind.QUESTION, None): 7, (Kind.QUESTION, category.id): 7}
    for row in routing.levels():
        service.remove_level(row.id, actor=_admin(), at=at(16))
    db.session.commit()
    assert reference.service_levels() == {}
