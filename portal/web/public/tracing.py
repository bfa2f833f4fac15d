"""One drawn line from what citizens said to what came of it: by submission, program, partnership and ward."""

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask_babel import gettext as _

from portal.core.references import parse_reference
from portal.models import Status
from portal.queries import partnerships, reference, submissions, tracing
from portal.rules import suppression, visibility
from portal.rules.partnerships import is_public
from portal.web import labels, trace_words
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.public.blueprint import blueprint
from portal.web.public.receipt import qr_image
from portal.web.rendering import localised, page_address


def _page(
    title: str,
    back: tuple[str, str],
    list_url: str,
    where: tracing.Scope,
    on_line: tracing.OnLine,
    *,
    done_url: str = "",
) -> str:
    said = tracing.aspirations(where)
    return render_template(
        "public/trace/page.html",
        title=title,
        back=back,
        list_url=list_url,
        done_url=done_url,
        said=said,
        words=_words(said),
        first=tracing.first_of(where),
        programs=tracing.programs(on_line),
        number_of_programs=tracing.count_programs(on_line),
        money=tracing.money(on_line),
        partners=tracing.partnerships(where, on_line),
        number_of_partners=tracing.count_partnerships(where, on_line),
        labels=labels,
        trace_words=trace_words,
        qr=qr_image(page_address()),
    )


def _words(said: tracing.Aspirations) -> tuple[int, int, int] | None:
    """Return what reporters said, or None: words of few would tell who said them.

    All three or none: the number of what is done stands beside them, and gives back what is left out alone.
    """
    words = (said.yes, said.no, said.silent)
    return words if any(words) and all(suppression.shown(number) is not None for number in words) else None


@blueprint.get("/jejak/kiriman/<reference>")
@public
@cached_page
def trace_submission(reference: str) -> Any:
    """Draw the line of one submission."""
    canonical = parse_reference(reference)
    case = submissions.by_reference(canonical) if canonical else None
    if case is None or not case.listed or not visibility.shows_text(case):
        abort(404)
    if reference != case.reference:
        return redirect(url_for("public.trace_submission", reference=case.reference), code=301)
    where = tracing.of_submission(case.id)
    address = url_for("public.submission", reference=case.reference)
    return _page(case.title, (case.reference, address), address, where, tracing.linked_to(where))


@blueprint.get("/jejak/program/<code>")
@public
@cached_page
def trace_program(code: str) -> str:
    """Draw the line of a program."""
    found = tracing.program(code)
    if found is None:
        abort(404)
    name = localised(found, "title")
    address = url_for("public.program", code=found.code)
    return _page(name, (name, address), address, tracing.of_program(found.id), tracing.with_id(found.id))


@blueprint.get("/jejak/kemitraan/<reference>")
@public
@cached_page
def trace_partnership(reference: str) -> Any:
    """Draw the line of a partnership."""
    canonical = parse_reference(reference)
    found = partnerships.by_reference(canonical) if canonical else None
    if found is None or not is_public(found[1]) or not found[1].listed:
        abort(404)
    row, case = found
    if reference != case.reference:
        return redirect(url_for("public.trace_partnership", reference=case.reference), code=301)
    where = tracing.of_submission(case.id)
    address = url_for("public.partnership", reference=case.reference)
    return _page(case.title, (_("Kemitraan"), address), address, where, tracing.linked_to(where, row.id))


@blueprint.get("/jejak/kelurahan/<code>")
@public
@cached_page
def trace_ward(code: str) -> str:
    """Draw the line of a ward."""
    ward = reference.wards().get(code)
    if ward is None:
        abort(404)
    where = tracing.of_ward(code)
    address = url_for("public.submissions", kelurahan=code)
    done = url_for("public.submissions", kelurahan=code, status=Status.DONE.value)
    return _page(
        ward.name, (_("Semua kiriman"), address), address, where, tracing.linked_to(where), done_url=done
    )
