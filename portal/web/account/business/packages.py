"""The packages of a business: changes it asks for, pictures, and what visitors ask."""

from functools import partial
from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.references import parse_reference
from portal.models import Business, ChangeState, Kind, Package
from portal.queries import packages as queries
from portal.rules.businesses import may_edit
from portal.rules.permissions import Actor
from portal.rules.proposals import MAX_ROWS, PACKAGE_FIELDS, step_fields
from portal.services import packages
from portal.services.errors import StaleVersion
from portal.services.package_changes import MOST_WAITING, TooMany
from portal.web import package_words, proposal_labels, uploads
from portal.web.access import signed_in
from portal.web.account.blueprint import blueprint
from portal.web.account.business.doors import frame, own_business
from portal.web.account.business.forms import PhotoForm
from portal.web.account.business.profile import EDITORS
from portal.web.desk.agenda_forms import PlacedForm
from portal.web.forms import Form, LineField, ProseField, render_form
from portal.web.public.proposal_forms import QuestionsForm, questions

#: The steps of a proposal whose answers a package consists of.
STEPS = tuple(sorted({field.step for field in PACKAGE_FIELDS}))


class NoteForm(Form):
    note = LineField(_l("Mengapa diubah"), limit=500)


class AnswerForm(PlacedForm):
    text = ProseField(_l("Jawaban Anda"), limit=2000, required=_l("Tulis jawabannya."))

    def __init__(self, *args: Any, of: int, **kwargs: Any) -> None:
        self.spot = f"jawab-{of}"
        super().__init__(*args, **kwargs)


@blueprint.get("/akun/usaha/<slug>/paket")
@signed_in
def business_packages(slug: str) -> Any:
    """List the packages of the business."""
    business, actor = own_business(slug)
    return render_form(
        "account/business/packages.html",
        Form(),
        **frame(business, actor),
        rows=queries.of_business(business.id),
    )


def _own(slug: str, reference: str, *, edit: bool = False) -> tuple[Business, Actor, Package, str]:
    business, actor = own_business(slug, *(EDITORS if edit else ()))
    canonical = parse_reference(reference)
    found = [(row, known) for row, known in queries.of_business(business.id) if known == canonical]
    if not found:
        abort(404)
    return business, actor, *found[0]


@blueprint.get("/akun/usaha/<slug>/paket/<reference>")
@signed_in
def business_package(slug: str, reference: str) -> Any:
    """Show a package with changes so far and its pictures."""
    return _page(*_own(slug, reference))


def _page(
    business: Business,
    actor: Actor,
    package: Package,
    reference: str,
    photo: PhotoForm | None = None,
    faults: list[str] | None = None,
) -> Any:
    return render_form(
        "account/business/package.html",
        photo or Form(),
        extra_errors=faults or [],
        **frame(business, actor),
        package=package,
        reference=reference,
        steps=[(step, proposal_labels.heading(Kind.TOURISM_PACKAGE, step)) for step in STEPS],
        changes=[(one, package_words.differences(package, one)) for one in queries.changes(package.id)],
        photo=photo or PhotoForm(None),
        photos=queries.photos(package.id),
        may_edit=may_edit(actor.role_in(business.id)),
        words=package_words,
        waiting=ChangeState.WAITING,
    )


def _questions(package: Package, step: int) -> QuestionsForm:
    if step not in STEPS:
        abort(404)
    return questions(Kind.TOURISM_PACKAGE, step, package.data)


@blueprint.get("/akun/usaha/<slug>/paket/<reference>/ubah/<int:step>")
@signed_in
def business_package_change(slug: str, reference: str, step: int) -> Any:
    """Show a part of the package to be written anew."""
    business, actor, package, known = _own(slug, reference, edit=True)
    return _change_page(business, actor, package, known, step, _questions(package, step), NoteForm())


def _change_page(
    business: Business,
    actor: Actor,
    package: Package,
    reference: str,
    step: int,
    form: QuestionsForm,
    note: NoteForm,
    *,
    version: int | None = None,
    faults: list[str] | None = None,
    stale: bool = False,
) -> Any:
    """Draw the form; `version` is the one it was first drawn from, None for the one there is now."""
    page, status = render_form(
        "account/business/package_change.html",
        [form, note],
        extra_errors=faults or [],
        **frame(business, actor),
        package=package,
        reference=reference,
        step=step,
        heading=proposal_labels.heading(Kind.TOURISM_PACKAGE, step),
        hints=proposal_labels.HINT,
        most_rows=MAX_ROWS,
        version=package.version if version is None else version,
        note=note,
        stale=stale,
    )
    return page, 409 if stale else status


