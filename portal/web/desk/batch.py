"""One action on many cases: chosen in a list, looked over on a page of its own, then done.

Nothing here publishes a text (see `portal.services.batch`): merged cases get the answer of their main case.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.references import parse_reference
from portal.models import Submission
from portal.queries import cases as reads
from portal.rules.permissions import Actor
from portal.rules.workflow import Action
from portal.services import batch as services
from portal.services import cases
from portal.services.attempts import Skip, Skipped
from portal.services.batch import MOST, Chosen
from portal.web import labels
from portal.web.access import current_actor, staff
from portal.web.desk import batch_forms as forms
from portal.web.desk import batch_words, listing
from portal.web.desk.blueprint import blueprint
from portal.web.desk.listing import Position
from portal.web.public.cards import agency_name

#: In a list of numbers that leads to the file, instead of an action on the cases.
EXPORT = "export"

Act = Callable[[Submission, int], Any]


@dataclass(frozen=True, slots=True)
class Doing:
    """One line of the table. `act` gets the valid form, who and when; it returns what is done to a case."""

    form: type[forms.BatchForm]
    act: Callable[[Any, dict[str, Any]], Act]


def _assign(form: forms.AssignBatchForm, who: dict[str, Any]) -> Act:
    return lambda case, version: cases.assign(
        case,
        agency_id=form.agency_id.data,
        category_id=form.category_id.data,
        officer_id=form.officer_id.data,
        advised=False,
        version=version,
        **who,
    )


def _take(form: forms.TakeBatchForm, who: dict[str, Any]) -> Act:
    return lambda case, version: cases.take(case, officer_id=form.officer_id.data, version=version, **who)


def _classify(form: forms.ClassifyBatchForm, who: dict[str, Any]) -> Act:
    return lambda case, version: cases.classify(
        case, title=case.title, category_id=form.category_id.data, version=version, **who
    )


def _prioritise(form: forms.PriorityBatchForm, who: dict[str, Any]) -> Act:
    return lambda case, version: cases.prioritise(case, priority=form.priority.chosen, version=version, **who)


def _later(form: forms.LaterBatchForm, who: dict[str, Any]) -> Act:
    return lambda case, version: cases.later(case, until=form.day, version=version, **who)


def _merge(form: forms.MergeBatchForm, who: dict[str, Any]) -> Act:
    # one of those chosen, so already known to be readable
    main = reads.by_references([form.into.data], who["actor"], at=who["at"])[0]
    return lambda case, version: cases.merge(case, into=main, version=version, **who)


BATCH: dict[Action, Doing] = {
    Action.ASSIGN: Doing(forms.AssignBatchForm, _assign),
    Action.TAKE: Doing(forms.TakeBatchForm, _take),
    Action.CLASSIFY: Doing(forms.ClassifyBatchForm, _classify),
    Action.PRIORITISE: Doing(forms.PriorityBatchForm, _prioritise),
    Action.LATER: Doing(forms.LaterBatchForm, _later),
    Action.MERGE: Doing(forms.MergeBatchForm, _merge),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen: the cases that exist for the actor, and how many numbers were sent."""

    chosen: list[Chosen]
    sent: int

    @property
    def cases(self) -> list[Submission]:
        """Return the cases."""
        return [one.case for one in self.chosen]


def _selection(actor: Actor, at: datetime) -> Selection:
    """Read the selection of the request. A number without a version means the case as it is now."""
    versions: dict[str, int | None] = {}
    for sent in request.values.getlist("pilih"):
        number, _colon, version = sent[:40].partition(":")
        reference = parse_reference(number)
        if reference is not None:
            drawn = int(version) if version.isascii() and version.isdigit() else None
            versions[reference] = drawn if drawn is not None or request.method == "GET" else -1
    if len(versions) > MOST:
        return Selection([], len(versions))
    found = reads.by_references(list(versions), actor, at=at)
    picked = [(case, versions[case.reference]) for case in found]
    return Selection(
        [Chosen(case, case.version if version is None else version) for case, version in picked],
        len(versions),
    )


def _asked(actor: Actor) -> Action:
    """Return the action of the request, or answer 404 for what is none for this actor."""
    word = request.values.get("aksi", "")
    action = next((one for one in batch_words.offered(actor) if one == word), None)
    if action is None:
        abort(404)
    return action


@blueprint.get("/pilihan")
@staff
def selection() -> str | Response | tuple[str, int]:
    """Show what would happen to the cases chosen in a list, before anything does."""
    actor, at = current_actor(), clock.now()
    where = listing.came_from()
    exporting = request.args.get("aksi") == EXPORT
    action = None if exporting else _asked(actor)
    chosen = _selection(actor, at)
    if not chosen.chosen:
        return _nothing(chosen, actor, where), 422
    if action is not None:
        return _page(action, chosen, None, actor, at, where)
    numbers = ",".join(case.reference for case in chosen.cases)
    return redirect(url_for("desk.list_csv", nomor=numbers), code=303)


