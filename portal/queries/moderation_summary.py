"""What moderation did in a month, in numbers for everybody. How each is computed is said on the page.

Decisions about secret submissions are left out, so that no number gives one away.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.core.database import db
from portal.models import (
    Appeal,
    Comment,
    HideCode,
    ModerationAct,
    ModerationDecision,
    Report,
    Subject,
    Submission,
)
from portal.queries.statistics import Period
from portal.rules.suppression import SMALLEST_SHOWN, Row, publish, shown

#: What can be hidden, in the order of the tables.
KINDS = (Subject.COMMENT, Subject.SUBMISSION)


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers of a month; None stands for one that is too small to be published."""

    #: By reason, in the order of `HideCode`, and by what it was, in the order of `KINDS`.
    hidden_by_code: Row
    hidden_by_kind: Row
    restored_by_kind: Row
    published: int | None
    dismissed: int | None
    warned: int | None
    blocked: int | None
    unblocked: int | None
    appealed: int | None
    #: Appeals decided in the month: granted, not granted.
    settled: Row
    #: Middle of the hours between the first report, the writing or the appeal and the decision.
    median_hours: float | None

    @property
    def hidden(self) -> int | None:
        """Everything hidden; not said where one of its two tables must not say it."""
        return None if self.hidden_by_code.total is None else self.hidden_by_kind.total

    @property
    def hidden_mixed(self) -> bool:
        """Tell whether what is left out of these tables may be of any size."""
        return self.hidden_by_code.mixed or self.hidden_by_kind.mixed


@dataclass(frozen=True, slots=True)
class _Decision:
    at: datetime
    act: ModerationAct
    subject: str
    code: HideCode | None
    appeal_id: int | None
    appealed_at: datetime | None
    written_at: datetime | None
    published_at: datetime | None
    reported_at: datetime | None

    @property
    def waited_from(self) -> datetime | None:
        """Since when somebody waited for this decision; None for one that nobody asked for."""
        if self.appeal_id is not None:
            return self.appealed_at
        if self.act in {ModerationAct.PUBLISH, ModerationAct.HIDE} and not self._was_public:
            return self.written_at or self.reported_at
        return self.reported_at

    @property
    def _was_public(self) -> bool:
        return self.published_at is not None and self.published_at < self.at


def summary(period: Period) -> Summary:
    """Return the numbers of a month, in two queries."""
    decisions = _decisions(period)
    acts = Counter(one.act for one in decisions)
    settled = Counter(one.act is not ModerationAct.UPHOLD for one in decisions if one.appeal_id is not None)
    return Summary(
        hidden_by_code=_by_code(decisions),
        hidden_by_kind=_by_kind(decisions, ModerationAct.HIDE),
        restored_by_kind=_by_kind(decisions, ModerationAct.RESTORE),
        published=shown(acts[ModerationAct.PUBLISH]),
        dismissed=shown(acts[ModerationAct.DISMISS]),
        warned=shown(acts[ModerationAct.WARN]),
        blocked=shown(acts[ModerationAct.BLOCK]),
        unblocked=shown(acts[ModerationAct.UNBLOCK]),
        appealed=shown(_appeals_of(period)),
        settled=publish([settled[True], settled[False]]),
        median_hours=_median_hours(decisions),
    )


def _by_code(decisions: Sequence[_Decision]) -> Row:
    counted = Counter(one.code for one in decisions if one.act is ModerationAct.HIDE)
    return publish([counted[code] for code in HideCode])


def _by_kind(decisions: Sequence[_Decision], act: ModerationAct) -> Row:
    counted = Counter(one.subject for one in decisions if one.act is act)
    return publish([counted[kind] for kind in KINDS])


def _median_hours(decisions: Sequence[_Decision]) -> float | None:
    waits = [one.at - one.waited_from for one in decisions if one.waited_from is not None]
    if len(waits) < SMALLEST_SHOWN:
        return None
    return round(median(wait.total_seconds() for wait in waits) / 3600, 1)


def _decisions(period: Period) -> list[_Decision]:
    reported = (
        select(Report.decision_id, func.min(Report.created_at).label("since"))
        .where(Report.closed_at >= period.start, Report.closed_at < period.end)
        .group_by(Report.decision_id)
        .subquery()
    )
    decision = ModerationDecision
    query = (
        select(
            decision.at,
            decision.act,
            decision.subject,
            decision.code,
            decision.appeal_id,
            Appeal.created_at,
            Comment.created_at,
            Comment.published_at,
            reported.c.since,
        )
        .outerjoin(Appeal, Appeal.id == decision.appeal_id)
        .outerjoin(Comment, and_(decision.subject == Subject.COMMENT, Comment.id == decision.subject_id))
        .outerjoin(
            Submission, and_(decision.subject == Subject.SUBMISSION, Submission.id == decision.subject_id)
        )
        .outerjoin(reported, reported.c.decision_id == decision.id)
        .where(decision.at >= period.start, decision.at < period.end, _is_not_secret())
        .order_by(decision.id)
    )
    return [_Decision(*row) for row in db.session.execute(query)]


def _appeals_of(period: Period) -> int:
    query = (
        select(func.count())
        .select_from(Appeal)
        .join(ModerationDecision, ModerationDecision.id == Appeal.decision_id)
        .outerjoin(
            Submission,
            and_(
                ModerationDecision.subject == Subject.SUBMISSION,
                Submission.id == ModerationDecision.subject_id,
            ),
        )
        .where(Appeal.created_at >= period.start, Appeal.created_at < period.end, _is_not_secret())
    )
    return db.session.scalar(query) or 0


def _is_not_secret() -> ColumnElement[bool]:
    return or_(Submission.id.is_(None), Submission.secret.is_(False))
