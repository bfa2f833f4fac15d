"""Decisions of moderators, and appeals against them."""

from datetime import timedelta

import pytest

from portal.core.clock import now
from portal.models import (
    AuditEntry,
    CommentState,
    HideCode,
    ModerationAct,
    ModerationDecision,
    OutboxMessage,
    Report,
    ReportReason,
    Role,
    Subject,
)
from portal.queries import discussion as places
from portal.queries import moderation as queries
from portal.queries import pages
from portal.rules.discussion import Voice
from portal.rules.moderation import Matter
from portal.services import discussion, moderation
from portal.services.discussion import Blocked
from portal.services.errors import NotPermitted
from portal.services.moderation import DecidedAlready
from tests import factories as make

SENTENCE = "Menyebut nama dan nomor rumah tetangga."


@pytest.fixture
def seal(app):
    return app.extensions["seal"]


@pytest.fixture
def triage(db):
    return make.actor(make.make_user(Role.TRIAGE))


@pytest.fixture
def other(db):
    return make.actor(make.make_user(Role.TRIAGE))


@pytest.fixture
def author(db, seal):
    return make.make_citizen(seal)


@pytest.fixture
def comment(db, author, seal):
    case = make.make_case(text_public=True)
    return discussion.comment(
        places.place_of_case(case), "Lampunya memang mati.", voice=Voice.PERSON, user=author,
        actor=make.actor(author), seal=seal, at=now(),
    )  # fmt: skip


def report(comment, person: str = "a" * 64) -> bool:
    return moderation.report(
        Subject.COMMENT, comment.id, reason=ReportReason.INSULT, words="kasar", person_hash=person, at=now()
    )


def hide(comment, actor, **more):
    return moderation.decide_comment(
        comment, ModerationAct.HIDE, actor=actor, matter=Matter(author_id=comment.author_id), at=now(),
        code=HideCode.PERSONAL_DATA, sentence=SENTENCE, **more,
    )  # fmt: skip


def test_one_person_reports_a_thing_once(db, comment):
    assert report(comment)
    assert not report(comment)
    assert report(comment, "b" * 64)
    db.session.refresh(comment)
    assert comment.report_count == 2
    assert [one.reports for one in queries.reported().items] == [2]


def test_hiding_needs_a_reason_tells_the_author_and_closes_the_reports(db, comment, triage):
    report(comment)
    decision = hide(comment, triage)
    assert comment.state is CommentState.HIDDEN
    assert comment.hidden_reason == SENTENCE
    assert queries.reported().items == []
    assert db.session.query(Report).one().decision_id == decision.id
    mail = db.session.query(OutboxMessage).filter_by(kind="comment_hidden").one()
    assert (mail.recipient_id, mail.data) == (comment.author_id, {"decision_id": decision.id})
    assert db.session.query(AuditEntry).filter_by(action="moderation_hide").one().actor_id == triage.user_id


def test_what_was_decided_in_the_meantime_is_not_decided_again(comment, triage, other):
    hide(comment, triage)
    with pytest.raises(DecidedAlready):
        hide(comment, other)


def test_a_moderator_decides_nothing_about_their_own_words(comment, author):
    own = make.actor(make.make_user(Role.TRIAGE))
    comment.author_id = own.user_id
    with pytest.raises(NotPermitted):
        hide(comment, own)


def test_an_appeal_is_decided_by_somebody_else_and_brings_the_comment_back(db, comment, triage, other):
    decision = hide(comment, triage)
    appeal = moderation.appeal(decision, "Nama itu nama saya sendiri.", at=now())
    matter = Matter(author_id=comment.author_id, decided_by_id=triage.user_id)
    with pytest.raises(NotPermitted):
        moderation.settle(appeal, granted=True, sentence="Benar.", actor=triage, matter=matter, at=now())
    moderation.settle(appeal, granted=True, sentence="Benar.", actor=other, matter=matter, at=now())
    db.session.refresh(comment)
    assert comment.state is CommentState.PUBLISHED
    kinds = [row.kind for row in db.session.query(OutboxMessage)]
    assert kinds.count("appeal_decided") == 1
    assert "comment_restored" not in kinds
    with pytest.raises(DecidedAlready):
        moderation.settle(appeal, granted=False, sentence="x", actor=other, matter=matter, at=now())


def test_an_appeal_that_changes_nothing_is_told_too(db, comment, triage, other):
    appeal = moderation.appeal(hide(comment, triage), "Saya tidak setuju.", at=now())
    matter = Matter(author_id=comment.author_id, decided_by_id=triage.user_id)
    moderation.settle(
        appeal, granted=False, sentence="Tetap melanggar.", actor=other, matter=matter, at=now()
    )
    assert comment.state is CommentState.HIDDEN
    assert db.session.query(ModerationDecision).order_by(ModerationDecision.id.desc()).first().act is (
        ModerationAct.UPHOLD
    )


def test_one_appeals_once_and_within_two_weeks(comment, triage):
    decision = hide(comment, triage)
    moderation.appeal(decision, "Tidak setuju.", at=now())
    with pytest.raises(NotPermitted):
        moderation.appeal(decision, "Sekali lagi.", at=now())


