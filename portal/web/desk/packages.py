"""Packages at the desk: changes to decide on, the points of the route, what is in the catalogue."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.references import parse_reference
from portal.models import ChangeState, PackageChange, Role
from portal.queries import packages as queries
from portal.queries import people
from portal.queries.packages import PackagePage
from portal.services import packages
from portal.services.packages import AlreadyDecided
from portal.web import package_words
from portal.web.access import current_actor, staff
from portal.web.desk.agenda_forms import CoordinateField, PlacedForm
from portal.web.desk.blueprint import blueprint
from portal.web.forms import Form, LineField, render_form


class DeclineForm(PlacedForm):
    reason = LineField(_l("Alasan untuk usaha"), limit=500, required=_l("Tulis alasannya."))

    def __init__(self, *args: Any, spot: str, **kwargs: Any) -> None:
        self.spot = spot
        super().__init__(*args, **kwargs)


class PointForm(PlacedForm):
    latitude = CoordinateField(_l("Lintang"), most=90)
    longitude = CoordinateField(_l("Bujur"), most=180)

    def __init__(self, *args: Any, spot: str, **kwargs: Any) -> None:
        self.spot = spot
        super().__init__(*args, prefix=f"{spot}-", **kwargs)


@blueprint.get("/paket", endpoint="packages")
@staff
def package_list() -> str:
    """List the packages of one's agencies, those with waiting changes first."""
    actor = current_actor()
    rows = queries.of_desk(None if actor.has(Role.TRIAGE) else actor.agency_ids)
    return render_template("desk/packages/list.html", rows=rows)


def _found(reference: str) -> PackagePage:
    canonical = parse_reference(reference)
    found = queries.by_reference(canonical, listed_only=False) if canonical else None
    if found is None or not packages.may_decide(current_actor(), found.agency_id):
        abort(404)
    return found


@blueprint.get("/paket/<reference>")
@staff
def package(reference: str) -> Any:
    """Show a package with its waiting changes, side by side."""
    return _page(_found(reference))


def _page(
    found: PackagePage,
    bound: Form | None = None,
    points: list[PointForm] | None = None,
    decided: PackageChange | None = None,
) -> Any:
    row = found.package
    known = queries.points(row.id)
    stops = [stop for stop in row.data.get("route", []) if isinstance(stop, dict)]
    if points is None:
        points = []
        for number in range(len(stops)):
            form = PointForm(None, spot=f"titik-{number}")
            if number in known:
                form.latitude.data, form.longitude.data = (f"{degrees:.6f}" for degrees in known[number])
            points.append(form)
    changes = []
    for change in queries.changes(row.id):
        form = DeclineForm(None, spot=f"tolak-{change.id}")
        if bound is not None and bound.spot == form.spot:
            form = bound
        changes.append((change, package_words.differences(row, change), form))
    page, status = render_form(
        "desk/packages/page.html",
        [bound, *points] if bound is not None else (points or Form()),
        package=row,
        business=row.business,
        reference=found.reference,
        changes=changes,
        stops=list(zip(stops, points, strict=True)),
        words=package_words,
        waiting=ChangeState.WAITING,
        decided=decided,
        decided_by=_name(decided.decided_by_id) if decided is not None else "",
        typed=bound,
    )
    return page, 409 if decided is not None else status


def _name(user_id: int | None) -> str:
    user = people.by_id(user_id) if user_id is not None else None
    return user.name if user is not None else ""


def _back(found: PackagePage, words: str) -> Any:
    flash(words)
    return redirect(url_for("desk.package", reference=found.reference), code=303)


def _change(found: PackagePage, change_id: int) -> Any:
    change = queries.change(change_id)
    if change is None or change.package_id != found.package.id:
        abort(404)
    return change


@blueprint.post("/paket/<reference>/perubahan/<int:change_id>/terima")
@staff
def package_accept(reference: str, change_id: int) -> Any:
    """Let a change show."""
    found = _found(reference)
    change = _change(found, change_id)
    try:
        packages.decide(change, accepted=True, actor=current_actor(), at=clock.now())
    except AlreadyDecided:
        return _page(found, decided=change)
    return _back(found, _("Perubahan tampil di Jelajah Sibolga."))


@blueprint.post("/paket/<reference>/perubahan/<int:change_id>/tolak")
@staff
def package_decline(reference: str, change_id: int) -> Any:
    """Say why a change does not show."""
    found = _found(reference)
    change, form = _change(found, change_id), DeclineForm(spot=f"tolak-{change_id}")
    if not form.validate():
        return _page(found, form)
    try:
        packages.decide(
            change, accepted=False, reason=form.reason.data, actor=current_actor(), at=clock.now()
        )
    except AlreadyDecided:
        return _page(found, form, decided=change)
    return _back(found, _("Usaha diberi tahu alasannya."))


@blueprint.post("/paket/<reference>/titik")
@staff
def package_points(reference: str) -> Any:
    """Say where the stops lie."""
    found = _found(reference)
    number = len([stop for stop in found.package.data.get("route", []) if isinstance(stop, dict)])
    forms = [PointForm(spot=f"titik-{n}") for n in range(number)]
    checked = [form.validate() for form in forms]
    valid = all(checked)
    for form in forms:
        if valid and (form.latitude.degrees is None) is not (form.longitude.degrees is None):
            form.longitude.errors = [_("Isi keduanya, atau kosongkan keduanya.")]
            valid = False
    if not valid:
        return _page(found, points=forms)
    spots = [
        None
        if form.latitude.degrees is None or form.longitude.degrees is None
        else (form.latitude.degrees, form.longitude.degrees)
        for form in forms
    ]
    packages.set_points(found.package, spots, actor=current_actor(), at=clock.now())
    return _back(found, _("Titik rute tersimpan."))


@blueprint.post("/paket/<reference>/tampil")
@staff
def package_listed(reference: str) -> Any:
    """Show the package in the catalogue, or take it out for a while."""
    found = _found(reference)
    wanted = request.form.get("listed") == "1"
    try:
        packages.set_listed(found.package, wanted, actor=current_actor(), at=clock.now())
    except packages.PartnershipOver:
        return _back(found, _("Kemitraannya sudah berakhir. Paketnya tidak ditawarkan lagi."))
    return _back(found, _("Paket tampil.") if wanted else _("Paket tidak tampil lagi."))
