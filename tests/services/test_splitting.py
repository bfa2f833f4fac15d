"""A second matter becomes a case of its own: same author, same code, no time gained."""

from typing import Any

import pytest
from sqlalchemy import func, select

from portal.core.references import code_matches
from portal.models import (
    Attachment,
    Event,
    HideCode,
    Identity,
    IdentityMode,
    Kind,
    OutboxMessage,
    Recipient,
    Role,
    Status,
    Submission,
)
from portal.queries import splits
from portal.rules.workflow import MissingRequirement, TransitionNotAllowed
from portal.services import cases
from portal.services.cases import Part
from portal.services.errors import NotPermitted, StaleVersion
from tests import factories as make
from tests.factories import SECRET, at

BODY = "Lampu di depan pasar padam. Parit di samping sekolah tersumbat."
DITCH = Part("Parit sekolah tersumbat", "Parit di samping sekolah tersumbat.")


@pytest.fixture
def triage(db: Any) -> Any:
    return make.actor(make.make_user(Role.TRIAGE))


@pytest.fixture
def seal(app: Any) -> Any:
    return app.extensions["seal"]


def split(case: Submission, actor: Any, *parts: Part, **fields: Any) -> list[Submission]:
    return cases.split(case, parts or [DITCH], secret=SECRET, actor=actor, at=at(18), **fields)


def test_the_new_case_has_the_words_and_the_parent_keeps_all_of_them(db: Any, triage: Any) -> None:
    case = make.make_case(Status.IN_REVIEW, body=BODY)
    (child,) = split(case, triage)
    assert (child.body, child.title, child.status) == (DITCH.text, DITCH.title, Status.IN_REVIEW)
    assert (case.body, case.status) == (BODY, Status.IN_REVIEW)
    assert child.reference != case.reference
    assert child.listed


def test_the_tracking_code_of_the_parent_opens_the_child(db: Any, triage: Any) -> None:
    case = make.make_case(body=BODY)
    (child,) = split(case, triage)
    assert code_matches(SECRET, make.tracking_code(case), child.tracking_hash)
    assert splits.same_author(child.id) == splits.same_author(case.id) == [case.id, child.id]


def test_no_time_is_gained(db: Any, triage: Any) -> None:
    case = make.make_case(body=BODY, received_at=at(2))
    due = case.due_at
    (child,) = split(case, triage)
    assert (child.due_at, child.received_at) == (due, at(2))


def test_what_was_not_verified_is_not_verified_by_splitting(db: Any, triage: Any) -> None:
    (child,) = split(make.make_case(body=BODY), triage)
    assert (child.status, child.verified_at, child.files_public) == (Status.RECEIVED, None, False)


def test_a_child_of_a_secret_case_is_secret_and_of_a_shielded_one_shielded(db: Any, triage: Any) -> None:
    case = make.make_case(Status.IN_REVIEW, body=BODY, secret=True, identity_mode=IdentityMode.SHIELDED)
    (child,) = split(case, triage)
    assert (child.secret, child.listed, child.identity_mode) == (True, False, IdentityMode.SHIELDED)


def test_the_sealed_identity_is_copied_unopened_under_a_new_alias(db: Any, triage: Any, seal: Any) -> None:
    case = make.make_case(body=BODY, email="a@contoh.example", name="Nama Uji", seal=seal)
    (child,) = split(case, triage)
    own, copy = db.session.get(Identity, case.id), db.session.get(Identity, child.id)
    assert (copy.email, copy.name, copy.consent_at) == (own.email, own.name, own.consent_at)
    assert copy.alias != own.alias


def test_the_author_hears_at_once_and_supporters_with_the_daily_mail(db: Any, triage: Any, seal: Any) -> None:
    case = make.make_case(body=BODY, email="a@contoh.example", seal=seal)
    make.make_support(case, confirmed_at=at(17))
    split(case, triage)
    rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "split")).all()
    assert {(row.recipient_kind, row.digest) for row in rows} == {
        (Recipient.REPORTER, False),
        (Recipient.SUPPORTER, True),
    }


