"""Atom feeds (RFC 4287): of the public list under any filter, of one case, of programs and partnerships.

What is in a feed is what its page shows, from the same reads, and kept under the same version: a case that
is hidden leaves the feed with the page. Ids are tag: URIs, which stay when an address changes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, abort, current_app, make_response, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from portal.core import clock
from portal.core.markdown import plain
from portal.core.references import parse_reference
from portal.models import Submission
from portal.queries import feeds, partnerships, program_page, programs, submissions
from portal.queries.feeds import PartnershipMove
from portal.queries.submissions import TimelineEntry
from portal.rules import visibility
from portal.rules.partnerships import is_public
from portal.web import labels
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.calendars import host
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import agency_name, cards
from portal.web.public.paging import filtered_url
from portal.web.public.partnerships import PARAMETERS as PARTNERSHIP_PARAMETERS
from portal.web.public.partnerships import wanted_stage
from portal.web.public.programs import PARAMETERS as PROGRAM_PARAMETERS
from portal.web.public.programs import program_filters
from portal.web.public.submissions import PARAMETERS, filters_from_query
from portal.web.rendering import localised, page_address

MIMETYPE = "application/atom+xml; charset=utf-8"
#: The year in which the portal's ids begin: a tag names a day on which the host was the city's.
SINCE = "2026"
#: Entries that a reader gets of one case or program, the newest first.
ENTRIES_MOST = 50

#: What XML 1.0 cannot hold.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEADING = re.compile(r"<h3>(.*?)</h3>", re.DOTALL)
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry; `key` is what of its id is its own. Texts are plain."""

    key: str
    title: str
    url: str
    updated: datetime
    published: datetime
    text: str
    author: str = ""
    topic: str = ""


def _text(value: str) -> str:
    return _UNFIT.sub("", value)


def _words(line: str) -> str:
    """Return the words of a piece of a page of ours."""
    return str(Markup(line).striptags())  # noqa: S704 (drawn by our template, and made plain)


def _feed(key: str, title: str, page: str, entries: Iterable[FeedEntry]) -> Response:
    shown = list(entries)
    newest = max((one.updated for one in shown), default=clock.midnight(clock.city_date(clock.now())))
    content = render_template(
        "feeds/atom.xml",
        tag=f"tag:{host()},{SINCE}:",
        key=key,
        title=title,
        page=page,
        own=page_address() + (f"?{request.query_string.decode('ascii', 'ignore')}" if request.args else ""),
        entries=shown,
        updated=newest,
        stamp=_stamp,
        clean=_text,
    )
    response = make_response(content)
    response.headers["Content-Type"] = MIMETYPE
    return response


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _address(path: str) -> str:
    return f"{current_app.config['BASE_URL']}{path}"


@blueprint.get("/kiriman.atom")
@public
@cached_page
def submissions_atom() -> Response:
    """Answer the newest listed submissions under the filters of the list."""
    rows = list(submissions.listed(filters_from_query()).items)
    last = feeds.last_public([row.id for row in rows])
    path = filtered_url("/kiriman", PARAMETERS)
    entries = [
        FeedEntry(
            key=f"k/{row.reference}",
            title=row.title,
            url=_address(card.url),
            updated=max(last.get(row.id, row.received_at), row.received_at),
            published=row.received_at,
            text=" · ".join([f"{row.reference}: {card.status_label}", *card.meta]),
            topic=str(labels.KIND[row.kind]),
        )
        for row, card in zip(rows, cards(rows), strict=True)
    ]
    title = _("Kiriman warga, %(site)s", site=current_app.config["SITE"]["name"])
    return _feed(path.lstrip("/"), title, _address(path), entries)


@blueprint.get("/k/<reference>.atom")
@public
@cached_page
def submission_atom(reference: str) -> Response:
    """Answer what happened to one case, in the words of its page; closed texts have no feed."""
    canonical = parse_reference(reference)
    case = submissions.by_reference(canonical) if canonical else None
    if case is None or not visibility.shows_text(case):
        abort(404)
    page = page_address(f"/k/{case.reference}")
    told = [_happened(case, entry, page) for entry in reversed(submissions.timeline(case.id))]
    return _feed(f"k/{case.reference}/kabar", f"{case.reference}: {case.title}", page, told[:ENTRIES_MOST])


