"""What the page of a new case suggests, why, and that nothing happens without a press."""

import re

from portal.models import Priority, Role, RoutingOutcome, Status
from tests import factories as make
from tests.support.html import text_of

LAMP = {"title": "Lampu jalan padam", "body": "Lampu jalan di depan pasar Nauli sudah padam tiga malam."}


def chosen(response, field: str) -> str:
    """Return the value that a select of the assign form begins with."""
    select = re.search(rf'<select[^>]*id="assign-{field}".*?</select>', response.get_data(as_text=True), re.S)
    assert select is not None
    found = re.search(r'<option selected value="([^"]*)"', select[0])
    return found[1] if found else ""


def test_a_rule_fills_the_form_and_says_which_words_it_found(db, triage, agency):
    category, officer = make.make_category(name_id="Penerangan"), make.make_user(Role.OFFICER, agency)
    make.make_rule(
        name="Lampu jalan", words="sampah, lampu jalan", agency_id=agency.id, officer_id=officer.id,
        set_category_id=category.id, priority=Priority.HIGH,
    )  # fmt: skip
    case = make.make_case(**LAMP)
    db.session.commit()
    version = case.version
    page = triage.open(case)
    said = text_of(page)
    assert f"{agency.short_id}, petugas {officer.name}, kategori Penerangan, prioritas tinggi" in said
    assert "Aturan “Lampu jalan”: kata lampu jalan." in said
    assert [chosen(page, name) for name in ("agency-id", "officer-id", "category-id", "priority")] == [
        str(agency.id),
        str(officer.id),
        str(category.id),
        "1",
    ]
    db.session.refresh(case)
    assert (case.version, case.agency_id, case.priority) == (version, None, 0)
    assert db.session.get(RoutingOutcome, case.id) is None
    assert "Rule “Lampu jalan”" in text_of(triage.get(f"/en/meja/k/{case.reference}"))


def test_without_rules_similar_cases_and_then_the_category_speak(db, triage, agency):
    usual = make.make_agency()
    case = make.make_case(Status.IN_REVIEW, category=make.make_category(agency_id=usual.id), **LAMP)
    db.session.commit()
    page = triage.open(case)
    assert "Biasanya untuk kategori ini." in text_of(page)
    assert chosen(page, "agency-id") == str(usual.id)
    for _ in range(3):
        make.make_case(Status.ANSWERED, agency=agency, **LAMP)
    db.session.commit()
    page = triage.open(case)
    said = f"3 dari 3 kiriman serupa yang sudah selesai ditangani {agency.short_id}."
    assert said in text_of(page)
    assert chosen(page, "agency-id") == str(agency.id)


def test_similar_secret_cases_are_not_told(db, triage, agency):
    for _ in range(3):
        make.make_case(Status.ANSWERED, agency=agency, secret=True, **LAMP)
    case = make.make_case(Status.IN_REVIEW, **LAMP)
    db.session.commit()
    page = triage.open(case)
    assert "kiriman serupa yang sudah selesai" not in text_of(page)
    assert chosen(page, "agency-id") == ""


def test_what_was_typed_is_not_overwritten_by_the_suggestion(db, triage, agency):
    make.make_rule(words="lampu", agency_id=agency.id)
    other = make.make_agency()
    case = make.make_case(**LAMP)
    db.session.commit()
    refused = triage.act(case, "assign", agency_id=other.id)
    assert refused.status_code == 422
    assert chosen(refused, "agency-id") == str(other.id)


def test_an_agency_is_suggested_nothing(db, officer, agency):
    make.make_rule(words="lampu", agency_id=agency.id)
    case = make.make_case(Status.ASSIGNED, agency=agency, **LAMP)
    db.session.commit()
    assert "Aturan" not in text_of(officer.open(case))


def test_a_press_keeps_or_refuses_what_was_suggested(db, triage, agency):
    make.make_rule(words="lampu", agency_id=agency.id)
    case = make.make_case(Status.IN_REVIEW, category=make.make_category(), **LAMP)
    db.session.commit()
    done = triage.act(
        case, "assign", agency_id=agency.id, category_id=case.category_id, officer_id="", priority="2"
    )
    assert done.status_code == 303
    db.session.refresh(case)
    assert (case.priority, db.session.get(RoutingOutcome, case.id).agency_kept) == (2, True)


def test_a_priority_there_is_not_is_refused(db, triage, agency):
    case = make.make_case(Status.IN_REVIEW, category=make.make_category(), **LAMP)
    db.session.commit()
    for wrong in ("3", "-1", "tinggi", "9" * 30):
        refused = triage.act(
            case, "assign", agency_id=agency.id, category_id=case.category_id, priority=wrong
        )
        assert refused.status_code == 422, wrong


def test_a_suggestion_costs_at_most_three_questions_to_the_database(db, triage, agency, count_queries):
    officer = make.make_user(Role.OFFICER, agency)
    case = make.make_case(**LAMP)
    with_agency = make.make_case(Status.IN_REVIEW, agency_id=agency.id, **LAMP)
    db.session.commit()
    triage.open(with_agency)
    with count_queries() as without:
        triage.open(with_agency)
    make.make_rule(words="lampu", agency_id=agency.id, officer_id=officer.id)
    db.session.commit()
    triage.open(case)
    with count_queries() as with_rule:
        triage.open(case)
    assert len(with_rule) <= len(without) + 3
