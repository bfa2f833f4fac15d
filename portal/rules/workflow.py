"""The life of a submission as one table. Guards, buttons, documentation and tests derive from it.

Source: the city's workflow (docs/workflow.md, generated from this module).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from portal.models.kinds import PROPOSALS, AnswerKind, Kind, ReasonCode, Status
from portal.rules import transitions
from portal.rules.transitions import MissingRequirement, TransitionNotAllowed, first, rows_from

__all__ = [
    "CONTEST_PERIOD",
    "OPEN",
    "OUTCOMES",
    "PUBLISHES",
    "SPLITTABLE",
    "STANDING",
    "TRANSITIONS",
    "TRIAGE_DECLINE_CODES",
    "UNDO_PERIOD",
    "Action",
    "MissingRequirement",
    "Requirement",
    "Transition",
    "TransitionNotAllowed",
    "Who",
    "row",
    "rows",
]


class Action(StrEnum):
    """Everything that can be done to a case. Transitions first, then what leaves the status alone."""

    SEND = "send"
    VERIFY = "verify"
    ASK = "ask"
    REPLY = "reply"
    EXPIRE = "expire"
    ASSIGN = "assign"
    HAND_OVER = "hand_over"
    ANSWER = "answer"
    PROMISE = "promise"
    FINISH = "finish"
    ACCEPT = "accept"
    DECLINE = "decline"
    DEFER = "defer"
    REFER = "refer"
    MERGE = "merge"
    UNMERGE = "unmerge"
    WITHDRAW = "withdraw"
    NOT_DONE = "not_done"
    OBJECT = "object"
    REVIEW = "review"
    TAKE_BACK = "take_back"  # an assignment that was a slip of the finger

    READ = "read"  # on the desk
    NOTE = "note"
    TAKE = "take"  # choose the officer inside the agency
    CLASSIFY = "classify"  # title and category
    SPLIT = "split"  # make cases of their own of further matters in the text
    PRIORITISE = "prioritise"
    LATER = "later"  # out of the piles of work until a day; the deadline runs on
    DRAFT_ANSWER = "draft_answer"
    RETURN_DRAFT = "return_draft"  # give it back to its author with a note
    EDIT_ANSWER = "edit_answer"
    LINK = "link"
    UNLINK = "unlink"
    HIDE = "hide"
    UNHIDE = "unhide"
    CLEAR_FILE = "clear_file"  # open a photo of a shielded case
    NAME_STAFF = "name_staff"  # mark a colleague whom the text names
    REVEAL_IDENTITY = "reveal_identity"
    CONFIRM = "confirm"
    ADD_INFORMATION = "add_information"
    LOWER_SECRECY = "lower_secrecy"
    RATE = "rate"  # whether an answer was useful
    EXPORT = "export"


class Who(StrEnum):
    """Who may act, relative to the case. "Here" means in the agency that has the case."""

    REPORTER = "reporter"
    TRIAGE = "triage"
    OFFICER_HERE = "officer_here"
    HEAD_HERE = "head_here"
    HEAD_HERE_FIRST = "head_here_first"  # the head, while the case was never handed over
    PUBLISHER = "publisher"  # agency head, or an officer the head named
    CLOCK = "clock"


class Requirement(StrEnum):
    """What an action must be given."""

    CATEGORY = "category"
    AGENCY = "agency"
    OTHER_AGENCY = "other_agency"
    QUESTION = "question"
    TEXT = "text"
    REASON = "reason"
    PUBLIC_TEXT = "public_text"
    DATE = "date"
    REVIEW_DATE = "review_date"
    CODE = "code"
    INSTITUTION = "institution"
    TARGET = "target"
    EVIDENCE = "evidence"  # only when work was promised


#: How long a reporter may say "not done" or object, after the outcome.
CONTEST_PERIOD = timedelta(days=14)

#: How long a press at the desk can be taken back, if nothing else happened to the case since.
UNDO_PERIOD = timedelta(minutes=10)

#: Triage may decline only for these; everything else is the agency's to answer.
TRIAGE_DECLINE_CODES = frozenset({ReasonCode.AGAINST_RULES, ReasonCode.NOT_ENOUGH_INFORMATION})


@dataclass(frozen=True, slots=True)
class Transition(transitions.Transition[Action, Status, Who, Requirement]):
    """One row of the table of submissions."""

    #: Restricts the reason codes, empty means all.
    codes: frozenset[ReasonCode] = frozenset()
    proposals_only: bool = False
    #: Only within CONTEST_PERIOD after the outcome.
    contest: bool = False
    #: The action whose slip this takes back: only within UNDO_PERIOD, and only while it was the last thing.
    undoes: Action | None = None


def _row(
    action: Action,
    sources: set[Status],
    target: Status | None,
    who: set[Who],
    requires: set[Requirement] | None = None,
    *,
    codes: frozenset[ReasonCode] = frozenset(),
    proposals_only: bool = False,
    contest: bool = False,
    undoes: Action | None = None,
) -> Transition:
    return Transition(
        action,
        frozenset(sources),
        target,
        frozenset(who),
        frozenset(requires or set()),
        codes,
        proposals_only,
        contest,
        undoes,
    )


S, W, R = Status, Who, Requirement

TRANSITIONS: tuple[Transition, ...] = (
    _row(Action.VERIFY, {S.RECEIVED}, S.IN_REVIEW, {W.TRIAGE}, {R.CATEGORY}),
    _row(Action.ASK, {S.RECEIVED, S.IN_REVIEW}, S.NEEDS_INFO, {W.TRIAGE}, {R.QUESTION}),
    _row(Action.ASK, {S.ASSIGNED}, S.NEEDS_INFO, {W.TRIAGE, W.OFFICER_HERE}, {R.QUESTION}),
    _row(Action.REPLY, {S.NEEDS_INFO}, None, {W.REPORTER}, {R.TEXT}),
    _row(Action.EXPIRE, {S.NEEDS_INFO}, S.DECLINED, {W.CLOCK}),
    _row(Action.ASSIGN, {S.RECEIVED, S.IN_REVIEW}, S.ASSIGNED, {W.TRIAGE}, {R.CATEGORY, R.AGENCY}),
    _row(
        Action.HAND_OVER,
        {S.ASSIGNED},
        S.ASSIGNED,
        {W.HEAD_HERE_FIRST, W.TRIAGE},
        {R.OTHER_AGENCY, R.REASON},
    ),
    _row(Action.ANSWER, {S.ASSIGNED}, S.ANSWERED, {W.PUBLISHER}, {R.PUBLIC_TEXT}),
    _row(
        Action.PROMISE,
        {S.ASSIGNED, S.ANSWERED, S.IN_PROGRESS},
        S.IN_PROGRESS,
        {W.PUBLISHER},
        {R.PUBLIC_TEXT, R.DATE},
    ),
    _row(
        Action.FINISH,
        {S.ANSWERED, S.IN_PROGRESS},
        S.DONE,
        {W.PUBLISHER},
        {R.PUBLIC_TEXT, R.EVIDENCE},
    ),
    _row(Action.ACCEPT, {S.ASSIGNED}, S.ACCEPTED, {W.HEAD_HERE}, {R.PUBLIC_TEXT}, proposals_only=True),
    _row(
        Action.DECLINE,
        {S.IN_REVIEW},
        S.DECLINED,
        {W.TRIAGE},
        {R.CODE, R.PUBLIC_TEXT},
        codes=TRIAGE_DECLINE_CODES,
    ),
    _row(Action.DECLINE, {S.ASSIGNED}, S.DECLINED, {W.PUBLISHER}, {R.CODE, R.PUBLIC_TEXT}),
    _row(
        Action.DEFER,
        {S.ASSIGNED, S.IN_PROGRESS},
        S.DEFERRED,
        {W.PUBLISHER},
        {R.CODE, R.PUBLIC_TEXT, R.REVIEW_DATE},
    ),
    _row(
        Action.REFER,
        {S.IN_REVIEW, S.ASSIGNED},
        S.REFERRED,
        {W.TRIAGE, W.PUBLISHER},
        {R.INSTITUTION, R.PUBLIC_TEXT},
    ),
    _row(
        Action.MERGE,
        {S.RECEIVED, S.IN_REVIEW, S.NEEDS_INFO, S.ASSIGNED},
        S.MERGED,
        {W.TRIAGE, W.OFFICER_HERE},
        {R.TARGET},
    ),
    _row(Action.UNMERGE, {S.MERGED}, None, {W.TRIAGE, W.HEAD_HERE}, {R.REASON}),
    _row(
        Action.WITHDRAW,
        {S.RECEIVED, S.IN_REVIEW, S.NEEDS_INFO, S.ASSIGNED},
        S.WITHDRAWN,
        {W.REPORTER},
    ),
    _row(
        Action.NOT_DONE,
        {S.ANSWERED, S.IN_PROGRESS, S.DONE},
        S.ASSIGNED,
        {W.REPORTER},
        {R.REASON},
        contest=True,
    ),
    _row(
        Action.OBJECT,
        {S.DECLINED, S.DEFERRED, S.REFERRED},
        S.IN_REVIEW,
        {W.REPORTER},
        {R.REASON},
        contest=True,
    ),
    _row(Action.REVIEW, {S.DEFERRED}, S.IN_REVIEW, {W.CLOCK, W.TRIAGE}),
    _row(Action.TAKE_BACK, {S.ASSIGNED}, None, {W.TRIAGE}, undoes=Action.ASSIGN),
)

#: Actions that leave the status alone, and who may do them (WORKFLOW section 5).
STANDING: dict[Action, frozenset[Who]] = {
    Action.READ: frozenset({W.TRIAGE, W.OFFICER_HERE, W.HEAD_HERE}),
    Action.NOTE: frozenset({W.TRIAGE, W.OFFICER_HERE, W.HEAD_HERE}),
    Action.TAKE: frozenset({W.TRIAGE, W.OFFICER_HERE, W.HEAD_HERE}),
    Action.CLASSIFY: frozenset({W.TRIAGE}),
    Action.SPLIT: frozenset({W.TRIAGE, W.OFFICER_HERE, W.HEAD_HERE}),
    Action.PRIORITISE: frozenset({W.TRIAGE, W.OFFICER_HERE, W.HEAD_HERE}),
    Action.LATER: frozenset({W.TRIAGE, W.OFFICER_HERE, W.HEAD_HERE}),
    Action.DRAFT_ANSWER: frozenset({W.TRIAGE, W.OFFICER_HERE, W.HEAD_HERE}),
    Action.RETURN_DRAFT: frozenset({W.PUBLISHER}),
    Action.EDIT_ANSWER: frozenset({W.PUBLISHER}),
    Action.LINK: frozenset({W.TRIAGE, W.OFFICER_HERE, W.HEAD_HERE}),
    Action.UNLINK: frozenset({W.TRIAGE, W.OFFICER_HERE, W.HEAD_HERE}),
    Action.HIDE: frozenset({W.TRIAGE}),
    Action.UNHIDE: frozenset({W.TRIAGE}),
    Action.CLEAR_FILE: frozenset({W.TRIAGE}),
    Action.NAME_STAFF: frozenset({W.TRIAGE}),
    Action.REVEAL_IDENTITY: frozenset({W.TRIAGE, W.OFFICER_HERE, W.HEAD_HERE}),
    Action.CONFIRM: frozenset({W.REPORTER}),
    Action.ADD_INFORMATION: frozenset({W.REPORTER}),
    Action.LOWER_SECRECY: frozenset({W.REPORTER}),
    Action.RATE: frozenset({W.REPORTER}),
    Action.EXPORT: frozenset({W.TRIAGE, W.OFFICER_HERE, W.HEAD_HERE}),
}

#: States in which the reporter still waits for somebody.
OPEN = frozenset({S.RECEIVED, S.IN_REVIEW, S.NEEDS_INFO, S.ASSIGNED, S.IN_PROGRESS})

#: States in which a matter can still be taken out of a case.
SPLITTABLE = frozenset({S.RECEIVED, S.IN_REVIEW, S.ASSIGNED})

#: Which official text an action publishes.
PUBLISHES: dict[Action, AnswerKind] = {
    Action.ANSWER: AnswerKind.ANSWER,
    Action.PROMISE: AnswerKind.PROMISE,
    Action.FINISH: AnswerKind.FINISH,
    Action.ACCEPT: AnswerKind.ACCEPT,
    Action.DECLINE: AnswerKind.DECLINE,
    Action.DEFER: AnswerKind.DEFER,
    Action.REFER: AnswerKind.REFER,
}

#: The first of these stops the answer clock and is what the answer rate counts.
OUTCOMES = frozenset(PUBLISHES) - {Action.FINISH}


def rows(action: Action, status: Status, kind: Kind) -> Iterator[Transition]:
    """Yield the rows of the table for an action on a case of that status and kind."""
    for row in rows_from(TRANSITIONS, action, status):
        if not row.proposals_only or kind in PROPOSALS:
            yield row


def row(action: Action, status: Status, kind: Kind) -> Transition:
    """Return the one row for an action; raise `TransitionNotAllowed` where there is none."""
    return first(rows(action, status, kind), status, action)