def test_after_two_weeks_it_is_too_late(comment, triage):
    decision = hide(comment, triage)
    with pytest.raises(NotPermitted):
        moderation.appeal(decision, "Terlambat.", at=now() + timedelta(days=15))


def test_a_block_has_an_end_and_an_appeal_can_lift_it(db, author, triage, other):
    matter = Matter(author_id=author.id)
    decision = moderation.block(author, days=7, sentence="Berulang.", actor=triage, matter=matter, at=now())
    assert author.blocked_until == decision.until
    appeal = moderation.appeal(decision, "Maaf.", at=now())
    matter = Matter(author_id=author.id, decided_by_id=triage.user_id)
    moderation.settle(appeal, granted=True, sentence="Baik.", actor=other, matter=matter, at=now())
    assert author.blocked_until is None


@pytest.mark.parametrize("days", [0, -1, 366])
def test_nobody_is_blocked_for_ever(author, triage, days):
    with pytest.raises(ValueError, match="a year"):
        moderation.block(
            author, days=days, sentence="x", actor=triage, matter=Matter(author_id=author.id), at=now()
        )


def test_a_hidden_submission_comes_back_by_the_appeal_of_its_reporter(db, triage, other):
    case = make.make_case(text_public=True)
    decision = moderation.hide_case(
        case, code=HideCode.ACCUSATION, sentence=SENTENCE, actor=triage, matter=Matter(), at=now()
    )
    appeal = moderation.appeal(decision, "Sudah saya perbaiki.", at=now())
    moderation.settle(
        appeal,
        granted=True,
        sentence="Benar.",
        actor=other,
        matter=Matter(decided_by_id=triage.user_id),
        at=now(),
    )
    assert case.hidden_code is None
    assert [row.recipient_id for row in db.session.query(OutboxMessage).filter_by(kind="appeal_decided")] == [
        case.id
    ]


@pytest.mark.parametrize("role", [None, Role.ADMIN, Role.OFFICER, Role.HEAD, Role.COMPETENCY])
def test_nobody_but_the_coordinators_moderates(comment, role):
    agency = make.make_agency() if role in {Role.OFFICER, Role.HEAD} else None
    with pytest.raises(NotPermitted):
        hide(comment, make.actor(make.make_user(role, agency)))


def test_whoever_saw_an_older_state_learns_that_somebody_was_quicker(db, comment, triage, other):
    report(comment)
    first = hide(comment, triage, seen=0)
    with pytest.raises(DecidedAlready):
        moderation.decide_comment(
            comment, ModerationAct.RESTORE, actor=other, matter=Matter(), at=now(), sentence="Boleh.", seen=0
        )
    moderation.decide_comment(
        comment,
        ModerationAct.RESTORE,
        actor=other,
        matter=Matter(),
        at=now(),
        sentence="Boleh.",
        seen=first.id,
    )
    assert comment.state is CommentState.PUBLISHED


def test_reports_are_dismissed_once(db, comment, triage, other):
    report(comment)
    about = {"matter": Matter(author_id=comment.author_id), "at": now()}
    moderation.dismiss(Subject.COMMENT, comment.id, actor=triage, **about)
    with pytest.raises(DecidedAlready):
        moderation.dismiss(Subject.COMMENT, comment.id, actor=other, **about)
    assert db.session.query(ModerationDecision).one().act is ModerationAct.DISMISS


def test_every_decision_and_appeal_makes_the_months_numbers_new(db, comment, author, triage):
    def version() -> int:
        db.session.commit()
        return pages.version()

    report(comment)
    before = version()
    moderation.dismiss(Subject.COMMENT, comment.id, actor=triage, matter=Matter(), at=now())
    dismissed = version()
    warned = moderation.warn(author, sentence="Jangan kasar.", actor=triage, matter=Matter(), at=now())
    after_warning = version()
    moderation.appeal(warned, "Saya tidak kasar.", at=now())
    assert before < dismissed < after_warning < version()


def test_who_is_blocked_can_neither_comment_nor_find_helpful_but_after_the_end_they_can(
    db, comment, seal, triage
):
    blocked = make.make_citizen(seal)
    moderation.block(blocked, days=7, sentence="Menghina.", actor=triage, matter=Matter(), at=now())
    place = places.place_of(places.thread_by_id(comment.thread_id))
    me = make.actor(blocked)
    with pytest.raises(Blocked):
        discussion.find_helpful(comment, place, actor=me, at=now())
    assert discussion.find_helpful(comment, place, actor=me, at=now() + timedelta(days=8))


def test_pages_of_reported_things_lead_forward_and_back(db, comment):
    for number in range(5):
        made = make.make_comment(make.make_case(), make.make_user())
        report(made, f"{number:064x}")
    first = queries.reported(size=2)
    assert (first.previous_cursor, len(first.items)) == (None, 2)
    second = queries.reported(first.next_cursor, size=2)
    ids = [row.subject_id for row in (*first.items, *second.items)]
    assert len(set(ids)) == 4
    assert queries.reported(second.previous_cursor, size=2).items == first.items
