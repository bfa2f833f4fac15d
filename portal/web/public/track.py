"""Following a submission: by reference to the public page, with the tracking code to one's own."""

from typing import Any

from flask import current_app, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import MultipleFileField

from portal.core import clock, throttle
from portal.core.references import code_matches, parse_reference
from portal.models import PROPOSALS, Purpose, Submission
from portal.queries import program_page, splits, submissions, tracking
from portal.rules import visibility
from portal.rules.permissions import Actor, allowed, can
from portal.rules.workflow import Action
from portal.services import attachments, cases, events
from portal.web import drafts as browser_draft
from portal.web import labels, planning_words, program_words, uploads
from portal.web.access import current_actor, forget_reporter, is_reporter_of, public, remember_reporter
from portal.web.forms import Form, LineField, ProseField, render_form
from portal.web.public import usefulness
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import agency_name
from portal.web.public.submissions import full_status, partnership_stage

#: Letters of a reply, an addition or a reason.
MAX_WORDS = 3000

#: What a reporter can do here, by its word in the address.
DEEDS = {
    "balas": Action.REPLY,
    "tambah": Action.ADD_INFORMATION,
    "selesai": Action.CONFIRM,
    "belum": Action.NOT_DONE,
    "keberatan": Action.OBJECT,
    "tarik": Action.WITHDRAW,
    "buka": Action.LOWER_SECRECY,
}
#: Events of a case that has relatives.
SPLITTING = frozenset({Action.SPLIT, events.SPLIT_OFF})
#: These are said in words; the first two may bring photos.
_IN_WORDS = {
    "balas": _l("Tulis jawaban Anda"),
    "tambah": _l("Tulis keterangan yang ingin ditambahkan"),
    "belum": _l("Tulis apa yang belum selesai"),
    "keberatan": _l("Tulis mengapa Anda tidak setuju"),
}
_LABELS = {
    "balas": _l("Jawaban Anda"),
    "tambah": _l("Keterangan tambahan"),
    "belum": _l("Yang belum selesai"),
    "keberatan": _l("Alasan Anda"),
}
_WITH_PHOTOS = frozenset({"balas", "tambah"})
#: What the page says after each of them.
DONE = {
    "balas": _l("Jawaban Anda sudah diterima. Batas waktu berjalan lagi."),
    "tambah": _l("Keterangan Anda sudah ditambahkan."),
    "selesai": _l("Terima kasih. Anda menyatakan ini sudah selesai."),
    "belum": _l("Sudah kami catat: belum selesai. Kiriman dibuka lagi dan atasan petugas diberi tahu."),
    "keberatan": _l("Keberatan Anda sudah diterima. Kiriman diperiksa lagi."),
    "tarik": _l("Kiriman Anda sudah ditarik. Isinya tidak tampil lagi."),
    "buka": _l("Kiriman Anda tidak rahasia lagi."),
    "nilai": _l("Terima kasih. Penilaian Anda tercatat tanpa nama."),
}


class TrackForm(Form):
    reference = LineField(
        _l("Nomor kiriman"), limit=200, required=_l("Nomor kiriman tidak ditemukan. Contoh: SB-2611-K7RM")
    )
    code = LineField(_l("Kode lacak rahasia"), limit=200)


class WordsForm(Form):
    text = ProseField(limit=MAX_WORDS)
    photos = MultipleFileField(_l("Foto"))


def _found(typed: str) -> Submission | None:
    reference = parse_reference(typed, current_app.config["SITE"]["prefix"])
    return submissions.by_reference(reference) if reference else None


@blueprint.get("/lacak")
@public
def track() -> Any:
    """Ask for the reference, and for the tracking code where the private page is wanted."""
    return _track_page(TrackForm(data={"reference": request.args.get("nomor", "")[:200]}))


def _track_page(form: TrackForm, extra_errors: list[str] | None = None, code: int = 0) -> Any:
    page, status = render_form("public/track/find.html", form, extra_errors=extra_errors)
    return page, code or status


@blueprint.post("/lacak", endpoint="track_find")
@public
def find() -> Any:
    """Lead to the public or the private page; tell no one whether a secret case exists."""
    form = TrackForm()
    if not throttle.hit(current_app.config["LIMIT_TRACK_PER_ADDRESS"], "track", request.remote_addr or ""):
        form.validate()
        words = _("Terlalu banyak percobaan dari sini. Tunggu beberapa menit, lalu coba lagi.")
        return _track_page(form, [words], code=429)
    if not form.validate():
        return _track_page(form)
    case = _found(form.reference.data)
    if form.code.data:
        # A case that does not exist takes the same time as a wrong code.
        stored = case.tracking_hash if case is not None else None
        matches = code_matches(browser_draft.code_secret(), form.code.data, stored)
        if matches and case is not None:
            for own in splits.same_author(case.id):  # one code opens them all
                remember_reporter(own)
            return redirect(url_for("public.tracked", reference=case.reference), code=303)
        form.code.errors = [_("Nomor atau kode lacak tidak cocok. Periksa lagi keduanya.")]
        return _track_page(form)
    if case is not None and visibility.has_page(case):
        return redirect(url_for("public.submission", reference=case.reference), code=303)
    form.reference.errors = [_("Nomor kiriman tidak ditemukan. Contoh: SB-2611-K7RM")]
    return _track_page(form)


def own_case(reference: str) -> tuple[Submission, Actor] | None:
    """Return the case and its reporter, if this browser proved the tracking code or its account owns it."""
    actor = current_actor()
    if not actor.reporter_of and actor.user_id is None:
        return None
    case = _found(reference)
    if case is None or not is_reporter_of(case.id):
        return None
    # Staff who follow a case of their own act as its reporter here, nothing else.
    return case, Actor(user_id=actor.user_id, reporter_of=frozenset({case.id}))


