"""One contact has one spelling, whatever a person types."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.models import ContactKind
from portal.rules.contacts import NoContact, TypedContact, Why, masked, parse

SPELLINGS = [
    "081234567890",
    "0812 3456 7890",
    "0812-3456-7890",
    "0812.3456.7890",
    "81234567890",
    "6281234567890",
    "+6281234567890",
    "+62 812-3456-7890",
    "(0812) 34567890",
    "+62 (812) 3456 7890",
]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_spelling_of_a_mobile_number_is_one_number(typed):
    assert parse(typed) == TypedContact(ContactKind.PHONE, "+6281234567890")


@pytest.mark.parametrize("typed", [" Rosma@Contoh.Example ", "ROSMA@contoh.example"])
def test_an_address_is_kept_in_lower_case(typed):
    assert parse(typed) == TypedContact(ContactKind.EMAIL, "rosma@contoh.example")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", Why.EMPTY),
        ("\u200b ", Why.EMPTY),
        ("rosma@", Why.EMAIL),
        ("a@b@c.id", Why.EMAIL),
        ("rosma@contoh.example\nBcc: x@y.id", Why.EMAIL),
        ("a" * 300 + "@contoh.example", Why.EMAIL),
        ("rosma", Why.PHONE),
        ("0812", Why.PHONE),
        ("0812345678901234", Why.PHONE),
        ("+1 212 555 0100", Why.FOREIGN),
        ("+65 8123 4567", Why.FOREIGN),
        ("0631 21122", Why.NOT_MOBILE),
    ],
)
def test_what_reaches_nobody_is_told_apart(typed, why):
    with pytest.raises(NoContact) as refused:
        parse(typed)
    assert refused.value.why is why


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_nothing_that_is_typed_breaks_it_and_a_spelling_is_stable(typed):
    try:
        found = parse(typed)
    except NoContact:
        return
    assert parse(found.value) == found


def test_a_masked_contact_is_recognised_by_its_owner_only():
    assert masked(parse("081234567890")) == "+62812*****890"
    assert "rosmawati" not in masked(parse("rosmawati@contoh.example"))
