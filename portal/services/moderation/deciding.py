"""What a moderator decides. Every decision is kept, noted and told to whom it concerns."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from portal.core.database import db
from portal.core.text import normalise
from portal.models import (
    Comment,
    HideCode,
    ModerationAct,
    ModerationDecision,
    Recipient,
    Report,
    Subject,
    Submission,
    Thread,
    User,
)
from portal.rules import moderation as rules
from portal.rules.moderation import Matter
from portal.rules.permissions import Actor
from portal.services import audit, cases, discussion, outbox, pages
from portal.services.cases.entering import lock
from portal.services.discussion.states import hold_row
from portal.services.errors import NotPermitted
from portal.services.moderation.errors import DecidedAlready

#: Longest sentence of a decision, in characters.
LONGEST = 300
#: Mail by act; publishing and dismissing are told to nobody.
MAILS = {
    ModerationAct.HIDE: "comment_hidden",
    ModerationAct.RESTORE: "comment_restored",
    ModerationAct.PUBLISH: "comment_published",
    ModerationAct.WARN: "warned",
    ModerationAct.BLOCK: "blocked",
    ModerationAct.UNBLOCK: "unblocked",
}


def _allow(actor: Actor, matter: Matter) -> None:
    if not rules.may_decide(actor, matter):
        raise NotPermitted


def _check_seen(subject: Subject, subject_id: int, seen: int | None) -> None:
    """Raise DecidedAlready when something newer was decided than the moderator saw (None: do not ask)."""
    if seen is None:
        return
    newest = select(func.max(ModerationDecision.id)).where(
        ModerationDecision.subject == subject, ModerationDecision.subject_id == subject_id
    )
    if (db.session.scalar(newest) or 0) != seen:
        raise DecidedAlready


def note(
    act: ModerationAct,
    subject: str,
    subject_id: int,
    *,
    actor: Actor,
    at: datetime,
    user_id: int | None = None,
    code: HideCode | None = None,
    sentence: str = "",
    until: datetime | None = None,
    appeal_id: int | None = None,
) -> ModerationDecision:
    """Keep a decision and close the reports that it answers."""
    decision = ModerationDecision(
        at=at,
        act=act,
        subject=subject,
        subject_id=subject_id,
        user_id=user_id,
        code=code,
        sentence=normalise(sentence)[:LONGEST],
        until=until,
        by_id=actor.user_id,
        appeal_id=appeal_id,
    )
    db.session.add(decision)
    db.session.flush()  # need the id
    if subject in {Subject.COMMENT, Subject.SUBMISSION}:
        db.session.execute(
            update(Report)
            .where(Report.subject == Subject(subject), Report.subject_id == subject_id)
            .where(Report.closed_at.is_(None))
            .values(closed_at=at, decision_id=decision.id)
            .execution_options(synchronize_session=False)
        )
    data = {"decision_id": decision.id, "code": code.value if code else None}
    audit.note(f"moderation_{act.value}", subject, subject_id, actor=actor, at=at, data=data)
    pages.touch()  # the month's numbers are for everybody
    return decision


def decide_comment(
    comment: Comment,
    act: ModerationAct,
    *,
    actor: Actor,
    matter: Matter,
    at: datetime,
    code: HideCode | None = None,
    sentence: str = "",
    appeal_id: int | None = None,
    seen: int | None = None,
) -> ModerationDecision:
    """Publish, hide or restore a comment.

    `seen` is the newest decision about it that the moderator knew of (0: none). Raises `NotPermitted`, and
    `DecidedAlready` when it is so already or somebody else decided meanwhile.
    """
    _allow(actor, matter)
    hold_row(comment)
    _check_seen(Subject.COMMENT, comment.id, seen)
    if act is ModerationAct.HIDE:
        if code is None or not normalise(sentence):
            raise ValueError("hiding needs a code and a sentence")
        done = discussion.hide(comment, code=code, reason=normalise(sentence)[:LONGEST], at=at)
    elif act is ModerationAct.RESTORE:
        done = discussion.restore(comment, at=at)
    elif act is ModerationAct.PUBLISH:
        done = discussion.publish(comment, at=at)
    else:
        raise ValueError(f"{act} is not for comments")
    if not done:
        raise DecidedAlready
    decision = note(
        act, Subject.COMMENT, comment.id, actor=actor, at=at,
        user_id=comment.author_id, code=code, sentence=sentence, appeal_id=appeal_id,
    )  # fmt: skip
    if appeal_id is None:  # an appeal is answered by a mail of its own
        tell(decision, at=at)
    return decision


def hide_case(
    case: Submission,
    *,
    code: HideCode,
    sentence: str,
    actor: Actor,
    matter: Matter,
    at: datetime,
    seen: int | None = None,
    version: int | None = None,
) -> ModerationDecision:
    """Hide a submission with a reason. Raises `NotPermitted`, `DecidedAlready` and what `cases.hide` does."""
    _allow(actor, matter)
    if seen is not None:
        lock(case)
        _check_seen(Subject.SUBMISSION, case.id, seen)
    cases.hide(case, code=code, text=sentence, actor=actor, at=at, version=version)
    return note(
        ModerationAct.HIDE, Subject.SUBMISSION, case.id, actor=actor, at=at, code=code, sentence=sentence
    )


def unhide_case(
    case: Submission,
    *,
    sentence: str,
    actor: Actor,
    matter: Matter,
    at: datetime,
    appeal_id: int | None = None,
    seen: int | None = None,
    version: int | None = None,
) -> ModerationDecision:
    """Show a hidden submission again. Raises as `hide_case` does."""
    _allow(actor, matter)
    if seen is not None:
        lock(case)
        _check_seen(Subject.SUBMISSION, case.id, seen)
    cases.unhide(case, text=sentence, actor=actor, at=at, version=version)
    return note(
        ModerationAct.RESTORE, Subject.SUBMISSION, case.id, actor=actor, at=at,
        sentence=sentence, appeal_id=appeal_id,
    )  # fmt: skip


def dismiss(
    subject: Subject,
    subject_id: int,
    *,
    actor: Actor,
    matter: Matter,
    at: datetime,
    seen: int | None = None,
) -> ModerationDecision:
    """Find nothing wrong with what was reported. Raises `NotPermitted` and `DecidedAlready`."""
    _allow(actor, matter)
    waiting = (
        select(Report.id)
        .where(Report.subject == subject, Report.subject_id == subject_id, Report.closed_at.is_(None))
        .with_for_update()
    )
    if not db.session.scalars(waiting).all():
        raise DecidedAlready
    _check_seen(subject, subject_id, seen)
    return note(ModerationAct.DISMISS, subject, subject_id, actor=actor, at=at, user_id=matter.author_id)


def warn(user: User, *, sentence: str, actor: Actor, matter: Matter, at: datetime) -> ModerationDecision:
    """Tell somebody that what they write is not all right. Raises `NotPermitted`."""
    _allow(actor, matter)
    decision = note(
        ModerationAct.WARN, "user", user.id, actor=actor, at=at, user_id=user.id, sentence=sentence
    )
    tell(decision, at=at)
    return decision


def block(
    user: User, *, days: int, sentence: str, actor: Actor, matter: Matter, at: datetime
) -> ModerationDecision:
    """Keep somebody from writing in public for some days, at most a year. Raises `NotPermitted`.

    They can still sign in, send submissions and follow: nobody loses the right to be heard.
    """
    _allow(actor, matter)
    until = at + timedelta(days=days)
    if not timedelta() < until - at <= rules.LONGEST_BLOCK:
        raise ValueError("a block lasts a day to a year")
    user.blocked_until = until
    decision = note(
        ModerationAct.BLOCK, "user", user.id, actor=actor, at=at,
        user_id=user.id, sentence=sentence, until=until,
    )  # fmt: skip
    tell(decision, at=at)
    return decision


def unblock(
    user: User,
    *,
    sentence: str,
    actor: Actor,
    matter: Matter,
    at: datetime,
    appeal_id: int | None = None,
) -> ModerationDecision:
    """Let somebody write again before the end of the block. Raises `NotPermitted`, `DecidedAlready`."""
    _allow(actor, matter)
    if user.blocked_until is None or user.blocked_until <= at:
        raise DecidedAlready
    user.blocked_until = None
    decision = note(
        ModerationAct.UNBLOCK, "user", user.id, actor=actor, at=at,
        user_id=user.id, sentence=sentence, appeal_id=appeal_id,
    )  # fmt: skip
    if appeal_id is None:
        tell(decision, at=at)
    return decision


def tell(decision: ModerationDecision, *, at: datetime, kind: str = "") -> None:
    """Tell whom a decision concerns: the account, or the reporter who wrote as such."""
    kind = kind or MAILS.get(decision.act, "")
    if not kind:
        return
    data = {"decision_id": decision.id}
    if decision.user_id is not None:
        outbox.queue(kind, to=Recipient.USER, recipient_id=decision.user_id, at=at, data=data)
        return
    case = concerned_case(decision)
    if case is not None:
        outbox.queue(kind, to=Recipient.REPORTER, recipient_id=case.id, case=case, at=at, data=data)


def concerned_case(decision: ModerationDecision) -> Submission | None:
    """Return the case whose reporter a decision concerns: it is theirs, or they commented on it as such."""
    if decision.subject == Subject.SUBMISSION:
        return db.session.get(Submission, decision.subject_id)
    comment = db.session.get(Comment, decision.subject_id) if decision.subject == Subject.COMMENT else None
    if comment is None or not comment.by_reporter:
        return None
    thread = db.session.get(Thread, comment.thread_id)
    if thread is None or thread.subject is not Subject.SUBMISSION:
        return None
    return db.session.get(Submission, thread.subject_id)
