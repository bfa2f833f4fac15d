from itertools import product

import pytest

from portal.models import HideCode, IdentityMode, Purpose, Role, Status
from portal.rules import files
from portal.rules.permissions import VISITOR, Actor
from portal.rules.workflow import Action
from tests.factories import (
    MONDAY,
    actor,
    head,
    make_agency,
    make_attachment,
    make_case,
    make_user,
    officer,
    reporter,
    triage,
)


def sees(file, case, who: Actor) -> bool:
    return files.may_see(file, case, who, at=MONDAY)


@pytest.mark.parametrize("purpose", Purpose)
def test_before_verification_no_file_is_public(db, purpose):
    case = make_case(Status.RECEIVED)
    assert not sees(make_attachment(case, purpose, event_id=None), case, VISITOR)


@pytest.mark.parametrize(
    ("purpose", "public"),
    [
        (Purpose.STORY, True),
        (Purpose.PROPOSAL, True),
        (Purpose.EVIDENCE, True),
        (Purpose.REPLY, False),
        (Purpose.NOTE, False),
    ],
)
def test_after_verification_some_purposes_are_public(db, purpose, public):
    case = make_case(Status.IN_REVIEW)
    assert sees(make_attachment(case, purpose), case, VISITOR) is public


@pytest.mark.parametrize(
    "trait",
    [
        {"secret": True},
        {"hidden_code": HideCode.PERSONAL_DATA},
        {"status": Status.WITHDRAWN},
        {"text_public": False},
    ],
)
def test_a_case_that_shows_no_text_shows_no_files(db, trait):
    case = make_case(**{"status": Status.IN_REVIEW, "files_public": True} | trait)
    assert not sees(make_attachment(case), case, VISITOR)


@pytest.mark.parametrize("trait", [{"proprietary": True}, {"cleared": False}])
def test_proprietary_and_uncleared_files_are_never_public(db, trait):
    case = make_case(Status.IN_REVIEW)
    assert not sees(make_attachment(case, Purpose.PROPOSAL, **trait), case, VISITOR)


def test_the_reporter_sees_all_but_notes_and_unpublished_evidence(db):
    case = make_case(Status.ASSIGNED, secret=True, agency=make_agency())
    seen = {purpose for purpose in Purpose if sees(make_attachment(case, purpose), case, reporter(case))}
    assert seen == {Purpose.STORY, Purpose.PROPOSAL, Purpose.REPLY, Purpose.LETTER}


def test_the_reporter_of_another_case_sees_nothing(db):
    case, other = make_case(secret=True), make_case()
    assert not sees(make_attachment(case), case, reporter(other))


def test_staff_see_files_as_far_as_they_may_read_the_case(db):
    here, elsewhere = make_agency(), make_agency()
    case = make_case(Status.ASSIGNED, agency=here, secret=True)
    file = make_attachment(case, Purpose.NOTE)
    assert [sees(file, case, who) for who in (officer(here), head(here), triage())] == [True] * 3
    outside = (officer(elsewhere), head(elsewhere), actor(make_user(Role.ADMIN)), actor(make_user()))
    assert [sees(file, case, who) for who in outside] == [False] * 4


def test_an_uncleared_photo_of_a_shielded_case_is_open_to_triage_only(db):
    agency = make_agency()
    case = make_case(Status.ASSIGNED, agency=agency, identity_mode=IdentityMode.SHIELDED)
    file = make_attachment(case, cleared=False)
    assert not sees(file, case, head(agency))
    assert sees(file, case, triage())
    assert sees(file, case, reporter(case))


def test_a_member_of_staff_whom_a_secret_case_names_does_not_see_its_files(db):
    agency = make_agency()
    user = make_user(Role.HEAD, agency)
    case = make_case(Status.ASSIGNED, agency=agency, secret=True, named=user)
    assert not sees(make_attachment(case), case, actor(user))


def test_whoever_may_not_read_the_case_sees_no_closed_file(db):
    case = make_case(Status.ASSIGNED, agency=make_agency(), secret=True)
    everyone = [VISITOR, officer(make_agency()), triage(), reporter(case)]
    for who, purpose in product(everyone, Purpose):
        file = make_attachment(case, purpose)
        reads = files.can(Action.READ, who, case, at=MONDAY) or case.id in who.reporter_of
        assert reads or not sees(file, case, who)
