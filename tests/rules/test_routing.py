"""Where a case should go, by rules as data: what fits, who decides what, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models import Kind, SuggestionSource
from portal.rules.routing import (
    Alike,
    Condition,
    Fault,
    Rule,
    Suggestion,
    Verdict,
    completed,
    decide,
    empty_phrases,
    facts,
    match,
    matches,
    phrases,
    usable,
    verdict,
)


def rule(name: str = "Aturan", *, id: int = 1, words: str = "", **fields: object) -> Rule:
    return Rule(id=id, name=name, phrases=phrases(words), **fields)  # type: ignore[arg-type]


def about(text: str, kind: Kind = Kind.PROBLEM, category: int | None = None, ward: str | None = None):
    return facts(text, kind=kind, category_id=category, ward_code=ward, district_code=ward and ward[:2])


LAMP = about("Lampu jalan di Aek Habil padam", category=3, ward="12.01")


# --- what fits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["lampu", "LAMPU", "lampunya", "sampah, lampu", "pelampung, lampu-lampu"])
def test_one_of_its_words_by_stem_is_enough(words):
    found = match(rule(words=words), LAMP)
    assert found is not None
    assert len(found.words) == 1


@pytest.mark.parametrize("words", ["sampah", "lampung", "lampu hijau", "jalan lampu", "habil lampu"])
def test_a_phrase_fits_as_a_whole_in_its_order_only(words):
    assert match(rule(words=words), LAMP) is None


@pytest.mark.parametrize("words", ["lampu jalan", "lampu jalan di Aek Habil", "jln"])
def test_a_phrase_and_a_chat_spelling_are_found(words):
    assert match(rule(words=words), LAMP) is not None


def test_the_words_found_are_named_as_they_were_written():
    found = match(rule(words="sampah, Lampu  Jalan, padam"), LAMP)
    assert found is not None
    assert found.words == ("Lampu Jalan", "padam")


@pytest.mark.parametrize(
    ("fields", "condition"),
    [
        ({"kind": Kind.PROBLEM}, Condition.KIND),
        ({"category_id": 3}, Condition.CATEGORY),
        ({"ward_code": "12.01"}, Condition.WARD),
        ({"district_code": "12"}, Condition.DISTRICT),
    ],
)
def test_each_condition_can_stand_alone(fields, condition):
    found = match(rule(**fields), LAMP)
    assert found is not None
    assert found.conditions == (condition,)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": Kind.IDEA},
        {"category_id": 4},
        {"ward_code": "12.02"},
        {"district_code": "13"},
        {"kind": Kind.PROBLEM, "words": "sampah"},
        {"words": "lampu", "ward_code": "12.02"},
    ],
)
def test_every_condition_must_hold(fields):
    assert match(rule(**fields), LAMP) is None


def test_a_rule_without_conditions_fits_anything():
    assert match(rule(), about("")) is not None


def test_words_that_no_text_can_be_found_by_are_told():
    assert empty_phrases("lampu, yang, di, !!") == ["yang", "di", "!!"]
    assert [phrase.wording for phrase in phrases("lampu, yang")] == ["lampu"]


@given(st.text(max_size=60), st.text(max_size=200))
def test_any_words_and_any_text_can_be_compared(words, text):
    match(rule(words=words), about(text))


# --- who decides --------------------------------------------------------------------------------------


def test_the_first_rule_that_names_a_thing_decides_it():
    fitting = matches(
        [
            rule("Darurat", id=1, priority=2),
            rule("Lampu", id=2, words="lampu", agency_id=7, priority=1),
            rule("Jalan", id=3, words="jalan", agency_id=8, set_category_id=5),
        ],
        LAMP,
    )
    decided = decide(fitting)
    assert decided.agency is not None
    assert decided.category is not None
    assert decided.priority is not None
    assert (decided.agency.value, decided.category.value, decided.priority.value) == (7, 5, 2)
    assert (decided.source, decided.rule_id) == (SuggestionSource.RULE, 2)


def test_an_officer_counts_beside_their_own_agency_only():
    fitting = matches(
        [rule(agency_id=7), rule(agency_id=8, officer_id=80), rule(agency_id=7, officer_id=70)], LAMP
    )
    decided = decide(fitting)
    assert decided.officer is not None
    assert decided.officer.value == 70


def test_what_is_not_at_work_is_ignored_and_told():
    at_work = {"agencies": {7}, "categories": {5}, "seats": {(70, 7)}}
    whole = rule(agency_id=7, officer_id=70, set_category_id=5)
    assert usable(whole, **at_work) == (whole, ())
    gone, faults = usable(rule(agency_id=8, officer_id=70, set_category_id=6, priority=1), **at_work)
    assert (gone.agency_id, gone.officer_id, gone.set_category_id, gone.priority) == (None, None, None, 1)
    assert faults == (Fault.AGENCY, Fault.CATEGORY)
    moved, faults = usable(rule(agency_id=7, officer_id=71), **at_work)
    assert (moved.agency_id, moved.officer_id, faults) == (7, None, (Fault.OFFICER,))


# --- without rules ------------------------------------------------------------------------------------

USUAL = {3: 30, 4: None}


def fill(alike, *, rules=None, category=3, usual=None, agencies=(7, 8, 30)):
    given_rules = rules or Suggestion()
    return completed(
        given_rules, alike, category_id=category, usual_agency=usual or USUAL, agencies=set(agencies)
    )


def test_similar_cases_come_before_the_usual_agency():
    found = fill([Alike(7, 3)] * 7 + [Alike(8, 3)] * 2)
    assert found.agency is not None
    assert (found.agency.value, found.agency.count, found.agency.total) == (7, 7, 9)
    assert (found.source, found.rule_id, found.category) == (SuggestionSource.SIMILAR, None, None)


@pytest.mark.parametrize("alike", [[], [Alike(7, 3)], [Alike(7, 3), Alike(7, 3), Alike(8, 3), Alike(8, 3)]])
def test_too_few_or_divided_ones_say_nothing(alike):
    found = fill(alike)
    assert found.agency is not None
    assert (found.agency.value, found.source) == (30, SuggestionSource.CATEGORY)


def test_a_category_is_suggested_where_the_case_has_none():
    found = fill([Alike(7, 3)] * 3, category=None, agencies=(30,))
    assert found.category is not None
    assert found.agency is not None
    assert (found.category.value, found.agency.value, found.agency.source) == (
        3,
        30,
        SuggestionSource.CATEGORY,
    )


def test_a_closed_agency_is_never_suggested():
    found = fill([Alike(7, 3)] * 5, agencies=())
    assert (found.agency, found.source) == (None, SuggestionSource.NONE)


def test_a_rule_s_category_leads_to_its_usual_agency():
    by_rule = decide(matches([rule(set_category_id=3)], LAMP))
    found = fill([], rules=by_rule, category=4)
    assert found.agency is not None
    assert (found.agency.value, found.source) == (30, SuggestionSource.CATEGORY)


@pytest.mark.parametrize(
    ("kept", "made", "said"),
    [
        (4, 4, Verdict.TOO_FEW),
        (3, 10, Verdict.REFUSED),
        (5, 10, Verdict.MIXED),
        (8, 10, Verdict.TRUSTED),
        (0, 0, Verdict.TOO_FEW),
    ],
)
def test_a_verdict_takes_enough_cases(kept, made, said):
    assert verdict(kept, made) is said
