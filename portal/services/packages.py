"""The catalogue Jelajah Sibolga: what a package says, changes of its business, visitors' questions."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update

from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.storage import Storage
from portal.core.text import normalise
from portal.core.tokens import digest, new_token
from portal.models import (
    Business,
    ChangeState,
    Kind,
    Package,
    PackageChange,
    PackagePhoto,
    PackagePoint,
    Partnership,
    Recipient,
    Role,
    Submission,
    Upload,
    VisitorQuestion,
)
from portal.queries import businesses
from portal.queries import packages as reading
from portal.rules import packages as rules
from portal.rules.businesses import may_edit
from portal.rules.contacts import TypedContact
from portal.rules.partnerships import ENDED
from portal.rules.permissions import Actor
from portal.rules.proposals import answered, fields_of
from portal.rules.repeats import SAME_QUESTION
from portal.services import audit, outbox, package_changes, pages, readiness, uploads
from portal.services.attachments import StoredFile
from portal.services.errors import NotPermitted, StaleVersion
from portal.services.package_changes import TooMany

#: Pictures beyond those of its proposal.
MOST_PHOTOS = 8
#: A visitor's contact goes so long after the question (it has been answered or never will be).
KEPT = timedelta(days=30)


class PartnershipOver(Exception):
    """What a partnership offered ends with it."""


class NothingChanged(Exception):
    """A change that would leave the package as it is."""


class AlreadyDecided(Exception):
    """Somebody else decided on the change, or decided otherwise, or its business took it back."""


def fill(package: Package, business: Business, *, at: datetime) -> None:
    """Write the columns that the catalogue filters by from what the package says."""
    data = package.data
    package.tour_kind = str(data.get("tour_kind", ""))
    package.ward_code = business.ward_code
    price, hours = data.get("price_per_person"), data.get("duration_hours")
    package.price = price if isinstance(price, int) else None
    package.hours = float(hours) if isinstance(hours, int | float) else None
    package.months = rules.months_of(str(data.get("season", "")))
    package.accessible = rules.accessible(data.get("wheelchair"))
    package.words = rules.words_of(package.title, data, business.name)
    package.updated_at = at


def may_decide(actor: Actor, agency_id: int | None) -> bool:
    """Tell whether the actor decides on changes: staff of the agency of the proposal, and triage."""
    return actor.has(Role.TRIAGE) or (agency_id is not None and agency_id in actor.agency_ids)


def propose(
    package: Package,
    fields: Mapping[str, Any],
    *,
    note: str,
    version: int,
    actor: Actor,
    at: datetime,
) -> PackageChange:
    """Ask for other words, prices or days. It shows once staff accepted it.

    `fields` are answers by name, None or empty to take one away. Raises `StaleVersion`, `NothingChanged` or
    `TooMany`.
    """
    if not may_edit(actor.role_in(package.business_id)):
        raise NotPermitted
    if package.version != version:
        raise StaleVersion(package.version)
    names = {field.name for field in fields_of(Kind.TOURISM_PACKAGE)}
    changed = {
        name: value
        for name, value in fields.items()
        if name in names and (package.data.get(name) or None) != (value or None)
    }
    if not changed:
        raise NothingChanged
    return package_changes.put(package, changed, note=note, by_id=actor.user_id, at=at)


def withdraw(change: PackageChange, *, actor: Actor, at: datetime) -> None:
    """Take a change back that nobody decided on yet."""
    package = db.session.get_one(Package, change.package_id)
    if not may_edit(actor.role_in(package.business_id)):
        raise NotPermitted
    if change.state is ChangeState.WAITING:
        change.state, change.decided_at = ChangeState.WITHDRAWN, at


def decide(change: PackageChange, *, accepted: bool, reason: str = "", actor: Actor, at: datetime) -> None:
    """Accept a change, or decline it with a reason. Raises `AlreadyDecided`; the same press again is fine."""
    package, case = _of(change.package_id)
    if not may_decide(actor, case.agency_id):
        raise NotPermitted
    db.session.refresh(change, with_for_update=True)
    wanted = ChangeState.ACCEPTED if accepted else ChangeState.DECLINED
    words = normalise(reason)
    if change.state is not ChangeState.WAITING:
        if (change.state, change.decided_by_id, change.reason) != (wanted, actor.user_id, words[:500]):
            raise AlreadyDecided
        return
    if not accepted and not words:
        raise ValueError("a reason")
    change.state = wanted
    change.decided_by_id, change.decided_at, change.reason = actor.user_id, at, words[:500]
    if accepted:
        before = package.data.get("route")
        merged = {
            name: value
            for name, value in {**package.data, **change.data}.items()
            if value not in (None, "", [])
        }
        package.data = answered(Kind.TOURISM_PACKAGE, merged)
        package.title = str(package.data.get("title") or package.title)
        package.version += 1
        _follow_route(package, before)
        fill(package, package.business, at=at)
        readiness.refresh(case, at=at)
    audit.note("package_change", "package", package.id, actor=actor, at=at, data={"state": change.state})
    for user_id in businesses.member_ids(package.business_id):
        outbox.queue(
            "package_decided",
            to=Recipient.USER,
            recipient_id=user_id,
            at=at,
            data={"package_id": package.id, "change_id": change.id},
            dedupe_key=f"package_decided:{change.id}:{user_id}",
        )
    pages.touch()


def _follow_route(package: Package, before: Any) -> None:
    """Move the points of the map with their stops; a stop that is new or renamed has none."""
    after = package.data.get("route")
    if after == before:
        return
    _put_points(package, rules.points_after(before or [], after or [], reading.points(package.id)))


def _put_points(package: Package, points: Mapping[int, tuple[float, float]]) -> None:
    db.session.execute(delete(PackagePoint).where(PackagePoint.package_id == package.id))
    db.session.add_all(
        PackagePoint(package_id=package.id, position=position, latitude=latitude, longitude=longitude)
        for position, (latitude, longitude) in points.items()
    )


def _of(package_id: int) -> tuple[Package, Submission]:
    package = db.session.get_one(Package, package_id)
    return package, db.session.get_one(Submission, package.submission_id)


def set_points(
    package: Package, points: Sequence[tuple[float, float] | None], *, actor: Actor, at: datetime
) -> None:
    """Say where the stops lie, in the order of the route (None: unknown)."""
    _package, case = _of(package.id)
    if not may_decide(actor, case.agency_id):
        raise NotPermitted
    _put_points(package, {position: point for position, point in enumerate(points) if point is not None})
    package.updated_at = at
    db.session.flush()
    pages.touch()


def set_listed(package: Package, listed: bool, *, actor: Actor, at: datetime) -> None:
    """Show a package in the catalogue, or take it out for a while.

    Raises `PartnershipOver` where its partnership ended: nobody offers it any more.
    """
    _package, case = _of(package.id)
    if not may_decide(actor, case.agency_id):
        raise NotPermitted
    stage = db.session.scalar(select(Partnership.stage).where(Partnership.submission_id == case.id))
    if listed and stage in ENDED:
        raise PartnershipOver
    package.listed, package.updated_at = listed, at
    audit.note("package_listed", "package", package.id, actor=actor, at=at, data={"listed": listed})
    pages.touch()


def add_photo(package: Package, file: StoredFile, *, alt: str, actor: Actor, at: datetime) -> None:
    """Add a picture. Raises `TooMany`."""
    if not may_edit(actor.role_in(package.business_id)):
        raise NotPermitted
    number = len(
        db.session.scalars(
            select(PackagePhoto.upload_id).where(PackagePhoto.package_id == package.id).limit(MOST_PHOTOS)
        ).all()
    )
    if number >= MOST_PHOTOS:
        raise TooMany
    upload = uploads.keep(file, by_id=actor.user_id, at=at)
    db.session.add(
        PackagePhoto(upload_id=upload.id, package_id=package.id, position=number, alt=normalise(alt)[:200])
    )
    db.session.flush()
    pages.touch()


def remove_photo(photo: PackagePhoto, *, actor: Actor, storage: Storage) -> None:
    """Take a picture away."""
    package, _case = _of(photo.package_id)
    if not may_edit(actor.role_in(package.business_id)):
        raise NotPermitted
    upload: Upload = photo.upload
    db.session.delete(photo)
    uploads.drop(upload, storage=storage)
    pages.touch()


# --- visitors' questions ----------------------------------------------------------------------------------


def ask(
    package: Package,
    *,
    text: str,
    name: str,
    contact: TypedContact | None,
    locale: str,
    at: datetime,
    seal: Seal,
    form: str = "",
) -> str:
    """Hand a visitor's question to the business; return the token of the page with its answer.

    The contact is sealed: the business never sees it. `form` is the unguessable name of the form that was
    sent: the same words sent twice from one form are one question, and lead to the same page.
    """
    token = new_token()
    if form:
        words = (form, str(package.id), name, contact.value if contact is not None else "", text)
        same = seal.keyed_hash("\n".join(words))
        db.session.refresh(package, attribute_names=["id"], with_for_update={"key_share": True})
        sent = db.session.scalar(
            select(VisitorQuestion.created_at).where(VisitorQuestion.token_hash == digest(same))
        )
        if sent is not None and sent > at - SAME_QUESTION:
            return same
        token = same if sent is None else token
    row = VisitorQuestion(
        package_id=package.id,
        token_hash=digest(token),
        name=normalise(name)[:80],
        contact=seal.seal(contact.value) if contact is not None else "",
        locale=locale,
        text=normalise(text),
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()  # need the id
    for user_id in businesses.member_ids(package.business_id):
        outbox.queue(
            "visitor_asked",
            to=Recipient.USER,
            recipient_id=user_id,
            at=at,
            data={"package_id": package.id, "visitor_question_id": row.id},
            dedupe_key=f"visitor_asked:{row.id}:{user_id}",
        )
    return token


def answer(question: VisitorQuestion, *, text: str, actor: Actor, at: datetime) -> None:
    """Answer a visitor, once; who left a contact gets it there. Raises ValueError without words."""
    package, _case = _of(question.package_id)
    words = normalise(text)
    if actor.role_in(package.business_id) is None:
        raise NotPermitted
    if not words:
        raise ValueError("an answer")
    db.session.refresh(question, with_for_update=True)
    if question.answered_at is not None:
        return
    question.answer, question.answered_at, question.answered_by_id = words, at, actor.user_id
    question.closed_at = None
    if question.contact:
        outbox.queue(
            "visitor_answered",
            to=Recipient.VISITOR,
            recipient_id=question.id,
            at=at,
            data={"package_id": package.id, "visitor_question_id": question.id},
            dedupe_key=f"visitor_answered:{question.id}",
        )


def close(question: VisitorQuestion, *, actor: Actor, at: datetime) -> None:
    """Put a question aside that is advertising or an insult."""
    package, _case = _of(question.package_id)
    if actor.role_in(package.business_id) is None:
        raise NotPermitted
    if question.answered_at is None:
        question.closed_at = at


def forget_contacts(at: datetime) -> None:
    """Drop the contacts and names of visitors whose question is old."""
    db.session.execute(
        update(VisitorQuestion)
        .where(
            or_(VisitorQuestion.contact != "", VisitorQuestion.name != ""),
            VisitorQuestion.created_at < at - KEPT,
        )
        .values(contact="", name="")
    )
