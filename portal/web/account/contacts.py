"""How one's account is reached, and a password for those who want one.

Changes ask for a proof not older than a quarter of an hour: whoever holds a stolen cookie has none.
"""

from typing import Any

from flask import abort, current_app, flash, make_response, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.database import transaction
from portal.core.locale import current_locale
from portal.models import CodePurpose, ContactKind, Route, User
from portal.queries import contacts as reading
from portal.rules.contacts import TypedContact, masked
from portal.services import accounts, codes, contacts
from portal.services.accounts import NO_PASSWORD
from portal.web.access import is_freshly_proved, prove, public, signed_in, signed_in_user
from portal.web.account import code
from portal.web.account.blueprint import blueprint
from portal.web.account.forms import CodeForm, ContactForm, NewPasswordForm
from portal.web.forms import Form, render_form


def _citizen() -> User:
    user = signed_in_user()
    assert user is not None  # the door saw to it
    if not user.citizen:
        abort(404)  # contacts of staff are an admin's business
    return user


def _phone_route() -> Route | None:
    return code.route_to(TypedContact(ContactKind.PHONE, ""))


def _page(form: Form | None = None, extra_errors: list[str] | None = None, status: int = 0) -> Any:
    user, seal = _citizen(), current_app.extensions["seal"]
    found = [(one, masked(TypedContact(one.kind, one.value))) for one in reading.of_user(user.id, seal=seal)]
    add = form if isinstance(form, ContactForm) else ContactForm(formdata=None)
    password = form if isinstance(form, NewPasswordForm) else NewPasswordForm(formdata=None)
    page, drawn = render_form(
        "account/contacts.html",
        [password, add] if form is password else [add, password],
        extra_errors=extra_errors,
        add=add,
        password=password,
        contacts=found,
        fresh=is_freshly_proved(),
        has_password=user.password_hash != NO_PASSWORD,
    )
    return page, status or drawn


def _back() -> Response:
    return redirect(url_for("account.contacts"), code=303)


def _stale() -> Any:
    return _page(None, [_("Buktikan dulu bahwa ini Anda. Tekan “Kirim kode ke kontak saya”.")], 403)


@blueprint.get("/akun/kontak", endpoint="contacts")
@signed_in
def show() -> Any:
    """List the contacts, masked."""
    return _page()


@blueprint.post("/akun/kontak", endpoint="contact_add")
@signed_in
def add() -> Any:
    """Send a code to a contact that shall be added."""
    user, form = _citizen(), ContactForm()
    if not is_freshly_proved():
        return _stale()
    if not form.validate():
        return _page(form)
    contact: TypedContact = form.email.contact
    fault = _send(user, contact, CodePurpose.ADD_CONTACT)
    if fault:
        form.refuse(fault)
        return _page(form)
    return redirect(url_for("account.contact_code", purpose="tambah"), code=303)


@blueprint.post("/akun/kontak/bukti", endpoint="contact_prove")
@signed_in
def prove_send() -> Any:
    """Send a code to a contact of the account, so that this browser proves itself anew."""
    user, seal = _citizen(), current_app.extensions["seal"]
    own = reading.of_user(user.id, seal=seal)
    reachable = [one for one in own if code.route_to(TypedContact(one.kind, one.value)) is not None]
    if not reachable:
        return _page(None, [_("Kode belum bisa dikirim ke kontak Anda. Coba lagi nanti.")], 503)
    fault = _send(user, TypedContact(reachable[0].kind, reachable[0].value), CodePurpose.CONFIRM_SELF)
    if fault:
        return _page(None, [fault], 429)
    return redirect(url_for("account.contact_code", purpose="bukti"), code=303)


def _send(user: User, contact: TypedContact, purpose: CodePurpose) -> str:
    """Send a code, or say what speaks against it."""
    route = code.route_to(contact)
    if route is None:
        return _("Kode ke nomor HP belum tersedia di sini. Pakai e-mail.")
    if fault := code.too_many(contact):
        return fault
    codes.request(
        contact,
        purpose,
        browser=code.token_of_browser(),
        at=clock.now(),
        seal=current_app.extensions["seal"],
        locale=current_locale(),
        route=route,
        user_id=user.id,
    )
    return ""


_PURPOSES = {"tambah": CodePurpose.ADD_CONTACT, "bukti": CodePurpose.CONFIRM_SELF}


def _pending(purpose: CodePurpose) -> codes.Pending | None:
    browser = session.get(code.KEY)
    if not isinstance(browser, str):
        return None
    return codes.pending(browser, purpose, at=clock.now(), seal=current_app.extensions["seal"])


