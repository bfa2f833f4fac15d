import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.core.clock import now
from portal.core.database import db as db_session
from portal.core.database import transaction
from portal.models import (
    AuditEntry,
    Consultation,
    ConsultationAnswer,
    ConsultationKind,
    ConsultationResponse,
    Eligibility,
    Follow,
    HideCode,
    OutboxMessage,
    QuestionKind,
    Recipient,
    Role,
    Status,
    Subject,
)
from portal.queries import consultations as reads
from portal.queries import letters
from portal.rules import tallies
from portal.rules.consultations import Given
from portal.services import consultations as writing
from portal.services.consultations import OptionDraft, QuestionDraft
from portal.services.errors import NotPermitted, StaleVersion
from portal.web import mails
from tests import factories as make


@pytest.fixture
def seal(app):
    return app.extensions["seal"]


@pytest.fixture
def agency(db):
    return make.make_agency()


def fields(agency, **changes):
    return {
        "kind": ConsultationKind.CONSULTATION,
        "agency_id": agency.id,
        "program_id": None,
        "title_id": "Jalan mana dulu?",
        "title_en": "",
        "background_id": "Anggaran cukup untuk dua jalan.",
        "background_en": "",
        "eligibility": Eligibility.ANYONE,
        "ward_code": None,
        "opens_at": now() - timedelta(days=1),
        "closes_at": now() + timedelta(days=9),
    } | changes


ASKED = [
    QuestionDraft(
        None,
        QuestionKind.SINGLE,
        "Mana dulu?",
        options=(OptionDraft(None, "Barat"), OptionDraft(None, "Timur")),
    ),
    QuestionDraft(None, QuestionKind.TEXT, "Kenapa?", required=False),
]


def as_drafts(rows):
    return [
        QuestionDraft(
            row.id, row.kind, row.text_id, row.text_en, row.required, row.most, row.points,
            tuple(OptionDraft(o.id, o.written_id, o.text_en, o.submission_id) for o in row.options),
        )
        for row in rows
    ]  # fmt: skip


def vote(one, person, seal, *, option=0, at=None, ward=None):
    question = reads.questions(one.id)[0]
    chosen = Given(question.id, question.options[option].id, 1)
    return writing.answer(
        one.id, person=person, given=[chosen], ward_code=ward, confirmed=True, at=at or now(), seal=seal
    )


def test_an_officer_prepares_and_only_a_publisher_publishes(db, agency):
    officer, head = make.officer(agency), make.head(agency)
    one = writing.create(actor=officer, at=now(), fields=fields(agency), questions=ASKED)
    assert one.slug == "jalan-mana-dulu"
    assert [row.text_id for row in reads.questions(one.id)] == ["Mana dulu?", "Kenapa?"]
    assert reads.by_slug(one.slug) is None
    with pytest.raises(NotPermitted):
        writing.publish(one, actor=officer, at=now())
    writing.publish(one, actor=head, at=now())
    assert reads.by_slug(one.slug) is not None
    noted = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert noted == ["create", "publish"]


def test_two_titles_alike_get_two_addresses(db, agency):
    made = [
        writing.create(actor=make.head(agency), at=now(), fields=fields(agency), questions=ASKED).slug
        for _ in range(2)
    ]
    assert made == ["jalan-mana-dulu", "jalan-mana-dulu-2"]


def test_staff_of_another_agency_write_nothing_here(db, agency):
    other = make.head(make.make_agency())
    with pytest.raises(NotPermitted):
        writing.create(actor=other, at=now(), fields=fields(agency), questions=ASKED)
    one = make.make_consultation(agency=agency)
    with pytest.raises(NotPermitted):
        writing.edit(one, actor=other, at=now(), version=1, fields={}, questions=[])
    with pytest.raises(NotPermitted):
        writing.close(one, actor=other, at=now(), reason="Sudah cukup")


def test_one_that_asks_nothing_or_is_over_is_not_published(db, agency):
    head = make.head(agency)
    empty = writing.create(actor=head, at=now(), fields=fields(agency), questions=[])
    over = writing.create(
        actor=head,
        at=now(),
        fields=fields(agency, opens_at=now() - timedelta(days=9), closes_at=now() - timedelta(days=1)),
        questions=ASKED,
    )
    for one in (empty, over):
        with pytest.raises(writing.WrongStage):
            writing.publish(one, actor=head, at=now())


