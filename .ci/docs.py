"""Write the documentation that derives from the rules: `docs.py` writes, `docs.py check` compares (CI)."""

import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from portal.models import Status  # noqa: E402 (found through the path above)
from portal.rules.workflow import (  # noqa: E402
    CONTEST_PERIOD,
    STANDING,
    TRANSITIONS,
    Action,
    Requirement,
    Transition,
    Who,
)

NOTE = "<!-- Written by `make docs` from portal/rules/workflow.py. Change the table there, not here. -->"


def words(members: Iterable[Action | Requirement | Status | Who]) -> str:
    """Return enum members as plain words, in the order of their declaration."""
    found = set(members)
    order = [member for kind in {type(member) for member in found} for member in kind if member in found]
    return ", ".join(member.value.replace("_", " ") for member in order) or "-"


def conditions(row: Transition) -> str:
    """Return what restricts a row beyond its columns."""
    found = []
    if row.codes:
        found.append("only for: " + ", ".join(sorted(code.value.replace("_", " ") for code in row.codes)))
    if row.proposals_only:
        found.append("proposals only")
    if row.contest:
        found.append(f"within {CONTEST_PERIOD.days} days of the outcome")
    return "; ".join(found)


def workflow() -> str:
    """Return docs/workflow.md: how a submission moves."""
    lines = [
        "# Life of a submission",
        NOTE,
        "",
        "A draft becomes *received* when it is sent. From then on only these steps exist; whatever is not in"
        " the table answers 409.",
        "",
        "| step | from | to | who | needs | only when |",
        "|---|---|---|---|---|---|",
    ]
    for row in TRANSITIONS:
        target = words([row.target]) if row.target else "the state it came from"
        lines.append(
            f"| {words([row.action])} | {words(row.sources)} | {target} | {words(row.who)}"
            f" | {words(row.requires)} | {conditions(row)} |"
        )
    lines += [
        "",
        "*here*: in the agency that has the case. *head here first*: the head, while the case was never"
        " handed over. *publisher*: the head, or an officer the head named. *evidence*: only when work was"
        " promised.",
    ]
    return "\n".join(lines) + "\n"


def access() -> str:
    """Return docs/access.md: who may do what."""
    may: dict[Action, set[Who]] = {action: set(who) for action, who in STANDING.items()}
    for row in TRANSITIONS:
        may.setdefault(row.action, set()).update(row.who)
    columns = list(Who)
    lines = [
        "# Who may do what to a case",
        NOTE,
        "",
        'Nothing else is allowed to anybody. "May not" answers 404 to someone signed in and leads to the'
        " sign-in page otherwise. Officers of other agencies and administrators see no case content.",
        "",
        "| action | " + " | ".join(words([who]) for who in columns) + " |",
        "|---|" + "---|" * len(columns),
    ]
    for action in Action:
        if action in may:
            marks = " | ".join("yes" if who in may[action] else "" for who in columns)
            lines.append(f"| {words([action])} | {marks} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run the command; 1 means a page is not what the code says."""
    pages = {ROOT / "docs" / "workflow.md": workflow(), ROOT / "docs" / "access.md": access()}
    stale = [path for path, text in pages.items() if not path.exists() or path.read_text() != text]
    if sys.argv[1:] == ["check"]:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not what the code says -> make docs")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(pages[path])
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
