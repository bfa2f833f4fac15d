"""docs/workflow.md: states, transitions, deadlines, mails."""

from portal.commands.docs.partnerships import life_section
from portal.commands.docs.words import NEEDS, WHO, WRITTEN, code, table
from portal.models import Status
from portal.rules import deadlines
from portal.rules.notifications import NOTICES
from portal.rules.workflow import CONTEST_PERIOD, OUTCOMES, TRANSITIONS, UNDO_PERIOD, Transition
from portal.web import labels

#: What each state's clock counts to.
CLOCKS = {
    Status.RECEIVED: f"verify within {deadlines.VERIFY_DAYS} working days of receipt",
    Status.IN_REVIEW: "the same clock, until it is assigned",
    Status.NEEDS_INFO: f"rests; expires after {deadlines.REPLY_DAYS} working days",
    Status.ASSIGNED: f"answer within {deadlines.ANSWER_DAYS} working days (per category) of the assignment;"
    " a hand-over does not restart it",
    Status.IN_PROGRESS: "the promised day",
    Status.DEFERRED: "the review day",
    Status.MERGED: "follows the other case",
}


def workflow_page() -> str:
    """Return the page."""
    days = CONTEST_PERIOD.days
    return f"""{WRITTEN}
# Workflow of a submission

![The states and what leads from one to another](img/workflow.svg)

A submission begins as a draft. Sending makes it `received`. Every change runs through one table,
`portal/rules/workflow.py`: guards, buttons, tests and this page derive from it. Each change appends one
event, in the same transaction. Hidden by moderation is a flag with a coded reason, not a state.

## States

{_states()}

Days are Indonesian working days (less national holidays, collective leave and the city's own days) in the
city's time zone. The starting day is day 0. A deadline ends at {deadlines.CLOSING_TIME:%H:%M}. It is stored
when it is set, moved by the working days spent waiting for the citizen, and cleared by the outcome that meets
it.

## Transitions

"Publisher" is the head of the agency, or an officer whom the head named. "Here" is the agency that has the
case.

{_transitions()}

"Not done" and "object" are possible for {days} days after the outcome, "object" once. A merge takes no secret
case, neither as source nor as target, and no target that is itself merged, withdrawn or hidden. Withdrawing a
case lets go of what was merged into it.

The first of {", ".join(sorted(code(action) for action in OUTCOMES))} stops the answer clock; it is what the
answer rate, "on time" and the median of days count. Later outcomes change no figure.

## The clock

Every five minutes: unanswered questions expire, deferred cases come back on their day, and deadlines are told
once each: the working day before (officer), at due (officer and head), three working days over (triage too,
and the public page says so). After a standstill only the last step is told.

## Mails

{_mails()}

A daily mail gathers everything of one person and case. Whoever caused an event gets no mail of it.

## State chart

```mermaid
{_chart()}
```

{life_section()}"""


def _states() -> str:
    rows = [[code(status), str(labels.STATUS[status]), CLOCKS.get(status, "-")] for status in Status]
    return table(["state", "shown as", "clock"], rows)


def _transitions() -> str:
    rows = [
        [code("send"), "draft", code(Status.RECEIVED), "reporter", "kind, text"],
        *(_transition(row) for row in TRANSITIONS),
    ]
    return table(["action", "from", "to", "who", "requires"], rows)


def _transition(row: Transition) -> list[str]:
    requires = [NEEDS[need] for need in sorted(row.requires)]
    if row.codes:
        requires.append(f"only {', '.join(code(value) for value in sorted(row.codes))}")
    if row.contest:
        requires.append(f"within {CONTEST_PERIOD.days} days")
    if row.undoes:
        requires.append(
            f"within {UNDO_PERIOD.seconds // 60} minutes of {code(row.undoes)}, nothing else since"
        )
    sources = ", ".join(code(status) for status in Status if status in row.sources)
    return [
        code(row.action),
        sources + (" (proposals)" if row.proposals_only else ""),
        "the state it came from" if row.target is None else code(row.target),
        ", ".join(WHO[who] for who in sorted(row.who)),
        ", ".join(requires) or "-",
    ]


def _mails() -> str:
    rows = []
    for action, notices in NOTICES.items():
        for notice in notices:
            people = ", ".join(sorted(notice.audience))
            rows.append([code(action), code(notice.kind), people, "daily" if notice.digest else "at once"])
    return table(["event", "mail", "to", "when"], rows)


def _chart() -> str:
    lines = ["stateDiagram-v2", "    [*] --> received: send"]
    edges: dict[tuple[str, str], list[str]] = {}
    for row in TRANSITIONS:
        for source in sorted(row.sources):
            for target in [row.target] if row.target else sorted(origins(row)):
                edges.setdefault((source, target), []).append(row.action)
    lines += [
        f"    {source} --> {target}: {', '.join(dict.fromkeys(actions))}"
        for (source, target), actions in edges.items()
    ]
    return "\n".join(lines)


def origins(row: Transition) -> frozenset[Status]:
    """Return the states that a row without a target can lead back to: those its source is entered from."""
    return frozenset(
        source
        for other in TRANSITIONS
        if other.target in row.sources and row.undoes in {None, other.action}
        for source in other.sources
    )
