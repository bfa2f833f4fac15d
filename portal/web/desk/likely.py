"""What may be the same as a case, as cards with enough on them to judge."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core import clock, markdown
from portal.core.formats import one_line
from portal.core.text import stems
from portal.models import Submission
from portal.queries import duplicates, reference
from portal.queries.duplicates import Candidate
from portal.rules import likeness, workflow
from portal.rules.permissions import Actor
from portal.web import labels
from portal.web.desk.listing import Position
from portal.web.public.cards import agency_name
from portal.web.rendering import localised

#: Signs of a text on a card.
EXCERPT = 160


def compare_url(case: Submission, other: Submission, where: Position) -> str:
    """Return the address of the comparison of two cases, seen from a place in a queue."""
    return url_for("desk.compare", reference=case.reference, other=other.reference) + where.suffix


@dataclass(frozen=True, slots=True)
class Card:
    """A candidate as the case page draws it: plain values, the text in (piece, in common) pairs."""

    reference: str
    title: list[tuple[str, bool]]
    text: list[tuple[str, bool]]
    facts: list[str]
    thumbnail: str
    answer: str
    compare_url: str


def cards(case: Submission, actor: Actor, where: Position) -> list[Card]:
    """Return the cards of what may be the same as a case that is still to be decided."""
    if case.status not in workflow.OPEN or case.merged_into_id is not None:
        return []
    own = frozenset(stems(f"{case.title} {case.body}"))
    return [_card(one, case, own, where) for one in duplicates.candidates(case, actor)]


def _card(one: Candidate, case: Submission, own: frozenset[str], where: Position) -> Card:
    other = one.case
    return Card(
        reference=other.reference,
        title=likeness.marked(other.title, own),
        text=likeness.marked(one_line(other.body, EXCERPT), own),
        facts=[*nearness(case, other), *_standing(one)],
        thumbnail=one.thumbnail,
        answer=one_line(markdown.plain(one.answer), EXCERPT) if one.answer else "",
        compare_url=compare_url(case, other, where),
    )


def nearness(case: Submission, other: Submission) -> list[str]:
    """Say how far apart two cases are, in days and on the ground."""
    said = []
    days = abs((clock.city_date(case.received_at) - clock.city_date(other.received_at)).days)
    said.append(
        ngettext("selisih %(num)s hari", "selisih %(num)s hari", days) if days else _("hari yang sama")
    )
    here, there = spot(case), spot(other)
    if here and there:
        said.append(_("jarak %(metres)s m", metres=likeness.metres(here, there)))
    elif case.ward_code and case.ward_code == other.ward_code:
        said.append(_("kelurahan yang sama"))
    elif other.ward_code:
        ward = reference.wards().get(other.ward_code)
        said.append(ward.name if ward else other.ward_code)
    return said


def spot(case: Submission) -> tuple[float, float] | None:
    """Return where a case is, as (latitude, longitude), if it says so."""
    if case.latitude is None or case.longitude is None:
        return None
    return case.latitude, case.longitude


def _standing(one: Candidate) -> list[str]:
    case = one.case
    category = reference.categories().get(case.category_id) if case.category_id else None
    said = [str(labels.STATUS[case.status])]
    if category is not None:
        said.append(localised(category, "name"))
    if case.agency_id is not None:
        said.append(agency_name(case.agency_id, short=True))
    if case.support_count:
        said.append(ngettext("%(num)s dukungan", "%(num)s dukungan", case.support_count))
    if one.merged:
        said.append(ngettext("%(num)s kiriman digabung", "%(num)s kiriman digabung", one.merged))
    return said