def test_only_the_chosen_photos_go_along(db: Any, triage: Any) -> None:
    case = make.make_case(body=BODY)
    chosen, other = make.make_attachment(case), make.make_attachment(case)
    foreign = make.make_attachment(make.make_case())
    part = Part(DITCH.title, DITCH.text, file_ids=frozenset({chosen.id, foreign.id}))
    (child,) = split(case, triage, part)
    files = db.session.scalars(select(Attachment).where(Attachment.submission_id == child.id)).all()
    assert [file.storage_key for file in files] == [chosen.storage_key]
    assert child.file_count == 1
    assert files[0].token not in {chosen.token, other.token}


def test_words_that_are_not_the_authors_are_refused(db: Any, triage: Any) -> None:
    case = make.make_case(body=BODY)
    with pytest.raises(MissingRequirement):
        split(case, triage, Part("Parit", "Parit tersumbat karena warga malas."))
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 1


def test_a_second_press_makes_no_second_child(db: Any, triage: Any) -> None:
    case = make.make_case(body=BODY)
    version = case.version
    split(case, triage, version=version)
    with pytest.raises(StaleVersion):
        split(case, triage, version=version)
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 2


@pytest.mark.parametrize("status", [Status.NEEDS_INFO, Status.ANSWERED, Status.DONE, Status.DECLINED])
def test_a_case_that_waits_or_is_over_is_not_split(db: Any, triage: Any, status: Status) -> None:
    with pytest.raises(TransitionNotAllowed):
        split(make.make_case(status, body=BODY), triage)


def test_a_proposal_is_not_split(db: Any, triage: Any) -> None:
    with pytest.raises(TransitionNotAllowed):
        split(make.make_case(kind=Kind.PARTNERSHIP, body=BODY), triage)


def test_another_agency_splits_nothing(db: Any) -> None:
    elsewhere = make.actor(make.make_user(Role.OFFICER, make.make_agency()))
    with pytest.raises(NotPermitted):
        split(make.make_case(Status.ASSIGNED, body=BODY), elsewhere)


def test_both_histories_say_so(db: Any, triage: Any) -> None:
    case = make.make_case(body=BODY)
    (child,) = split(case, triage)
    query = select(Event.action).order_by(Event.id.desc()).limit(1)
    assert db.session.scalar(query.where(Event.submission_id == case.id)) == "split"
    assert db.session.scalar(query.where(Event.submission_id == child.id)) == "split_off"


def test_a_colleague_whom_the_secret_parent_names_does_not_read_the_child(db: Any, triage: Any) -> None:
    agency = make.make_agency()
    named = make.make_user(Role.OFFICER, agency)
    case = make.make_case(Status.ASSIGNED, agency=agency, secret=True, named=named, body=BODY)
    (child,) = split(case, triage)
    assert child.named_user_ids == {named.id}


def test_what_moderation_hid_stays_hidden_in_a_part(db: Any, triage: Any) -> None:
    case = make.make_case(Status.IN_REVIEW, body=BODY, hidden_code=HideCode.INSULT)
    (child,) = split(case, triage)
    assert (child.hidden_code, child.listed) == (HideCode.INSULT, False)


@pytest.mark.parametrize("whole", [True, False])
def test_a_colleague_named_after_the_split_reads_neither_the_part_nor_the_whole(
    db: Any, triage: Any, whole: bool
) -> None:
    agency = make.make_agency()
    named = make.make_user(Role.OFFICER, agency)
    case = make.make_case(Status.ASSIGNED, agency=agency, officer=named, secret=True, body=BODY)
    (child,) = split(case, triage)
    cases.name_staff(case if whole else child, user_id=named.id, actor=triage, at=at(19))
    for one in (case, child):
        assert one.named_user_ids == {named.id}
        assert one.officer_id is None
