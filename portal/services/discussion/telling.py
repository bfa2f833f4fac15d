"""Who hears of a comment, in the gathered mail of the day: never its words, which may yet be hidden."""

from datetime import datetime

from portal.core.database import db
from portal.models import Comment, Recipient
from portal.queries import discussion as queries
from portal.queries.discussion import Place
from portal.services import notices, outbox

#: Kinds of mail (templates/email/<kind>).
NEW = "comment_new"
REPLY = "comment_reply"


def published(comment: Comment, place: Place | None = None, *, at: datetime) -> None:
    """Queue the news that a comment stands: one mail a person, matter and day, however many comments come.

    Where the reporter speaks as such nobody is left out: who was would be known as the reporter.
    """
    thread = queries.thread_by_id(comment.thread_id)
    place = place or queries.place_of(thread)
    if place is None:
        return
    day = notices.next_digest(at).date().isoformat()
    if place.case is not None:
        outbox.tell_of_talk(NEW, place.case, at=at, once=f"{thread.id}:{day}", by_user=comment.author_id)
    else:
        outbox.tell_followers(
            NEW,
            place.subject,
            place.subject_id,
            at=at,
            once=f"talk{thread.id}:{day}",
            data={"thread_id": thread.id},
            but_user=comment.author_id,
        )
    _tell_of_reply(comment, day, at)


def _tell_of_reply(comment: Comment, day: str, at: datetime) -> None:
    parent = None if comment.parent_id is None else db.session.get(Comment, comment.parent_id)
    author = None if parent is None else parent.author_id
    if parent is None or author is None or author == comment.author_id:
        return
    outbox.queue(
        REPLY,
        to=Recipient.USER,
        recipient_id=author,
        at=at,
        digest=True,
        data={"comment_id": parent.id},
        dedupe_key=f"{REPLY}:{parent.id}:{day}",
    )