def test_editing_keeps_the_rows_of_what_stayed_and_a_stale_save_changes_nothing(db, agency):
    head = make.head(agency)
    one = writing.create(actor=head, at=now(), fields=fields(agency), questions=ASKED)
    before = reads.questions(one.id)
    turned = list(reversed(as_drafts(before)))
    writing.edit(one, actor=head, at=now(), version=1, fields={"title_id": "Baru"}, questions=turned)
    after = reads.questions(one.id)
    assert [row.id for row in after] == [row.id for row in reversed(before)]
    assert after[1].options == before[0].options
    with pytest.raises(StaleVersion):
        writing.edit(one, actor=head, at=now(), version=1, fields={"title_id": "Lain"}, questions=[])
    assert one.title_id == "Baru"


def test_a_question_of_another_consultation_is_never_taken_over(db, agency):
    head = make.head(agency)
    theirs = make.make_consultation(agency=agency)
    one = writing.create(actor=head, at=now(), fields=fields(agency), questions=ASKED)
    stolen = as_drafts(reads.questions(theirs.id))
    writing.edit(one, actor=head, at=now(), version=1, fields={}, questions=stolen)
    assert len(reads.questions(theirs.id)) == 1
    assert {row.id for row in reads.questions(one.id)}.isdisjoint({row.id for row in stolen})


def test_after_the_first_answer_only_words_are_mended_and_with_a_note(db, agency, seal):
    head = make.head(agency)
    one = make.make_consultation(agency=agency)
    vote(one, "user:1", seal)
    drafts = as_drafts(reads.questions(one.id))
    with pytest.raises(writing.Frozen):
        writing.edit(one, actor=head, at=now(), version=1, fields={}, questions=[])
    with pytest.raises(writing.Frozen):
        writing.edit(
            one, actor=head, at=now(), version=1, fields={"eligibility": Eligibility.WARD}, questions=drafts
        )
    mended = [
        QuestionDraft(d.id, d.kind, "Salah ketik", d.text_en, d.required, d.most, d.points, d.options)
        for d in drafts
    ]
    with db.session.begin_nested() as part:
        with pytest.raises(writing.NoteMissing):
            writing.edit(one, actor=head, at=now(), version=1, fields={}, questions=mended)
        part.rollback()
    writing.edit(one, actor=head, at=now(), version=1, fields={}, questions=mended, note="Ejaan nama jalan")
    assert reads.questions(one.id)[0].text_id == "Salah ketik"
    assert [(row["kind"], row["text"]) for row in one.changes] == [("corrected", "Ejaan nama jalan")]


def test_a_person_answers_once_and_may_change_it_until_the_end(db, seal):
    one = make.make_consultation()
    first = vote(one, "user:1", seal)
    again = vote(one, "user:1", seal, option=1)
    assert (first.changed, again.changed, again.response_id) == (False, True, first.response_id)
    db.session.refresh(one)
    assert one.response_count == 1
    assert len(db.session.scalars(select(ConsultationAnswer)).all()) == 1
    with pytest.raises(writing.NotOpen):
        vote(one, "user:1", seal, at=one.closes_at)
    with pytest.raises(writing.NotOpen):
        vote(one, "user:1", seal, at=one.opens_at - timedelta(seconds=1))


def test_nobody_answers_a_draft_or_with_an_option_of_another_question(db, seal):
    draft = make.make_consultation(published_at=None)
    with pytest.raises(writing.NotOpen):
        vote(draft, "user:1", seal)
    one, other = make.make_consultation(), make.make_consultation()
    foreign = reads.questions(other.id)[0]
    given = [Given(reads.questions(one.id)[0].id, foreign.options[0].id, 1)]
    with pytest.raises(writing.NotOpen):
        writing.answer(
            one.id, person="user:1", given=given, ward_code=None, confirmed=True, at=now(), seal=seal
        )


def test_no_row_says_who_answered_and_none_links_two_consultations(db, seal):
    user = make.make_citizen(seal)
    for one in (make.make_consultation(), make.make_consultation()):
        vote(one, f"user:{user.id}", seal)
    rows = db.session.execute(text("SELECT * FROM consultation_response")).mappings().all()
    assert "user_id" not in rows[0]
    assert rows[0]["person_hash"] != rows[1]["person_hash"]


