"""Businesses: their profile, licences, photos and people, and what staff found when they looked."""

import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from portal.core.clock import city_date
from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.storage import Storage
from portal.core.text import normalise
from portal.models import (
    Business,
    BusinessInvitation,
    BusinessMember,
    BusinessPhoto,
    BusinessRole,
    BusinessVerification,
    Contact,
    Licence,
    LicenceKind,
    Package,
    Proposal,
    Recipient,
    Role,
    Upload,
    User,
    VerificationResult,
)
from portal.queries import businesses
from portal.rules import businesses as rules
from portal.rules.contacts import TypedContact
from portal.rules.permissions import Actor
from portal.rules.repeats import SAME_PRESS
from portal.services import audit, outbox, packages, pages, readiness, uploads
from portal.services.attachments import StoredFile
from portal.services.errors import NotPermitted
from portal.services.versions import hold

#: What `edit` may set; anything else in a form is not ours.
FIELDS = frozenset(
    {
        "name",
        "kind",
        "nib",
        "ward_code",
        "owner_name",
        "show_owner",
        "about_id",
        "about_en",
        "address",
        "hours",
        "languages",
        "public_phone",
        "public_email",
        "published",
    }
)


#: Packages that are written anew with their business; nobody has as many.
MOST_PACKAGES = 200


class Full(Exception):
    """As many as there may be."""


class LastOwner(Exception):
    """A business keeps at least one owner."""


def create(*, user: User, at: datetime, fields: Mapping[str, Any], seal: Seal) -> Business:
    """Add a business whose first owner is the user; one that they added a moment ago is answered with.

    Raises `Full` where the account speaks for as many as it may.
    """
    _hold(user)
    same = (
        select(Business)
        .join(BusinessMember, BusinessMember.business_id == Business.id)
        .where(
            BusinessMember.user_id == user.id,
            Business.name == fields["name"],
            Business.kind == fields["kind"],
            Business.created_at > at - SAME_PRESS,
        )
    )
    added = db.session.scalar(same.limit(1))
    if added is not None:
        return added
    _room_for_one_more(user)
    business = Business(
        **{name: fields[name] for name in FIELDS & fields.keys()}, created_at=at, updated_at=at
    )
    db.session.add(business)
    db.session.flush()  # need the id
    give_address(business)
    _set_npwp(business, fields, seal)
    _join(business, user, BusinessRole.OWNER, at)
    pages.touch()
    return business


def _hold(user: User) -> None:
    """Let nobody count or add businesses of this account until the end of the transaction."""
    db.session.refresh(user, attribute_names=["id"], with_for_update={"key_share": True})


def _room_for_one_more(user: User) -> None:
    if len(businesses.seats_of(user.id)) >= businesses.MOST_OF_ONE:
        raise Full


def give_address(business: Business) -> None:
    """Give it an address of its own, once; renaming a business breaks no link, and staff find it there."""
    if business.slug is None:
        plain = unicodedata.normalize("NFKD", business.name).encode("ascii", "ignore").decode().lower()
        words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
        business.slug = "-".join(part for part in (words, secrets.token_hex(2)) if part)


def _set_npwp(business: Business, fields: Mapping[str, Any], seal: Seal) -> None:
    number = fields.get("npwp")
    if number:
        business.npwp_hash, business.npwp_tail = seal.keyed_hash(number), number[-4:]


def _join(business: Business, user: User, role: BusinessRole, at: datetime, by_id: int | None = None) -> None:
    db.session.add(
        BusinessMember(
            business_id=business.id, user_id=user.id, role=role, created_at=at, created_by_id=by_id
        )
    )
    db.session.flush()


def claim(submission_id: int, *, user: User, at: datetime) -> Business:
    """Let the reporter of a proposal speak for the business in it; the caller asked that they are.

    Raises `NotPermitted` where others speak for it already: they invite; `Full` where the account speaks for
    as many as it may.
    """
    _hold(user)
    proposal = db.session.get(Proposal, submission_id)
    if proposal is None:
        raise NotPermitted
    business = proposal.business
    members = select(func.count()).where(BusinessMember.business_id == business.id)
    own = select(BusinessMember.id).where(
        BusinessMember.business_id == business.id, BusinessMember.user_id == user.id
    )
    if db.session.scalar(own) is not None:
        return business
    if db.session.scalar(members):
        raise NotPermitted
    _room_for_one_more(user)
    give_address(business)
    business.updated_at = at
    _join(business, user, BusinessRole.OWNER, at)
    return business


