"""What a queued mail says and to whom, read at the moment it leaves.

The one place that joins a mail with a person. What a recipient may not know is left out here, so no
template can say it: a mail to a shielded reporter or about a secret case has no facts at all.
"""

from portal.queries.letters.reading import address_of, read, to_reporter
from portal.queries.letters.values import ESSENTIAL, WEEKLY, Decided, Facts, Item, Letter, Undeliverable

__all__ = [
    "ESSENTIAL",
    "WEEKLY",
    "Decided",
    "Facts",
    "Item",
    "Letter",
    "Undeliverable",
    "address_of",
    "read",
    "to_reporter",
]