def test_twenty_presses_at_once_count_one_person(app, db, seal):
    one = make.make_consultation()
    db.session.commit()
    one_id, faults = one.id, []
    question = reads.questions(one_id)[0]
    given = [Given(question.id, question.options[0].id, 1)]
    db.session.rollback()

    def press():
        try:
            with app.app_context(), transaction():
                writing.answer(
                    one_id, person="user:1", given=given, ward_code=None, confirmed=True, at=now(), seal=seal
                )
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert faults == []
    assert db.session.get(Consultation, one_id).response_count == 1
    assert len(db.session.scalars(select(ConsultationResponse)).all()) == 1
    assert len(db.session.scalars(select(ConsultationAnswer)).all()) == 1


def test_the_database_counts_as_a_naive_count_does(db, seal):
    one = make.make_consultation(QuestionKind.RANKING, QuestionKind.POINTS, QuestionKind.MULTIPLE)
    ranking, points, multiple = reads.questions(one.id)
    a, b, c = ranking.options
    d, e, f = points.options
    for number, ward in enumerate([make.a_ward().code, None]):
        writing.answer(
            one.id,
            person=f"user:{number}",
            given=[
                Given(ranking.id, a.id, 1 + number),
                Given(ranking.id, b.id, 2 - number),
                Given(points.id, d.id, 7),
                Given(points.id, e.id, 3),
                *(Given(multiple.id, option.id, 1) for option in multiple.options[: 1 + number]),
            ],
            ward_code=ward,
            confirmed=True,
            at=now(),
            seal=seal,
        )
    rows = reads.tally_rows(one.id)
    assert tallies.people(rows) == {"": 1, make.a_ward().code: 1}
    assert [(line.score, line.first) for line in tallies.tally(ranking.asked, rows).lines] == [
        (5, 1),
        (5, 1),
        (0, 0),
    ]
    assert [line.score for line in tallies.tally(points.asked, rows).lines] == [14, 6, 0]
    counted = tallies.tally(multiple.asked, rows)
    assert (counted.people, [line.count for line in counted.lines]) == (2, [2, 1, 0])


def test_extending_and_ending_early_say_why_to_everybody(db, agency):
    head = make.head(agency)
    one = make.make_consultation(agency=agency)
    later = one.closes_at + timedelta(days=3)
    with pytest.raises(writing.WrongStage):
        writing.extend(one, actor=head, at=now(), until=one.closes_at, reason="Banyak yang belum sempat")
    writing.extend(one, actor=head, at=now(), until=later, reason="Banyak yang belum sempat")
    assert one.closes_at == later
    writing.close(one, actor=head, at=now(), reason="Keputusan dimajukan")
    assert [row["kind"] for row in one.changes] == ["extended", "ended"]
    with pytest.raises(writing.WrongStage):
        writing.extend(
            one, actor=head, at=now() + timedelta(seconds=1), until=later, reason="Dibuka lagi saja"
        )


def test_nothing_is_archived_before_its_outcome_not_even_past_the_code(db, agency):
    head = make.head(agency)
    one = make.make_consultation(agency=agency, closes_at=now() - timedelta(hours=1))
    with pytest.raises(writing.WrongStage):
        writing.archive(one, actor=head, at=now())
    with pytest.raises(IntegrityError), db.session.begin_nested():
        one.archived_at = now()
        db.session.flush()
    db.session.refresh(one)
    writing.write_outcome(one, actor=head, at=now(), text_id="Jalan barat dulu.", review_on=date(2027, 1, 4))
    writing.archive(one, actor=head, at=now())
    assert one.archived_at is not None


def test_followers_hear_of_the_outcome_once(db, agency, seal):
    head, user = make.head(agency), make.make_citizen(seal)
    one = make.make_consultation(agency=agency, closes_at=now() - timedelta(hours=1))
    follow = Follow(user_id=user.id, subject=Subject.CONSULTATION, subject_id=one.id, created_at=now())
    db.session.add(follow)
    db.session.flush()
    for words in ("Jalan barat dulu.", "Jalan barat dulu, lalu timur."):
        writing.write_outcome(one, actor=head, at=now(), text_id=words, review_on=date(2027, 1, 4))
    rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "consultation_outcome")).all()
    assert [(row.recipient_kind, row.recipient_id, row.data["consultation_id"]) for row in rows] == [
        (Recipient.FOLLOWER, follow.id, one.id)
    ]


