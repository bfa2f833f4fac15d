"""Answering a consultation: the form, sending it, and the receipt.

Every answer has its field, so it works without JavaScript. Whoever must say who they are first keeps what
they typed (`web.held`). Where anybody may answer, a signed-out person is a random token in a sealed cookie.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock, throttle
from portal.core.sealing import SealBroken
from portal.models import Consultation, Eligibility, QuestionKind, User
from portal.queries import consultations as reads
from portal.queries import reference
from portal.queries.consultations import Answered, QuestionRow
from portal.rules.consultations import Problem, Refusal, field_name, read, refusal
from portal.services import consultations as writing
from portal.web import consultation_words as words
from portal.web import held
from portal.web.access import public, signed_in_user
from portal.web.public.blueprint import blueprint
from portal.web.public.consultations import is_open, published

#: Answers without an account from one address: a whole street may share one.
LIMIT = "60/hour"
COOKIE = "jawaban"
COOKIE_SECONDS = 60 * 60 * 24 * 180
WARD_FIELD = "kelurahan"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the form is drawn from."""

    one: Consultation
    questions: list[QuestionRow]
    user: User | None
    typed: dict[str, str]
    known: Answered | None = None


def _browser() -> str | None:
    """Return the random token of this browser, if it has one of ours."""
    value = request.cookies.get(COOKIE, "")
    try:
        return current_app.extensions["seal"].open(value) if value else None
    except SealBroken:
        return None


def _person(one: Consultation, user: User | None) -> str | None:
    """Return who answers, as `queries.consultations.person_hashes` takes it; None of somebody unknown."""
    if user is not None:
        return f"user:{user.id}"
    browser = _browser() if one.eligibility is Eligibility.ANYONE else None
    return f"browser:{browser}" if browser else None


def _known(one: Consultation, user: User | None) -> Answered | None:
    person = _person(one, user)
    if person is None:
        return None
    seal = current_app.extensions["seal"]
    return reads.answer_of(one.id, reads.person_hashes(one.id, person, seal=seal))


def _fields(questions: list[QuestionRow]) -> list[str]:
    names = [WARD_FIELD]
    for question in questions:
        names.append(field_name(question.id))
        names += [field_name(question.id, option.id) for option in question.options]
    return names


def typed_of(questions: list[QuestionRow], known: Answered) -> dict[str, str]:
    """Return answers as the form would have been filled in."""
    kinds = {question.id: question.kind for question in questions}
    typed = {WARD_FIELD: known.ward_code or ""}
    for row in known.given:
        if row.option_id is None:
            typed[field_name(row.question_id)] = row.text
        elif kinds.get(row.question_id) is QuestionKind.SINGLE:
            typed[field_name(row.question_id)] = str(row.option_id)
        else:
            typed[field_name(row.question_id, row.option_id)] = str(row.value)
    return typed


def _path(one: Consultation) -> str:
    return f"/konsultasi/{one.slug}/jawab"


@blueprint.get("/konsultasi/<slug>/jawab")
@public
def consultation_answer(slug: str) -> Any:
    """Show the form: with what was typed before signing in, else with what this person answered."""
    one = published(slug).consultation
    if not is_open(one, clock.now()):
        return redirect(url_for("public.consultation", slug=one.slug), code=303)
    user = signed_in_user()
    questions = reads.questions(one.id)
    known = _known(one, user)
    typed = typed_of(questions, known) if known is not None else {}
    typed |= held.held_values(_path(one))
    if user is not None and user.ward_code:
        typed[WARD_FIELD] = user.ward_code
    return _form(Sheet(one, questions, user, typed, known))


def _form(sheet: Sheet, problems: dict[int, Problem] | None = None, ward_error: str = "", **more: Any) -> Any:
    problems = problems or {}
    errors = {
        question.id: words.problem_text(question, problems[question.id])
        for question in sheet.questions
        if question.id in problems
    }
    extra: list[str] = more.get("extra", [])
    wrong = bool(errors or ward_error or extra)
    one, user = sheet.one, sheet.user
    page = render_template(
        "public/consultations/answer.html",
        one=one,
        questions=sheet.questions,
        typed=sheet.typed,
        known=sheet.known,
        errors=errors,
        ward_error=ward_error,
        extra=extra,
        form_errors={"answer": [1]} if wrong else None,
        user=user,
        no_entry=_no_entry(one, user),
        asks_ward=not (user is not None and user.ward_code),
        wards=reference.wards_by_district(),
        words=words,
        at=clock.now(),
        field_name=field_name,
    )
    response = make_response(page, more.get("code") or (422 if wrong else 200))
    if user is None and one.eligibility is Eligibility.ANYONE and _browser() is None:
        _remember_browser(response)
    return response


