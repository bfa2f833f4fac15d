"""What printed letters share: the letterhead, paragraphs, who signs, and the answer that carries a PDF."""

from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from flask import Response, abort, current_app
from flask_babel import gettext as _

from portal.core import clock, throttle
from portal.core.formats import content_disposition
from portal.core.locale import current_locale
from portal.models import Role
from portal.queries import people
from portal.rules.permissions import Actor

#: Letters of one person, of whatever sort.
LIMIT = "120/hour"


def long_date(value: date | datetime) -> str:
    """Write a day in full as letters do: 24 November 2026, on the city's calendar."""
    if isinstance(value, datetime):
        value = clock.city_date(value)
    return format_date(value, "d MMMM y", locale=current_locale())


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, in the order of reading."""
    return [part for part in text.split("\n\n") if part.strip()]


def head_name(agency_id: int | None) -> str:
    """Return the name of the agency's head, empty where there is none or more than one."""
    found = [] if agency_id is None else people.ids_with_role(Role.HEAD, agency_id)
    user = people.by_id(found[0]) if len(found) == 1 else None
    return user.name if user is not None else ""


def letterhead(*, title: str, footer: str, mark: str = "") -> dict[str, Any]:
    """Return what templates/print/letter.typ asks for."""
    site = current_app.config["SITE"]
    return {
        "title": title,
        "owner": site["owner"],
        "site": site["name"],
        "lang": current_locale(),
        "footer": footer,
        "mark": mark,
        "logo_words": _("Lambang %(site)s", site=site["name"]),
        "page_words": _("Halaman {n} dari {total}"),
        "lost_words": _("□ menggantikan tanda yang tidak dapat dicetak. Lihat naskahnya di meja kerja."),
    }


def place_and_date(at: datetime) -> str:
    """Return the line above a signature: Sibolga, 24 November 2026."""
    return f"{current_app.config['SITE']['city']}, {long_date(at)}"


def admit(actor: Actor) -> None:
    """Answer 429 to somebody who prints more than people do: a long letter costs a second of the machine."""
    if not throttle.hit(LIMIT, "desk print", str(actor.user_id)):
        abort(429)


def pdf(made: bytes, name: str) -> Response:
    """Answer with a PDF that no cache keeps and no browser takes for anything else."""
    response = Response(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition(name, inline=True)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
