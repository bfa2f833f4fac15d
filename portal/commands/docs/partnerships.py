"""The part of docs/workflow.md and of docs/access.md on partnerships."""

from portal.commands.docs.words import code, table
from portal.models import PartnershipStage
from portal.rules.partnerships import (
    EVALUATE_DAYS,
    REMIND_DAYS,
    SIGNATURE_ITEMS,
    STANDING,
    TRANSITIONS,
    Need,
    Partner,
)
from portal.web import labels, partnership_words

WHO = {
    Partner.BUSINESS: "owner or manager of the business",
    Partner.HELPER: "helper of the business",
    Partner.LEAD_OFFICER: "officer of the lead agency",
    Partner.LEAD_HEAD: "head of the lead agency",
    Partner.INVITED: "staff of an invited agency",
    Partner.COORDINATOR: "triage (coordination)",
    Partner.CLOCK: "the clock",
}
NEEDS = {
    Need.PUBLIC_TEXT: "public text",
    Need.CODE: "reason code",
    Need.FINDINGS: "of an unsolicited proposal: a result of every step, none failed",
    Need.APPROVED_DRAFT: "the newest draft, agreed to by every party",
    Need.SIGNATURES: "the whole signature checklist",
    Need.TERM: "purpose, first and last day",
    Need.NEW_END: "a later last day",
}


def life_section() -> str:
    """Return the stages, what leads from one to another, and their chart."""
    stages = [[code(stage), str(labels.STAGE[stage])] for stage in PartnershipStage]
    rows = [
        [
            code(row.action),
            ", ".join(code(stage) for stage in PartnershipStage if stage in row.sources),
            code(row.target or "-"),
            ", ".join(WHO[who] for who in Partner if who in row.who),
            ", ".join(NEEDS[need] for need in Need if need in row.requires) or "-",
        ]
        for row in TRANSITIONS
    ]
    ticks = ", ".join(str(partnership_words.SIGNATURE[item]) for item in SIGNATURE_ITEMS)
    days = ", ".join(str(days) for days in REMIND_DAYS)
    return f"""## Partnerships

An accepted proposal becomes a partnership. Its life is a second table of the same engine
(`portal/rules/partnerships.py`, `portal/rules/transitions.py`). Each change appends the event
`partnership_moved` to the history of the proposal, whose followers so hear of it.

{table(["stage", "shown as"], stages)}

{table(["act", "from", "to", "who", "requires"], rows)}

The signature checklist: {ticks}. Both sides are reminded {days} days before the last day. {EVALUATE_DAYS}
days before it the evaluation begins by itself; where the parties decided to continue meanwhile, it begins
once more after the last day. While an agreement is in force its term changes by `extend` alone.

```mermaid
{_chart()}
```
"""


def _chart() -> str:
    lines = ["stateDiagram-v2", "    [*] --> new: accept"]
    edges: dict[tuple[str, str], list[str]] = {}
    for row in TRANSITIONS:
        for source in sorted(row.sources):
            edges.setdefault((source, str(row.target)), []).append(row.action)
    return "\n".join(
        [
            *lines,
            *(f"    {source} --> {target}: {', '.join(acts)}" for (source, target), acts in edges.items()),
        ]
    )


def access_section() -> str:
    """Return who may do what to a partnership."""
    head = ["act", "in stage", *(WHO[who] for who in Partner)]
    moving = [
        [
            code(row.action),
            ", ".join(code(stage) for stage in PartnershipStage if stage in row.sources),
            *("yes" if who in row.who else "-" for who in Partner),
        ]
        for row in TRANSITIONS
    ]
    standing = [
        [
            code(act),
            "any"
            if len(stages) == len(PartnershipStage)
            else ", ".join(code(stage) for stage in PartnershipStage if stage in stages),
            *("yes" if who in allowed else "-" for who in Partner),
        ]
        for act, (allowed, stages) in STANDING.items()
    ]
    return f"""## Partnerships

Everybody reads stage, parties, purpose, public sentences and public promises; of a secret or hidden proposal
nobody outside reads anything (404). A head is also an officer of the agency.

{table(head, [*moving, *standing])}
"""