def to_code(reference: str) -> Response:
    """Ask for the code, whether there is such a case or not."""
    return redirect(url_for("public.track", nomor=reference[:40]), code=303)


@blueprint.get("/lacak/<reference>")
@public
def tracked(reference: str) -> Any:
    """Show the reporter everything of their own case."""
    own = own_case(reference)
    if own is None:
        return to_code(reference)
    case, actor = own
    return _own_page(case, actor, _forms(None))


def _forms(deed: str | None) -> dict[str, WordsForm]:
    """Return the forms of the page; only the one that was posted carries what was written."""
    forms = {
        word: WordsForm(prefix=word) if word == deed else WordsForm(formdata=None, prefix=word)
        for word in _IN_WORDS
    }
    for word, form in forms.items():
        form.text.label.text = _LABELS[word]
    return forms


def _own_page(
    case: Submission,
    actor: Actor,
    forms: dict[str, WordsForm],
    deed: str = "balas",
    extra_errors: list[str] | None = None,
    code: int = 0,
) -> Any:
    entries = submissions.timeline(case.id)
    files = tracking.files(case.id)
    judged = usefulness.judged(case, actor, entries)
    page, status = render_form(
        "public/track/own.html",
        forms.get(deed, forms["balas"]),
        extra_errors=extra_errors,
        forms=forms,
        planned=planning_words.told(case, clock.city_date(clock.now())),
        planning_words=planning_words,
        can_do=allowed(actor, case, at=clock.now()),
        case=case,
        done=DONE.get(request.args.get("baru", "")),
        status_label=full_status(case),
        place=labels.place_text(case.place, case.ward.name if case.ward else None),
        files=files,
        evidence=[file for file in submissions.files(judged.case.id) if file.purpose is Purpose.EVIDENCE],
        question=tracking.open_question(case.id),
        questions=tracking.questions(case.id),
        statements=tracking.statements(case.id),
        answers=judged.answers,
        may_rate=judged.may_rate,
        votes=judged.votes,
        timeline=entries,
        changes=program_page.changes_since(case.id, case.received_at, today=clock.city_date(clock.now()))
        if any(entry.action == Action.LINK for entry in entries)
        else [],
        program_stages=program_words.STAGE,
        merged_into=tracking.target_reference(case),
        relatives=splits.relatives(case.id) if any(e.action in SPLITTING for e in entries) else [],
        labels=labels,
        agency_name=agency_name,
        is_proposal=case.kind in PROPOSALS,
        partnership_stage=partnership_stage(case),
        shows_text=visibility.shows_text(case),
    )
    return page, code or status


@blueprint.post("/lacak/<reference>/lupa", endpoint="tracked_forget")
@public
def forget(reference: str) -> Response:
    """Close the private page in this browser (shared phones)."""
    own = own_case(reference)
    if own is not None:
        for one in splits.same_author(own[0].id):
            forget_reporter(one)
    return redirect(url_for("public.track"), code=303)


@blueprint.post("/lacak/<reference>/<any(balas, tambah, selesai, belum, keberatan, tarik, buka):deed>")
@public
@uploads.takes_files
def tracked_act(reference: str, deed: str) -> Any:
    """Do what the reporter may do; what they wrote is never lost to a case that moved meanwhile."""
    actor = current_actor()
    if not actor.reporter_of and actor.user_id is None:
        return to_code(reference)
    # Before the first statement on the case: decoding photos must not hold up other writers.
    photos = uploads.receive_photos(f"{deed}-photos") if deed in _WITH_PHOTOS else uploads.Received()
    own = own_case(reference)
    if own is None:
        attachments.discard(photos.files, storage=current_app.extensions["storage"])
        return to_code(reference)
    case, actor = own
    forms = _forms(deed)
    form = forms.get(deed)
    if form is not None:
        form.validate()
        if not form.text.data and not form.text.errors:
            form.text.errors = [str(_IN_WORDS[deed])]
        form.photos.errors = [*form.photos.errors, *photos.errors]
        if form.text.errors or form.photos.errors:
            attachments.discard(photos.files, storage=current_app.extensions["storage"])
            return _own_page(case, actor, forms, deed)
    if not can(DEEDS[deed], actor, case, at=clock.now()):
        attachments.discard(photos.files, storage=current_app.extensions["storage"])
        if form is not None:
            # What was written goes where it can still be sent.
            forms["tambah"].text.data = form.text.data
        words = [_("Keadaan kiriman ini sudah berubah, jadi ini tidak bisa dilakukan lagi.")]
        return _own_page(case, actor, forms, deed, words, code=409)
    _do(deed, case, actor, form, photos)
    return redirect(url_for("public.tracked", reference=case.reference, baru=deed), code=303)


def _do(deed: str, case: Submission, actor: Actor, form: WordsForm | None, photos: uploads.Received) -> None:
    at = clock.now()
    text = form.text.data if form is not None else ""
    files = [attachments.attach(file, to=case, purpose=Purpose.REPLY, at=at) for file in photos.files]
    match DEEDS[deed]:
        case Action.REPLY:
            cases.reply(case, text=text, attachments=files, actor=actor, at=at)
        case Action.ADD_INFORMATION:
            cases.add_information(case, text=text, attachments=files, actor=actor, at=at)
        case Action.CONFIRM:
            cases.confirm(case, value=True, actor=actor, at=at)
        case Action.NOT_DONE:
            cases.not_done(case, reason=text, actor=actor, at=at)
        case Action.OBJECT:
            cases.object_(case, reason=text, actor=actor, at=at)
        case Action.WITHDRAW:
            cases.withdraw(case, actor=actor, at=at)
        case Action.LOWER_SECRECY:
            cases.lower_secrecy(case, actor=actor, at=at)
