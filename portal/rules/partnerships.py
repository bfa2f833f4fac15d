"""The life of a partnership as a table of the same engine as submissions, and who may do what in its room.

Source: WORKFLOW section 2 (docs/workflow.md and docs/access.md are generated from here).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from portal.models.kinds import (
    BusinessRole,
    HideCode,
    PartnershipStage,
    Party,
    Role,
    SelectionStep,
    StepResult,
)
from portal.rules import transitions
from portal.rules.permissions import Actor
from portal.rules.transitions import first, rows_from


class Act(StrEnum):
    """Everything that can be done to a partnership. Changes of stage first."""

    DISCUSS = "discuss"
    DRAFT = "draft"
    DISCUSS_AGAIN = "discuss_again"
    PRESENT = "present"  # the agreed draft goes to be signed
    REDRAFT = "redraft"
    ACTIVATE = "activate"
    EVALUATE = "evaluate"
    CONTINUE = "continue"
    EXTEND = "extend"
    STOP = "stop"
    DECLINE = "decline"
    WITHDRAW = "withdraw"

    READ = "read"
    WRITE = "write"
    WRITE_INTERNAL = "write_internal"  # read them too
    INVITE = "invite"  # agencies
    MEET = "meet"
    SUBMIT_DRAFT = "submit_draft"
    APPROVE = "approve"
    TICK_SIGNATURE = "tick_signature"
    PLAN = "plan"  # purpose, dates, obligations and milestones
    TICK_DUTY = "tick_duty"  # of one's own side; the lead of both
    MONITOR = "monitor"  # one's own form
    FIND = "find"  # findings on an unsolicited proposal


class Partner(StrEnum):
    """Who may act, relative to the partnership."""

    BUSINESS = "business"  # owners and managers
    HELPER = "helper"  # of the business: reads and writes
    LEAD_OFFICER = "lead_officer"
    LEAD_HEAD = "lead_head"
    INVITED = "invited"  # officers and heads of agencies that were asked to take part
    COORDINATOR = "coordinator"
    CLOCK = "clock"


class Need(StrEnum):
    """What a change of stage must be given, or must find done."""

    PUBLIC_TEXT = "public_text"
    CODE = "code"
    FINDINGS = "findings"  # of an unsolicited proposal: every step has a result, none failed
    APPROVED_DRAFT = "approved_draft"  # the newest version carries the tick of every party
    SIGNATURES = "signatures"  # the whole checklist
    TERM = "term"  # purpose, first and last day
    NEW_END = "new_end"  # a last day after the one so far


@dataclass(frozen=True, slots=True)
class Transition(transitions.Transition[Act, PartnershipStage, Partner, Need]):
    """One row of the table of partnerships."""


S, P, N = PartnershipStage, Partner, Need

_LEAD = frozenset({P.LEAD_OFFICER, P.LEAD_HEAD, P.COORDINATOR})
_HEAD = frozenset({P.LEAD_HEAD})
_BEFORE = frozenset({S.NEW, S.DISCUSSION, S.DRAFTING, S.SIGNATURE})
#: The agreement is in force.
RUNNING = frozenset({S.ACTIVE, S.EVALUATION, S.CONTINUED, S.EXTENDED})
ENDED = frozenset({S.STOPPED, S.DECLINED})


def _row(
    action: Act,
    sources: Collection[PartnershipStage],
    target: PartnershipStage,
    who: frozenset[Partner],
    *requires: Need,
) -> Transition:
    return Transition(action, frozenset(sources), target, who, frozenset(requires))


TRANSITIONS: tuple[Transition, ...] = (
    _row(Act.DISCUSS, {S.NEW}, S.DISCUSSION, _LEAD),
    _row(Act.DRAFT, {S.DISCUSSION}, S.DRAFTING, _LEAD, N.FINDINGS),
    _row(Act.DISCUSS_AGAIN, {S.DRAFTING}, S.DISCUSSION, _LEAD, N.PUBLIC_TEXT),
    _row(Act.PRESENT, {S.DRAFTING}, S.SIGNATURE, _LEAD, N.APPROVED_DRAFT),
    _row(Act.REDRAFT, {S.SIGNATURE}, S.DRAFTING, _LEAD, N.PUBLIC_TEXT),
    _row(Act.ACTIVATE, {S.SIGNATURE}, S.ACTIVE, _HEAD, N.PUBLIC_TEXT, N.SIGNATURES, N.TERM),
    _row(Act.EVALUATE, {S.ACTIVE, S.CONTINUED, S.EXTENDED}, S.EVALUATION, _LEAD | {P.CLOCK}),
    _row(Act.CONTINUE, {S.EVALUATION}, S.CONTINUED, _HEAD, N.PUBLIC_TEXT),
    _row(Act.EXTEND, {S.EVALUATION}, S.EXTENDED, _HEAD, N.PUBLIC_TEXT, N.NEW_END),
    _row(Act.STOP, RUNNING, S.STOPPED, _HEAD, N.PUBLIC_TEXT, N.CODE),
    _row(Act.DECLINE, _BEFORE, S.DECLINED, _HEAD, N.PUBLIC_TEXT, N.CODE),
    _row(Act.WITHDRAW, _BEFORE, S.DECLINED, frozenset({P.BUSINESS}), N.PUBLIC_TEXT),
)

_STAFF = _LEAD | {P.INVITED}
_ROOM = _STAFF | {P.BUSINESS, P.HELPER}
#: What leaves the stage alone: who may, and in which stages.
STANDING: dict[Act, tuple[frozenset[Partner], frozenset[PartnershipStage]]] = {
    Act.READ: (_ROOM, frozenset(S)),
    Act.WRITE: (_ROOM, frozenset(S) - ENDED),
    Act.WRITE_INTERNAL: (_STAFF, frozenset(S)),
    Act.INVITE: (_LEAD, frozenset(S) - ENDED),
    Act.MEET: (_LEAD, frozenset(S) - ENDED),
    Act.SUBMIT_DRAFT: (_LEAD | {P.BUSINESS}, frozenset({S.DRAFTING, S.EVALUATION})),
    Act.APPROVE: (_STAFF | {P.BUSINESS}, frozenset({S.DRAFTING, S.EVALUATION})),
    Act.TICK_SIGNATURE: (_LEAD, frozenset({S.SIGNATURE})),
    Act.PLAN: (_LEAD, frozenset(S) - ENDED),
    Act.TICK_DUTY: (_STAFF | {P.BUSINESS}, RUNNING),
    Act.MONITOR: (_STAFF | {P.BUSINESS}, RUNNING),
    Act.FIND: (_LEAD, frozenset({S.NEW, S.DISCUSSION})),
}

#: What has to be done before an agreement is in force, in this order.
SIGNATURE_ITEMS = ("legal_review", "signed_business", "signed_city", "stamp", "archived")

#: Days before the last day at which both sides are reminded.
REMIND_DAYS = (90, 60, 30, 7, 0)


class Subject(Protocol):
    """What the policy needs to know of a partnership; `Partnership` is one."""

    @property
    def id(self) -> int: ...
    @property
    def stage(self) -> PartnershipStage: ...
    @property
    def agency_id(self) -> int: ...
    @property
    def business_id(self) -> int: ...
    @property
    def invited_agency_ids(self) -> frozenset[int]: ...


def standing(actor: Actor, partnership: Subject) -> frozenset[Partner]:
    """Return what the actor is to this partnership."""
    if actor.is_clock:
        return frozenset({P.CLOCK})
    found: set[Partner] = set()
    role = actor.role_in(partnership.business_id)
    if role is not None:
        found.add(P.HELPER if role is BusinessRole.HELPER else P.BUSINESS)
    if actor.has(Role.TRIAGE):
        found.add(P.COORDINATOR)
    for seat in actor.seats:
        if seat.role is Role.HEAD and seat.agency_id == partnership.agency_id:
            found |= {P.LEAD_HEAD, P.LEAD_OFFICER}
        elif seat.role is Role.OFFICER and seat.agency_id == partnership.agency_id:
            found.add(P.LEAD_OFFICER)
        elif seat.role in (Role.HEAD, Role.OFFICER) and seat.agency_id in partnership.invited_agency_ids:
            found.add(P.INVITED)
    return frozenset(found)


def can(act: Act, actor: Actor, partnership: Subject) -> bool:
    """Tell whether the actor may do this to the partnership in its stage. What it needs is asked later."""
    who = standing(actor, partnership)
    if act in STANDING:
        allowed, stages = STANDING[act]
        return bool(who & allowed) and partnership.stage in stages
    return any(who & row.who for row in rows_from(TRANSITIONS, act, partnership.stage))


def could(act: Act, actor: Actor, partnership: Subject) -> bool:
    """Tell whether the actor may do this in some stage: 409 for them, 404 for everybody else."""
    who = standing(actor, partnership)
    if act in STANDING:
        return bool(who & STANDING[act][0])
    return any(who & row.who for row in TRANSITIONS if row.action is act)


def row(act: Act, stage: PartnershipStage) -> Transition:
    """Return the one row for a change of stage; raise `TransitionNotAllowed` where there is none."""
    return first(rows_from(TRANSITIONS, act, stage), stage, act)


def allowed(actor: Actor, partnership: Subject) -> frozenset[Act]:
    """Return everything open to the actor; pages draw their buttons from this."""
    return frozenset(act for act in Act if can(act, actor, partnership))


def party_of(actor: Actor, partnership: Subject) -> Party | None:
    """Return for which side the actor speaks in the room; its agency before the coordination."""
    who = standing(actor, partnership)
    if who & {P.BUSINESS, P.HELPER}:
        return Party.BUSINESS
    if who & {P.LEAD_OFFICER, P.LEAD_HEAD, P.INVITED}:
        return Party.AGENCY
    return Party.COORDINATOR if P.COORDINATOR in who else None


@dataclass(frozen=True, slots=True)
class Term:
    """From the first day of an agreement to its last, both included."""

    starts_on: date
    ends_on: date


def reminder_due(ends_on: date, today: date, told: int | None) -> int | None:
    """Return which of REMIND_DAYS is to be told today, None for none; `told` is the one told last.

    After a standstill only the nearest one is told.
    """
    left = (ends_on - today).days
    reached = [days for days in REMIND_DAYS if left <= days]
    if not reached or left < 0:
        return None
    nearest = min(reached)
    return None if told is not None and told <= nearest else nearest


#: Days before the last day at which the evaluation begins by itself, so that it is over in time.
EVALUATE_DAYS = 60


def evaluation_due(ends_on: date, since: date, today: date) -> bool:
    """Tell whether the evaluation begins by itself; `since` is the day on which the stage was reached.

    Once when the end comes near, once more when it is past: what was decided in between is not asked again
    the next morning.
    """
    if today > ends_on:
        return since <= ends_on
    opens = ends_on - timedelta(days=EVALUATE_DAYS)
    return since < opens <= today


def quarter(moment: datetime) -> date:
    """Return the first day of the calendar quarter of a moment on the city's clock (monitoring period)."""
    return quarter_of_day(moment)


