"""Erasing one's account: what goes, what stays and why; seven days in which it can be taken back."""

from typing import Any

from flask import abort, current_app, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import ValidationError

from portal.core import clock
from portal.queries import mine
from portal.services import erasure
from portal.web import retention
from portal.web.access import public, signed_in, signed_in_user
from portal.web.account.blueprint import blueprint
from portal.web.forms import Form, LineField, render_form

#: What has to be typed, in either language of the page.
WORDS = frozenset({"HAPUS", "ERASE"})


class EraseForm(Form):
    comments = BooleanField(_l("Hapus juga isi komentar saya"))
    cases = BooleanField(_l("Hapus juga isi kiriman saya"))
    word = LineField(_l("Ketik HAPUS"), limit=20, required=_l("Ketik HAPUS untuk melanjutkan."))

    def validate_word(self, field: Any) -> None:
        """A slip of the finger erases nobody."""
        if field.data.upper() not in WORDS:
            raise ValidationError(_("Ketik HAPUS untuk melanjutkan."))


def _page(form: EraseForm) -> Any:
    user = signed_in_user()
    return render_form(
        "account/erase.html",
        form,
        allowed=erasure.may_erase(user),
        planned=user.erase_at,
        days=erasure.COOLING_OFF.days,
        kept=retention.kept(),
        counts=mine.counts(user.id, seal=current_app.extensions["seal"], at=clock.now()),
    )


@blueprint.get("/akun/hapus")
@signed_in
def erase() -> Any:
    """Say what goes and what stays, and ask."""
    user = signed_in_user()
    return _page(EraseForm(data={"comments": user.erase_comments, "cases": user.erase_cases}))


@blueprint.post("/akun/hapus", endpoint="erase_plan")
@signed_in
def plan_erase() -> Any:
    """Plan it; every contact is told."""
    user = signed_in_user()
    if not erasure.may_erase(user):
        abort(404)
    form = EraseForm()
    if not form.validate():
        return _page(form)
    erasure.plan(
        user,
        comments=form.comments.data,
        cases=form.cases.data,
        at=clock.now(),
        seal=current_app.extensions["seal"],
    )
    flash(_("Permintaan dicatat. Anda bisa membatalkannya kapan saja sebelum hari itu."))
    return redirect(url_for("account.home"), code=303)


@blueprint.post("/akun/batal-hapus", endpoint="keep_mine")
@signed_in
def keep_mine() -> Any:
    """Take the wish back."""
    erasure.keep(signed_in_user(), at=clock.now())
    flash(_("Penghapusan dibatalkan. Akun Anda tetap ada."))
    return redirect(url_for("account.home"), code=303)


@blueprint.get("/akun/batal-hapus/<token>")
@public
def keep_account(token: str) -> Any:
    """Show the button: programs that look at every link in a mail must not press it."""
    if not erasure.can_be_kept(token, at=clock.now()):
        abort(404)
    response = make_response(render_template("account/keep.html", kept=False))
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response


@blueprint.post("/akun/batal-hapus/<token>", endpoint="keep_account_now")
@public
def keep_account_now(token: str) -> Any:
    """Keep the account; the link is used up."""
    if not erasure.keep_by_link(token, at=clock.now()):
        abort(404)
    return render_template("account/keep.html", kept=True)
