"""The month of moderation in numbers: equal to a naive recount, whatever was decided."""

import random
from collections import Counter
from datetime import date, timedelta
from statistics import median

import pytest

from portal.models import (
    Appeal,
    Comment,
    CommentState,
    HideCode,
    ModerationAct,
    ModerationDecision,
    Report,
    ReportReason,
    Role,
    Status,
    Subject,
    Submission,
)
from portal.queries.moderation_summary import KINDS, summary
from portal.queries.statistics import Period
from portal.rules.suppression import publish, shown
from tests import factories as make
from tests.factories import MONDAY

NOVEMBER = Period.month(date(2026, 11, 1))


def decide(db, act, subject, subject_id, at=MONDAY, **fields) -> ModerationDecision:
    decision = ModerationDecision(
        **{"at": at, "act": act, "subject": str(subject), "subject_id": subject_id, "sentence": ""} | fields
    )
    db.session.add(decision)
    db.session.flush()
    return decision


def report(db, decision, since, number) -> None:
    db.session.add(
        Report(
            subject=Subject(decision.subject), subject_id=decision.subject_id, reason=ReportReason.INSULT,
            words="", person_hash=f"{number:064x}", created_at=since, closed_at=decision.at,
            decision_id=decision.id,
        )
    )  # fmt: skip


def appeal(db, decision, at, granted=None, decided_at=None) -> Appeal:
    made = Appeal(
        decision_id=decision.id, words="Ini bukan hinaan.", created_at=at, granted=granted,
        decided_at=decided_at,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def naive(db):
    """Count again, row by row, in the plainest way there is."""
    within = [
        one
        for one in db.session.query(ModerationDecision)
        if NOVEMBER.start <= one.at < NOVEMBER.end and not about_secret(db, one)
    ]
    acts = Counter(one.act for one in within)
    hides = [one for one in within if one.act is ModerationAct.HIDE]
    restored = [one for one in within if one.act is ModerationAct.RESTORE]
    hours = []
    for one in within:
        if one.appeal_id is not None:
            began = db.session.get(Appeal, one.appeal_id).created_at
        else:
            times = [row.created_at for row in db.session.query(Report) if row.decision_id == one.id]
            began = min(times, default=None)
            comment = db.session.get(Comment, one.subject_id) if one.subject == "comment" else None
            unread = comment is not None and (comment.published_at is None or comment.published_at >= one.at)
            if unread and one.act in (ModerationAct.PUBLISH, ModerationAct.HIDE):
                began = comment.created_at
        if began is not None:
            hours.append((one.at - began).total_seconds() / 3600)
    appeals = [
        one
        for one in db.session.query(Appeal)
        if not about_secret(db, db.session.get(ModerationDecision, one.decision_id))
    ]
    settled = [one for one in appeals if one.decided_at and NOVEMBER.start <= one.decided_at < NOVEMBER.end]
    granted = sum(1 for one in settled if one.granted)
    return {
        "hidden_by_code": publish([sum(one.code is code for one in hides) for code in HideCode]),
        "hidden_by_kind": publish([sum(one.subject == kind for one in hides) for kind in KINDS]),
        "restored_by_kind": publish([sum(one.subject == kind for one in restored) for kind in KINDS]),
        "published": shown(acts[ModerationAct.PUBLISH]),
        "dismissed": shown(acts[ModerationAct.DISMISS]),
        "warned": shown(acts[ModerationAct.WARN]),
        "blocked": shown(acts[ModerationAct.BLOCK]),
        "unblocked": shown(acts[ModerationAct.UNBLOCK]),
        "appealed": shown(sum(NOVEMBER.start <= one.created_at < NOVEMBER.end for one in appeals)),
        "settled": publish([granted, len(settled) - granted]),
        "median_hours": round(median(hours), 1) if len(hours) >= 5 else None,
    }


def about_secret(db, decision) -> bool:
    return decision.subject == "submission" and db.session.get(Submission, decision.subject_id).secret


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_numbers_are_those_of_a_naive_recount(db, seed):
    chance = random.Random(seed)
    moderator, author = make.make_user(Role.TRIAGE), make.make_user()
    cases = [make.make_case(Status.IN_REVIEW, secret=n == 0) for n in range(3)]
    comments = [
        make.make_comment(
            cases[1], author,
            state=chance.choice([CommentState.PUBLISHED, CommentState.HIDDEN]),
            published_at=chance.choice([None, MONDAY, MONDAY + timedelta(days=3)]),
        )
        for _ in range(4)
    ]  # fmt: skip
    for number in range(90):
        act = chance.choice([act for act in ModerationAct if act is not ModerationAct.UPHOLD])
        at = MONDAY + timedelta(hours=chance.randint(-400, 500))
        if act in {ModerationAct.WARN, ModerationAct.BLOCK, ModerationAct.UNBLOCK}:
            subject, subject_id = "user", author.id
        elif chance.random() < 0.5:
            subject, subject_id = Subject.SUBMISSION, chance.choice(cases).id
        else:
            subject, subject_id = Subject.COMMENT, chance.choice(comments).id
        code = chance.choice(list(HideCode)) if act is ModerationAct.HIDE else None
        decision = decide(db, act, subject, subject_id, at, code=code, by_id=moderator.id)
        if subject != "user" and chance.random() < 0.5:
            for more in range(chance.randint(1, 3)):
                report(db, decision, at - timedelta(hours=chance.randint(1, 90)), number * 10 + more)
        if chance.random() < 0.3:
            asked = at + timedelta(hours=chance.randint(1, 200))
            granted = chance.choice([True, False, None])
            decided_at = None if granted is None else asked + timedelta(hours=chance.randint(1, 90))
            made = appeal(db, decision, asked, granted, decided_at)
            if decided_at is not None:
                settling = ModerationAct.RESTORE if granted else ModerationAct.UPHOLD
                decide(db, settling, subject, subject_id, decided_at, appeal_id=made.id)
    db.session.commit()
    found, wanted = summary(NOVEMBER), naive(db)
    assert {name: getattr(found, name) for name in wanted} == wanted
    assert found.median_hours is not None


def test_decisions_about_secret_submissions_are_not_counted(db):
    secret = make.make_case(Status.IN_REVIEW, secret=True)
    for _ in range(6):
        appeal(
            db, decide(db, ModerationAct.HIDE, Subject.SUBMISSION, secret.id, code=HideCode.INSULT), MONDAY
        )
    found = summary(NOVEMBER)
    assert (found.hidden, found.appealed) == (0, 0)


def test_the_numbers_cost_two_queries_however_many_decisions_there_are(db, count_queries):
    case = make.make_case()
    for _ in range(12):
        decide(db, ModerationAct.HIDE, Subject.SUBMISSION, case.id, code=HideCode.INSULT)
    with count_queries() as counted:
        summary(NOVEMBER)
    assert len(counted) == 2