def quarter_of_day(day: date) -> date:
    """Return the first day of the calendar quarter of a day."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


class Origin(Protocol):
    """What decides whether everybody sees a partnership: the proposal that it came from."""

    @property
    def secret(self) -> bool: ...
    @property
    def hidden_code(self) -> HideCode | None: ...


def is_public(origin: Origin) -> bool:
    """Tell whether everybody sees the partnership: a secret or hidden proposal hides it too."""
    return not origin.secret and origin.hidden_code is None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a partnership is with what changes of stage need."""

    unsolicited: bool
    findings: Mapping[SelectionStep, StepResult]
    approved: bool
    ticks: Collection[str]
    purpose: str
    starts_on: date | None
    ends_on: date | None


def missing(row: Transition, now: Standing) -> list[Need]:
    """Return what a change of stage still waits for, apart from what is typed with it (words, codes)."""
    met = {
        Need.FINDINGS: not now.unsolicited
        or (
            all(step in now.findings for step in SelectionStep)
            and StepResult.FAILED not in now.findings.values()
        ),
        Need.APPROVED_DRAFT: now.approved,
        Need.SIGNATURES: all(item in now.ticks for item in SIGNATURE_ITEMS),
        Need.TERM: bool(now.purpose) and now.starts_on is not None and now.ends_on is not None,
    }
    return [need for need in Need if need in row.requires and not met.get(need, True)]
