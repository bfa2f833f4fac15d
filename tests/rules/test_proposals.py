import pytest

from portal.models import Kind
from portal.rules import businesses, proposals
from portal.rules.proposals import FieldType

PACKAGE = {
    "title": "Sehari di pulau",
    "background": "Berlayar pelan",
    "route": [{"time": "08.00", "place": "Pelabuhan", "activity": "Arahan"}],
    "guide": "RAHASIA",
    "price_components": [{"label": "Perahu", "amount": 110_000}],
}


@pytest.mark.parametrize(("typed", "kept"), [("", ""), ("0220 1045-00731", "0220104500731")])
def test_a_nib_is_empty_or_thirteen_digits(typed, kept):
    assert businesses.normalise_nib(typed) == kept


@pytest.mark.parametrize("typed", ["123", "02201045007311", "0220104500 73x", "٠٢٢٠١٠٤٥٠٠٧٣١", "0" * 13])
def test_anything_else_is_no_nib(typed):
    with pytest.raises(ValueError, match="13 digits"):
        businesses.normalise_nib(typed)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("225000", 225_000), ("225.000", 225_000), ("Rp 1.250.000,-", 1_250_000), ("rp.5000", 5000), ("0", 0)],
)
def test_amounts_are_read_as_people_write_them(typed, amount):
    assert proposals.parse_amount(typed) == amount


@pytest.mark.parametrize("typed", ["", "22.5", "-5", "1e5", "dua", "9" * 20, "٢٢٥"])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(ValueError, match="whole number"):
        proposals.parse_amount(typed)


@pytest.mark.parametrize(("typed", "hours"), [("7", 7), ("7,5", 7.5), ("7.5", 7.5), ("12 jam", 12)])
def test_hours_take_a_comma_or_a_point(typed, hours):
    assert proposals.parse_hours(typed) == hours


@pytest.mark.parametrize(("typed", "shown"), [("8", "08.00"), ("8:30", "08.30"), ("23.59", "23.59")])
def test_a_time_of_the_day_is_kept_in_one_spelling(typed, shown):
    assert proposals.parse_clock(typed) == shown


@pytest.mark.parametrize("typed", ["24", "8.60", "pagi", "8.3"])
def test_what_is_no_time_of_the_day_is_refused(typed):
    with pytest.raises(ValueError, match="time of the day"):
        proposals.parse_clock(typed)


@pytest.mark.parametrize(("kind", "last"), [(Kind.TOURISM_PACKAGE, 8), (Kind.PARTNERSHIP, 6)])
def test_each_kind_ends_with_its_check(kind, last):
    assert proposals.last_step(kind) == last


@pytest.mark.parametrize("kind", [Kind.TOURISM_PACKAGE, Kind.PARTNERSHIP])
def test_no_step_is_empty_and_every_question_has_a_limit_or_choices(kind):
    for step in range(2, proposals.files_step(kind)):
        assert proposals.step_fields(kind, step)
    for field in proposals.fields_of(kind):
        assert field.choices if field.type is FieldType.CHOICE else field.limit


def test_private_and_unknown_answers_are_not_public():
    public = proposals.public_data(Kind.TOURISM_PACKAGE, PACKAGE | {"lost": "x"}, ["guide"])
    assert set(public) == {"title", "background", "route", "price_components"}


def test_the_summary_holds_public_words_and_the_business_only():
    text = proposals.summary(
        Kind.TOURISM_PACKAGE, PACKAGE, ["guide", "price_components"], business="Perahu Contoh"
    )
    assert text == "Berlayar pelan\n\n08.00 Pelabuhan: Arahan\n\nPerahu Contoh"


def test_title_and_risk_can_never_be_private():
    names = proposals.can_be_private(Kind.TOURISM_PACKAGE, PACKAGE | {"risk_level": "high"})
    assert "title" not in names
    assert "risk_level" not in names


def test_changing_the_kind_of_proposal_leaves_only_the_first_step_done():
    done = ["1", "tourism_package:2", "tourism_package:3"]
    values = {"title": "a", "background": "b", "purpose": "c"}
    assert proposals.missing_step(Kind.PARTNERSHIP, values, done) == 2
