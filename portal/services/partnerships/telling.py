"""Who hears of what happens in a partnership: the accounts of the business, and staff of the agencies."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.models import Partnership, Party, Recipient, Role, Submission
from portal.queries import businesses, people
from portal.services import outbox


def tell(
    partnership: Partnership,
    case: Submission,
    about: str,
    *,
    at: datetime,
    once: str,
    but_user: int | None = None,
    parties: frozenset[Party] = frozenset(Party),
    only_agency: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Queue a mail to everybody of these parties except who caused it.

    `about` is a code of `rules.partnership_news.ABOUT`, `once` what it is told of only once; `data` holds
    ids and codes. Of the agencies `only_agency` is told where it is given.
    """
    values = {"partnership_id": partnership.id, "about": about, **(data or {})}
    for kind, user_id in _whom(partnership, case, parties, only_agency):
        if user_id == but_user:
            continue
        outbox.queue(
            kind,
            to=Recipient.USER,
            recipient_id=user_id,
            at=at,
            data=values | {"reference": case.reference},
            dedupe_key=f"{kind}:{partnership.id}:{about}:{once}:{user_id}",
        )


def _whom(
    partnership: Partnership, case: Submission, parties: frozenset[Party], only_agency: int | None
) -> list[tuple[str, int]]:
    """Heads and the officer of the case, not whole offices; an account that is both is told as staff.

    Nobody hears of a secret case that is about them.
    """
    found: dict[int, str] = {}
    if Party.AGENCY in parties:
        agencies = (partnership.agency_id, *sorted(partnership.invited_agency_ids))
        for agency_id in agencies if only_agency is None else (only_agency,):
            for user_id in people.ids_with_role(Role.HEAD, agency_id):
                found.setdefault(user_id, "staff_partnership")
        if case.officer_id is not None and only_agency is None:
            found.setdefault(case.officer_id, "staff_partnership")
    if Party.COORDINATOR in parties:
        for user_id in people.ids_with_role(Role.TRIAGE):
            found.setdefault(user_id, "staff_partnership")
    if Party.BUSINESS in parties:
        for user_id in businesses.member_ids(partnership.business_id):
            found.setdefault(user_id, "business_partnership")
    about = case.named_user_ids if case.secret else frozenset()
    return [(kind, user_id) for user_id, kind in found.items() if user_id not in about]
