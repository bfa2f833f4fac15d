"""Writing a comment: who speaks, whether it waits, and one press being one comment."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import select

from portal.core.database import db, insert
from portal.core.references import ALPHABET
from portal.core.sealing import Seal
from portal.core.text import fold, normalise, screen, visible_length
from portal.models import Comment, CommentState, Thread, User
from portal.queries import discussion as queries
from portal.queries.discussion import Place
from portal.rules.discussion import (
    LONGEST,
    LONGEST_NAME,
    SAME_PRESS,
    SHORTEST,
    Closing,
    Voice,
    first_state,
    is_reserved_name,
    voices,
)
from portal.rules.permissions import Actor
from portal.services import pages
from portal.services.discussion import states, telling
from portal.services.discussion.errors import Blocked, DiscussionClosed
from portal.services.errors import NotPermitted

#: Signs of the name of somebody who gave none.
_ALIAS_LENGTH = 4


def comment(
    place: Place,
    text: str,
    *,
    voice: Voice,
    actor: Actor,
    user: User | None,
    at: datetime,
    seal: Seal,
    parent: Comment | None = None,
) -> Comment:
    """Write a comment, or a reply to `parent`, and return it (or the one that the same press made before).

    It may wait for a moderator: see `state`. Raises NotPermitted (not as this one, not below that one),
    DiscussionClosed and Blocked.
    """
    is_reporter = place.case is not None and place.case.id in actor.reporter_of
    if voice not in voices(actor, place.agency_id, is_reporter=is_reporter):
        raise NotPermitted
    text = _fit(text)
    keys = _keys(place, text, voice, actor, parent, at, seal)
    earlier = _pressed_before(keys, at)
    if earlier is not None:
        return earlier
    if user is not None and user.blocked_until is not None and user.blocked_until > at:
        raise Blocked(user.blocked_until)
    if place.closing is not None or not place.readable:
        raise DiscussionClosed(place.closing or Closing.UNVERIFIED)
    thread = _open_thread(place)
    if parent is not None and not _can_be_replied_to(parent, thread):
        raise NotPermitted
    return _write(place, thread, parent, text, voice, user, keys, at, seal)


def _fit(text: str) -> str:
    text = normalise(text)
    if visible_length(text) < SHORTEST or len(text) > LONGEST:
        raise ValueError("a comment has 2 visible letters and 2,000 characters at most")
    return text


def _write(
    place: Place,
    thread: Thread,
    parent: Comment | None,
    text: str,
    voice: Voice,
    user: User | None,
    keys: list[str],
    at: datetime,
    seal: Seal,
) -> Comment:
    codes = sorted(str(code) for code in screen(text))
    author = None if voice is Voice.REPORTER or user is None else user
    state = first_state(
        codes,
        queries.premoderation_of(place),
        first_timer=is_first_time(author, thread),
        official=voice is Voice.AGENCY,
    )
    if voice is Voice.REPORTER:
        # To the minute: the hour of a session must not tell whose it was.
        at = at.replace(second=0, microsecond=0)
    public = state is CommentState.PUBLISHED
    row = insert(Comment).values(
        token=secrets.token_urlsafe(12),
        thread_id=thread.id,
        parent_id=None if parent is None else parent.id,
        author_id=None if author is None else author.id,
        by_reporter=voice is Voice.REPORTER,
        agency_id=place.agency_id if voice is Voice.AGENCY else None,
        author_name=shown_name(author, seal) if author is not None and voice is Voice.PERSON else "",
        body=text,
        state=state,
        listed=public,
        screen_codes=",".join(codes),
        hidden_reason="",
        helpful_count=0,
        reply_count=0,
        report_count=0,
        idempotency_hash=keys[0],
        created_at=at,
        published_at=at if public else None,
        version=1,
    )
    inserted = db.session.scalar(
        row.on_conflict_do_nothing(index_elements=["idempotency_hash"]).returning(Comment.id)
    )
    if inserted is None:  # the same press, twice at once
        return db.session.scalars(select(Comment).where(Comment.idempotency_hash == keys[0])).one()
    written = db.session.get(Comment, inserted)
    assert written is not None
    if public:
        states.count(written, 1)
        telling.published(written, place, at=at)
        pages.touch()
    return written


def _keys(
    place: Place, text: str, voice: Voice, actor: Actor, parent: Comment | None, at: datetime, seal: Seal
) -> list[str]:
    """Return what stands for this press, in this window of time and the one before.

    Keyed, and of the reporter by the case: who keeps the database can match no account with it.
    """
    who = f"reporter{place.subject_id}" if voice is Voice.REPORTER else f"user{actor.user_id}"
    below = "" if parent is None else parent.token
    words = hashlib.sha256(text.encode()).hexdigest()
    window = int(at.timestamp() // SAME_PRESS.total_seconds())
    return [
        seal.keyed_hash(f"comment:{who}:{place.subject}{place.subject_id}:{below}:{words}:{one}")
        for one in (window, window - 1)
    ]


def _pressed_before(keys: list[str], at: datetime) -> Comment | None:
    query = select(Comment).where(
        Comment.idempotency_hash.in_(keys), Comment.created_at > at - SAME_PRESS - SAME_PRESS / 10
    )
    return db.session.scalar(query.order_by(Comment.id.desc()).limit(1))


def thread_for(place: Place) -> Thread:
    """Return the thread of a place, made if need be, and keep its row to this transaction."""
    values = {
        "subject": place.subject,
        "subject_id": place.subject_id,
        "comment_count": 0,
        "closed_reason": "",
    }
    made = insert(Thread).values(values)
    db.session.execute(made.on_conflict_do_nothing(index_elements=["subject", "subject_id"]))
    query = select(Thread).where(Thread.subject == place.subject, Thread.subject_id == place.subject_id)
    # populate_existing: it may have been closed since this session read it
    query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def _open_thread(place: Place) -> Thread:
    thread = thread_for(place)
    if thread.closed_at is not None:
        raise DiscussionClosed(Closing.STAFF)
    return thread


def _can_be_replied_to(parent: Comment, thread: Thread) -> bool:
    db.session.refresh(parent)
    return (
        parent.thread_id == thread.id and parent.parent_id is None and parent.state is CommentState.PUBLISHED
    )


def is_first_time(author: User | None, thread: Thread, *, but: int = 0) -> bool:
    """Tell whether nothing of this person was published before; of a reporter only this thread can tell."""
    if author is None:
        return not queries.reporter_has_spoken(thread.id, but=but)
    return not queries.has_written(author.id, but=but, published=True)


def shown_name(user: User, seal: Seal) -> str:
    """Return the name beside a person's comments: their own, unless it is empty or the city's."""
    name = user.name.strip()
    return alias(user, seal) if not name or is_reserved_name(fold(name)) else name


def call_oneself(user: User, name: str) -> None:
    """Keep the name that somebody wants beside their comments, in one line of at most 60 characters."""
    user.name = " ".join(normalise(name).split())[:LONGEST_NAME]


def alias(user: User, seal: Seal) -> str:
    """Return the name of somebody who gave none: always the same one, which leads to no account."""
    number = int(seal.keyed_hash(f"alias:{user.id}"), 16)
    signs = ""
    for _ in range(_ALIAS_LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        signs += ALPHABET[rest]
    return f"Warga {signs}"