def _no_entry(one: Consultation, user: User | None) -> str:
    """Say to somebody signed in why this is not theirs to answer; "" where it is."""
    ward = user.ward_code if user is not None else None
    found = refusal(one.eligibility, signed_in=user is not None, ward_code=ward, wanted=one.ward_code)
    if found is not Refusal.OTHER_WARD:
        return ""
    return _(
        "Menurut akun Anda, Anda tinggal di %(ward)s. Pertanyaan ini untuk warga %(wanted)s.",
        ward=words.ward_name(ward),
        wanted=words.ward_name(one.ward_code),
    )


def _remember_browser(response: Response) -> None:
    response.set_cookie(
        COOKIE,
        current_app.extensions["seal"].seal(secrets.token_urlsafe(24)),
        max_age=COOKIE_SECONDS,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


@blueprint.post("/konsultasi/<slug>/jawab", endpoint="consultation_send")
@public
def send_answer(slug: str) -> Any:
    """Keep the answers, in place of those given before."""
    one = published(slug).consultation
    at = clock.now()
    if not is_open(one, at):
        return _too_late(one)
    user = signed_in_user()
    questions = reads.questions(one.id)
    typed = {name: request.form[name][:20_000] for name in _fields(questions) if name in request.form}
    sheet = Sheet(one, questions, user, typed, _known(one, user))
    given, problems = read([question.asked for question in questions], typed)
    ward, ward_error = _ward(one, user, typed)
    if problems or ward_error:
        return _form(sheet, problems, ward_error)
    if user is None and one.eligibility is not Eligibility.ANYONE:
        return held.hold(_path(one), typed)
    if _no_entry(one, user):
        return _form(sheet, code=422)
    person = _person(one, user)
    if person is None:
        cookies = _("Peramban Anda tidak menyimpan kuki. Izinkan kuki lalu kirim lagi, atau masuk dulu.")
        return _form(sheet, extra=[cookies])
    if user is None and not throttle.hit(LIMIT, "consultation answer", request.remote_addr or ""):
        wait = _("Terlalu banyak jawaban dari sini. Tunggu sebentar, lalu coba lagi.")
        return _form(sheet, extra=[wait], code=429)
    try:
        writing.answer(
            one.id,
            person=person,
            given=given,
            ward_code=ward,
            confirmed=user is not None,
            at=at,
            seal=current_app.extensions["seal"],
        )
    except writing.NotOpen:
        return _too_late(one)
    if user is not None and ward is not None and not user.ward_code:
        writing.declare_ward(user, ward)
    held.release()
    return redirect(url_for("public.consultation_receipt", slug=one.slug), code=303)


def _ward(one: Consultation, user: User | None, typed: dict[str, str]) -> tuple[str | None, str]:
    """Return where the person says they live, and what is wrong with that."""
    if user is not None and user.ward_code:
        return user.ward_code, ""
    code = typed.get(WARD_FIELD, "")
    if code and code not in reference.wards():
        return None, _("Pilih salah satu dari daftar.")
    if one.eligibility is Eligibility.WARD:
        if not code:
            return None, _("Pilih kelurahan tempat tinggal Anda.")
        if code != one.ward_code:
            return None, _("Pertanyaan ini untuk warga %(ward)s.", ward=words.ward_name(one.ward_code))
    return code or None, ""


def _too_late(one: Consultation) -> Any:
    return render_template("public/consultations/too_late.html", one=one, words=words), 409


@blueprint.get("/konsultasi/<slug>/jawaban-saya")
@public
def consultation_receipt(slug: str) -> Any:
    """Show this person what they answered, and until when they can change it."""
    one = published(slug).consultation
    user = signed_in_user()
    known = _known(one, user)
    if known is None:
        return redirect(url_for("public.consultation", slug=one.slug), code=303)
    questions = reads.questions(one.id)
    return render_template(
        "public/consultations/receipt.html",
        one=one,
        rows=[(words.text_of(question), _said(question, known)) for question in questions],
        known=known,
        user=user,
        is_open=is_open(one, clock.now()),
        words=words,
        last=reads.last_day(one.closes_at),
    )


def _said(question: QuestionRow, known: Answered) -> list[str]:
    """Return a person's answer to a question in lines."""
    names = {option.id: words.option_text(option) for option in question.options}
    mine = [row for row in known.given if row.question_id == question.id]
    if not mine:
        return ["–"]
    match question.kind:
        case QuestionKind.TEXT:
            return mine[0].text.split("\n")
        case QuestionKind.RANKING:
            ranked = sorted(mine, key=lambda row: row.value or 0)
            return [f"{row.value}. {names.get(row.option_id or 0, '')}" for row in ranked]
        case QuestionKind.POINTS:
            return [
                _("%(option)s: %(points)s poin", option=names.get(row.option_id or 0, ""), points=row.value)
                for row in mine
            ]
        case _:
            return [names.get(row.option_id or 0, "") for row in mine]