def _happened(case: Submission, entry: TimelineEntry, page: str) -> FeedEntry:
    """Return an event in the words of the public timeline, with the official text that came with it."""
    line = render_template(
        f"timeline/{entry.action}.html", entry=entry, case=case, labels=labels, agency_name=agency_name
    )
    heading = _HEADING.search(line)
    said = [_words(one) for one in _PARAGRAPH.findall(line)]
    if entry.answer_text:
        said.append(plain(entry.answer_text))
    return FeedEntry(
        key=f"k/{case.reference}/{entry.id}",
        title=_words(heading[1]) if heading else case.reference,
        url=page,
        updated=entry.at,
        published=entry.at,
        text="\n\n".join(part for part in said if part),
        author=agency_name(entry.answer_agency_id),
    )


@blueprint.get("/program.atom")
@public
@cached_page
def programs_atom() -> Response:
    """Answer the programs under the filters of their list."""
    rows = list(programs.listed(program_filters()).items)
    changed = feeds.programs_changed([row.id for row in rows])
    path = filtered_url("/program", PROGRAM_PARAMETERS)
    entries = [
        FeedEntry(
            key=f"program/{row.code}",
            title=localised(row, "title"),
            url=page_address(f"/program/{row.code}"),
            updated=changed[row.id],
            published=changed[row.id],
            text=f"{labels.PROGRAM_STATUS[row.status]} · {row.year} · {row.progress}%",
            author=agency_name(row.agency_id),
        )
        for row in rows
    ]
    title = _("Program kota, %(site)s", site=current_app.config["SITE"]["name"])
    return _feed(path.lstrip("/"), title, _address(path), entries)


@blueprint.get("/program/<code>.atom")
@public
@cached_page
def program_atom(code: str) -> Response:
    """Answer the progress reports of one program."""
    found = programs.by_code(code)
    if found is None:
        abort(404)
    page = page_address(f"/program/{found.code}")
    entries = [
        FeedEntry(
            key=f"program/{found.code}/{update.id}",
            title=_("Kemajuan %(percent)s%%", percent=update.progress),
            url=page,
            updated=update.at,
            published=update.at,
            text=plain(localised(update, "text")),
            author=agency_name(found.agency_id),
        )
        for update in program_page.updates(found.id, ENTRIES_MOST)
    ]
    return _feed(f"program/{found.code}/kabar", localised(found, "title"), page, entries)


@blueprint.get("/kemitraan.atom")
@public
@cached_page
def partnerships_atom() -> Response:
    """Answer what happened last in the partnerships under the filter of their list."""
    path = filtered_url("/kemitraan", PARTNERSHIP_PARAMETERS)
    told = [_moved(move, with_title=True) for move in feeds.partnership_moves(stage=wanted_stage())]
    title = _("Kemitraan kota, %(site)s", site=current_app.config["SITE"]["name"])
    return _feed(path.lstrip("/"), title, _address(path), told)


@blueprint.get("/kemitraan/<reference>.atom")
@public
@cached_page
def partnership_atom(reference: str) -> Response:
    """Answer the stages of one partnership, with the sentences that everybody reads."""
    canonical = parse_reference(reference)
    found = partnerships.by_reference(canonical) if canonical else None
    if found is None or not is_public(found[1]):
        abort(404)
    case = found[1]
    told = [_moved(move, with_title=False) for move in feeds.partnership_moves(case.id, size=ENTRIES_MOST)]
    page = page_address(f"/kemitraan/{case.reference}")
    return _feed(f"kemitraan/{case.reference}/kabar", case.title, page, told)


def _moved(move: PartnershipMove, *, with_title: bool) -> FeedEntry:
    stage = str(labels.STAGE[move.stage])
    return FeedEntry(
        key=f"kemitraan/{move.reference}/{move.id}",
        title=f"{move.title}: {stage}" if with_title else stage,
        url=page_address(f"/kemitraan/{move.reference}"),
        updated=move.at,
        published=move.at,
        text=plain(move.text) or f"{move.business} · {agency_name(move.agency_id)}",
        author=agency_name(move.agency_id),
    )
