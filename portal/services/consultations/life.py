"""The life of a consultation before the public: published, extended, ended early, outcome, archived."""

from collections.abc import Collection
from datetime import date, datetime

from portal.core.database import db
from portal.core.text import normalise
from portal.models import Consultation, Recipient
from portal.queries import consultations as reads
from portal.rules.consultations import Stage, may_publish, stage
from portal.rules.permissions import Actor
from portal.services import audit, outbox, pages
from portal.services.consultations.preparing import CORRECTED, SUBJECT
from portal.services.errors import NotPermitted, StaleVersion

EXTENDED = "extended"
ENDED = "ended"
#: The mail that tells followers what was done with the answers.
OUTCOME_MAIL = "consultation_outcome"

__all__ = ["CORRECTED", "ENDED", "EXTENDED", "WrongStage", "archive", "close", "extend", "publish"]


class WrongStage(Exception):
    """The consultation is not at the stage that this step starts from."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.stage = stage


def _enter(
    one: Consultation, actor: Actor, at: datetime, stages: Collection[Stage], version: int | None
) -> Stage:
    """Hold the row, read it anew, ask who may, and tell how far it is."""
    db.session.flush()  # reading anew forgets what was not written yet
    db.session.refresh(one, with_for_update=True)
    if not may_publish(actor, one.agency_id):
        raise NotPermitted
    if version is not None and version != one.version:
        raise StaleVersion(one.version)
    found = stage(one, at)
    if found not in stages:
        raise WrongStage(found)
    return found


def _leave(one: Consultation, action: str, actor: Actor, at: datetime, data: dict[str, str]) -> None:
    one.version += 1
    audit.note(action, SUBJECT, one.id, actor=actor, at=at, data=data)
    pages.touch()


def publish(one: Consultation, *, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Let everybody see it; it takes answers in its period. Raises `WrongStage` where it cannot.

    One whose period is over already, or that asks nothing, is no consultation.
    """
    found = _enter(one, actor, at, {Stage.DRAFT}, version)
    if one.closes_at <= at or not reads.questions(one.id):
        raise WrongStage(found)
    one.published_at = at
    _leave(one, "publish", actor, at, {})


def extend(
    one: Consultation, *, actor: Actor, at: datetime, until: datetime, reason: str, version: int | None = None
) -> None:
    """Let it take answers until a later moment, with a reason that everybody reads."""
    found = _enter(one, actor, at, {Stage.COMING, Stage.OPEN}, version)
    if until <= one.closes_at or not normalise(reason):
        raise WrongStage(found)
    before = one.closes_at
    one.closes_at = until
    _say(one, EXTENDED, reason, at)
    _leave(one, EXTENDED, actor, at, {"from": before.isoformat(), "to": until.isoformat()})


def close(one: Consultation, *, actor: Actor, at: datetime, reason: str, version: int | None = None) -> None:
    """End it before its time, with a reason that everybody reads."""
    found = _enter(one, actor, at, {Stage.OPEN}, version)
    if not normalise(reason):
        raise WrongStage(found)
    before = one.closes_at
    one.closes_at = at
    _say(one, ENDED, reason, at)
    _leave(one, ENDED, actor, at, {"from": before.isoformat()})


def _say(one: Consultation, kind: str, text: str, at: datetime) -> None:
    # A new list: the database type does not see changes inside the old one.
    one.changes = [*one.changes, {"at": at.isoformat(), "kind": kind, "text": normalise(text)}]


def write_outcome(
    one: Consultation,
    *,
    actor: Actor,
    at: datetime,
    text_id: str,
    text_en: str = "",
    review_on: date,
    version: int | None = None,
) -> None:
    """Say what was done with the answers, and on which day the city looks at it again.

    Followers hear of it, the first time only.
    """
    found = _enter(one, actor, at, {Stage.CLOSED, Stage.OUTCOME, Stage.ARCHIVED}, version)
    if not normalise(text_id):
        raise WrongStage(found)
    first = one.outcome_at is None
    one.outcome_id, one.outcome_en = normalise(text_id), normalise(text_en)
    one.outcome_at, one.review_on = at, review_on
    _leave(one, "outcome", actor, at, {"review_on": review_on.isoformat()})
    if not first:
        return
    for follow_id in reads.followers(one.id):
        outbox.queue(
            OUTCOME_MAIL,
            to=Recipient.FOLLOWER,
            recipient_id=follow_id,
            at=at,
            data={"consultation_id": one.id},
            dedupe_key=f"{OUTCOME_MAIL}:{one.id}:{follow_id}",
        )


def archive(one: Consultation, *, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Put it away; it stays readable. Not before its outcome is written (the database holds that too)."""
    _enter(one, actor, at, {Stage.OUTCOME}, version)
    one.archived_at = at
    _leave(one, "archive", actor, at, {})
