"""Erasing an account leaves nothing of the person anywhere, all of the city, and nobody else harmed."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select, text

from portal import jobs
from portal.core.database import Base, transaction
from portal.core.storage import StorageUnavailable
from portal.models import (
    Answer,
    Attachment,
    BusinessMember,
    BusinessRole,
    Comment,
    CommentState,
    CommentVersion,
    CommentVote,
    Consultation,
    ConsultationAnswer,
    ConsultationKind,
    ConsultationQuestion,
    ConsultationResponse,
    Contact,
    Draft,
    Eligibility,
    Event,
    Follow,
    Gathering,
    HeldForm,
    Identity,
    IdentityContact,
    IdentityMode,
    Kind,
    LandStatus,
    OutboxMessage,
    OutboxState,
    Ownership,
    Pace,
    PlanningProposal,
    Purpose,
    Question,
    QuestionKind,
    Registration,
    RegistrationState,
    Report,
    ReportReason,
    Statement,
    Status,
    Subject,
    Submission,
    Support,
    Thread,
    Topic,
    User,
)
from portal.services import attachments, choices, claims, drafts, erasure, held_forms, ownership, search
from portal.services import mine as deeds
from tests import factories as make
from tests.support import jobs as running

CANARY = "kenarizq"
NOW = make.at(24, 10)
LATER = NOW + erasure.COOLING_OFF + timedelta(minutes=1)


@pytest.fixture
def seal(app):
    return app.extensions["seal"]


@pytest.fixture
def storage(app):
    return app.extensions["storage"]


def photo_with_exif() -> io.BytesIO:
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = f"{CANARY} depan rumah"
    Image.new("RGB", (40, 30)).save(stream, "JPEG", exif=exif)
    stream.seek(0)
    return stream


def add(db, row):
    db.session.add(row)
    db.session.flush()
    return row


def everywhere(db, seal, storage) -> User:
    """Make a person whose canary is in every place where people leave something."""
    user = make.make_citizen(seal, f"{CANARY}@contoh.example", name=f"Rosma {CANARY}")
    number = f"+6281299{user.id:06d}"
    add(
        db,
        Contact(
            user_id=user.id,
            kind="phone",
            value_hash=seal.keyed_hash(number),
            value=seal.seal(number),
            confirmed_at=NOW,
        ),
    )
    case = make.make_case(
        Status.NEEDS_INFO,
        title=f"Lampu padam {CANARY}",
        body=f"Di depan rumah {CANARY} lampu padam sejak kemarin.",
        landmark=f"rumah {CANARY}",
        latitude=1.74,
        longitude=98.77,
        identity_mode=IdentityMode.SHOWN,
        shown_name=f"Rosma {CANARY}",
        name=f"Rosma {CANARY}",
        email=f"{CANARY}@contoh.example",
        phone=number,
        seal=seal,
    )
    ownership.own(case.id, user, at=NOW, seal=seal)
    claims.note(case, (f"{CANARY}@contoh.example", number), seal=seal)
    unclaimed = make.make_case(title="Belum diklaim", seal=seal)
    claims.note(unclaimed, (number,), seal=seal)
    done = make.make_case(
        Status.DONE, title=f"Jalan rusak {CANARY}", body=f"Lubang di jalan {CANARY}.", seal=seal
    )
    ownership.own(done.id, user, at=NOW, seal=seal)
    stored = attachments.store_photo(photo_with_exif(), f"{CANARY}.jpg", storage=storage)
    attachments.attach(stored, to=case, purpose=Purpose.STORY, at=NOW)
    add(
        db,
        Statement(
            submission_id=case.id,
            action="add_information",
            text=f"Kata {CANARY}",
            by_reporter=True,
            created_at=NOW,
        ),
    )
    make.make_question(done, reply=f"Nomor 5, kata {CANARY}", replied_at=NOW)
    draft, _token = drafts.begin(drafts.ASPIRATION, at=NOW)
    drafts.save(draft, {"text": f"Draf {CANARY} yang panjang " + f"{CANARY} " * 400}, at=NOW)
    drafts.save(draft, {"text": f"Draf {CANARY} yang diubah"}, at=NOW)
    deeds.own_draft(draft, user)
    scan = attachments.store_photo(photo_with_exif(), f"draf {CANARY}.jpg", storage=storage)
    attachments.attach(scan, to=draft, purpose=Purpose.STORY, at=NOW)
    other = make.make_case(title="Milik orang lain")
    make.make_support(
        other,
        user=user,
        email=seal.seal(f"{CANARY}@contoh.example"),
        person_hash=seal.keyed_hash(f"{CANARY}@contoh.example"),
    )
    add(db, Follow(user_id=user.id, subject=Subject.SUBMISSION, subject_id=other.id, created_at=NOW))
    choices.choose(user, {Topic.PROGRESS: Pace.NEVER})
    thread = add(db, Thread(subject=Subject.SUBMISSION, subject_id=other.id, comment_count=1))
    comment = add(
        db,
        Comment(
            token=f"komentar{user.id:012d}",
            thread_id=thread.id,
            author_id=user.id,
            author_name=f"Rosma {CANARY}",
            body=f"Setuju, kata {CANARY}",
            state=CommentState.PUBLISHED,
            published_at=NOW,
            created_at=NOW,
            idempotency_hash=f"{user.id:064d}",
        ),
    )
    add(
        db,
        CommentVersion(comment_id=comment.id, number=1, body=f"Dulu kata {CANARY}", replaced_at=NOW),
    )
    add(
        db,
        Report(
            subject=Subject.SUBMISSION,
            subject_id=other.id,
            reason=ReportReason.OTHER,
            words=f"Lapor, kata {CANARY}",
            person_hash=seal.keyed_hash(f"report:user:{user.id}"),
            created_at=NOW,
        ),
    )
    _consulted(db, user, seal)
    _registered(db, user)
    held_forms.hold("/k/SB-2611-AAAA/komentar", {"text": f"Tertahan {CANARY}"}, at=NOW, seal=seal)
    db.session.commit()
    return user


def _consulted(db, user, seal) -> None:
    consultation = add(
        db,
        Consultation(
            slug=f"konsultasi-{user.id}",
            kind=ConsultationKind.CONSULTATION,
            agency_id=make.make_agency().id,
            title_id="Taman kota",
            eligibility=Eligibility.ANYONE,
            opens_at=NOW,
            closes_at=NOW + timedelta(days=30),
            published_at=NOW,
            created_at=NOW,
            response_count=1,
        ),
    )
    question = add(
        db,
        ConsultationQuestion(
            consultation_id=consultation.id, position=1, kind=QuestionKind.TEXT, text_id="Apa usul Anda?"
        ),
    )
    response = add(
        db,
        ConsultationResponse(
            consultation_id=consultation.id,
            person_hash=seal.keyed_hash(f"consultation:{consultation.id}:user:{user.id}"),
            created_at=NOW,
            updated_at=NOW,
        ),
    )
    add(
        db,
        ConsultationAnswer(response_id=response.id, question_id=question.id, text=f"Usul {CANARY}"),
    )


def _registered(db, user) -> None:
    gathering = add(
        db,
        Gathering(
            slug=f"musrenbang-{user.id}",
            agency_id=make.make_agency().id,
            title_id="Musrenbang",
            starts_at=NOW + timedelta(days=20),
            ends_at=NOW + timedelta(days=20, hours=2),
            created_at=NOW,
            updated_at=NOW,
        ),
    )
    add(
        db,
        Registration(
            gathering_id=gathering.id,
            user_id=user.id,
            state=RegistrationState.REGISTERED,
            created_at=NOW,
            updated_at=NOW,
            needs=f"Kursi roda untuk {CANARY}",
        ),
    )


def opened(value: str, seal) -> str:
    """Read a value, through its seal where it has one: a sealed name is a name that is still there."""
    try:
        return value + seal.open(value)
    except Exception:
        return value


def traces(db, seal) -> list[str]:
    """Return every column of every table in which the canary stands, sealed or not."""
    found = []
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            for name, value in row.items():
                said = str(value)
                if isinstance(value, dict):
                    said += "".join(opened(str(one), seal) for one in value.values())
                if CANARY in opened(said, seal):
                    found.append(f"{table.name}.{name}")
    if db.engine.dialect.name == "sqlite":
        for (stems,) in db.session.execute(text("SELECT stems FROM search_index")):
            if CANARY in stems:
                found.append("search_index")
    return found


def bytes_of(db) -> bytes:
    """Return the database file and the log beside it, as they lie on the disk."""
    file = Path(db.engine.url.database)
    log = file.with_name(file.name + "-wal")
    return file.read_bytes() + (log.read_bytes() if log.exists() else b"")


def wish(db, user, seal, *, comments=True, cases=True) -> None:
    erasure.plan(user, comments=comments, cases=cases, at=NOW, seal=seal)
    db.session.commit()


def test_erasing_leaves_no_canary_anywhere(app, db, seal, storage, capfd):
    user = everywhere(db, seal, storage)
    user_id = user.id
    assert len(traces(db, seal)) > 15, "the canary must be everywhere before it can be gone"
    assert [CANARY in storage.get(file.key).decode("latin-1") for file in storage.files()].count(True) == 0
    wish(db, user, seal)
    running.run(app, jobs.sweep, NOW)  # the mail that tells of the plan leaves
    db.session.remove()
    running.run(app, jobs.erase_due, LATER)
    running.run(app, jobs.sweep, LATER)  # and the last one
    jobs.forget_deleted_bytes()
    db.session.remove()
    assert traces(db, seal) == []
    assert list(storage.files()) == []
    assert db.session.query(HeldForm).count() == 0
    left = db.session.get(User, user_id)
    assert (left.name, left.email, left.active, left.password_hash) == ("", None, False, "!")
    db.session.remove()
    if db.engine.dialect.name == "sqlite":
        assert CANARY.encode() not in bytes_of(db)
        assert search.stems(CANARY)[0].encode() not in bytes_of(db)
    said = capfd.readouterr()
    assert CANARY not in said.out + said.err
    mails = [path.read_text() for path in (app.config["DATA_DIR"] / "mail").glob("*.eml")]
    assert sum("sudah dihapus" in mail for mail in mails) == 1


def test_what_is_the_citys_stays(app, db, seal, storage):
    user = everywhere(db, seal, storage)
    user_id = user.id
    before = {
        table: db.session.query(table).count() for table in (Submission, Event, Answer, Comment, Question)
    }
    wish(db, user, seal, comments=False, cases=False)
    running.run(app, jobs.erase_due, LATER)
    assert {table: db.session.query(table).count() for table in before} == before
    case = db.session.query(Submission).filter(Submission.title.contains("Lampu padam")).one()
    assert CANARY in case.body, "by default the words stay, without the person"
    assert case.status is Status.NEEDS_INFO
    assert (case.shown_name, case.identity_mode) == ("", IdentityMode.HIDDEN)
    identity = db.session.get(Identity, case.id)
    assert (identity.name, identity.email, identity.phone) == ("", "", "")
    assert db.session.query(Ownership).count() == 0
    assert db.session.query(IdentityContact).count() == 0
    comment = db.session.query(Comment).one()
    assert (comment.author_id, comment.author_name) == (None, "")
    assert CANARY in comment.body
    support = db.session.query(Support).one()
    assert (support.user_id, support.email) == (None, "")
    assert db.session.get(Submission, support.submission_id).support_count == 1
    assert support.person_hash not in seal.keyed_hashes(f"{CANARY}@contoh.example")
    assert db.session.query(ConsultationResponse).count() == 1
    assert db.session.query(ConsultationAnswer).one().text == ""
    assert db.session.query(Draft).count() == db.session.query(Contact).count() == 0
    assert db.session.get(User, user_id) is not None


def test_what_is_open_is_withdrawn_and_what_was_answered_keeps_its_answer(app, db, seal, storage):
    user = everywhere(db, seal, storage)
    wish(db, user, seal)
    running.run(app, jobs.erase_due, LATER)
    by_status = {
        case.status: case for case in db.session.query(Submission) if case.title.startswith("Isi dih")
    }
    assert set(by_status) == {Status.WITHDRAWN, Status.DONE}
    done = by_status[Status.DONE]
    assert db.session.query(Answer).filter_by(submission_id=done.id).count() > 0
    assert by_status[Status.WITHDRAWN].latitude is None
    assert db.session.query(Comment).one().state is CommentState.DELETED
    assert db.session.query(Thread).one().comment_count == 0


def test_another_account_is_not_touched(app, db, seal, storage):
    other = make.make_citizen(seal, "orang-lain@contoh.example", name="Orang Lain")
    theirs = make.make_case(name="Orang Lain", email="orang-lain@contoh.example", seal=seal)
    ownership.own(theirs.id, other, at=NOW, seal=seal)
    draft, _token = drafts.begin(drafts.ASPIRATION, at=LATER)
    deeds.own_draft(draft, other)
    choices.choose(other, {Topic.OUTCOME: Pace.WEEKLY})
    user = everywhere(db, seal, storage)
    make.make_support(theirs, user=other)
    db.session.add(CommentVote(comment_id=db.session.query(Comment).one().id, user_id=other.id, at=NOW))
    wish(db, user, seal)
    running.run(app, jobs.erase_due, LATER)
    assert db.session.get(User, other.id).name == "Orang Lain"
    assert seal.open(db.session.get(Identity, theirs.id).email) == "orang-lain@contoh.example"
    assert db.session.query(Ownership).one().submission_id == theirs.id
    assert db.session.query(Contact).one().user_id == other.id
    assert db.session.query(Draft).one().id == draft.id
    assert db.session.query(Support).filter_by(user_id=other.id).count() == 1


def test_nothing_happens_before_the_day_nor_after_it_was_taken_back(app, db, seal, storage):
    user = everywhere(db, seal, storage)
    wish(db, user, seal)
    running.run(app, jobs.erase_due, LATER - timedelta(hours=1))
    assert db.session.get(User, user.id).active
    erasure.keep(db.session.get(User, user.id), at=NOW)
    running.run(app, jobs.erase_due, LATER)
    assert db.session.get(User, user.id).name == f"Rosma {CANARY}"
    assert db.session.query(Contact).count() == 2


def test_parallel_workers_erase_once(app, db, seal, storage):
    user = everywhere(db, seal, storage)
    user_id = user.id
    wish(db, user, seal)
    db.session.remove()

    def one(_number: int) -> bool:
        with app.app_context(), transaction():
            return erasure.erase(user_id, at=LATER, seal=seal, storage=storage)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [False, False, False, True]
    goodbyes = db.session.query(OutboxMessage).filter_by(kind=erasure.DONE_MAIL)
    assert goodbyes.count() == 2, "one to each contact"


def test_a_storage_that_is_away_leaves_everything_for_the_next_run(app, db, seal, storage, monkeypatch):
    user = everywhere(db, seal, storage)
    wish(db, user, seal)

    def away(_key: str) -> None:
        raise StorageUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "delete", away)
        running.run(app, jobs.erase_due, LATER)
    assert db.session.get(User, user.id).active
    assert db.session.query(Attachment).count() == 2
    running.run(app, jobs.erase_due, LATER)
    assert not db.session.get(User, user.id).active


def test_staff_cannot_erase_themselves(db, seal):
    officer = make.make_user(make.Role.TRIAGE)
    with pytest.raises(ValueError, match="staff"):
        erasure.plan(officer, comments=False, cases=False, at=NOW, seal=seal)


def test_the_last_mail_forgets_its_address_once_it_left(app, db, seal, storage):
    user = everywhere(db, seal, storage)
    wish(db, user, seal)
    running.run(app, jobs.erase_due, LATER)
    mail = db.session.query(OutboxMessage).filter_by(kind=erasure.DONE_MAIL).order_by("id").first()
    assert CANARY in seal.open(mail.data["address"])
    assert CANARY not in str(mail.data), "sealed while it waits"
    running.run(app, jobs.sweep, LATER)
    db.session.refresh(mail)
    assert (mail.state, mail.data) == (OutboxState.SENT, {})


# --- businesses -------------------------------------------------------------------------------------------


def _erased(user, seal, storage, db) -> None:
    wish(db, user, seal)
    assert erasure.erase(user.id, at=LATER, seal=seal, storage=storage)


def test_a_business_that_others_speak_for_stays_theirs(app, db, seal, storage):
    business = make.make_business(name="Koperasi Bersama", nib="1234567890123", public_phone="+6281211112222")
    owner, helper = make.make_citizen(seal), make.make_citizen(seal)
    make.make_member(business, owner)
    make.make_member(business, helper, BusinessRole.HELPER)
    case = make.make_case(Status.ASSIGNED, Kind.TOURISM_PACKAGE, agency=make.make_agency())
    make.propose(case, business)
    ownership.own(case.id, helper, at=NOW, seal=seal)
    _erased(helper, seal, storage, db)
    assert (business.name, business.nib) == ("Koperasi Bersama", "1234567890123")
    assert business.public_phone == "+6281211112222"
    assert [one.user_id for one in db.session.scalars(select(BusinessMember))] == [owner.id]


@pytest.mark.parametrize(
    "roles", [[BusinessRole.HELPER, BusinessRole.MANAGER], [BusinessRole.HELPER, BusinessRole.HELPER]]
)
def test_somebody_takes_over_when_the_owner_goes(app, db, seal, storage, roles):
    business = make.make_business()
    owner = make.make_citizen(seal)
    make.make_member(business, owner)
    heirs = [make.make_member(business, make.make_citizen(seal), role) for role in roles]
    expected = next((one for one in heirs if one.role is BusinessRole.MANAGER), heirs[0]).user_id
    _erased(owner, seal, storage, db)
    owners = select(BusinessMember.user_id).where(BusinessMember.role == BusinessRole.OWNER)
    assert db.session.scalars(owners).all() == [expected]


def test_what_nobody_speaks_for_any_more_loses_its_people(app, db, seal, storage):
    business = make.make_business(
        slug="perahu-contoh",
        published=True,
        owner_name=CANARY,
        show_owner=True,
        address=CANARY,
        npwp_hash="x",
        npwp_tail="1234",
    )
    user = make.make_citizen(seal)
    make.make_member(business, user)
    _erased(user, seal, storage, db)
    assert db.session.scalars(select(BusinessMember)).all() == []
    assert (business.published, business.owner_name, business.address) == (False, "", "")
    assert (business.npwp_hash, business.npwp_tail) == ("", "")


def test_what_was_written_for_planning_from_an_erased_story_goes_with_it(app, db, seal, storage):
    user = make.make_citizen(seal)
    case = make.make_case(Status.ASSIGNED, Kind.IDEA, agency=make.make_agency())
    ownership.own(case.id, user, at=NOW, seal=seal)
    row = PlanningProposal(
        submission_id=case.id,
        year=2028,
        problem=CANARY,
        background=CANARY,
        purpose=CANARY,
        address=CANARY,
        land_status=LandStatus.UNKNOWN,
        created_at=NOW,
        updated_at=NOW,
    )
    db.session.add(row)
    db.session.flush()
    _erased(user, seal, storage, db)
    db.session.refresh(row)
    assert CANARY not in f"{row.problem}{row.background}{row.purpose}{row.address}"
