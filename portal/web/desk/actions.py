"""The one endpoint through which the desk acts on a case, and what it answers when that cannot be done."""

from collections.abc import Sequence
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.database import db
from portal.models import Submission
from portal.queries import cases
from portal.rules.permissions import Actor, can, could
from portal.rules.workflow import STANDING, Action, MissingRequirement, Requirement, TransitionNotAllowed
from portal.services import attachments, changes
from portal.services.attachments import StoredFile
from portal.services.errors import StaleVersion
from portal.services.events import QUIET
from portal.web import labels
from portal.web.access import current_actor, staff
from portal.web.desk import filling, listing, words
from portal.web.desk.blueprint import blueprint
from portal.web.desk.cases import found, page
from portal.web.desk.forms import DeskForm, FinishForm
from portal.web.desk.listing import Position
from portal.web.desk.merging import joined
from portal.web.desk.table import ACTIONS, Call, FieldRefused
from portal.web.public.cards import agency_name
from portal.web.uploads import receive_photos, takes_files

#: A service found that something is missing which no field of the form asks for by itself.
_MISSING = {
    Requirement.EVIDENCE: ("evidence", lambda: _("Pekerjaan ini pernah dijanjikan. Lampirkan foto bukti.")),
    Requirement.CATEGORY: ("category_id", lambda: _("Pilih kategori.")),
    Requirement.AGENCY: ("agency_id", lambda: _("Pilih dinas.")),
    Requirement.OTHER_AGENCY: ("agency_id", lambda: _("Pilih dinas lain. Kiriman ini sudah di dinas itu.")),
    Requirement.CODE: ("code", lambda: _("Pilih alasan.")),
    Requirement.TARGET: ("into", lambda: _("Kiriman itu tidak bisa menjadi kiriman utama.")),
    Requirement.REVIEW_DATE: ("review_on", lambda: _("Pilih tanggal tinjauan.")),
    Requirement.DATE: ("on", lambda: _("Pilih tanggal selesai.")),
}


@blueprint.post("/k/<reference>/<action>")
@staff
@takes_files
def act(reference: str, action: str) -> str | Response | tuple[str, int]:
    """Do one thing to a case: 303 when done, 422 with everything kept, 409 when the case has moved on."""
    actor, at = current_actor(), clock.now()
    doing = ACTIONS.get(action)  # type: ignore[call-overload]
    case = found(reference, actor, at)
    if doing is None or not could(Action(action), actor, case):
        abort(404)
    where = listing.came_from()
    wanted = Action(action)

    evidence: list[StoredFile] = []
    refused: list[str] = []
    if wanted is Action.FINISH and request.files:
        # SQLite has one writer, and a photo takes a second: let go of the database meanwhile.
        db.session.rollback()
        received = receive_photos("evidence")
        evidence, refused = received.files, received.errors
        case = found(reference, actor, at)

    form = doing.form(action=action, case=case, actor=actor)
    drawn_from = form.version.data if isinstance(form.version.data, int) else None
    if drawn_from is not None and drawn_from != case.version:
        discard(evidence)
        return too_late(case, actor, at, where, wanted, form, drawn_from)
    if not can(wanted, actor, case, at=at):
        discard(evidence)
        if wanted in STANDING:
            abort(404)
        return too_late(case, actor, at, where, wanted, form, case.version)
    if not form.validate() or refused:
        return refuse(case, actor, at, where, form, evidence, refused)

    if wanted is Action.NOTE and _is_echo(case, actor, wanted, form):
        # A note leaves the version alone, so a second press would write it twice.
        return _go_on(case, actor, where, None, moved=False)
    neighbour = _neighbour(actor, where, case) if doing.moves else None
    call = Call(actor, at, case.version, current_app.extensions["seal"], tuple(evidence))
    was = changes.before(case)
    try:
        result = doing.run(case, form, call)
    except FieldRefused as error:
        form[error.field].errors = [error.message]
        return refuse(case, actor, at, where, form, evidence)
    except MissingRequirement as error:
        field, say = _MISSING.get(error.requirement, ("text", lambda: _("Isian ini perlu diisi.")))
        named = form[field] if field in form else form.version  # noqa: SIM401 (a form has no get)
        named.errors = [say()]
        return refuse(case, actor, at, where, form, evidence)
    except (StaleVersion, TransitionNotAllowed):
        discard(evidence)
        db.session.rollback()
        case = found(reference, actor, at)
        return too_late(case, actor, at, where, wanted, form, call.version)

    if wanted is Action.REVEAL_IDENTITY:
        # Shown once, on the answer to this very press; nothing of it is kept in the browser or an address.
        return render_template("desk/case.html", **page(case, actor, at, where, revealed=result))
    filling.note_use(form, result, at)
    changes.keep(wanted, [(case, was)], actor=actor, at=at)
    flash(f"{case.reference}: {result if isinstance(result, str) else words.DONE[wanted]}")
    return _go_on(case, actor, where, neighbour, moved=doing.moves)


