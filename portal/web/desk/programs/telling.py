"""What is told of a program: progress with photos, and days promised, moved and kept."""

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock
from portal.models import Program
from portal.services import programs as writing
from portal.services.errors import StaleVersion
from portal.web import uploads
from portal.web.access import current_actor, staff
from portal.web.desk.blueprint import blueprint
from portal.web.desk.programs.forms import KeepForm, MilestoneForm, MoveForm, UpdateForm
from portal.web.desk.programs.pages import again, mine


def _back(program: Program, anchor: str) -> Response:
    return redirect(url_for("desk.program_edit", code=program.code, _anchor=anchor), code=303)


@blueprint.post("/program/<code>/kemajuan")
@staff
@uploads.takes_files
def program_progress(code: str) -> Response | tuple[str, int]:
    """Publish a progress report; everybody behind the linked submissions is told."""
    # Before the first statement: pictures are decoded and stored while no transaction waits.
    received = uploads.receive_photos("photos", most=writing.MOST_PHOTOS)
    actor = current_actor()
    program = mine(code, actor)
    form = UpdateForm(spot="kemajuan")
    valid = form.validate()
    if received.errors:
        form.photos.errors = received.errors
    if not valid or received.errors:
        uploads.discard(received)
        return again(program, actor, form)
    try:
        writing.add_update(
            program,
            actor=actor,
            at=clock.now(),
            text_id=form.text_id.data,
            text_en=form.text_en.data,
            progress=form.progress.data,
            photos=[(file, form.alt.data) for file in received.files],
            version=form.version.data,
        )
    except StaleVersion as stale:
        uploads.discard(received)
        form.version.draw_anew(stale.current)
        return again(program, actor, form, stale=True)
    flash(_("Kemajuan diterbitkan. Warga yang terhubung diberi tahu."))
    return _back(program, "kemajuan")


@blueprint.post("/program/<code>/tonggak")
@staff
def program_milestone(code: str) -> Response | tuple[str, int]:
    """Promise a date."""
    actor = current_actor()
    program = mine(code, actor)
    form = MilestoneForm(spot="tonggak")
    if not form.validate():
        return again(program, actor, form)
    writing.add_milestone(
        program,
        actor=actor,
        at=clock.now(),
        title_id=form.title_id.data,
        title_en=form.title_en.data,
        due_on=form.due_on.data,
    )
    flash(_("Tonggak tersimpan."))
    return _back(program, "tonggak")


@blueprint.post("/program/<code>/tonggak/tercapai")
@staff
def program_milestone_kept(code: str) -> Response | tuple[str, int]:
    """Note that a promised date was kept."""
    actor = current_actor()
    program = mine(code, actor)
    form = KeepForm(spot="tercapai")
    if not form.validate():
        return again(program, actor, form)
    _own_milestone(program, form.milestone_id.data)
    writing.keep_milestone(program, form.milestone_id.data, actor=actor, at=clock.now(), on=form.on.data)
    flash(_("Tonggak dinyatakan tercapai."))
    return _back(program, "tonggak")


@blueprint.post("/program/<code>/tonggak/pindah")
@staff
def program_milestone_moved(code: str) -> Response | tuple[str, int]:
    """Move a promised day, with a reason for everybody."""
    actor = current_actor()
    program = mine(code, actor)
    form = MoveForm(spot="pindah")
    if not form.validate():
        return again(program, actor, form)
    _own_milestone(program, form.milestone_id.data)
    writing.move_milestone(
        program,
        form.milestone_id.data,
        actor=actor,
        at=clock.now(),
        to=form.to.data,
        reason=form.reason.data,
    )
    flash(_("Hari janji dipindah. Alasannya tampil untuk publik."))
    return _back(program, "tonggak")


def _own_milestone(program: Program, milestone_id: int) -> None:
    if milestone_id not in {row.id for row in program.milestones if row.done_on is None}:
        abort(404)  # a number that was meddled with may be larger than the database takes
