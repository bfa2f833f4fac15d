"""What there is to tell of a consultation: its outcome to those who follow it, what is due to its agency."""

from portal.core.database import db
from portal.models import Consultation, OutboxMessage
from portal.queries.letters.people import Person, actor_of
from portal.queries.letters.values import Facts, Undeliverable
from portal.rules.consultations import may_publish

#: Kinds of mail about a consultation.
KINDS = frozenset({"consultation_outcome", "staff_consultation_review"})


def facts(row: OutboxMessage, person: Person) -> Facts:
    """Return which consultation it is and what was done with its answers. Raise `Undeliverable`."""
    consultation_id = row.data.get("consultation_id")
    one = db.session.get(Consultation, consultation_id) if isinstance(consultation_id, int) else None
    if one is None or one.published_at is None:
        raise Undeliverable("gone")
    actor = actor_of(person)
    if row.kind == "staff_consultation_review" and (actor is None or not may_publish(actor, one.agency_id)):
        raise Undeliverable("not_permitted")
    return Facts(
        agency_id=one.agency_id,
        review_on=one.review_on,
        consulted_id=one.id,
        consulted_slug=one.slug,
        consulted_title_id=one.title_id,
        consulted_title_en=one.title_en,
        consulted_outcome_id=one.outcome_id,
        consulted_outcome_en=one.outcome_en,
    )
