"""Versions of the agreement, and the word of every party on the newest one."""

from typing import Any

from flask import abort, request
from flask_babel import gettext as _

from portal.core import clock
from portal.models import AgreementKind, Party
from portal.queries import partnership_room
from portal.rules.partnership_room import Voice, voices_of
from portal.rules.partnerships import Act
from portal.rules.transitions import TransitionNotAllowed
from portal.services.errors import StaleVersion
from portal.services.partnerships import agreements
from portal.web import partnership_words
from portal.web.forms import Form
from portal.web.partnership_room.forms import DraftForm, VoiceForm
from portal.web.partnership_room.sides import Side, both
from portal.web.public.cards import agency_name
from portal.web.uploads import Received, receive_documents


def _one_file() -> Received:
    return receive_documents("file", most=1)


@both("/naskah", "_drafts")
def drafts(side: Side) -> Any:
    """Show the versions of the agreement and who agreed."""
    return _page(side)


@both("/naskah", "_draft_add", post=True, receive=_one_file)
def draft_add(side: Side) -> Any:
    """Add a version of the agreement."""
    side.demand(Act.SUBMIT_DRAFT)
    form = DraftForm()
    valid = form.validate()
    missing = [] if side.received.files or side.received.errors else [_("Pilih berkas PDF.")]
    form.file.errors = [*form.file.errors, *side.received.errors, *missing]
    if not valid or form.file.errors:
        side.discard()
        return _page(side, form)
    try:
        agreements.submit(
            side.partnership,
            AgreementKind(form.kind.data),
            file=side.received.files[0],
            note=form.note.data or "",
            actor=side.actor,
            at=clock.now(),
        )
    except TransitionNotAllowed:
        side.discard()
        return _page(side, form, stale=True)
    return side.back("partnership_drafts", _("Naskah tersimpan. Semua pihak diminta menanggapi."))


@both("/naskah/<int:draft_id>/tanggapan", "_draft_answer", post=True)
def draft_answer(side: Side, draft_id: int) -> Any:
    """Agree to the newest version, or say what should change."""
    side.demand(Act.APPROVE)
    draft = partnership_room.draft(side.partnership.id, draft_id)
    voice = next(
        (one for one in voices_of(side.actor, side.partnership) if _key(one) == request.form.get("voice")),
        None,
    )
    if draft is None or voice is None:
        abort(404)
    form = VoiceForm(spot=_key(voice))
    if not form.validate():
        return _page(side, form)
    try:
        agreements.answer(
            side.partnership,
            draft,
            voice,
            approved=form.answer.data == "yes",
            remark=form.remark.data or "",
            actor=side.actor,
            at=clock.now(),
        )
    except (StaleVersion, TransitionNotAllowed):  # a newer version came, or the stage is another
        return _page(side, form, stale=True)
    return side.back("partnership_drafts", _("Tanggapan tersimpan."))


def _key(voice: Voice) -> str:
    return f"{voice.party.value}-{voice.agency_id}" if voice.agency_id else voice.party.value


def _name(voice: Voice, side: Side) -> str:
    if voice.agency_id:
        return agency_name(voice.agency_id)
    if voice.party is Party.BUSINESS:
        return side.partnership.business.name
    return str(partnership_words.PARTY[voice.party])


def _page(side: Side, bound: Form | None = None, *, stale: bool = False) -> Any:
    rows = partnership_room.drafts(side.partnership.id)
    said = partnership_room.approvals([row.id for row in rows])
    asked = partnership_room.voices(side.partnership)
    mine = []
    if rows and (side.may(Act.APPROVE) or stale):
        for voice in voices_of(side.actor, side.partnership):
            form = VoiceForm(None, spot=_key(voice))
            if isinstance(bound, VoiceForm) and bound.spot == form.spot:
                form = bound
            mine.append((_key(voice), _name(voice, side), form))
    add = bound if isinstance(bound, DraftForm) else DraftForm(None)
    return side.page(
        "drafts",
        bound or add,
        stale=stale,
        drafts=rows,
        # What somebody said who does not take part any more stays to be read.
        given={
            row.id: [
                (_name(voice, side), said[row.id].get(voice))
                for voice in [*asked, *(one for one in said[row.id] if one not in asked)]
            ]
            for row in rows
        },
        agreed=partnership_room.approved_draft(side.partnership) is not None,
        mine=mine,
        add=add,
        open=side.may(Act.SUBMIT_DRAFT) or (stale and isinstance(bound, DraftForm)),
    )
