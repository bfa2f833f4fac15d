"""Drafts: what a citizen has written so far, kept on the server from the first POST on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.core.database import db
from portal.core.storage import Storage
from portal.core.text import visible_length
from portal.core.tokens import digest, new_token
from portal.models import Attachment, Draft, Kind, Place, Purpose
from portal.queries import drafts
from portal.services import attachments
from portal.services.attachments import MAX_DOCUMENTS, MAX_PHOTOS, StoredFile

ASPIRATION = "aspiration"
PROPOSAL = "proposal"
COUNTER = "counter"

#: What a citizen can send without a business of their own.
ASPIRATIONS = (Kind.PROBLEM, Kind.IDEA, Kind.QUESTION, Kind.THANKS)
#: Letters and digits that people can see.
MIN_LETTERS = 10
MAX_TEXT = 5000
MAX_LANDMARK = 160


@dataclass(frozen=True, slots=True)
class Story:
    """What is sent, without whoever sends it. `title` is made from the text where none is given."""

    kind: Kind
    text: str
    place: Place
    ward_code: str | None = None
    landmark: str = ""
    latitude: float | None = None
    longitude: float | None = None
    category_id: int | None = None
    title: str = ""
    #: Reference of the case that tells the same, if the citizen said so.
    same_as: str = ""


def begin(flow: str, *, at: datetime, token: str | None = None) -> tuple[Draft, str]:
    """Begin a draft; return it with the token that opens it, which is stored nowhere.

    A form that was drawn with a token of its own names it.
    """
    token = token or new_token()
    draft = Draft(
        token_hash=digest(token),
        flow=flow,
        idempotency_key=new_token(),
        data={},
        created_at=at,
        updated_at=at,
    )
    db.session.add(draft)
    db.session.flush()  # files need its id
    return draft, token


def begin_once(flow: str, token: str, *, at: datetime) -> Draft:
    """Return the draft that the token of a form opens, held, and begin it where there is none.

    Two presses of one form at once meet in one draft.
    """
    draft = drafts.by_token(token, flow, at=at, lock=True)
    if draft is not None:
        return draft
    try:
        with db.session.begin_nested():
            return begin(flow, at=at, token=token)[0]
    except IntegrityError:
        draft = drafts.by_token(token, flow, at=at, lock=True)
        if draft is None:  # as old as a draft may become
            return begin(flow, at=at)[0]
        return draft


def save(draft: Draft, values: Mapping[str, Any], *, at: datetime) -> None:
    """Keep values of a step; None takes one away. A draft that was sent stays as it is."""
    if is_sent(draft):
        raise ValueError("this draft was sent")
    # A new dict: the ORM does not look into the old one.
    draft.data = {key: value for key, value in {**draft.data, **values}.items() if value is not None}
    draft.updated_at = at


def add_files(
    draft: Draft,
    files: Sequence[StoredFile],
    *,
    at: datetime,
    storage: Storage,
    purpose: Purpose = Purpose.STORY,
    proprietary: bool = False,
    max_photos: int = MAX_PHOTOS,
    max_documents: int = MAX_DOCUMENTS,
) -> list[StoredFile]:
    """Attach files as far as there is room and return those without; their bytes are removed.

    Files of another purpose take no room.
    """
    # A row lock: two tabs that send photos at once must not both find room.
    db.session.execute(select(Draft.id).where(Draft.id == draft.id).with_for_update())
    kept = [file for file in drafts.files(draft.id) if file.purpose is purpose]
    photos = sum(file.mime.startswith("image/") for file in kept)
    documents = len(kept) - photos
    left_over = []
    for file in files:
        if file.is_photo and photos < max_photos:
            photos += 1
        elif not file.is_photo and documents < max_documents:
            documents += 1
        else:
            left_over.append(file)
            continue
        attachments.attach(file, to=draft, purpose=purpose, at=at, proprietary=proprietary)
    attachments.discard(left_over, storage=storage)
    draft.updated_at = at
    return left_over


def remove_file(draft: Draft, token: str, *, storage: Storage) -> None:
    """Remove one of the draft's own files; an unknown token removes nothing."""
    query = select(Attachment).where(Attachment.draft_id == draft.id, Attachment.token == token)
    attachment = db.session.scalar(query)
    if attachment is not None:
        attachments.remove(attachment, storage=storage)


def delete(draft: Draft, *, storage: Storage) -> None:
    """Delete a draft with its files. What was sent already is no draft any more and stays."""
    for attachment in drafts.files(draft.id):
        attachments.remove(attachment, storage=storage)
    db.session.flush()  # the files point to the draft
    db.session.delete(draft)


def purge(*, at: datetime, storage: Storage, limit: int = 200) -> int:
    """Delete at most `limit` drafts that nobody touched for their lifetime; return how many."""
    query = (
        select(Draft).where(Draft.updated_at <= at - drafts.LIFETIME).order_by(Draft.updated_at).limit(limit)
    )
    old = list(db.session.scalars(query))
    for draft in old:
        for attachment in drafts.files(draft.id):
            attachments.remove(attachment, storage=storage)
    db.session.flush()
    db.session.execute(delete_rows(Draft).where(Draft.id.in_([draft.id for draft in old])))
    return len(old)


def is_sent(draft: Draft) -> bool:
    """Tell whether the draft became a submission; it then only remembers its idempotency key."""
    return "sent" in draft.data


def story(draft: Draft) -> Story:
    """Return the story of an aspiration as far as it was written, with safe values for the rest."""
    data = draft.data
    place = Place(data["place"]) if data.get("place") in list(Place) else Place.UNKNOWN
    written = Story(
        kind=Kind(data["kind"]) if data.get("kind") in list(ASPIRATIONS) else Kind.PROBLEM,
        text=data.get("text", ""),
        place=place,
        landmark=data.get("landmark", ""),
        latitude=data.get("latitude"),
        longitude=data.get("longitude"),
        category_id=data.get("category_id"),
        same_as=data.get("same_as", ""),
    )
    return replace(written, ward_code=data.get("ward_code")) if place is Place.WARD else written


def missing_step(draft: Draft | None) -> int | None:
    """Return the first step (1 story, 2 place) that is not complete, or None: it may be checked and sent."""
    if draft is None:
        return 1
    data = draft.data
    text = data.get("text", "")
    if data.get("kind") not in list(ASPIRATIONS):
        return 1
    if visible_length(text) < MIN_LETTERS or len(text) > MAX_TEXT:
        return 1
    if data.get("place") not in list(Place) or (data["place"] == Place.WARD and not data.get("ward_code")):
        return 2
    return None