def edit(
    business: Business, *, actor: Actor, at: datetime, version: int, fields: Mapping[str, Any], seal: Seal
) -> None:
    """Change the profile. Raises `StaleVersion`. Who changes name, kind or NIB is verified anew."""
    _may(rules.may_edit(actor.role_in(business.id)))
    hold(business, version)
    before, found_by = (business.name, business.kind, business.nib), (business.name, business.ward_code)
    for name in FIELDS & fields.keys():
        setattr(business, name, fields[name])
    _set_npwp(business, fields, seal)
    if (business.name, business.kind, business.nib) != before:
        business.verified_until = None  # what was checked is not what stands there now
    if (business.name, business.ward_code) != found_by:
        _fill_packages(business, at)
    _touched(business, at)


def _fill_packages(business: Business, at: datetime) -> None:
    """Let its packages be found under the new name and ward."""
    rows = select(Package).where(Package.business_id == business.id).order_by(Package.id)
    for package in db.session.scalars(rows.limit(MOST_PACKAGES)):
        packages.fill(package, business, at=at)


def _may(allowed: bool) -> None:
    if not allowed:
        raise NotPermitted


def _touched(business: Business, at: datetime) -> None:
    business.updated_at = at
    business.version += 1
    db.session.flush()
    readiness.refresh_business(business.id, at=at)
    pages.touch()


# --- licences and photos --------------------------------------------------------------------------------


def add_licence(
    business: Business,
    *,
    actor: Actor,
    at: datetime,
    kind: LicenceKind,
    title: str = "",
    number: str = "",
    issuer: str = "",
    valid_until: date | None = None,
    scan: StoredFile | None = None,
) -> Licence:
    """Note a licence with its scan, which staff and the business see. Raises `Full`."""
    _may(rules.may_edit(actor.role_in(business.id)))
    hold(business)
    held = db.session.scalar(select(func.count()).where(Licence.business_id == business.id)) or 0
    if held >= rules.MOST_LICENCES:
        raise Full
    upload = None if scan is None else uploads.keep(scan, by_id=actor.user_id, at=at)
    row = Licence(
        business_id=business.id,
        kind=kind,
        title=normalise(title),
        number=normalise(number),
        issuer=normalise(issuer),
        valid_until=valid_until,
        upload_id=None if upload is None else upload.id,
        created_at=at,
    )
    db.session.add(row)
    _touched(business, at)
    return row


def remove_licence(
    business: Business, licence: Licence, *, actor: Actor, at: datetime, storage: Storage
) -> None:
    """Take a licence away with its scan."""
    _may(rules.may_edit(actor.role_in(business.id)) and licence.business_id == business.id)
    upload = None if licence.upload_id is None else db.session.get(Upload, licence.upload_id)
    db.session.delete(licence)
    if upload is not None:
        uploads.drop(upload, storage=storage)
    _touched(business, at)


def check_licence(licence: Licence, *, actor: Actor, at: datetime) -> None:
    """Note that staff looked at a licence and found it in order."""
    _may(may_verify(actor))
    licence.checked_at, licence.checked_by_id = at, actor.user_id
    pages.touch()


def add_photo(business: Business, file: StoredFile, *, alt: str, actor: Actor, at: datetime) -> BusinessPhoto:
    """Show a picture on the page. Raises `Full`."""
    _may(rules.may_edit(actor.role_in(business.id)))
    number = db.session.scalar(select(func.count()).where(BusinessPhoto.business_id == business.id)) or 0
    if number >= rules.MOST_PHOTOS:
        raise Full
    upload = uploads.keep(file, by_id=actor.user_id, at=at)
    row = BusinessPhoto(
        upload_id=upload.id, business_id=business.id, position=number, alt=normalise(alt)[:200]
    )
    db.session.add(row)
    _touched(business, at)
    return row


