"""Supporting a case ("Saya juga mengalami"): counted once a person, after the address proved to be theirs."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from portal.core.database import db, insert
from portal.core.sealing import Seal
from portal.models import (
    Contact,
    DoneVote,
    OutboxMessage,
    Recipient,
    Status,
    Submission,
    Support,
    TokenPurpose,
    User,
)
from portal.queries import contacts, done_votes, ownership
from portal.rules.visibility import shows_text
from portal.services import outbox, pages, tokens

#: How long the link in the mail is good for.
LINK_LIFETIME = timedelta(days=7)
#: Kind of the mail with the link (templates/email/support_confirm).
MAIL = "support_confirm"


def can_be_supported(case: Submission) -> bool:
    """Tell whether everybody can read the case and it goes its own way."""
    return shows_text(case) and case.status is not Status.MERGED


def request(
    case: Submission, email: str, locale: str, at: datetime, seal: Seal, *, news: bool = True
) -> None:
    """Ask an address to confirm its support by a mail; it counts when the link in it is used.

    Nothing in the outcome tells whether the address was known before. One that confirmed already, or whose
    account supports the case, gets no second mail. `email` in lower case. `news`: wants to hear of the case.
    """
    person = contacts.holder(email, seal=seal)
    if person is not None and _confirmed_of(case.id, person.id):
        return
    support = _find_or_add(case, [email], None, locale, at, seal)
    if support.confirmed_at is not None:
        return
    support.mail_stopped = not news
    db.session.flush()  # need the id
    raw = tokens.issue(TokenPurpose.CONFIRM_SUPPORT, support.id, at, LINK_LIFETIME)
    outbox.queue(
        MAIL,
        to=Recipient.SUPPORTER,
        recipient_id=support.id,
        case=case,
        at=at,
        data=outbox.sealed(seal, raw),
    )


def confirm(token: str, at: datetime) -> Submission | None:
    """Use the link of the mail up and count the support; None when the link is no good (any more)."""
    case = opened(token, at)
    if case is None:
        return None
    support_id = tokens.redeem(token, TokenPurpose.CONFIRM_SUPPORT, at)
    if support_id is None:
        return None
    _count(support_id, at)
    return case


def opened(token: str, at: datetime) -> Submission | None:
    """Return the case that a good link is about, without using it up."""
    support_id = tokens.peek(token, TokenPurpose.CONFIRM_SUPPORT, at)
    if support_id is None:
        return None
    query = select(Submission).join(Support, Support.submission_id == Submission.id)
    # A row taken back may have left its number to somebody who came later: the link is not for them.
    made = Support.created_at <= tokens.issued_at(token)
    return db.session.scalar(query.where(Support.id == support_id, made))


def support_as_user(case: Submission, user: User, at: datetime, *, seal: Seal, news: bool = True) -> bool:
    """Count the support of somebody who signed in; False when they support it already.

    Under whichever of their contacts they did so before, they are one person.
    """
    support = _find_or_add(case, _values_of(user, seal), user, user.locale, at, seal)
    counted = support.confirmed_at is None and _count(support.id, at, user.id) is not None
    if counted:
        support.mail_stopped = not news
    return counted


def withdraw(case: Submission, user: User, *, seal: Seal) -> bool:
    """Take the support of an account back; its count goes down once. False where there is none."""
    hashes = [one for value in _values_of(user, seal) for one in seal.keyed_hashes(value)]
    mine = delete(Support).where(
        Support.submission_id == case.id,
        or_(Support.user_id == user.id, and_(Support.user_id.is_(None), Support.person_hash.in_(hashes))),
    )
    confirmed = [one for one in db.session.scalars(mine.returning(Support.confirmed_at)) if one is not None]
    if confirmed:
        _add_to_count(case.id, -len(confirmed))
    return bool(confirmed)


def vote_opened(token: str, at: datetime) -> Submission | None:
    """Return the finished case that a supporter's link asks about, without using the link up."""
    found = _asked(tokens.peek(token, TokenPurpose.CONFIRM_DONE, at))
    return None if found is None else found[1]


