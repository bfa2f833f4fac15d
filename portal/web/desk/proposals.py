"""The answers of a proposal as its staff read them, proprietary ones included and marked."""

from dataclasses import dataclass

from portal.models import Kind, Proposal
from portal.rules import proposals as rules
from portal.web import proposal_labels


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One answer: its label, its lines, and whether the business keeps it to itself."""

    label: str
    lines: list[str]
    proprietary: bool


def proposal_rows(proposal: Proposal, kind: Kind) -> list[ProposalRow]:
    """Return the answers in the order of the catalogue; what it does not know (any more) comes last."""
    known = [field.name for field in rules.fields_of(kind)]
    names = [*known, *(name for name in proposal.data if name not in known)]
    kept = set(proposal.proprietary)
    return [
        ProposalRow(proposal_labels.label(name), lines, name in kept)
        for name in names
        if (lines := proposal_labels.lines(name, proposal.data.get(name)))
    ]