def remove_photo(
    business: Business, photo: BusinessPhoto, *, actor: Actor, at: datetime, storage: Storage
) -> None:
    """Take a picture away."""
    _may(rules.may_edit(actor.role_in(business.id)) and photo.business_id == business.id)
    upload = photo.upload
    db.session.delete(photo)
    uploads.drop(upload, storage=storage)
    _touched(business, at)


# --- people -----------------------------------------------------------------------------------------------


def invite(
    business: Business, contact: TypedContact, role: BusinessRole, *, actor: Actor, at: datetime, seal: Seal
) -> BusinessInvitation:
    """Ask somebody to speak for the business; again asks once more. Raises `Full`."""
    _may(rules.may_manage_members(actor.role_in(business.id)))
    _room_for_a_member(business)
    hashed = seal.keyed_hash(contact.value)
    row = db.session.scalar(
        select(BusinessInvitation).where(
            BusinessInvitation.business_id == business.id, BusinessInvitation.contact_hash == hashed
        )
    )
    if row is None:
        row = BusinessInvitation(business_id=business.id, contact_hash=hashed)
        db.session.add(row)
    row.contact, row.role, row.created_at = seal.seal(contact.value), role, at
    row.created_by_id, row.expires_at = actor.user_id, at + timedelta(days=rules.INVITATION_DAYS)
    db.session.flush()  # need the id
    outbox.queue(
        "business_invited",
        to=Recipient.INVITED,
        recipient_id=row.id,
        at=at,
        data={"business_id": business.id},
        dedupe_key=f"business_invited:{row.id}:{city_date(at):%Y%m%d}",
    )
    return row


def _room_for_a_member(business: Business) -> None:
    hold(business)
    number = db.session.scalar(select(func.count()).where(BusinessMember.business_id == business.id)) or 0
    if number >= rules.MOST_MEMBERS:
        raise Full


def withdraw_invitation(business: Business, invitation: BusinessInvitation, *, actor: Actor) -> None:
    """Take an invitation back."""
    _may(rules.may_manage_members(actor.role_in(business.id)) and invitation.business_id == business.id)
    db.session.delete(invitation)


def accept_invitation(invitation: BusinessInvitation, *, user: User, at: datetime) -> Business:
    """Join a business. Raises `NotPermitted` unless a proved contact of the account was invited, in time.

    Raises `Full` where the business or the account has as many as there may be.
    """
    proved = select(Contact.id).where(
        Contact.user_id == user.id, Contact.value_hash == invitation.contact_hash
    )
    if invitation.expires_at < at or db.session.scalar(proved) is None:
        raise NotPermitted
    _hold(user)
    business = db.session.get_one(Business, invitation.business_id)
    own = select(BusinessMember.id).where(
        BusinessMember.business_id == business.id, BusinessMember.user_id == user.id
    )
    if db.session.scalar(own) is None:
        _room_for_one_more(user)
        _room_for_a_member(business)
        _join(business, user, invitation.role, at, invitation.created_by_id)
    db.session.delete(invitation)
    return business


def set_role(business: Business, member: BusinessMember, role: BusinessRole, *, actor: Actor) -> None:
    """Give a member another role. Raises `LastOwner`."""
    _may(rules.may_manage_members(actor.role_in(business.id)) and member.business_id == business.id)
    if member.role is BusinessRole.OWNER and role is not BusinessRole.OWNER:
        _keep_an_owner(business)
    member.role = role


def remove_member(business: Business, member: BusinessMember, *, actor: Actor) -> None:
    """Let a member go, or oneself. Raises `LastOwner`."""
    itself = member.user_id == actor.user_id
    _may(member.business_id == business.id)
    _may(itself or rules.may_manage_members(actor.role_in(business.id)))
    if member.role is BusinessRole.OWNER:
        _keep_an_owner(business)
    db.session.delete(member)


def _keep_an_owner(business: Business) -> None:
    owners = db.session.scalars(
        select(BusinessMember.id)
        .where(BusinessMember.business_id == business.id, BusinessMember.role == BusinessRole.OWNER)
        .with_for_update()
    ).all()
    if len(owners) < 2:
        raise LastOwner


#: Who takes over when no owner is left, the first before the next.
_HEIRS = (BusinessRole.MANAGER, BusinessRole.HELPER)