@blueprint.post("/pilihan")
@staff
def batch() -> str | Response | tuple[str, int]:
    """Do it: 303 when done, 422 with everything kept. What cannot be done to a case stops no other."""
    actor, at = current_actor(), clock.now()
    where = listing.came_from()
    action = _asked(actor)
    chosen = _selection(actor, at)
    if not chosen.chosen:
        return _nothing(chosen, actor, where), 422
    form = BATCH[action].form(cases=chosen.cases, actor=actor)
    if not form.validate():
        return _page(action, chosen, form, actor, at, where), 422
    act = BATCH[action].act(form, {"actor": actor, "at": at})
    taking_part = [one for one in chosen.chosen if not _leads(form, one)]
    outcome = services.run(action, taking_part, act, actor=actor, at=at)
    said = batch_words.done(action, len(outcome.done))
    flash(batch_words.with_skipped(said, len(outcome.skipped)))
    if not outcome.skipped:
        return redirect(listing.back_url(where, actor), code=303)
    left = urlencode([("lewat", f"{one.case.reference}:{one.why}") for one in outcome.skipped])
    place = f"{where.suffix}&" if where.suffix else "?"
    return redirect(f"{url_for('desk.batch_result')}{place}{left}", code=303)


@blueprint.get("/pilihan/hasil")
@staff
def batch_result() -> str:
    """Name the cases that were left alone, each with its reason, as far as the actor may read them."""
    actor, at = current_actor(), clock.now()
    where = listing.came_from()
    reasons: dict[str, Skip] = {}
    for sent in request.args.getlist("lewat")[:MOST]:
        number, _colon, word = sent[:40].partition(":")
        reference = parse_reference(number)
        if reference is not None and word in set(Skip):
            reasons[reference] = Skip(word)
    left = [
        Skipped(case, reasons[case.reference], cases.latest_day(case, at))
        for case in reads.by_references(list(reasons), actor, at=at)
    ]
    return render_template(
        "desk/selection_result.html",
        left=[_line(one.case, where, one) for one in left],
        back=listing.back_url(where, actor),
        last_change=listing.last_change(actor, where, at),
        labels=labels,
    )


def _leads(form: forms.BatchForm, one: Chosen) -> bool:
    return isinstance(form, forms.MergeBatchForm) and one.case.reference == form.into.data


def _page(
    action: Action,
    selection: Selection,
    form: forms.BatchForm | None,
    actor: Actor,
    at: datetime,
    where: Position,
) -> str:
    """Draw the page before the deed. `form` is a refused one, shown again with what was chosen."""
    checked = [(one, services.hindrance(action, one, actor=actor, at=at)) for one in selection.chosen]
    ready = [one for one, hindered in checked if hindered is None]
    if form is None:
        form = BATCH[action].form(cases=selection.cases, actor=actor)
    # what others are merged into need not be mergeable itself
    leads = [
        one for one, hindered in checked if hindered and action is Action.MERGE and forms.may_lead(one.case)
    ]
    return render_template(
        "desk/selection.html",
        action=action,
        title=batch_words.ACTION[action],
        hint=batch_words.HINT.get(action, ""),
        form=form,
        form_errors=form.errors or None,
        post_url=f"{url_for('desk.batch')}{where.suffix}",
        picks=[f"{one.case.reference}:{one.version}" for one in [*ready, *leads]],
        ready=[_line(one.case, where) for one in ready],
        left=[_line(hindered.case, where, hindered) for _one, hindered in checked if hindered],
        problem=_problem(action, ready, leads),
        unknown=selection.sent - len(selection.chosen),
        back=listing.back_url(where, actor),
        labels=labels,
    )


def _nothing(selection: Selection, actor: Actor, where: Position) -> str:
    """Draw the page of a selection that nothing can be done with: empty, or too large."""
    problem = _("Belum ada kiriman yang dipilih. Centang dulu di daftar.")
    if selection.sent > MOST:
        problem = _(
            "Paling banyak %(most)s kiriman sekali jalan. Anda memilih %(sent)s.",
            most=MOST,
            sent=selection.sent,
        )
    elif selection.sent:
        problem = _("Kiriman yang dipilih tidak ditemukan.")
    return render_template(
        "desk/selection.html", title=_("Pilihan"), problem=problem, back=listing.back_url(where, actor)
    )


def _problem(action: Action, ready: Sequence[Chosen], leads: Sequence[Chosen]) -> str:
    """Say why there is nothing to confirm, or nothing."""
    if not ready:
        return _("Tidak ada yang bisa dikerjakan dari pilihan ini.")
    if action is Action.MERGE and len(ready) + len(leads) < 2:
        return _("Pilih sedikitnya dua kiriman untuk digabung.")
    return ""


def _line(case: Submission, where: Position, skipped: Skipped | None = None) -> dict[str, Any]:
    """Return what a page says of one case."""
    return {
        "url": where.case_url(case.reference),
        "reference": case.reference,
        "title": case.title,
        "secret": case.secret,
        "status": case.status.value,
        "status_label": labels.STATUS[case.status],
        "agency": agency_name(case.agency_id, short=True),
        "officer": case.officer.name if case.officer is not None else "",
        "why": "" if skipped is None else batch_words.why(skipped),
    }
