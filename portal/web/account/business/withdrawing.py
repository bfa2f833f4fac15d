"""A business takes its partnership back, as long as no agreement is in force."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from portal.core import clock
from portal.core.references import parse_reference
from portal.models import Business, Partnership, Submission
from portal.queries import partnerships
from portal.rules import partnerships as rules
from portal.rules.partnerships import Act
from portal.rules.permissions import Actor
from portal.rules.transitions import TransitionNotAllowed
from portal.services.errors import NotForEveryone, StaleVersion
from portal.services.partnerships import life
from portal.web import labels
from portal.web.access import signed_in
from portal.web.account.blueprint import blueprint
from portal.web.account.business.doors import frame, own_business
from portal.web.forms import Form, ProseField, render_form

MAX_REASON = 2000


class WithdrawForm(Form):
    version = HiddenField()
    text = ProseField(
        _l("Mengapa ditarik? Tampil untuk publik"),
        limit=MAX_REASON,
        required=_l("Tulis alasannya, satu kalimat cukup."),
    )


def _found(slug: str, reference: str) -> tuple[Business, Actor, Partnership, Submission]:
    """Return a partnership that the actor may take back in some stage; 404 for all others."""
    business, actor = own_business(slug)
    canonical = parse_reference(reference)
    found = partnerships.by_reference(canonical) if canonical else None
    if found is None or found[0].business_id != business.id or not rules.could(Act.WITHDRAW, actor, found[0]):
        abort(404)
    return business, actor, *found


@blueprint.get("/akun/usaha/<slug>/kemitraan/<reference>/tarik")
@signed_in
def partnership_withdraw(slug: str, reference: str) -> Any:
    """Ask whether the partnership is taken back, and why."""
    business, actor, row, case = _found(slug, reference)
    return _page(WithdrawForm(None, data={"version": str(row.version)}), business, actor, row, case)


@blueprint.post("/akun/usaha/<slug>/kemitraan/<reference>/tarik", endpoint="partnership_withdraw_save")
@signed_in
def withdraw(slug: str, reference: str) -> Any:
    """Take the partnership back; everybody reads why."""
    business, actor, row, case = _found(slug, reference)
    form = WithdrawForm()
    if not form.validate():
        return _page(form, business, actor, row, case)
    version = form.version.data
    try:
        life.move(
            row,
            Act.WITHDRAW,
            text=form.text.data,
            actor=actor,
            at=clock.now(),
            version=int(version) if version and version.isdecimal() and len(version) < 10 else 0,
        )
    except NotForEveryone as error:
        form.text.errors = [labels.not_for_everyone(error.codes)]
        return _page(form, business, actor, row, case)
    except StaleVersion as error:
        form.version.data, form.version.raw_data = str(error.current), None
        return _page(form, business, actor, row, case, stale=True)
    except TransitionNotAllowed:
        return _page(form, business, actor, row, case, stale=True)
    flash(_("Usulan kemitraan ditarik."))
    if rules.is_public(case):
        return redirect(url_for("public.partnership", reference=case.reference), code=303)
    return redirect(request.path, code=303)


def _page(
    form: WithdrawForm,
    business: Business,
    actor: Actor,
    row: Partnership,
    case: Submission,
    *,
    stale: bool = False,
) -> Any:
    page, status = render_form(
        "account/business/withdraw.html",
        form,
        partnership=row,
        case=case,
        labels=labels,
        stale=stale,
        open=rules.can(Act.WITHDRAW, actor, row),
        public=rules.is_public(case),
        **frame(business, actor),
    )
    return page, 409 if stale else status