@blueprint.post("/akun/usaha/<slug>/paket/<reference>/ubah/<int:step>")
@signed_in
def business_package_propose(slug: str, reference: str, step: int) -> Any:
    """Ask for the change; it shows once staff accepted it."""
    from_form = _version()
    business, actor, package, known = _own(slug, reference, edit=True)
    form, note = _questions(package, step), NoteForm()
    again = partial(_change_page, business, actor, package, known, step, form, note, version=from_form)
    valid = form.validate()
    if request.form.get("add"):
        form.forget_errors()
        return again()
    if not note.validate() or not valid:
        return again()
    fields = {field.name: form.values().get(field.name) for field in step_fields(Kind.TOURISM_PACKAGE, step)}
    try:
        packages.propose(
            package, fields, note=note.note.data or "", version=from_form, actor=actor, at=clock.now()
        )
    except StaleVersion:
        return _change_page(business, actor, package, known, step, form, note, stale=True)
    except packages.NothingChanged:
        return again(faults=[_("Belum ada yang berubah.")])
    except TooMany:
        return again(faults=[_("Masih ada %(most)s perubahan yang menunggu petugas.", most=MOST_WAITING)])
    flash(_("Perubahan diajukan. Tampil setelah petugas menerimanya."))
    return redirect(url_for("account.business_package", slug=slug, reference=known), code=303)


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@blueprint.post("/akun/usaha/<slug>/paket/<reference>/ubah/<int:change_id>/tarik")
@signed_in
def business_package_withdraw(slug: str, reference: str, change_id: int) -> Any:
    """Take a change back."""
    _business, actor, package, known = _own(slug, reference, edit=True)
    change = queries.change(change_id)
    if change is None or change.package_id != package.id:
        abort(404)
    packages.withdraw(change, actor=actor, at=clock.now())
    flash(_("Perubahan ditarik."))
    return redirect(url_for("account.business_package", slug=slug, reference=known), code=303)


@blueprint.post("/akun/usaha/<slug>/paket/<reference>/foto")
@signed_in
@uploads.takes_files
def business_package_photo(slug: str, reference: str) -> Any:
    """Add a picture."""
    received = uploads.receive_photos("photos", most=1)
    business, actor, package, known = _own(slug, reference, edit=True)
    form = PhotoForm()
    valid = form.validate()
    form.photos.errors = received.errors or ([] if received.files else [_("Pilih satu foto.")])
    if not valid or form.photos.errors:
        uploads.discard(received)
        return _page(business, actor, package, known, form)
    try:
        packages.add_photo(package, received.files[0], alt=form.alt.data, actor=actor, at=clock.now())
    except TooMany:
        uploads.discard(received)
        faults = [_("Sudah %(most)s foto. Hapus satu dulu.", most=packages.MOST_PHOTOS)]
        return _page(business, actor, package, known, form, faults)
    flash(_("Foto ditambahkan."))
    return redirect(url_for("account.business_package", slug=slug, reference=known), code=303)


@blueprint.post("/akun/usaha/<slug>/paket/<reference>/foto/<token>/hapus")
@signed_in
def business_package_photo_remove(slug: str, reference: str, token: str) -> Any:
    """Take a picture away."""
    _business, actor, package, known = _own(slug, reference, edit=True)
    found = queries.photo(token)
    if found is None or found[1].id != package.id:
        abort(404)
    packages.remove_photo(found[0], actor=actor, storage=current_app.extensions["storage"])
    flash(_("Foto dihapus."))
    return redirect(url_for("account.business_package", slug=slug, reference=known), code=303)


# --- visitors' questions ----------------------------------------------------------------------------------


@blueprint.get("/akun/usaha/<slug>/pertanyaan")
@signed_in
def business_questions(slug: str) -> Any:
    """List what visitors ask, unanswered first."""
    business, actor = own_business(slug)
    return _questions_page(business, actor)


def _questions_page(business: Business, actor: Actor, bound: AnswerForm | None = None, of: int = 0) -> Any:
    rows = queries.questions_of(business.id)
    return render_form(
        "account/business/questions.html",
        bound or Form(),
        **frame(business, actor),
        rows=[
            (*row, bound if bound is not None and row[0].id == of else AnswerForm(None, of=row[0].id))
            for row in rows
        ],
    )


@blueprint.post("/akun/usaha/<slug>/pertanyaan/<int:question_id>")
@signed_in
def business_answer(slug: str, question_id: int) -> Any:
    """Answer a visitor."""
    business, actor = own_business(slug)
    question = queries.question(business.id, question_id)
    if question is None:
        abort(404)
    form = AnswerForm(of=question.id)
    if not form.validate():
        return _questions_page(business, actor, form, question.id)
    packages.answer(question, text=form.text.data, actor=actor, at=clock.now())
    flash(_("Jawaban dikirim."))
    return redirect(url_for("account.business_questions", slug=slug), code=303)


@blueprint.post("/akun/usaha/<slug>/pertanyaan/<int:question_id>/tutup")
@signed_in
def business_question_close(slug: str, question_id: int) -> Any:
    """Put a question aside."""
    business, actor = own_business(slug)
    question = queries.question(business.id, question_id)
    if question is None:
        abort(404)
    packages.close(question, actor=actor, at=clock.now())
    flash(_("Pertanyaan ditutup."))
    return redirect(url_for("account.business_questions", slug=slug), code=303)
