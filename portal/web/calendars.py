"""Calendar files (RFC 5545) of meetings for citizens, as calendar programs want them.

Times are written in UTC: every program shows them on its own clock, and no definition of a time zone can be
misread. SEQUENCE is the version of the meeting, LAST-MODIFIED and DTSTAMP its last change, so the same
meeting always gives the same bytes and a feed answers "not modified".
"""

from collections.abc import Iterable
from datetime import UTC, timedelta
from urllib.parse import urlsplit

from flask import current_app, request
from flask_babel import gettext as _
from icalendar import Calendar, Event, vDuration, vGeo, vText, vUri

from portal.core.locale import current_locale
from portal.core.markdown import plain
from portal.models import Gathering, GatheringItem
from portal.queries import reference
from portal.web.public.cards import agency_name
from portal.web.rendering import localised

MIMETYPE = "text/calendar; charset=utf-8"
#: How often a calendar program may ask again.
REFRESH = timedelta(hours=6)


def host() -> str:
    """Return the name of the configured host, which makes ids the portal's own."""
    return urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"


def place_of(gathering: Gathering) -> str:
    """Return where it is: the place, its ward and the city."""
    ward = reference.wards().get(gathering.ward_code or "")
    city = current_app.config["SITE"]["city"]
    return ", ".join(part for part in (gathering.place, ward.name if ward else "", city) if part)


def calendar_file(
    gatherings: Iterable[Gathering], *, name: str, items: Iterable[GatheringItem] = (), feed: bool = False
) -> bytes:
    """Return a calendar of published meetings. A `feed` says how often to ask again."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{host()}//Portal//{current_locale().upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Jakarta")
    if feed:
        every = vDuration(REFRESH)
        every.params["VALUE"] = "DURATION"
        calendar["refresh-interval"] = every
        calendar["x-published-ttl"] = vDuration(REFRESH)
    points = [localised(item, "text") for item in items]
    for gathering in gatherings:
        calendar.add_component(_event(gathering, points))
    content: bytes = calendar.to_ical()
    return content


def _event(gathering: Gathering, points: list[str]) -> Event:
    address = f"{current_app.config['BASE_URL']}{request.script_root}/agenda/{gathering.slug}"
    changed = gathering.updated_at.astimezone(UTC).replace(microsecond=0)
    event = Event()
    event.add("uid", f"{gathering.slug}@{host()}")
    event.add("sequence", gathering.version)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("created", gathering.created_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", gathering.starts_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtend", gathering.ends_at.astimezone(UTC).replace(microsecond=0))
    event.add("summary", localised(gathering, "title"))
    event.add("location", place_of(gathering))
    event.add("description", _description(gathering, points, address))
    event["url"] = vUri(address)
    event.add("categories", vText(agency_name(gathering.agency_id) or current_app.config["SITE"]["name"]))
    if gathering.latitude is not None and gathering.longitude is not None:
        event["geo"] = vGeo((gathering.latitude, gathering.longitude))
    event.add("status", "CANCELLED" if gathering.cancelled_at is not None else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if gathering.cancelled_at is not None else "OPAQUE")
    return event


def _description(gathering: Gathering, points: list[str], address: str) -> str:
    parts = []
    if gathering.cancelled_at is not None:
        parts.append(_("Dibatalkan. Alasan: %(reason)s", reason=gathering.cancelled_reason))
    text = localised(gathering, "text")
    if text:
        parts.append(plain(text))
    if points:
        parts.append("\n".join(f"- {point}" for point in points))
    return "\n\n".join([*parts, address])
