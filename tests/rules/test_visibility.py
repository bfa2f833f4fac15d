"""When the public may read what (WORKFLOW section 1, "When is it public?")."""

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from portal.models import HideCode, IdentityMode, Status
from portal.rules import visibility


@dataclass(frozen=True)
class Case:
    """What the rules ask of a case."""

    status: Status = Status.ASSIGNED
    secret: bool = False
    hidden_code: HideCode | None = None
    text_public: bool = True
    files_public: bool = True
    identity_mode: IdentityMode = IdentityMode.HIDDEN


CASES = st.builds(
    Case,
    status=st.sampled_from(Status),
    secret=st.booleans(),
    hidden_code=st.sampled_from([None, *HideCode]),
    text_public=st.booleans(),
    files_public=st.booleans(),
    identity_mode=st.sampled_from(IdentityMode),
)


def test_a_clean_text_is_public_at_once() -> None:
    assert visibility.text_public_at_receipt(secret=False, screen_codes=(), verify_first=False)


def test_a_text_waits_for_verification_when_something_speaks_against_it() -> None:
    assert not visibility.text_public_at_receipt(secret=False, screen_codes=["phone"], verify_first=False)
    assert not visibility.text_public_at_receipt(secret=False, screen_codes=(), verify_first=True)
    assert not visibility.text_public_at_receipt(secret=True, screen_codes=(), verify_first=False)


def test_a_new_case_has_a_page_before_its_text_is_public() -> None:
    case = Case(status=Status.RECEIVED, text_public=False, files_public=False)
    assert visibility.has_page(case)
    assert not visibility.shows_text(case)
    assert not visibility.listed(case)


def test_a_hidden_or_withdrawn_case_keeps_its_page_without_its_text() -> None:
    for case in (Case(hidden_code=HideCode.INSULT), Case(status=Status.WITHDRAWN)):
        assert visibility.has_page(case)
        assert not visibility.shows_text(case)
        assert not visibility.shows_files(case)
        assert not visibility.listed(case)


def test_a_merged_case_is_read_on_its_page_but_stands_in_no_list() -> None:
    case = Case(status=Status.MERGED)
    assert visibility.shows_text(case)
    assert not visibility.listed(case)


@given(CASES)
def test_a_secret_case_shows_nothing_at_all(case: Case) -> None:
    secret = replace(case, secret=True)
    rules = (visibility.has_page, visibility.shows_text, visibility.shows_files, visibility.listed)
    assert not any(rule(secret) for rule in rules)


@given(CASES)
def test_what_is_listed_has_a_page_and_a_public_text(case: Case) -> None:
    if visibility.listed(case):
        assert visibility.shows_text(case)
    if visibility.shows_files(case):
        assert visibility.shows_text(case)
    if visibility.shows_text(case):
        assert visibility.has_page(case)
