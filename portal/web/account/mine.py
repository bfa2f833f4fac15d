"""What is one's own: cases, drafts, supports and what one follows."""

from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.models import Subject
from portal.queries import mine
from portal.queries.mine import OwnCase, OwnDraft, OwnFollow
from portal.services import drafts as draft_service
from portal.services import mine as deeds
from portal.web import drafts as browser_draft
from portal.web import labels
from portal.web.access import signed_in, signed_in_user
from portal.web.account.blueprint import blueprint
from portal.web.public.cards import Card, agency_name, shorten
from portal.web.public.paging import page_url
from portal.web.rendering import date_text, localised

#: Letters of a draft that a list shows.
_DRAFT_LETTERS = 120
_SUBJECT = {
    Subject.SUBMISSION: _l("Kiriman"),
    Subject.PROGRAM: _l("Program"),
    Subject.CONSULTATION: _l("Konsultasi"),
}
_FIRST_PAGE = {draft_service.ASPIRATION: "public.submit_story", draft_service.PROPOSAL: "public.business"}


def _pages(path: str, page: Any) -> dict[str, str]:
    return {
        "previous_url": page_url(path, (), page.previous_cursor),
        "next_url": page_url(path, (), page.next_cursor),
    }


def case_card(case: OwnCase) -> Card:
    """Prepare the line of an own case; its address is the private page."""
    marks = [
        str(words)
        for marked, words in (
            (case.secret, _("Rahasia")),
            (case.shielded, _("Anonim")),
            (case.hidden, _("Disembunyikan dari publik")),
        )
        if marked
    ]
    return Card(
        url=url_for("public.tracked", reference=case.reference),
        title=case.title,
        status=case.status.value,
        status_label=labels.status_text(
            case.status,
            agency=agency_name(case.agency_id, short=True),
            promised_on=date_text(case.promised_on) if case.promised_on else None,
            review_on=date_text(case.review_on) if case.review_on else None,
            institution=case.institution,
        ),
        meta=[str(labels.KIND[case.kind]), case.reference, date_text(case.received_at), *marks],
    )


def draft_title(draft: OwnDraft) -> str:
    """Name a draft by its first words."""
    return shorten(draft.text, _DRAFT_LETTERS) or _("Belum ada tulisan")


@blueprint.get("/akun/kiriman")
@signed_in
def my_cases() -> Any:
    """List one's own cases, the secret and hidden ones among them."""
    seal = current_app.extensions["seal"]
    page = mine.cases(signed_in_user().id, seal=seal, after=request.args.get("dari"))
    return render_template(
        "account/cases.html",
        cards=[case_card(case) for case in page.items],
        **_pages("/akun/kiriman", page),
    )


@blueprint.get("/akun/draf")
@signed_in
def my_drafts() -> Any:
    """List what was begun and not sent."""
    page = mine.own_drafts(signed_in_user().id, at=clock.now(), after=request.args.get("dari"))
    return render_template(
        "account/drafts.html",
        drafts=[(draft, draft_title(draft)) for draft in page.items],
        proposal=draft_service.PROPOSAL,
        **_pages("/akun/draf", page),
    )


def _own_draft(draft_id: int) -> Any:
    return mine.own_draft(signed_in_user().id, draft_id, at=clock.now()) or abort(404)


@blueprint.post("/akun/draf/<int:draft_id>/lanjut")
@signed_in
def draft_go_on(draft_id: int) -> Any:
    """Go on with a draft in this browser."""
    draft = _own_draft(draft_id)
    browser_draft.keep(draft.flow, deeds.take_up(draft, at=clock.now()))
    return redirect(url_for(_FIRST_PAGE[draft.flow]), code=303)


@blueprint.post("/akun/draf/<int:draft_id>/hapus")
@signed_in
def draft_remove(draft_id: int) -> Any:
    """Delete a draft with its files."""
    draft_service.delete(_own_draft(draft_id), storage=current_app.extensions["storage"])
    flash(_("Draf dihapus."))
    return redirect(url_for("account.my_drafts"), code=303)


@blueprint.get("/akun/dukungan")
@signed_in
def my_supports() -> Any:
    """List the cases that one supports."""
    page = mine.supports(signed_in_user().id, after=request.args.get("dari"))
    lines = [
        (
            row,
            row.title or row.reference,
            labels.status_text(row.status, agency=agency_name(row.agency_id, short=True)),
        )
        for row in page.items
    ]
    return render_template("account/supports.html", lines=lines, **_pages("/akun/dukungan", page))


@blueprint.post("/akun/dukungan/<int:support_id>/tarik")
@signed_in
def support_withdraw(support_id: int) -> Any:
    """Take a support back; pressing twice is as good as once."""
    deeds.withdraw_support(signed_in_user(), support_id)
    flash(_("Dukungan Anda sudah ditarik."))
    return redirect(url_for("account.my_supports"), code=303)


@dataclass(frozen=True, slots=True)
class _Followed:
    id: int
    kind: str
    name: str
    url: str


def _followed(row: OwnFollow) -> _Followed:
    kind = str(_SUBJECT.get(row.subject, ""))
    if not row.address:
        return _Followed(row.id, kind, _("Tidak tersedia lagi untuk umum"), "")
    url = ""
    if row.subject is Subject.SUBMISSION:
        url = url_for("public.submission", reference=row.address)
    elif row.subject is Subject.PROGRAM:
        url = url_for("public.program", code=row.address)
    return _Followed(row.id, kind, localised(row, "name") or row.address, url)


@blueprint.get("/akun/ikuti")
@signed_in
def my_follows() -> Any:
    """List what one follows."""
    page = mine.follows(signed_in_user().id, after=request.args.get("dari"))
    return render_template(
        "account/follows.html", rows=[_followed(row) for row in page.items], **_pages("/akun/ikuti", page)
    )


@blueprint.post("/akun/ikuti/<int:follow_id>/berhenti")
@signed_in
def follow_stop(follow_id: int) -> Any:
    """Follow something no more; pressing twice is as good as once."""
    deeds.stop_following(signed_in_user(), follow_id)
    flash(_("Anda tidak mengikutinya lagi."))
    return redirect(url_for("account.my_follows"), code=303)
