"""What moderation decided about one's own words, and disagreeing with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.models import Appeal, ModerationDecision, Subject, Submission
from portal.queries import moderation as queries
from portal.rules.moderation import APPEAL_PERIOD, may_appeal
from portal.services import moderation
from portal.services.errors import NotPermitted
from portal.services.moderation.appeals import LONGEST
from portal.web import labels
from portal.web.access import public, signed_in, signed_in_user
from portal.web.account.blueprint import blueprint
from portal.web.forms import Form, ProseField, render_form
from portal.web.public.track import own_case, to_code

Rows = Sequence[tuple[ModerationDecision, Appeal | None]]


class AppealForm(Form):
    words = ProseField(_l("Mengapa Anda tidak setuju?"), limit=LONGEST, required=_l("Tulis alasan Anda."))


@dataclass(frozen=True, slots=True)
class Line:
    """A decision as its own person reads it."""

    id: int
    title: str
    reason: str
    sentence: str
    words: str
    at: Any
    until: Any
    appeal: Appeal | None
    form: AppealForm | None


def _lines(rows: Rows, filled: AppealForm | None, filled_id: int) -> list[Line]:
    lines = []
    words = queries.own_words(rows)
    for decision, appeal in rows:
        open_ = may_appeal(decision.act, decision.at, appealed=appeal is not None, at=clock.now())
        form = filled if decision.id == filled_id else AppealForm(formdata=None, prefix=f"d{decision.id}")
        lines.append(
            Line(
                decision.id,
                str(labels.MODERATED[decision.act]),
                str(labels.HIDE[decision.code]) if decision.code else "",
                decision.sentence,
                words.get(decision.subject_id, "") if decision.subject == Subject.COMMENT else "",
                decision.at,
                decision.until,
                appeal,
                form if open_ else None,
            )
        )
    return lines


def _page(rows: Rows, post_to: Any, back: str, filled: AppealForm | None = None, filled_id: int = 0) -> Any:
    lines = _lines(rows, filled, filled_id)
    # A form that cannot be sent any more is not drawn again, but what is wrong is said.
    too_late = filled is not None and all(line.form is not filled for line in lines)
    return render_form(
        "account/moderation/own.html",
        AppealForm(formdata=None) if filled is None or too_late else filled,
        extra_errors=filled.words.errors if filled is not None and too_late else [],
        lines=lines,
        post_to=post_to,
        back=back,
        days=APPEAL_PERIOD.days,
    )


def _appeal(rows: Rows, decision_id: int) -> AppealForm | None:
    """Send the appeal of a form; return the form where something is wrong with it."""
    decision = next((row for row, _appeal in rows if row.id == decision_id), None)
    if decision is None:
        abort(404)
    form = AppealForm(prefix=f"d{decision_id}")
    if not form.validate():
        return form
    try:
        moderation.appeal(decision, form.words.data, at=clock.now())
    except NotPermitted:
        form.words.errors = [_("Keberatan sudah diajukan, atau batas waktunya sudah lewat.")]
        return form
    flash(_("Keberatan Anda diterima. Moderator lain yang memutuskan, lalu Anda diberi tahu."))
    return None


# --- of an account ------------------------------------------------------------------------------------


def _to_own(decision_id: int) -> str:
    return url_for("account.moderation_appeal", decision_id=decision_id)


@blueprint.get("/akun/moderasi", endpoint="moderation")
@signed_in
def own_moderation() -> Any:
    """Show the decisions about one's own words."""
    return _page(queries.of_person(signed_in_user().id), _to_own, url_for("account.home"))


@blueprint.post("/akun/moderasi/<int:decision_id>")
@signed_in
def moderation_appeal(decision_id: int) -> Any:
    """Disagree with one of them."""
    rows = queries.of_person(signed_in_user().id)
    form = _appeal(rows, decision_id)
    if form is not None:
        return _page(rows, _to_own, url_for("account.home"), form, decision_id)
    return redirect(url_for("account.moderation"), code=303)


# --- of a reporter, with or without an account --------------------------------------------------------


def _to_appeal(reference: str, decision_id: int) -> str:
    return url_for("account.case_appeal", reference=reference, decision_id=decision_id)


def _rows_of(case: Submission) -> Rows:
    return queries.of_case(case.id, queries.reporters_comments(case.id))


@blueprint.get("/lacak/<reference>/moderasi", endpoint="case_moderation")
@public
def own_case_moderation(reference: str) -> Any:
    """Show the decisions about one's own submission and what one wrote under it as its reporter."""
    own = own_case(reference)
    if own is None:
        return to_code(reference)
    case = own[0]
    return _page(
        _rows_of(case),
        partial(_to_appeal, case.reference),
        url_for("public.tracked", reference=case.reference),
    )


@blueprint.post("/lacak/<reference>/moderasi/<int:decision_id>")
@public
def case_appeal(reference: str, decision_id: int) -> Any:
    """Disagree with one of them."""
    own = own_case(reference)
    if own is None:
        return to_code(reference)
    case = own[0]
    rows = _rows_of(case)
    form = _appeal(rows, decision_id)
    if form is None:
        return redirect(url_for("account.case_moderation", reference=case.reference), code=303)
    return _page(
        rows,
        partial(_to_appeal, case.reference),
        url_for("public.tracked", reference=case.reference),
        form,
        decision_id,
    )
