from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal.core import references
from portal.core.database import transaction
from portal.models import (
    Draft,
    Event,
    Identity,
    IdentityMode,
    OutboxMessage,
    SearchDocument,
    Status,
    Submission,
)
from portal.queries import drafts as draft_queries
from portal.queries import tracking
from portal.services import attachments, drafts, submissions
from portal.services.submissions import DraftIncomplete, Sender
from tests.factories import CALENDAR, MONDAY, SECRET, at, events_of, make_case, make_category
from tests.support.pictures import jpeg

TEXT = "Lampu dermaga ke Poncan mati sejak Senin. Penumpang takut jatuh."


@pytest.fixture
def new_draft(db):
    def make(**values):
        draft, _token = drafts.begin(drafts.ASPIRATION, at=MONDAY)
        drafts.save(draft, {"kind": "problem", "text": TEXT, "place": "unknown"} | values, at=MONDAY)
        return draft

    return make


@pytest.fixture
def send(app, db):
    seal = app.extensions["seal"]

    def send(draft, when=MONDAY, **sender):
        return submissions.send(
            draft,
            sender=Sender(**sender),
            secret=SECRET,
            seal=seal,
            at=when,
            locale="id",
            calendar=CALENDAR,
        )

    return send


def test_sending_makes_a_received_case_with_its_event_deadline_and_search_words(db, new_draft, send):
    receipt = send(new_draft(), when=at(13, 20, 14))
    case = receipt.submission
    assert case.status is Status.RECEIVED
    assert case.title == "Lampu dermaga ke Poncan mati sejak Senin"
    assert case.due_at == at(18, 16)
    assert case.text_public
    assert case.listed
    assert not case.files_public
    assert [event.action for event in events_of(case)] == ["send"]
    assert events_of(case)[0].actor_kind == "reporter"
    assert "dermaga" in db.session.get(SearchDocument, case.id).stems


def test_the_receipt_has_a_reference_and_a_code_of_which_only_the_hash_is_kept(new_draft, send):
    receipt = send(new_draft())
    assert receipt.reference.startswith("SB-2611-")
    assert receipt.submission.tracking_hash == references.hash_code(SECRET, receipt.tracking_code)
    assert receipt.tracking_code not in str(vars(receipt.submission))


def test_sending_again_gives_the_same_receipt_and_no_second_case(db, new_draft, send):
    draft = new_draft()
    first = send(draft)
    again = send(draft, when=MONDAY + timedelta(days=2), email="lain@contoh.id")
    assert (first.reference, first.tracking_code) == (again.reference, again.tracking_code)
    assert db.session.query(Submission).count() == 1
    assert db.session.query(Event).count() == 1


def test_a_sent_draft_remembers_only_what_it_became(new_draft, send):
    draft = new_draft()
    receipt = send(draft)
    assert draft.data == {"sent": receipt.submission.id}


def test_a_taken_reference_leads_to_the_next_one(new_draft, send):
    draft = new_draft()
    taken = references.reference(SECRET, draft.idempotency_key, MONDAY.date())
    make_case(reference=taken)
    receipt = send(draft)
    assert receipt.reference != taken
    assert receipt.reference == references.reference(SECRET, draft.idempotency_key, MONDAY.date(), attempt=1)


def test_an_incomplete_draft_is_not_sent(new_draft, send):
    with pytest.raises(DraftIncomplete) as refusal:
        send(new_draft(place=None))
    assert refusal.value.step == 2


@pytest.mark.parametrize(
    "words",
    [
        "Telepon saya di 0812 3456 7890 ya.",
        "Tulis ke budi@contoh.id.",
        "NIK 1273010101900001.",
        "https://x.id/a",
    ],
)
def test_a_text_with_personal_data_waits_for_a_person(new_draft, send, words):
    case = send(new_draft(text=f"{TEXT} {words}")).submission
    assert case.screen_codes
    assert not case.text_public
    assert not case.listed


def test_a_telephone_number_in_the_landmark_is_found_too(new_draft, send):
    assert not send(new_draft(landmark="081234567890")).submission.text_public


def test_a_category_can_ask_for_verification_first(db, new_draft, send):
    category = make_category(verify_first=True)
    db.session.commit()
    case = send(new_draft(category_id=category.id)).submission
    assert case.category_id == category.id
    assert not case.text_public


def test_a_category_that_does_not_exist_is_left_open(new_draft, send):
    assert send(new_draft(category_id=987654)).submission.category_id is None


def test_a_secret_case_is_neither_public_nor_listed(new_draft, send):
    case = send(new_draft(), secret=True).submission
    assert case.secret
    assert not case.text_public
    assert not case.listed


