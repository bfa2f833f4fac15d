"""The city's calendar: meetings that everybody may come to, their files, and a seat for whoever wants one."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask import Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from portal.core import clock
from portal.models import Gathering, RegistrationState
from portal.queries import gatherings, reference
from portal.queries.gatherings import GatheringFilters, GatheringRow
from portal.rules.gatherings import MOST_SEATS, is_open
from portal.services import gatherings as writing
from portal.web import calendars, held, labels
from portal.web.access import public, signed_in_user
from portal.web.caching import cached_page
from portal.web.forms import Form, ProseField, render_form
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import agency_name
from portal.web.public.paging import page_url

PARAMETERS = ("kelurahan", "dinas", "waktu")


class RegistrationForm(Form):
    seats = SelectField(
        _l("Berapa orang datang, bersama Anda?"),
        name="kursi",
        coerce=int,
        choices=[(number, str(number)) for number in range(1, MOST_SEATS + 1)],
        default=1,
    )
    needs = ProseField(_l("Kebutuhan khusus"), name="kebutuhan", limit=300)


def _filters() -> GatheringFilters:
    args = request.args
    agencies = {agency.slug: agency.id for agency in reference.agencies().values()}
    ward = args.get("kelurahan", "")
    return GatheringFilters(
        ward_code=ward if ward in reference.wards() else None,
        agency_id=agencies.get(args.get("dinas", "")),
        past=args.get("waktu") == "lalu",
    )


def by_day(rows: Iterable[GatheringRow]) -> list[tuple[str, list[GatheringRow]]]:
    """Gather meetings under the days on which they begin, in words."""
    grouped = groupby(rows, key=lambda row: clock.city_date(row.starts_at))
    return [(format_date(day, "EEEE, d MMMM y", rebase=False), list(found)) for day, found in grouped]


@blueprint.get("/agenda")
@public
@cached_page
def agenda() -> str:
    """Show the meetings to come by day, or those of the past."""
    filters = _filters()
    page = gatherings.listed(filters, at=clock.now(), after=request.args.get("dari"))
    return render_template(
        "public/agenda/list.html",
        filters=filters,
        days=by_day(page.items),
        previous_url=page_url("/agenda", PARAMETERS, page.previous_cursor),
        next_url=page_url("/agenda", PARAMETERS, page.next_cursor),
        wards=reference.wards(),
        districts=reference.wards_by_district(),
        agencies=[agency for agency in reference.agencies().values() if agency.active],
        agency_name=agency_name,
    )


@blueprint.get("/agenda.ics")
@public
@cached_page
def agenda_ics() -> Response:
    """Answer the city's calendar, for calendar programs that subscribe to it."""
    name = _("Agenda %(site)s", site=current_app.config["SITE"]["name"])
    rows = gatherings.calendar(at=clock.midnight(clock.city_date(clock.now())))
    return _file(calendars.calendar_file(rows, name=name, feed=True), "agenda")


@blueprint.get("/agenda/<slug>")
@public
@cached_page
def gathering(slug: str) -> str:
    """Show a meeting: what, where, when, what it is about, and afterwards its minutes."""
    found = gatherings.shown(slug)
    if found is None:
        abort(404)
    row = found.row
    return render_template(
        "public/agenda/gathering.html",
        shown=found,
        gathering=row,
        place=calendars.place_of(row),
        items=gatherings.items_of(row.id),
        submissions=gatherings.submissions_of(row.id),
        is_open=is_open(row, clock.now()),
        is_over=row.ends_at <= clock.now(),
        agency_name=agency_name,
        wards=reference.wards(),
        labels=labels,
    )


@blueprint.get("/agenda/<slug>.ics")
@public
@cached_page
def gathering_ics(slug: str) -> Response:
    """Answer one meeting as a file for a calendar program."""
    row = _published(slug)
    content = calendars.calendar_file([row], name=row.title_id, items=gatherings.items_of(row.id))
    return _file(content, slug)


def _file(content: bytes, name: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = calendars.MIMETYPE
    response.headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return response


def _published(slug: str) -> Gathering:
    row = gatherings.by_slug(slug)
    if row is None or row.published_at is None:
        abort(404)
    return row


def _path(row: Gathering) -> str:
    return f"/agenda/{row.slug}/daftar"


@blueprint.get("/agenda/<slug>/daftar")
@public
def gathering_registration(slug: str) -> Any:
    """Show what one has of a meeting, and the form to get a seat."""
    row = _published(slug)
    user = signed_in_user()
    mine = None if user is None else gatherings.registration_of(row.id, user.id)
    kept = held.held_values(_path(row))
    form = RegistrationForm(None)
    if kept:
        typed = kept.get("kursi", "")
        form.seats.data = int(typed) if typed in {str(n) for n in range(1, MOST_SEATS + 1)} else 1
        form.needs.data = kept.get("kebutuhan", "")[:300]
    elif mine is not None and mine.state is not RegistrationState.CANCELLED:
        seal = current_app.extensions["seal"]
        form.seats.data, form.needs.data = mine.seats, seal.open(mine.needs) if mine.needs else ""
    return _registration_page(row, form, waiting=bool(kept))


def _registration_page(
    row: Gathering, form: RegistrationForm, *, waiting: bool = False, errors: list[str] | None = None
) -> Any:
    user = signed_in_user()
    mine = None if user is None else gatherings.registration_of(row.id, user.id)
    if mine is not None and mine.state is RegistrationState.CANCELLED:
        mine = None
    found = gatherings.shown(row.slug)
    return render_form(
        "public/agenda/registration.html",
        form,
        extra_errors=errors or [],
        gathering=row,
        shown=found,
        place=calendars.place_of(row),
        mine=mine,
        ahead=gatherings.ahead_of(mine) if mine and mine.state is RegistrationState.WAITING else 0,
        known=user is not None,
        waiting=waiting,
        is_open=is_open(row, clock.now()),
    )


@blueprint.post("/agenda/<slug>/daftar", endpoint="gathering_register")
@public
def register(slug: str) -> Any:
    """Take seats, or a place on the waiting list; somebody unknown says first who they are."""
    row = _published(slug)
    form = RegistrationForm()
    if not form.validate():
        return _registration_page(row, form)
    user = signed_in_user()
    if user is None:
        return held.hold(_path(row), {"kursi": str(form.seats.data), "kebutuhan": form.needs.data})
    try:
        writing.register(
            row,
            user,
            seats=form.seats.data,
            needs=form.needs.data,
            at=clock.now(),
            seal=current_app.extensions["seal"],
        )
    except writing.NotOpen:
        return _registration_page(row, form, errors=[_("Pendaftaran sudah ditutup.")])
    except writing.SeatsTaken:
        return _registration_page(
            row, form, errors=[_("Kursi tambahan tidak cukup. Pendaftaran Anda yang lama tetap berlaku.")]
        )
    held.release()
    return redirect(url_for("public.gathering_registration", slug=row.slug), code=303)


@blueprint.post("/agenda/<slug>/daftar/batal")
@public
def gathering_unregister(slug: str) -> Any:
    """Give one's seats back."""
    row = _published(slug)
    user = signed_in_user()
    if user is None or not writing.unregister(row, user, at=clock.now()):
        abort(404)
    return redirect(url_for("public.gathering_registration", slug=row.slug), code=303)