def _code_page(form: CodeForm, purpose: str, pending: codes.Pending) -> Any:
    return render_form("account/contact_code.html", form, purpose=purpose, contact=masked(pending.contact))


@blueprint.get("/akun/kontak/kode/<any(tambah, bukti):purpose>")
@signed_in
def contact_code(purpose: str) -> Any:
    """Ask for the code that was sent."""
    _citizen()
    pending = _pending(_PURPOSES[purpose])
    return _back() if pending is None else _code_page(CodeForm(), purpose, pending)


@blueprint.post("/akun/kontak/kode/<any(tambah, bukti):purpose>", endpoint="contact_code_enter")
@signed_in
def contact_code_enter(purpose: str) -> Any:
    """Check the code, then add the contact or note the proof. A wrong one is counted for good."""
    user, form, wanted = _citizen(), CodeForm(), _PURPOSES[purpose]
    pending, seal, at = _pending(wanted), current_app.extensions["seal"], clock.now()
    if pending is None:
        return _back()
    if wanted is CodePurpose.ADD_CONTACT and not is_freshly_proved():
        return _stale()
    if not form.validate():
        return _code_page(form, purpose, pending)
    user_id = user.id
    with transaction():
        proved = codes.enter(session[code.KEY], wanted, form.code.data, at=at, seal=seal)
    if proved is None or proved.user_id != user_id:
        form.refuse()
        return _code_page(form, purpose, pending)
    if wanted is CodePurpose.CONFIRM_SELF:
        prove()
        flash(_("Terima kasih, ini memang Anda. Sekarang kontak dan kata sandi bisa diubah."))
        return _back()
    try:
        contacts.add(_citizen(), proved.contact, at=at, seal=seal, phone_route=_phone_route())
    except contacts.NotYours:
        words = _("Kontak ini milik akun lain. Keluar, lalu masuk dengan kontak itu.")
        return _page(None, [words], 409)
    except contacts.TooMany:
        return _page(None, [_("Akun ini sudah punya 10 kontak. Hapus satu dulu.")], 409)
    flash(_("Kontak ditambahkan. Kontak lama kami beri tahu."))
    return _back()


@blueprint.post("/akun/kontak/<int:contact_id>/utama", endpoint="contact_prefer")
@signed_in
def prefer(contact_id: int) -> Any:
    """Send news to this contact from now on."""
    user = _citizen()
    if not is_freshly_proved():
        return _stale()
    if not contacts.prefer(user, contact_id):
        abort(404)
    flash(_("Kabar dikirim ke kontak itu."))
    return _back()


@blueprint.post("/akun/kontak/<int:contact_id>/hapus", endpoint="contact_remove")
@signed_in
def remove(contact_id: int) -> Any:
    """Let go of a contact."""
    user, seal = _citizen(), current_app.extensions["seal"]
    if not is_freshly_proved():
        return _stale()
    try:
        removed = contacts.remove(user, contact_id, at=clock.now(), seal=seal, phone_route=_phone_route())
    except contacts.LastContact:
        return _page(None, [_("Ini kontak terakhir. Tambah kontak lain dulu, lalu hapus yang ini.")], 409)
    if not removed:
        abort(404)
    flash(_("Kontak dihapus. Semua kontak lama kami beri tahu."))
    return _back()


@blueprint.post("/akun/kontak/sandi", endpoint="contact_password")
@signed_in
def password() -> Any:
    """Set a password without the present one: the fresh proof stands for it."""
    user, form = _citizen(), NewPasswordForm()
    if not is_freshly_proved():
        return _stale()
    if not form.validate():
        return _page(form)
    try:
        accounts.set_password(user, form.password.data, at=clock.now(), keep_session=current_user.token)
    except accounts.WeakPassword as error:
        form.refuse(error.weakness)
        return _page(form)
    flash(_("Kata sandi baru berlaku. Browser lain sudah dikeluarkan."))
    return _back()


@blueprint.get("/akun/kontak/kembali/<token>")
@public
def contact_undo(token: str) -> Any:
    """Show the button that takes a change back; mail programs look at links too."""
    good = contacts.may_undo(token, at=clock.now())
    return _private(
        (render_template("account/contact_undo.html", token=token, good=good), 200 if good else 404)
    )


@blueprint.post("/akun/kontak/kembali/<token>", endpoint="contact_undo_now")
@public
def undo(token: str) -> Any:
    """Take the change back and sign every browser out."""
    if not contacts.undo(token, at=clock.now(), seal=current_app.extensions["seal"]):
        return _private((render_template("account/contact_undo.html", token=token, good=False), 404))
    return redirect(url_for("account.sign_in"), code=303)


def _private(page: Any) -> Any:
    response = make_response(page)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response