def test_name_and_contacts_are_sealed(app, db, new_draft, send):
    sender = {"name": "Ani Sitompul", "email": "ani@contoh.id", "phone": "+6281234567890"}
    case = send(new_draft(), **sender).submission
    identity = db.session.get(Identity, case.id)
    seal = app.extensions["seal"]
    opened = {key: seal.open(getattr(identity, key)) for key in sender}
    assert opened == sender
    assert "Ani" not in f"{identity.name} {identity.email} {identity.alias} {case.shown_name}"
    assert identity.consent_at == MONDAY


def test_a_name_is_public_only_where_the_sender_wants_it_shown(new_draft, send):
    shown = send(new_draft(), name="Ani", identity_mode=IdentityMode.SHOWN).submission
    hidden = send(new_draft(), name="Ani").submission
    assert (shown.shown_name, hidden.shown_name) == ("Ani", "")


def test_a_shielded_sender_leaves_no_name_and_only_the_hour(db, app, new_draft, send):
    draft = new_draft()
    storage = app.extensions["storage"]
    photo = attachments.store_photo(jpeg(), "ani-di-rumah.jpg", storage=storage)
    drafts.add_files(draft, [photo], at=MONDAY, storage=storage)
    case = send(draft, when=at(13, 20, 14), name="Ani", identity_mode=IdentityMode.SHIELDED).submission
    identity = db.session.get(Identity, case.id)
    file = tracking.files(case.id)[0]
    assert identity.name == ""
    assert not file.cleared
    assert file.file_name == ""
    moments = [case.received_at, case.updated_at, identity.consent_at, file.created_at]
    moments += [draft.updated_at, draft.created_at, events_of(case)[0].at]
    assert moments == [at(13, 20)] * 7


def test_aliases_differ_between_submissions_of_one_person(db, new_draft, send):
    cases = [send(new_draft(), email="ani@contoh.id").submission for _ in range(3)]
    assert len({db.session.get(Identity, case.id).alias for case in cases}) == 3


def test_files_move_from_the_draft_to_the_case(db, app, new_draft, send):
    draft = new_draft()
    storage = app.extensions["storage"]
    photos = [attachments.store_photo(jpeg(), "a.jpg", storage=storage) for _ in range(2)]
    drafts.add_files(draft, photos, at=MONDAY, storage=storage)
    case = send(draft).submission
    assert case.file_count == 2
    assert len(tracking.files(case.id)) == 2
    assert draft_queries.files(draft.id) == []


def test_the_receipt_mail_is_queued_with_the_case(db, new_draft, send):
    case = send(new_draft(), email="ani@contoh.id").submission
    mail = db.session.query(OutboxMessage).one()
    assert (mail.kind, mail.recipient_id, mail.data) == ("receipt", case.id, {})


def test_yes_the_same_makes_a_case_of_its_own_that_is_already_merged(new_draft, send):
    target = make_case(Status.ASSIGNED)
    receipt = send(new_draft(same_as=target.reference))
    case = receipt.submission
    assert case.status is Status.MERGED
    assert case.merged_into_id == target.id
    assert target.support_count == 1
    assert not case.listed
    assert receipt.tracking_code


def test_the_same_as_something_merged_follows_to_where_that_went(new_draft, send):
    target = make_case(Status.ASSIGNED)
    merged = make_case(Status.MERGED, into=target)
    assert send(new_draft(same_as=merged.reference)).submission.merged_into_id == target.id


@pytest.mark.parametrize("trait", [{"secret": True}, {"status": Status.WITHDRAWN}])
def test_nothing_is_merged_into_what_is_not_open_to_all(new_draft, send, trait):
    target = make_case(**trait)
    assert send(new_draft(same_as=target.reference)).submission.status is Status.RECEIVED


def test_a_secret_case_is_never_tied_to_a_public_one(new_draft, send):
    target = make_case()
    case = send(new_draft(same_as=target.reference), secret=True).submission
    assert case.merged_into_id is None
    assert target.support_count == 0


def test_twenty_sends_at_once_make_one_case(app, db, new_draft, send):
    draft = new_draft()
    db.session.commit()

    def press(_number: int) -> tuple[str, str]:
        with app.app_context(), transaction():
            receipt = send(db.session.get(Draft, draft.id))
            return receipt.reference, receipt.tracking_code

    # Each needs a second connection for reference data; a process keeps 15 (10 to PostgreSQL).
    with ThreadPoolExecutor(5) as threads:
        found = list(threads.map(press, range(20)))
    db.session.expire_all()
    assert len(found) == 20
    assert len(set(found)) == 1
    assert db.session.query(Submission).count() == db.session.query(Event).count() == 1
    assert submissions.receipt(draft.idempotency_key, secret=SECRET).reference == found[0][0]
