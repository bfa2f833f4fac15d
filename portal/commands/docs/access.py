"""docs/access.md: who may do what."""

from collections.abc import Iterable

from portal.commands.docs.partnerships import access_section
from portal.commands.docs.words import WRITTEN, code, table
from portal.rules.workflow import STANDING, TRANSITIONS, Action, Who

#: The columns, and which rows of the tables each of them may use.
COLUMNS: tuple[tuple[str, frozenset[Who]], ...] = (
    ("reporter", frozenset({Who.REPORTER})),
    ("officer here", frozenset({Who.OFFICER_HERE})),
    ("publisher here", frozenset({Who.OFFICER_HERE, Who.PUBLISHER})),
    ("head here", frozenset({Who.OFFICER_HERE, Who.PUBLISHER, Who.HEAD_HERE, Who.HEAD_HERE_FIRST})),
    ("triage", frozenset({Who.TRIAGE})),
    ("the clock", frozenset({Who.CLOCK})),
)

#: What the policy adds to the tables (`rules.permissions`).
NOTES = {
    Action.READ: "a secret case is closed to the officers and heads of its agency whom it names",
    Action.HAND_OVER: "head: the first time only",
    Action.REVEAL_IDENTITY: "masked for officer and head; a reason each time, logged;"
    " never where the reporter is shielded",
    Action.NOT_DONE: "14 days",
    Action.OBJECT: "14 days, once",
    Action.CONFIRM: "once, when done",
    Action.LOWER_SECRECY: "where the case is secret",
    Action.ADD_INFORMATION: "while the case is open",
    Action.RATE: "once an answer is published; also of the case that one's own was merged into",
    Action.ACCEPT: "proposals",
    Action.TAKE_BACK: "10 minutes, nothing else since",
    Action.LATER: "while the case is open; never up to its deadline",
    Action.EXPORT: "officer and head: own agency; triage: without identity",
}


def access_page() -> str:
    """Return the page."""
    head = ["action", "in state", *(name for name, _ in COLUMNS), "note"]
    return f"""{WRITTEN}
# Who may do what

One policy, `portal/rules/permissions.py`, is asked by every route, format, count, feed and mail. What is not
allowed here is not allowed. Visitors, other citizens, officers and heads of other agencies, admins (users and
settings only) and competency officers may do nothing of this. "May not" answers 404 to somebody who is signed
in and leads to the sign-in page otherwise; 409 says that it was possible and no longer is.

## What moves a case

{table(head, _moving())}

## What leaves its state alone

{table(head, _standing())}

## What the public reads

A case that is not secret has a page from receipt on. Its text is public at once when the screen finds no
telephone number, e-mail address, NIK or flagged word and its category does not ask for verification first;
else after `verify`. Photos and files are public after `verify`; on a shielded case, and when they come later,
one by one after triage cleared them. A hidden or withdrawn case keeps its page without its text. A secret
case answers 404 to everybody but its reporter (tracking code) and the staff above.

{access_section()}"""


def _moving() -> list[list[str]]:
    rows = []
    for row in TRANSITIONS:
        states = ", ".join(code(status) for status in sorted(row.sources))
        rows.append([code(row.action), states, *_marks(row.who), NOTES.get(row.action, "")])
    return rows


def _standing() -> list[list[str]]:
    return [[code(action), "any", *_marks(who), NOTES.get(action, "")] for action, who in STANDING.items()]


def _marks(who: Iterable[Who]) -> list[str]:
    allowed = frozenset(who)
    return ["yes" if allowed & column else "-" for _, column in COLUMNS]
