"""The fields of a proposal as its staff read them, proprietary ones included and marked."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal.models import Proposal


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One field: its label, its value as lines, and whether the business keeps it to itself."""

    label: str
    lines: list[str]
    proprietary: bool


def proposal_rows(proposal: Proposal) -> list[ProposalRow]:
    """Return the filled-in fields in the order in which they were given."""
    kept = set(proposal.proprietary)
    return [
        ProposalRow(name.replace("_", " ").capitalize(), lines, name in kept)
        for name, value in proposal.data.items()
        if (lines := _lines(value))
    ]


def _lines(value: Any) -> list[str]:
    if value in (None, "", [], {}):
        return []
    if isinstance(value, bool):
        return [_("Ya") if value else _("Tidak")]
    if isinstance(value, dict):
        return [" · ".join(str(part) for part in value.values() if part not in (None, ""))]
    if isinstance(value, list):
        return [line for item in value for line in _lines(item)]
    return str(value).splitlines()
