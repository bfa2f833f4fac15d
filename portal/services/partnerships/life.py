"""The stages of a partnership: one function moves it, as the table says, and what the moves need."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, update

from portal.core.clock import city_date
from portal.core.database import db
from portal.core.text import normalise, screen
from portal.models import (
    Package,
    Partnership,
    PartnershipAgency,
    PartnershipWord,
    Party,
    ReasonCode,
    SelectionFinding,
    SelectionStep,
    SignatureTick,
    StepResult,
    Submission,
)
from portal.queries import partnerships as reading
from portal.rules import partnerships as rules
from portal.rules.partnerships import SIGNATURE_ITEMS, Act, Need
from portal.rules.permissions import Actor
from portal.rules.transitions import MissingRequirement
from portal.services import events, pages
from portal.services.errors import NotForEveryone
from portal.services.partnerships.entering import enter, enter_standing
from portal.services.partnerships.telling import tell

#: What `plan` may set.
PLANNED = frozenset(
    {"purpose_id", "purpose_en", "starts_on", "ends_on", "agreement_number", "signed_on", "unsolicited"}
)
#: What both sides signed: while it is in force, only `Act.EXTEND` changes it.
_TERM = ("starts_on", "ends_on")
#: The package of a partnership that ended so is no longer offered to visitors.
_ENDS_OFFER = frozenset({Act.STOP, Act.DECLINE, Act.WITHDRAW})


class TermInForce(Exception):
    """The term of an agreement in force is not rewritten; a head extends it, with reasons for everybody."""


class NotInOrder(Exception):
    """A step of the examination comes before the one that it follows from, or a last day before the first."""


def move(
    partnership: Partnership,
    act: Act,
    *,
    text: str = "",
    code: ReasonCode | None = None,
    new_end: date | None = None,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Take a partnership to its next stage and tell everybody concerned.

    `text` is the public sentence, `code` the reason of an end, `new_end` the last day of an extension, after
    the one so far and after today. Raises `StaleVersion`, `NotPermitted`, `TransitionNotAllowed`,
    `MissingRequirement` with what is missing, or `NotForEveryone` for words of a business that nobody of the
    city reads first.
    """
    row = enter(partnership, act, actor=actor, version=version)
    words = normalise(text)
    lacking = rules.missing(row, reading.standing(partnership))
    if lacking:
        raise MissingRequirement(act, lacking[0])
    if Need.PUBLIC_TEXT in row.requires and not words:
        raise MissingRequirement(act, Need.PUBLIC_TEXT)
    if Need.CODE in row.requires and code not in frozenset(ReasonCode):
        raise MissingRequirement(act, Need.CODE)
    if Need.NEW_END in row.requires and (
        new_end is None or new_end <= max(partnership.ends_on or date.min, city_date(at))
    ):
        raise MissingRequirement(act, Need.NEW_END)
    if Need.TERM in row.requires and (partnership.ends_on or date.min) < city_date(at):
        raise MissingRequirement(act, Need.TERM)
    if actor.speaks_for_business and (codes := screen(words)):
        raise NotForEveryone(codes)
    stage = row.target or partnership.stage
    said = PartnershipWord(
        partnership_id=partnership.id,
        action=act.value,
        to_stage=stage,
        text=words,
        code=code if Need.CODE in row.requires else None,
        at=at,
        by_id=None if actor.speaks_for_business else actor.user_id,
    )
    db.session.add(said)
    db.session.flush()  # need the id
    data: dict[str, Any] = {
        "partnership_id": partnership.id,
        "act": act.value,
        "from": partnership.stage.value,
    }
    data |= {"stage": stage.value, "word_id": said.id}
    partnership.stage, partnership.stage_since = stage, at
    partnership.reason_code = said.code
    if act is Act.EXTEND:
        partnership.ends_on, partnership.reminded = new_end, None
    if act is Act.REDRAFT:  # what was signed is not what will be written now
        db.session.execute(delete(SignatureTick).where(SignatureTick.partnership_id == partnership.id))
    if act in _ENDS_OFFER:
        db.session.execute(
            update(Package).where(Package.submission_id == partnership.submission_id).values(listed=False)
        )
    _touched(partnership, at)
    case = db.session.get_one(Submission, partnership.submission_id)
    public = rules.is_public(case)
    event = events.record(case, events.PARTNERSHIP_MOVED, actor=actor, at=at, public=public, data=data)
    tell(
        partnership,
        case,
        "moved",
        at=at,
        once=str(event.id),
        but_user=actor.user_id,
        data={"word_id": said.id},
    )


