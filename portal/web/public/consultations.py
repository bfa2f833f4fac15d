"""What the city asks its people: the list, one consultation with its results, and its figures as a file."""

from datetime import datetime
from typing import Any

from flask import Response, abort, render_template, request

from portal.core import clock
from portal.core.formats import content_disposition, iter_csv
from portal.models import Consultation, ConsultationKind
from portal.queries import consultations as reads
from portal.queries.consultations import ConsultationFilters, Published
from portal.queries.discussion import place_of_consultation
from portal.rules.consultations import Stage, stage
from portal.web import consultation_files as files
from portal.web import consultation_words as words
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.public import discussion
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import agency_name
from portal.web.public.paging import page_url

PARAMETERS = ("jenis", "tahun")
#: The address says it in Indonesian.
KINDS = {"konsultasi": ConsultationKind.CONSULTATION, "prioritas": ConsultationKind.PRIORITIES}
_RESULTS = frozenset({Stage.CLOSED, Stage.OUTCOME, Stage.ARCHIVED})


def _filters() -> ConsultationFilters:
    year = request.args.get("tahun", "")
    return ConsultationFilters(
        kind=KINDS.get(request.args.get("jenis", "")),
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 and year >= "2000" else None,
    )


@blueprint.get("/konsultasi", endpoint="consultations")
@public
@cached_page
def consultations_list() -> str:
    """Show what is open now, what will be, and what has ended. Periods begin and end at midnight."""
    filters, at = _filters(), clock.now()
    running = reads.running(filters, at=at)
    ended = reads.ended(filters, request.args.get("dari"), at=at)
    this_year = clock.city_date(at).year
    return render_template(
        "public/consultations/list.html",
        open_now=[row for row in running if stage(row, at) is Stage.OPEN],
        coming=[row for row in running if stage(row, at) is Stage.COMING],
        ended=ended.items,
        first_page=not request.args.get("dari"),
        previous_url=page_url("/konsultasi", PARAMETERS, ended.previous_cursor),
        next_url=page_url("/konsultasi", PARAMETERS, ended.next_cursor),
        filters=filters,
        kinds={name: words.KIND[kind] for name, kind in KINDS.items()},
        chosen=request.args.get("jenis", ""),
        years=range(this_year + 1, this_year - 4, -1),
        at=at,
        words=words,
        stage=stage,
        agency_name=agency_name,
    )


def published(slug: str) -> Published:
    """Return a consultation that everybody may see; 404 for every other."""
    found = reads.by_slug(slug) if len(slug) <= 80 else None
    if found is None:
        abort(404)
    return found


@blueprint.get("/konsultasi/<slug>")
@public
@cached_page
def consultation(slug: str) -> str:
    """Show what is asked and why; after the end what came out and what was done with it."""
    return page(published(slug), at=clock.now())


def page(found: Published, *, at: datetime, is_preview: bool = False) -> str:
    """Draw the page; a preview is the very same with a line on top."""
    one = found.consultation
    questions = reads.questions(one.id)
    where = stage(one, at) if not is_preview or one.published_at else _once_published(one, at)
    results = words.results(questions, reads.final_rows(one)) if where in _RESULTS else None
    return render_template(
        "public/consultations/page.html",
        one=one,
        program=found if found.program_code else None,
        questions=questions,
        results=results,
        where=where,
        at=at,
        words=words,
        agency_name=agency_name,
        is_preview=is_preview,
        moment=datetime.fromisoformat,
        talk=None if is_preview else _talk(one),
    )


def _talk(one: Consultation) -> dict[str, Any]:
    return discussion.part(place_of_consultation(one), one.thread)


@blueprint.get("/konsultasi/<slug>/hasil.csv")
@public
@cached_page
def consultation_csv(slug: str) -> Response:
    """Send the figures for a spreadsheet, once answering is over. Small groups are left out."""
    one = published(slug).consultation
    if stage(one, clock.now()) not in _RESULTS:
        abort(404)
    rows = files.tally_lines(one, reads.questions(one.id), reads.final_rows(one))
    response = Response(b"".join(iter_csv(rows, delimiter=";")), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition(f"{slug}.csv")
    return response


def _once_published(one: Consultation, at: datetime) -> Stage:
    """Return how far a draft would be if it were published now."""
    return Stage.COMING if at < one.opens_at else Stage.OPEN


def is_open(one: Consultation, at: datetime) -> bool:
    """Tell whether it takes answers."""
    return stage(one, at) is Stage.OPEN