def forget_member(user_id: int, *, at: datetime, storage: Storage) -> None:
    """Take an erased account out of its businesses; what nobody speaks for any more loses its people.

    Where no owner is left the oldest manager becomes one, else the oldest helper.
    """
    query = select(BusinessMember).where(BusinessMember.user_id == user_id).order_by(BusinessMember.id)
    for member in db.session.scalars(query).all():
        business = db.session.get_one(Business, member.business_id, with_for_update={"key_share": True})
        db.session.delete(member)
        db.session.flush()
        others = select(BusinessMember).where(BusinessMember.business_id == business.id)
        left = db.session.scalars(others.order_by(BusinessMember.id)).all()
        if not left:
            _forget_people(business, storage)
        elif all(one.role is not BusinessRole.OWNER for one in left):
            min(left, key=lambda one: (_HEIRS.index(one.role), one.id)).role = BusinessRole.OWNER
        _touched(business, at)


def _forget_people(business: Business, storage: Storage) -> None:
    """Empty what is a person's and not the firm's; what its packages say stays with them."""
    business.published = business.show_owner = False
    business.owner_name = business.address = business.npwp_hash = business.npwp_tail = ""
    for licence in db.session.scalars(select(Licence).where(Licence.business_id == business.id)).all():
        upload, licence.upload_id = licence.upload, None
        db.session.flush()
        if upload is not None:
            uploads.drop(upload, storage=storage)


def forget_invitations(at: datetime) -> None:
    """Drop invitations that nobody can take any more."""
    db.session.execute(delete(BusinessInvitation).where(BusinessInvitation.expires_at < at))


# --- verification -----------------------------------------------------------------------------------------


def may_verify(actor: Actor) -> bool:
    """Tell whether the actor may look at businesses for the city: heads, officers, coordinators."""
    return actor.is_staff


def verify(
    business: Business,
    *,
    actor: Actor,
    at: datetime,
    checked: Sequence[str],
    valid_until: date,
    version: int | None = None,
) -> BusinessVerification:
    """Note what was checked and until when that holds, of the profile that was looked at.

    Raises `StaleVersion`, and ValueError for too little or too long.
    """
    _look_at(business, actor, version)
    today = city_date(at)
    if not rules.checks_suffice(checked) or not today < valid_until <= today + rules.LONGEST_VERIFICATION:
        raise ValueError("not a verification")
    business.verified_until = valid_until
    return _found(business, VerificationResult.VERIFIED, actor, at, checked, valid_until, "")


def refuse(
    business: Business,
    *,
    actor: Actor,
    at: datetime,
    reason: str,
    checked: Sequence[str] = (),
    version: int | None = None,
) -> BusinessVerification:
    """Say why a business is not verified (any more), for everybody.

    Raises `StaleVersion`, and ValueError without a reason.
    """
    _look_at(business, actor, version)
    words = normalise(reason)
    if not words:
        raise ValueError("a reason")
    had = business.verified_until is not None
    business.verified_until = None
    result = VerificationResult.REVOKED if had else VerificationResult.REJECTED
    return _found(business, result, actor, at, checked, None, words[:300])


def _look_at(business: Business, actor: Actor, version: int | None) -> None:
    """Hold a business for a word of the city. Nobody verifies their own."""
    _may(may_verify(actor) and actor.user_id not in businesses.member_ids(business.id))
    hold(business, version)


def _found(
    business: Business,
    result: VerificationResult,
    actor: Actor,
    at: datetime,
    checked: Sequence[str],
    valid_until: date | None,
    reason: str,
) -> BusinessVerification:
    agency = next((seat.agency_id for seat in actor.seats if seat.role in (Role.HEAD, Role.OFFICER)), None)
    row = BusinessVerification(
        business_id=business.id,
        at=at,
        by_id=actor.user_id,
        agency_id=agency,
        result=result,
        checked=[item for item in rules.CHECKS if item in checked],
        valid_until=valid_until,
        reason=reason,
    )
    db.session.add(row)
    audit.note("business_verification", "business", business.id, actor=actor, at=at, data={"result": result})
    _touched(business, at)
    return row
