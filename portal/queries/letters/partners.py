"""What there is to tell of a partnership, and to whom it may still be told."""

from portal.core.database import db
from portal.models import (
    Event,
    Licence,
    OutboxMessage,
    Package,
    Partnership,
    PartnershipWord,
    Recipient,
    Submission,
    VisitorQuestion,
)
from portal.queries import businesses
from portal.queries.letters.people import Person, actor_of
from portal.queries.letters.values import Facts, Undeliverable
from portal.rules import partnerships as rules
from portal.rules.partnerships import Act
from portal.rules.visibility import shows_text

#: Queued by name; "partnership_moved" comes with an event of the case.
DIRECT = frozenset({"business_partnership", "staff_partnership"})
#: About a package of the catalogue.
OF_PACKAGES = frozenset({"package_decided", "visitor_asked", "visitor_answered"})
KINDS = DIRECT | {"partnership_moved"}


def facts(row: OutboxMessage, event: Event | None, person: Person) -> Facts:
    """Return what this person may know of it now; a role may have ended since it was queued."""
    data = row.data if event is None else event.data
    partnership = db.session.get(Partnership, data.get("partnership_id", 0))
    case = None if partnership is None else db.session.get(Submission, partnership.submission_id)
    if partnership is None or case is None:
        raise Undeliverable("gone")
    if row.kind == "staff_partnership":
        actor = actor_of(person)
        if actor is None or not rules.can(Act.READ, actor, partnership):
            raise Undeliverable("not_permitted")
    elif row.kind == "business_partnership":
        if row.recipient_id not in businesses.member_ids(partnership.business_id):
            raise Undeliverable("not_permitted")
    elif not rules.is_public(case):
        raise Undeliverable("not_permitted")
    title = case.title if row.kind in DIRECT or shows_text(case) else ""
    word = db.session.get(PartnershipWord, data.get("word_id", 0))
    business = businesses.by_id(partnership.business_id)
    return Facts(
        agency_id=partnership.agency_id,
        partnership_reference=case.reference,
        partnership_title=title,
        partnership_business=business.name if business else "",
        partnership_slug=(business.slug or "") if business else "",
        partnership_stage=partnership.stage,
        partnership_about=str(data.get("about", "moved")),
        partnership_text=word.text if word else "",
        partnership_ends_on=partnership.ends_on,
        partnership_page=str(data.get("page", "")),
    )


def invitation(row: OutboxMessage) -> Facts:
    """Return which business invites."""
    business = businesses.by_id(row.data.get("business_id", 0))
    if business is None:
        raise Undeliverable("gone")
    return Facts(partnership_business=business.name)


def package(row: OutboxMessage) -> Facts:
    """Return what is told of a package, and of a visitor's question about it."""
    found = db.session.get(Package, row.data.get("package_id", 0))
    case = None if found is None else db.session.get(Submission, found.submission_id)
    if found is None or case is None:
        raise Undeliverable("gone")
    to_member = row.recipient_kind is Recipient.USER
    if to_member and row.recipient_id not in businesses.member_ids(found.business_id):
        raise Undeliverable("not_permitted")
    asked = db.session.get(VisitorQuestion, row.data.get("visitor_question_id", 0))
    text = "" if asked is None else (asked.text if to_member else asked.answer)
    shown = to_member or (found.listed and case.listed)
    return Facts(
        partnership_reference=case.reference if shown else "",
        partnership_title=found.title if shown else "",
        partnership_business=found.business.name,
        partnership_slug=found.business.slug or "",
        partnership_text=text,
    )


def licence(row: OutboxMessage) -> Facts:
    """Return which licence runs out; of one that was taken away or renewed since there is nothing to tell."""
    found = db.session.get(Licence, row.data.get("licence_id", 0))
    business = None if found is None else businesses.by_id(found.business_id)
    if found is None or business is None or str(found.valid_until) != row.data.get("valid_until"):
        raise Undeliverable("gone")
    if row.recipient_id not in businesses.member_ids(business.id):
        raise Undeliverable("not_permitted")
    return Facts(
        partnership_business=business.name,
        partnership_slug=business.slug or "",
        licence_kind=found.kind,
        licence_title=found.title,
        licence_until=found.valid_until,
    )
