"""The readiness check: pure, monotone, and never more than the whole."""

from hypothesis import given
from hypothesis import strategies as st

from portal.models import BusinessKind, Kind, LicenceKind
from portal.rules import readiness as rules
from portal.rules.proposals import fields_of
from portal.rules.readiness import BY_CODE, ITEMS, Facts, How

KINDS = st.sampled_from([Kind.TOURISM_PACKAGE, Kind.PARTNERSHIP])
NAMES = sorted({name for item in ITEMS for name in item.fields})
FACTS = st.builds(
    Facts,
    kind=KINDS,
    data=st.dictionaries(
        st.sampled_from(NAMES), st.sampled_from(["", "Ada.", [], [{"label": "x"}], None, 0])
    ),
    photos=st.integers(0, 3),
    documents=st.integers(0, 2),
    business_kind=st.sampled_from(list(BusinessKind)),
    licences=st.frozensets(st.sampled_from(list(LicenceKind))),
    has_nib=st.booleans(),
    has_contact=st.booleans(),
    verified=st.booleans(),
    safety_checked=st.booleans(),
    settled=st.frozensets(st.sampled_from(sorted(BY_CODE))),
)


@given(FACTS)
def test_every_item_of_the_kind_is_either_there_or_missing(facts):
    found = rules.evaluate(facts)
    assert set(found.there) | set(found.missing) == set(rules.items_of(facts.kind))
    assert not set(found.there) & set(found.missing)


@given(FACTS)
def test_the_score_is_a_percentage_and_whole_only_when_nothing_is_missing(facts):
    found = rules.evaluate(facts)
    assert 0 <= found.percent <= 100
    assert (found.percent == 100) is (not found.missing)


@given(FACTS, st.sampled_from(sorted(BY_CODE)))
def test_settling_one_more_thing_never_lowers_the_score(facts, code):
    more = Facts(
        **{name: getattr(facts, name) for name in facts.__slots__} | {"settled": facts.settled | {code}}
    )
    assert rules.evaluate(more).percent >= rules.evaluate(facts).percent


@given(FACTS, st.sampled_from(NAMES))
def test_answering_one_more_question_never_lowers_the_score(facts, name):
    data = {**facts.data, name: "Sudah diisi."}
    more = Facts(**{field: getattr(facts, field) for field in facts.__slots__} | {"data": data})
    assert set(rules.evaluate(more).missing) <= set(rules.evaluate(facts).missing)


@given(FACTS)
def test_only_empty_answers_of_missing_items_can_be_written(facts):
    found = rules.evaluate(facts)
    names = rules.fillable(found.missing, facts.data)
    assert all(facts.data.get(name) in (None, "", [], {}) for name in names)
    assert set(names) <= {name for item in found.missing for name in item.fields}


def test_every_answer_that_is_looked_for_is_a_question_of_its_kind():
    for item in ITEMS:
        for kind in item.kinds:
            assert set(item.fields) <= {field.name for field in fields_of(kind)}


def test_the_city_brings_what_no_business_can():
    assert {item.code for item in ITEMS if item.is_citys} == {"safety_check", "verification"}
    assert all(item.how is How.CITY for item in ITEMS if item.is_citys)


def test_a_boat_needs_its_licences_and_a_craft_none():
    for kind, there in ((BusinessKind.BOAT, False), (BusinessKind.CRAFT, True)):
        facts = Facts(Kind.TOURISM_PACKAGE, business_kind=kind)
        assert rules.is_there(BY_CODE["licences"], facts) is there
