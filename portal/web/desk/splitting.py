"""Splitting: the whole text beside forms for the matters that become cases of their own."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core import clock
from portal.core.database import db
from portal.core.text import visible_length
from portal.models import Attachment, Purpose, Submission
from portal.queries import cases, reference
from portal.rules.permissions import Actor, can, could
from portal.rules.splitting import MOST_PARTS, foreign
from portal.rules.workflow import Action, TransitionNotAllowed
from portal.services import cases as acting
from portal.services.cases import Part
from portal.services.errors import StaleVersion
from portal.web import drafts as browser_draft
from portal.web import labels
from portal.web.access import current_actor, staff
from portal.web.desk import listing, words
from portal.web.desk.blueprint import blueprint
from portal.web.desk.cases import found
from portal.web.desk.fields import NumberSelect
from portal.web.desk.forms import DeskForm
from portal.web.desk.listing import Position
from portal.web.forms import LineField, ProseField
from portal.web.rendering import localised

NUMBERS = range(1, MOST_PARTS + 1)


class SplitForm(DeskForm):
    """Fields `title_1`, `text_1` and so on for each matter; only the first has to be filled in."""

    def offer(self, case: Submission, actor: Actor) -> None:
        same = ("", _("Sama dengan aslinya"))
        active = [row for row in reference.categories().values() if row.active]
        files = [
            (file.id, f"{words.FILE[file.purpose]} {number}") for number, file in enumerate(_files(case), 1)
        ]
        for number in NUMBERS:
            category, ward = self[f"category_{number}"], self[f"ward_{number}"]
            category.choices = [
                ("", _("Sama dengan aslinya")),
                *((c.id, localised(c, "name")) for c in active),
            ]
            ward.choices = [same, *((row.code, row.name) for row in reference.wards().values())]
            self[f"files_{number}"].choices = files
        self.original = case.body
        if not self.is_submitted_here:
            self.text_1.data = case.body

    def filled(self) -> list[int]:
        """Return the numbers of the matters that something was written for."""
        return [n for n in NUMBERS if n == 1 or self[f"title_{n}"].data or self[f"text_{n}"].data]

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask of every matter that was begun a title and the citizen's own words."""
        sound = super().validate(extra_validators)
        for number in self.filled():
            title, text = self[f"title_{number}"], self[f"text_{number}"]
            if visible_length(title.data or "") < 5:
                title.errors = [_("Tulis judul, minimal 5 huruf.")]
            if visible_length(text.data or "") < 10:
                text.errors = [_("Sisakan sedikitnya 10 huruf dari kata-kata warga.")]
            elif strange := foreign(text.data, self.original):
                text.errors = [
                    _(
                        "Ini bukan kata-kata warga: “%(words)s”. Hapus, atau ganti dengan “...”.",
                        words=strange[0][:80],
                    )
                ]
            sound = sound and not (title.errors or text.errors)
        return sound

    def parts(self) -> list[Part]:
        """Return the matters, ready for the service."""
        return [
            Part(
                title=self[f"title_{n}"].data,
                text=self[f"text_{n}"].data,
                category_id=self[f"category_{n}"].data,
                ward_code=self[f"ward_{n}"].data or None,
                file_ids=frozenset(self[f"files_{n}"].data or ()),
            )
            for n in self.filled()
        ]


# The first is drawn open, the others wait under "Tambah hal".
for _number in NUMBERS:
    setattr(SplitForm, f"title_{_number}", LineField(_l("Judul"), limit=120))
    setattr(SplitForm, f"text_{_number}", ProseField(_l("Kata-kata warga untuk hal ini"), limit=5000))
    setattr(SplitForm, f"category_{_number}", NumberSelect(_l("Kategori")))
    setattr(SplitForm, f"ward_{_number}", SelectField(_l("Kelurahan"), choices=[], default=""))
    setattr(
        SplitForm,
        f"files_{_number}",
        SelectMultipleField(
            _l("Foto yang ikut"),
            coerce=int,
            choices=[],
            widget=ListWidget(prefix_label=False),
            option_widget=CheckboxInput(),
        ),
    )


def _files(case: Submission) -> list[Attachment]:
    """Return what the author sent; evidence of work belongs to the case it was done for."""
    if not case.file_count:
        return []
    return [file for file in cases.attachments(case.id) if file.purpose in {Purpose.STORY, Purpose.REPLY}]


@blueprint.get("/k/<reference>/pecah")
@staff
def split(reference: str) -> str:
    """Show the whole text, and the form of the first further matter with all of it in."""
    actor, at = current_actor(), clock.now()
    case = found(reference, actor, at)
    if not can(Action.SPLIT, actor, case, at=at):
        abort(404)
    where = listing.came_from()
    return _page(case, SplitForm(None, action="split", case=case, actor=actor), where)


def _page(case: Submission, form: SplitForm, where: Position, *, stale: bool = False) -> str:
    return render_template(
        "desk/split.html",
        case=case,
        form=form,
        where=where,
        numbers=NUMBERS,
        filled=form.filled(),
        has_files=bool(_files(case)),
        url=url_for("desk.split_now", reference=case.reference) + where.suffix,
        form_errors=form.errors,
        stale=stale,
        status=labels.STATUS[case.status],
    )


@blueprint.post("/k/<reference>/pecah")
@staff
def split_now(reference: str) -> Response | tuple[str, int]:
    """Make the cases: 303 when done, 422 with everything kept, 409 when the case has moved on."""
    actor, at = current_actor(), clock.now()
    case = found(reference, actor, at)
    if not could(Action.SPLIT, actor, case):
        abort(404)
    where = listing.came_from()
    form = SplitForm(action="split", case=case, actor=actor)
    if _done_already(case, form, actor):
        return redirect(where.case_url(case.reference), code=303)
    drawn_from = form.version.data
    if drawn_from != case.version or not can(Action.SPLIT, actor, case, at=at):
        return _too_late(case, form, where)
    if not form.validate():
        return _page(case, form, where), 422
    try:
        children = acting.split(
            case,
            form.parts(),
            secret=browser_draft.code_secret(),
            prefix=current_app.config["SITE"]["prefix"],
            actor=actor,
            at=at,
            version=drawn_from,
        )
    except (StaleVersion, TransitionNotAllowed):
        db.session.rollback()
        return _too_late(found(reference, actor, at), form, where)
    names = ", ".join(child.reference for child in children)
    flash(
        ngettext(
            "%(num)s kiriman baru dibuat: %(names)s. Pelapor diberi tahu.",
            "%(num)s kiriman baru dibuat: %(names)s. Pelapor diberi tahu.",
            len(children),
            names=names,
        )
    )
    return redirect(where.case_url(case.reference), code=303)


def _too_late(case: Submission, form: SplitForm, where: Position) -> tuple[str, int]:
    """The case moved meanwhile: everything typed stands, ready to send again."""
    form.draw_anew(case)
    return _page(case, form, where, stale=True), 409


def _done_already(case: Submission, form: SplitForm, actor: Actor) -> bool:
    """Tell whether this is the second press of the button: its first press was the newest that happened."""
    newest = cases.thread(case.id)[-1:]
    return (
        bool(newest)
        and newest[0].action == Action.SPLIT
        and newest[0].actor_id == actor.user_id
        and form.version.data == case.version - 1
        and len(newest[0].data.get("child_ids", ())) == len(form.filled())
    )