def _go_on(
    case: Submission, actor: Actor, where: Position, neighbour: str | None, *, moved: bool
) -> Response:
    """Lead to the next case of the queue, back to this one, or to the list when neither can be seen."""
    if moved and where.queue is not None:
        target = where.case_url(neighbour) if neighbour else where.list_url()
    elif can(Action.READ, actor, case, at=clock.now()):
        target = where.case_url(case.reference)
    else:
        target = where.list_url(queue=where.queue or listing.first_queue(actor))
    return redirect(target, code=303)


def _neighbour(actor: Actor, where: Position, case: Submission) -> str | None:
    """Return the case that follows in the list, seen before this one leaves it."""
    if where.queue is None or where.queue not in cases.queues_of(actor):
        return None
    rows = cases.queue(actor, where.queue, where.filters, at=clock.now(), after=where.cursor)
    return listing.neighbour(rows, case.id)


def refuse(
    case: Submission,
    actor: Actor,
    at: Any,
    where: Position,
    form: DeskForm,
    evidence: Sequence[StoredFile] = (),
    refused: Sequence[str] = (),
) -> tuple[str, int]:
    """Show the case again with the form as it was typed (422)."""
    errors = {field.name: list(field.errors) for field in form if field.errors}
    if isinstance(form, FinishForm):
        errors["evidence"] = [*errors.get("evidence", []), *refused]
        if evidence:
            # A file input cannot be filled by us: say that the photos are needed once more.
            errors["evidence"].append(_("Pilih fotonya sekali lagi; peramban tidak menyimpannya."))
        if not errors["evidence"]:
            del errors["evidence"]
    discard(evidence)
    db.session.rollback()
    case = found(case.reference, actor, at)
    form.draw_anew(case)
    for name, messages in errors.items():
        form[name].errors = messages
    return render_template("desk/case.html", **page(case, actor, at, where, bound=form)), 422


def too_late(
    case: Submission,
    actor: Actor,
    at: Any,
    where: Position,
    action: Action,
    form: DeskForm,
    drawn_from: int,
) -> Response | tuple[str, int]:
    """The case moved meanwhile: both texts on one page, and what was typed ready to send again."""
    form.validate()  # cleans what was typed; what is wrong with it can wait
    if _is_echo(case, actor, action, form):
        flash(f"{case.reference}: {words.DONE[action]}")
        return _go_on(case, actor, where, None, moved=False)
    for field in form:
        field.errors = []
    form.draw_anew(case)
    thread = cases.thread(case.id)
    # Every change that raised the version wrote one event (quiet ones, such as notes, come on top).
    moves = [entry for entry in thread if entry.action not in QUIET]
    missed = moves[-max(1, case.version - drawn_from) :]
    news = [entry for entry in thread if not missed or entry.id >= missed[0].id][-10:]
    texts = cases.official_texts(case.id)
    note = None
    if not can(action, actor, case, at=at) and form.typed and can(Action.NOTE, actor, case, at=at):
        note = ACTIONS[Action.NOTE].form(None, action=Action.NOTE, case=case, actor=actor)
        note.text.data = form.typed
    return (
        render_template(
            "desk/stale.html",
            case=case,
            where=where,
            form=form,
            action=action,
            note=note,
            possible=can(action, actor, case, at=at),
            news=news,
            texts=texts[:3],
            merged=joined(case, actor, at, action, form, missed, texts),
            badge=listing.badge(case, at),
            labels=labels,
            words=words,
            agency_name=agency_name,
        ),
        409,
    )


def _is_echo(case: Submission, actor: Actor, action: Action, form: DeskForm) -> bool:
    """Tell whether this is the second press of a button whose first press did all that was asked."""
    entries = cases.thread(case.id)
    newest = entries[-1] if entries else None
    if newest is None or newest.action != action or newest.actor_id != actor.user_id:
        return False
    said = newest.words
    answer_id = newest.data.get("answer_id")
    if answer_id is not None:
        texts = (text.answer for text in cases.official_texts(case.id))
        said = next((answer.text for answer in texts if answer.id == answer_id), "")
    return said in form.typed if said else not form.typed


def discard(files: Sequence[StoredFile]) -> None:
    """Delete files that came with a form that did nothing."""
    if files:
        attachments.discard(files, storage=current_app.extensions["storage"])
