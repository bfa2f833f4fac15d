"""Numbers of businesses by their structure, what makes a verification, and what is only advised."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models import BusinessKind, BusinessRole, LicenceKind
from portal.rules import businesses as rules
from portal.rules.businesses import CHECKS, CHECKS_NEEDED, Held, Warning

TODAY = date(2026, 11, 9)
DIGITS = st.text("0123456789", min_size=1, max_size=30)


def profile(**fields):
    return SimpleNamespace(
        **{
            "kind": BusinessKind.CRAFT,
            "nib": "0220104500731",
            "ward_code": "12.73.02.1003",
            "public_phone": "+62812",
            "public_email": "",
            "verified_until": None,
        }
        | fields
    )


@given(DIGITS, st.lists(st.sampled_from(" .-\u2013"), max_size=5))
def test_a_number_is_read_however_it_is_spaced_and_taken_only_whole(digits, gaps):
    typed = "".join(sign + (gaps[n] if n < len(gaps) else "") for n, sign in enumerate(digits))
    for read, lengths in ((rules.normalise_nib, {13}), (rules.normalise_npwp, {15, 16})):
        if len(digits) in lengths and not (read is rules.normalise_nib and len(set(digits)) == 1):
            assert read(typed) == digits
        else:
            with pytest.raises(ValueError):
                read(typed)


@pytest.mark.parametrize("read", [rules.normalise_nib, rules.normalise_npwp])
@pytest.mark.parametrize("typed", ["", "  ", "- ."])
def test_nothing_is_no_fault(read, typed):
    assert read(typed) == ""


@pytest.mark.parametrize("typed", ["١٢٣٤٥٦٧٨٩٠١٢٣", "123456789012a", "12345678901234567"])
def test_other_signs_are_no_number(typed):
    for read in (rules.normalise_nib, rules.normalise_npwp):
        with pytest.raises(ValueError):
            read(typed)


def test_one_wrong_digit_of_the_old_npwp_is_noticed():
    right = next(d for d in (f"01234567{n}012000" for n in range(10)) if rules.npwp_looks_right(d))
    wrong = [right[:8] + str(n) + right[9:] for n in range(10) if str(n) != right[8]]
    assert not any(rules.npwp_looks_right(number) for number in wrong)


def test_a_number_of_sixteen_digits_has_nothing_to_check():
    assert rules.npwp_looks_right("1234567890123456")


def test_nothing_is_advised_of_a_whole_profile():
    assert rules.warnings(profile(), [], photos=1, today=TODAY) == []


@pytest.mark.parametrize(
    ("fields", "photos", "warning"),
    [
        ({"nib": ""}, 1, Warning.NO_NIB),
        ({"public_phone": ""}, 1, Warning.NO_CONTACT),
        ({"ward_code": None}, 1, Warning.NO_WARD),
        ({}, 0, Warning.NO_PHOTO),
        ({"verified_until": TODAY - timedelta(days=1)}, 1, Warning.VERIFICATION_OVER),
    ],
)
def test_each_gap_is_named_by_itself(fields, photos, warning):
    assert rules.warnings(profile(**fields), [], photos=photos, today=TODAY) == [(warning, None)]


def test_a_licence_is_good_on_its_last_day_and_over_the_day_after():
    for days, over in ((0, []), (-1, [(Warning.LICENCE_EXPIRED, LicenceKind.OTHER)])):
        held = [Held(LicenceKind.OTHER, TODAY + timedelta(days=days))]
        assert rules.warnings(profile(), held, photos=1, today=TODAY) == over


def test_a_boat_is_told_what_boats_usually_have():
    found = rules.warnings(
        profile(kind=BusinessKind.BOAT), [Held(LicenceKind.VESSEL, None)], photos=1, today=TODAY
    )
    assert {kind for _warning, kind in found} == {LicenceKind.SKIPPER, LicenceKind.INSURANCE}


@given(st.sets(st.sampled_from([*CHECKS, "astrology"])))
def test_a_verification_takes_the_checks_that_belong_to_it_and_no_invented_ones(checked):
    assert rules.checks_suffice(checked) is (checked >= CHECKS_NEEDED and "astrology" not in checked)


@pytest.mark.parametrize(
    ("role", "edits", "manages"),
    [
        (BusinessRole.OWNER, True, True),
        (BusinessRole.MANAGER, True, False),
        (BusinessRole.HELPER, False, False),
        (None, False, False),
    ],
)
def test_what_a_member_may_do_follows_from_the_role(role, edits, manages):
    assert (rules.may_edit(role), rules.may_manage_members(role)) == (edits, manages)


@pytest.mark.parametrize(
    ("left", "told", "due"),
    [
        (61, None, None),
        (60, None, 60),
        (45, 60, None),
        (30, 60, 30),
        (20, None, 30),
        (7, 30, 7),
        (0, 7, 0),
        (0, 0, None),
        (-1, None, None),
    ],
)
def test_an_expiry_is_told_step_by_step_and_each_once(left, told, due):
    today = date(2027, 1, 1)
    assert rules.licence_reminder_due(today + timedelta(days=left), today, told) == due
