"""Supporting a case ("Saya juga mengalami"): counted once a person, after the address proved to be theirs."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.core.database import db
from portal.core.sealing import Seal
from portal.models import Recipient, Status, Submission, Support, TokenPurpose, User
from portal.queries import contacts
from portal.rules.visibility import shows_text
from portal.services import outbox, pages, tokens

#: How long the link in the mail is good for.
LINK_LIFETIME = timedelta(days=7)
#: Kind of the mail with the link (templates/email/support_confirm).
MAIL = "support_confirm"


def can_be_supported(case: Submission) -> bool:
    """Tell whether everybody can read the case and it goes its own way."""
    return shows_text(case) and case.status is not Status.MERGED


def request(case: Submission, email: str, locale: str, at: datetime, seal: Seal) -> None:
    """Ask an address to confirm its support by a mail; it counts when the link in it is used.

    Nothing in the outcome tells whether the address was known before. One that confirmed already gets no
    second mail. `email` in lower case.
    """
    support = _find_or_add(case, email, locale, at, seal)
    if support.confirmed_at is not None:
        return
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
    support_id = tokens.redeem(token, TokenPurpose.CONFIRM_SUPPORT, at)
    return None if support_id is None else _count(support_id, at)


def opened(token: str, at: datetime) -> Submission | None:
    """Return the case that a good link is about, without using it up."""
    support_id = tokens.peek(token, TokenPurpose.CONFIRM_SUPPORT, at)
    if support_id is None:
        return None
    query = select(Submission).join(Support, Support.submission_id == Submission.id)
    return db.session.scalar(query.where(Support.id == support_id))


def support_as_user(case: Submission, user: User, at: datetime, *, seal: Seal) -> bool:
    """Count the support of somebody who signed in; False when they support it already."""
    support = _find_or_add(case, contacts.email_of(user, seal=seal), user.locale, at, seal)
    support.user_id = user.id
    if support.confirmed_at is not None:
        return False
    db.session.flush()
    _count(support.id, at)
    return True


def _find_or_add(case: Submission, email: str, locale: str, at: datetime, seal: Seal) -> Support:
    hashes = seal.keyed_hashes(email)
    query = select(Support).where(Support.submission_id == case.id, Support.person_hash.in_(hashes)).limit(1)
    support = db.session.scalar(query)
    if support is not None:
        return support
    support = Support(
        submission_id=case.id,
        person_hash=hashes[0],
        email=seal.seal(email),
        locale=locale,
        created_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(support)
            db.session.flush()
    except IntegrityError:  # the same address, twice at once
        return db.session.scalars(query).one()
    return support


def _count(support_id: int, at: datetime) -> Submission | None:
    """Count a support that was not counted yet; return its case."""
    counted = db.session.execute(
        update(Support)
        .where(Support.id == support_id, Support.confirmed_at.is_(None))
        .values(confirmed_at=at)
        .returning(Support.submission_id)
    ).scalar()
    case_id = counted or db.session.scalar(select(Support.submission_id).where(Support.id == support_id))
    if counted is not None:
        # By the database: many may support one case in the same moment.
        db.session.execute(
            update(Submission)
            .where(Submission.id == case_id)
            .values(support_count=Submission.support_count + 1)
            .execution_options(synchronize_session="fetch")
        )
        pages.touch()
    return db.session.get(Submission, case_id)