def test_the_head_is_reminded_once_of_an_outcome_that_is_missing_and_of_the_review(db, agency):
    head = make.make_user(Role.HEAD, agency)
    make.make_user(Role.OFFICER, agency)
    one = make.make_consultation(
        agency=agency, opens_at=now() - timedelta(days=20), closes_at=now() - timedelta(days=13)
    )
    kind = select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "staff_consultation_review")
    writing.remind(now())
    assert db.session.scalars(kind).all() == []
    for hours in (25, 26, 50):
        writing.remind(now() + timedelta(hours=hours))
    assert db.session.scalars(kind).all() == [head.id]
    day = (now() + timedelta(days=40)).date()
    writing.write_outcome(one, actor=make.triage(), at=now(), text_id="Jalan barat dulu.", review_on=day)
    for days in (39, 41, 42):
        writing.remind(now() + timedelta(days=days))
    assert db.session.scalars(kind).all() == [head.id, head.id]


def test_a_submission_that_went_shows_its_words_no_more(db, agency):
    case = make.make_case(status=Status.ANSWERED, agency=agency, title="Perbaiki talud")
    one = make.make_consultation(QuestionKind.POINTS, agency=agency)
    drafts = as_drafts(reads.questions(one.id))
    drafts[0] = QuestionDraft(
        drafts[0].id,
        QuestionKind.POINTS,
        "Bagi poin",
        points=10,
        options=(OptionDraft(None, submission_id=case.id), OptionDraft(None, "Lampu jalan")),
    )
    writing.edit(one, actor=make.head(agency), at=now(), version=1, fields={}, questions=drafts)
    assert reads.questions(one.id)[0].options[0].text_id == "Perbaiki talud"
    case.hidden_code, case.listed = HideCode.INSULT, False
    db.session.flush()
    shown = reads.questions(one.id)[0].options[0]
    assert (shown.gone, shown.text_id, shown.reference) == (True, "", "")


def test_the_mails_say_what_was_done_and_what_is_due(app, db, agency, seal):
    head, user = make.make_user(Role.HEAD, agency), make.make_citizen(seal, "tiur@contoh.example")
    one = make.make_consultation(agency=agency, closes_at=now() - timedelta(hours=1))
    db.session.add(Follow(user_id=user.id, subject=Subject.CONSULTATION, subject_id=one.id, created_at=now()))
    db.session.flush()
    writing.remind(now() + timedelta(days=15))
    missing = composed(seal)["staff_consultation_review"]
    assert "belum punya tindak lanjut" in missing.subject
    assert f"/meja/konsultasi/{one.id}" in missing.text
    words = "Jalan **barat** dulu. <b>"
    writing.write_outcome(
        one, actor=make.actor(head), at=now(), text_id=words, review_on=now().date() + timedelta(days=30)
    )
    told = composed(seal)["consultation_outcome"]
    assert (told.address, one.title_id in told.subject) == ("tiur@contoh.example", True)
    assert "> Jalan barat dulu. <b>" in told.text
    assert f"/konsultasi/{one.slug}" in told.text
    assert "karena mengikuti konsultasi ini" in told.text
    assert "<b>" not in told.html


def test_a_head_who_left_is_reminded_of_nothing(app, db, agency, seal):
    head = make.make_user(Role.HEAD, agency)
    make.make_consultation(agency=agency, closes_at=now() - timedelta(hours=1))
    writing.remind(now() + timedelta(days=15))
    head.memberships.clear()
    db.session.flush()
    with pytest.raises(letters.Undeliverable):
        composed(seal)


def composed(seal):
    """Return the finished mails that wait, by kind."""
    rows = db_session.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    return {
        row.kind: mails.compose(
            letters.read(row, [], seal=seal, at=now()),
            message_id=row.message_id,
            kind=row.kind,
            queued_at=row.created_at,
        )
        for row in rows
    }