def vote(token: str, *, done: bool, at: datetime) -> Submission | None:
    """Use a supporter's link up and keep the word; None when it is no good, or the case went on since.

    It is counted beside the case. Only the reporter's word reopens one.
    """
    if vote_opened(token, at) is None:
        return None
    found = _asked(tokens.redeem(token, TokenPurpose.CONFIRM_DONE, at))
    if found is None:
        return None
    row, case = found
    values = {"support_id": row.recipient_id, "event_id": row.event_id, "done": done, "at": at}
    said = insert(DoneVote).values(values)
    db.session.execute(
        said.on_conflict_do_update(index_elements=["support_id", "event_id"], set_={"done": done, "at": at})
    )
    pages.touch()
    return case


def _asked(row_id: int | None) -> tuple[OutboxMessage, Submission] | None:
    """Return the mail that asked, and its case while it stands as it was finished then."""
    row = None if row_id is None else db.session.get(OutboxMessage, row_id)
    if row is None or row.submission_id is None or db.session.get(Support, row.recipient_id) is None:
        return None
    case = db.session.get(Submission, row.submission_id)
    if case is None or case.status is not Status.DONE or not shows_text(case):
        return None
    return (row, case) if done_votes.finished_by(case.id) == row.event_id else None


def _values_of(user: User, seal: Seal) -> list[str]:
    """Return what a person may be known by: their addresses and numbers, the one that counts first."""
    found = [user.email] if user.email else []
    found += [one.value for one in contacts.of_user(user.id, seal=seal)]
    return found or [ownership.owner_name(user.id)]


def _confirmed_of(case_id: int, user_id: int, *, but: int | None = None) -> bool:
    """Tell whether an account supports a case already, by itself or by one of its addresses."""
    addresses = select(Contact.value_hash).where(Contact.user_id == user_id)
    query = select(Support.id).where(
        Support.submission_id == case_id,
        Support.confirmed_at.is_not(None),
        or_(Support.user_id == user_id, Support.person_hash.in_(addresses)),
        Support.id != (but or 0),
    )
    return db.session.scalar(query.limit(1)) is not None


def _find_or_add(
    case: Submission, values: Sequence[str], user: User | None, locale: str, at: datetime, seal: Seal
) -> Support:
    """Return the support of a person known by any of `values`, a confirmed one first; a new one else."""
    hashes = [one for value in values for one in seal.keyed_hashes(value)]
    known: list[ColumnElement[bool]] = [Support.person_hash.in_(hashes)]
    if user is not None:
        known.append(Support.user_id == user.id)
    query = (
        select(Support)
        .where(Support.submission_id == case.id, or_(*known))
        .order_by(Support.confirmed_at.is_(None), Support.id)
        .limit(1)
    )
    support = db.session.scalar(query)
    if support is not None:
        return support
    email = values[0] if "@" in values[0] else ""
    support = Support(
        submission_id=case.id,
        person_hash=hashes[0],
        user_id=None if user is None else user.id,
        email=seal.seal(email) if email else "",
        locale=locale,
        created_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(support)
            db.session.flush()
    except IntegrityError:  # the same person, twice at once
        return db.session.scalars(query).one()
    return support


def _count(support_id: int, at: datetime, user_id: int | None = None) -> Submission | None:
    """Count a support that was not counted yet; return its case, None where it counted before.

    The address of an account is that account: it counts once for whichever address it presses.
    """
    row = db.session.execute(
        select(Support.submission_id, func.coalesce(Support.user_id, Contact.user_id))
        .join(Contact, Contact.value_hash == Support.person_hash, isouter=True)
        .where(Support.id == support_id)
    ).first()
    if row is None:
        return None
    case_id, person = row[0], user_id or row[1]
    if person is not None and _confirmed_of(case_id, person, but=support_id):
        db.session.execute(delete(Support).where(Support.id == support_id, Support.confirmed_at.is_(None)))
        return None
    values = {"confirmed_at": at} | ({} if person is None else {"user_id": person})
    count = update(Support).where(Support.id == support_id, Support.confirmed_at.is_(None)).values(values)
    try:
        with db.session.begin_nested():
            counted = db.session.scalar(count.returning(Support.submission_id))
    except IntegrityError:  # the account counted by another address at the same moment
        return None
    if counted is None:
        return None
    _add_to_count(case_id, 1)
    return db.session.get(Submission, case_id)


def _add_to_count(case_id: int, number: int) -> None:
    # By the database: many may support one case in the same moment.
    db.session.execute(
        update(Submission)
        .where(Submission.id == case_id)
        .values(support_count=Submission.support_count + number)
        .execution_options(synchronize_session="fetch")
    )
    pages.touch()
