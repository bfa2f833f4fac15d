"""The two threads of a room: of all parties, and of staff among themselves; and the files in it."""

from typing import Any

from flask import abort, request
from flask_babel import gettext as _

from portal.core import clock
from portal.models import PartnershipMessage
from portal.queries import partnership_room
from portal.rules.partnerships import Act
from portal.rules.transitions import TransitionNotAllowed
from portal.services.partnerships import talk
from portal.web.files import answer_with
from portal.web.partnership_room.forms import MessageForm
from portal.web.partnership_room.sides import Side, both
from portal.web.uploads import Received, receive_documents


def _one_file() -> Received:
    return receive_documents("file", most=1)


@both("/ruang", "_room")
def room(side: Side) -> Any:
    """Show the thread of all parties."""
    return _thread(side, MessageForm(None), internal=False)


@both("/ruang", "_write", post=True, receive=_one_file)
def write(side: Side) -> Any:
    """Write to all parties."""
    return _write(side, internal=False)


@both("/catatan", "_internal", staff_only=True)
def internal(side: Side) -> Any:
    """Show what staff wrote among themselves."""
    return _thread(side, MessageForm(None), internal=True)


@both("/catatan", "_note", post=True, receive=_one_file, staff_only=True)
def note(side: Side) -> Any:
    """Write among staff."""
    return _write(side, internal=True)


@both("/berkas/<token>", "_file")
def room_file(side: Side, token: str) -> Any:
    """Answer with a file of the room; those of the internal thread only at the desk."""
    internal_too = side.at_desk and side.may(Act.WRITE_INTERNAL)
    upload = partnership_room.file(side.partnership.id, token, internal=internal_too)
    if upload is None:
        abort(404)
    return answer_with(upload, small=False, open_to_all=False)


def _write(side: Side, *, internal: bool) -> Any:
    side.demand(Act.WRITE_INTERNAL if internal else Act.WRITE)
    form = MessageForm()
    valid = form.validate()
    form.file.errors = [*form.file.errors, *side.received.errors]
    if not valid or side.received.errors:
        side.discard()
        return _thread(side, form, internal=internal)
    try:
        sent = talk.write(
            side.partnership,
            form.text.data,
            internal=internal,
            file=next(iter(side.received.files), None),
            actor=side.actor,
            at=clock.now(),
        )
    except TransitionNotAllowed:  # it ended meanwhile
        side.discard()
        return _thread(side, form, internal=internal, stale=True)
    if sent is None:
        side.discard()
    return side.back("partnership_internal" if internal else "partnership_room", _("Pesan terkirim."))


def _thread(side: Side, form: MessageForm, *, internal: bool, stale: bool = False) -> Any:
    # a form that is drawn again stands below the newest messages
    after = request.args.get("dari") if request.method == "GET" else None
    page = partnership_room.messages(side.partnership.id, internal=internal, after=after)
    rows = list(page)[::-1]
    name = "partnership_internal" if internal else "partnership_room"
    return side.page(
        "talk",
        form,
        stale=stale,
        messages=rows,
        names=_names(side, rows),
        previous_url=side.url(name, dari=page.previous_cursor) if page.previous_cursor else "",
        next_url=side.url(name, dari=page.next_cursor) if page.next_cursor else "",
        internal=internal,
        open=stale or side.may(Act.WRITE_INTERNAL if internal else Act.WRITE),
    )


def _names(side: Side, rows: list[PartnershipMessage]) -> dict[int, str]:
    """Return who wrote, for staff; the business reads for which office somebody wrote."""
    if not side.at_desk:
        return {}
    return partnership_room.authors({row.author_id for row in rows if row.author_id is not None})
