"""One's own account: roles, open sessions, password, language of mail."""

from collections.abc import Sequence
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from portal.core import clock, throttle
from portal.core.locale import unprefixed_root
from portal.core.text import mask_email, mask_phone
from portal.models import ContactKind, Role, User
from portal.queries import bounces, claims, contacts, mine, people, reference
from portal.queries.contacts import Reachable
from portal.services import accounts, sessions
from portal.web import labels
from portal.web.access import current_actor, requires, signed_in, signed_in_user
from portal.web.account import sso
from portal.web.account.blueprint import blueprint
from portal.web.account.forms import ChangePasswordForm, LanguageForm
from portal.web.account.mine import case_card, draft_title
from portal.web.forms import render_form
from portal.web.rendering import localised, number_text

#: Lines of a list that the overview shows.
_FEW = 3


def _page(password: ChangePasswordForm, language: LanguageForm) -> Any:
    user, actor = signed_in_user(), current_actor()
    agencies, seal = reference.agencies(), current_app.extensions["seal"]
    reached = contacts.of_user(user.id, seal=seal)
    # The form with the fault comes first: the summary at the top is drawn from it.
    forms = [language, password] if language.errors else [password, language]
    return render_form(
        "account/home.html",
        forms,
        password=password,
        language=language,
        user=user,
        is_staff=actor.is_staff,
        is_admin=actor.has(Role.ADMIN),
        is_head=actor.has(Role.HEAD),
        roles=[
            (
                labels.ROLE[seat.role],
                localised(agencies[seat.agency_id], "name") if seat.agency_id in agencies else "",
                seat.publisher,
            )
            for seat in user.memberships
        ],
        has_password=user.password_hash != accounts.NO_PASSWORD or not user.citizen,
        contact=_contact(user, reached),
        unreached=bounces.stopped_of(user, seal=seal),
        sessions=people.sessions_of(user.id, at=clock.now(), this=current_user.token),
        method_label=labels.SIGN_IN_METHOD,
        counted=_counted,
        external_logins=sso.links_of(user.id),
        offered=len(claims.offered(user.id, seal=seal, reached=reached)),
        **_overview(user.id),
    )


def _contact(user: User, reached: Sequence[Reachable]) -> str:
    """Say how the account is reached; on a shared phone others may look on, so a citizen's is masked."""
    if user.email:
        return user.email
    masks = {ContactKind.EMAIL: mask_email, ContactKind.PHONE: mask_phone}
    return ", ".join(masks[one.kind](one.value) for one in reached)


def _overview(user_id: int) -> dict[str, Any]:
    """Return what waits for somebody, what they sent last, and how much of each is theirs."""
    seal, at = current_app.extensions["seal"], clock.now()
    questions = mine.questions(user_id, seal=seal)
    to_confirm = mine.to_confirm(user_id, seal=seal, at=at)
    return {
        "questions": questions,
        "to_confirm": to_confirm,
        "waiting": bool(questions or to_confirm),
        "drafts": [(one, draft_title(one)) for one in mine.own_drafts(user_id, at=at, size=_FEW).items],
        "cards": [case_card(one) for one in mine.cases(user_id, seal=seal, size=_FEW).items],
        "counts": mine.counts(user_id, seal=seal, at=at),
    }


def _counted(number: int) -> str:
    return f"{number_text(mine.COUNT_CAP)}+" if number > mine.COUNT_CAP else number_text(number)


@blueprint.get("/akun")
@signed_in
def home() -> Any:
    """Show who one is here, and what may be changed about it."""
    return _page(ChangePasswordForm(), LanguageForm(locale=signed_in_user().locale))


@blueprint.post("/akun/kata-sandi")
@signed_in
def change_password() -> Any:
    """Change the password; every other browser is signed out."""
    user = signed_in_user()
    form = ChangePasswordForm()
    code = None
    if form.validate():
        # Counted beforehand: whoever took over an open browser must not guess the password either.
        limit, key = current_app.config["LIMIT_SIGN_IN_PER_ACCOUNT"], ("password of", str(user.id))
        if not throttle.hit(limit, *key):
            form.refuse_for_now(-(-throttle.seconds_left(limit, *key) // 60))
            code = 429
        elif not accounts.knows_password(user, form.current.data):
            form.refuse_current()
        else:
            try:
                accounts.set_password(
                    user, form.password.data, at=clock.now(), keep_session=current_user.token
                )
            except accounts.WeakPassword as error:
                form.refuse(error.weakness)
            else:
                flash(_("Kata sandi baru berlaku. Browser lain sudah dikeluarkan."))
                return redirect(url_for("account.home"), code=303)
    language = LanguageForm(formdata=None, locale=user.locale)
    page = _page(form, language)
    return page if code is None else (page[0], code)


@blueprint.post("/akun/bahasa")
@signed_in
def change_language() -> Any:
    """Choose the language of mail, and go on reading in it."""
    form = LanguageForm()
    if not form.validate():
        return _page(ChangePasswordForm(formdata=None), form)
    locale = form.locale.data
    accounts.set_locale(signed_in_user(), locale)
    with force_locale(locale):
        flash(_("Bahasa disimpan."))
    prefix = "" if locale == current_app.config["BABEL_DEFAULT_LOCALE"] else f"/{locale}"
    return redirect(f"{unprefixed_root()}{prefix}/akun", code=303)


@blueprint.post("/akun/ringkasan")
@requires(Role.HEAD)
def weekly_summary() -> Any:
    """Turn the summary of the week on or off."""
    wanted = request.form.get("weekly") == "ya"
    accounts.set_weekly_summary(signed_in_user(), wanted)
    flash(
        _("Ringkasan mingguan dikirim setiap awal pekan.") if wanted else _("Ringkasan mingguan dimatikan.")
    )
    return redirect(url_for("account.home"), code=303)


@blueprint.post("/akun/sesi/<int:session_id>/akhiri")
@signed_in
def end_session(session_id: int) -> Any:
    """Sign another browser out."""
    accounts.end_session(signed_in_user(), session_id)
    flash(_("Browser itu sudah dikeluarkan."))
    return redirect(url_for("account.home"), code=303)


@blueprint.post("/akun/sesi/akhiri")
@signed_in
def end_sessions() -> Any:
    """Sign every other browser out."""
    sessions.end_all(signed_in_user(), except_token=current_user.token)
    flash(_("Semua browser lain sudah dikeluarkan."))
    return redirect(url_for("account.home"), code=303)
