"""Lines of public lists, prepared for the card macro: plain values, addresses built without the router."""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core.locale import current_locale
from portal.core.markdown import plain
from portal.models import Status, Submission
from portal.queries import reference, similar
from portal.queries.submissions import SubmissionRow
from portal.web import labels
from portal.web.rendering import date_text

#: Letters of an answer that a list shows.
QUOTE_LENGTH = 160
_CLOSED = frozenset({Status.DECLINED, Status.DEFERRED, Status.REFERRED})


@dataclass(frozen=True, slots=True)
class Card:
    """What the macro `submission_card` takes."""

    url: str
    title: str
    status: str
    status_label: str
    meta: list[str]
    by: str = ""
    quote: str = ""
    closed: bool = False


def agency_name(agency_id: int | None, *, short: bool = False) -> str:
    """Return the name of an agency in the language of the page ("" for none)."""
    agency = reference.agencies().get(agency_id) if agency_id is not None else None
    if agency is None:
        return ""
    field = "short" if short else "name"
    return str(getattr(agency, f"{field}_{current_locale()}") or getattr(agency, f"{field}_id"))


def status_label(row: SubmissionRow) -> str:
    """Return a row's status in full words."""
    return labels.status_text(
        row.status,
        agency=agency_name(row.agency_id, short=True),
        promised_on=date_text(row.promised_on) if row.promised_on else None,
        review_on=date_text(row.review_on) if row.review_on else None,
        institution=row.institution,
    )


def cards(rows: list[SubmissionRow]) -> list[Card]:
    """Prepare the lines of a list; addresses are plain strings (20 `url_for` cost a quarter of the page)."""
    prefix = f"{request.script_root}/k/"
    wards, categories = reference.wards(), reference.categories()
    name = f"name_{current_locale()}"
    made = []
    for row in rows:
        ward = wards.get(row.ward_code) if row.ward_code else None
        meta = [labels.place_text(row.place, ward.name if ward else None)]
        category = categories.get(row.category_id) if row.category_id is not None else None
        meta.append(getattr(category, name) if category else str(labels.KIND[row.kind]))
        meta.append(date_text(row.received_at))
        if row.support_count:
            meta.append(ngettext("%(num)s orang mendukung", "%(num)s orang mendukung", row.support_count))
        made.append(
            Card(
                url=prefix + row.reference,
                title=row.title,
                status=row.status.value,
                status_label=status_label(row),
                meta=meta,
                by=agency_name(row.agency_id, short=True) or _("Jawaban"),
                quote=shorten(plain(row.answer)) if row.answer else "",
                closed=row.status in _CLOSED,
            )
        )
    return made


@dataclass(frozen=True, slots=True)
class Related:
    """What the list of similar cases at the foot of a case page says of one."""

    url: str
    title: str
    status: str
    status_label: str
    place: str


def related_cards(case: Submission) -> list[Related]:
    """Prepare the cases that resemble this one."""
    rows = similar.related(case)
    wards = reference.wards() if rows else {}
    return [
        Related(
            url=f"{request.script_root}/k/{row.reference}",
            title=row.title,
            status=row.status.value,
            status_label=labels.status_text(row.status, agency=agency_name(row.agency_id, short=True)),
            place=wards[row.ward_code].name if row.ward_code in wards else "",
        )
        for row in rows
    ]


def shorten(text: str, length: int = QUOTE_LENGTH) -> str:
    """Cut a text at a word."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(",;:.") + " …"