def plan(
    partnership: Partnership, *, actor: Actor, at: datetime, version: int, fields: Mapping[str, Any]
) -> None:
    """Write purpose and term (`fields` of PLANNED).

    Raises `NotInOrder` for a last day before the first, `TermInForce` for another term of an agreement in
    force, and `MissingRequirement` for one that would lose its purpose. What is being examined as unsolicited
    stays so: nobody spares a proposal the steps that it did not pass.
    """
    enter_standing(partnership, Act.PLAN, actor=actor, version=version)
    if partnership.stage in rules.RUNNING:
        if any(name in fields and fields[name] != getattr(partnership, name) for name in _TERM):
            raise TermInForce
        if not normalise(fields.get("purpose_id", partnership.purpose_id)):
            raise MissingRequirement(Act.PLAN, Need.TERM)
    starts_on = fields.get("starts_on", partnership.starts_on)
    ends_on = fields.get("ends_on", partnership.ends_on)
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise NotInOrder
    if ends_on != partnership.ends_on:
        partnership.reminded = None
    examined = bool(reading.findings(partnership.id))
    for name in PLANNED & fields.keys():
        setattr(partnership, name, fields[name])
    partnership.unsolicited = partnership.unsolicited or examined
    _touched(partnership, at)


def invite(partnership: Partnership, agency_id: int, *, actor: Actor, at: datetime) -> None:
    """Ask an agency to take part; again changes nothing."""
    enter_standing(partnership, Act.INVITE, actor=actor)
    if agency_id == partnership.agency_id or agency_id in partnership.invited_agency_ids:
        return
    partnership.invited.append(
        PartnershipAgency(
            partnership_id=partnership.id, agency_id=agency_id, invited_at=at, invited_by_id=actor.user_id
        )
    )
    _touched(partnership, at)
    case = db.session.get_one(Submission, partnership.submission_id)
    tell(
        partnership,
        case,
        "invited",
        at=at,
        once=f"{agency_id}:{partnership.version}",
        but_user=actor.user_id,
        parties=frozenset({Party.AGENCY}),
        only_agency=agency_id,
        data={"agency_id": agency_id},
    )


def release(partnership: Partnership, agency_id: int, *, actor: Actor, at: datetime) -> None:
    """Take an invitation back; what the agency wrote stays."""
    enter_standing(partnership, Act.INVITE, actor=actor)
    partnership.invited = [row for row in partnership.invited if row.agency_id != agency_id]
    _touched(partnership, at)


def find(
    partnership: Partnership,
    step: SelectionStep,
    *,
    result: StepResult,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> SelectionFinding:
    """Note what came of a step in examining an unsolicited proposal, with reasons for everybody.

    Again rewrites it. Raises `StaleVersion`, `NotInOrder` where an earlier step has no result yet, and
    `MissingRequirement` without a reason.
    """
    enter_standing(partnership, Act.FIND, actor=actor, version=version)
    words = normalise(reason)
    if not words:
        raise MissingRequirement(Act.FIND, Need.PUBLIC_TEXT)
    known = reading.findings(partnership.id)
    steps = list(SelectionStep)
    if any(earlier not in known for earlier in steps[: steps.index(step)]):
        raise NotInOrder
    found = known.get(step) or SelectionFinding(partnership_id=partnership.id, step=step)
    found.result, found.reason, found.at, found.by_id = result, words, at, actor.user_id
    db.session.add(found)
    partnership.unsolicited = True
    _touched(partnership, at)
    return found


def tick_signature(
    partnership: Partnership, item: str, *, done: bool, note: str = "", actor: Actor, at: datetime
) -> None:
    """Tick a point of the signature checklist, or take it back. Raises `ValueError` for no such point."""
    enter_standing(partnership, Act.TICK_SIGNATURE, actor=actor)
    if item not in SIGNATURE_ITEMS:
        raise ValueError(item)
    tick = db.session.scalar(
        select(SignatureTick).where(
            SignatureTick.partnership_id == partnership.id, SignatureTick.item == item
        )
    )
    if not done:
        if tick is not None:
            db.session.delete(tick)
    elif tick is None:
        db.session.add(
            SignatureTick(
                partnership_id=partnership.id,
                item=item,
                at=at,
                by_id=actor.user_id,
                note=normalise(note)[:300],
            )
        )
    _touched(partnership, at)


def _touched(partnership: Partnership, at: datetime) -> None:
    partnership.updated_at = at
    partnership.version += 1
    db.session.flush()
    pages.touch()
