"""Businesses: who proposes, who speaks for them, and what the city checked of them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.kinds import BusinessKind, BusinessRole, LicenceKind, VerificationResult
from portal.models.reference import Ward
from portal.models.uploads import Upload


class Business(Base):
    """Who proposes. The name is public with the proposal; the contact person is in the sealed identity."""

    __tablename__ = "business"
    __table_args__ = (
        Index("uq_business_slug", "slug", unique=True),
        Index("ix_business_published", "published", "name", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[BusinessKind] = mapped_column(EnumText(BusinessKind))
    #: Nomor Induk Berusaha, 13 digits or empty (public register).
    nib: Mapped[str] = mapped_column(String(13), default="")
    ward_code: Mapped[str | None] = mapped_column(ForeignKey("ward.code"))
    #: What visitors may use once a package is in the catalogue; given for that purpose.
    public_phone: Mapped[str] = mapped_column(String(20), default="")
    public_email: Mapped[str] = mapped_column(String(254), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: In the address of the profile; None until the business has one.
    slug: Mapped[str | None] = mapped_column(String(80))
    #: The business agreed to a page of its own.
    published: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Whoever owns it; public only where `show_owner` says so.
    owner_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    show_owner: Mapped[bool] = mapped_column(default=False, server_default=false())
    about_id: Mapped[str] = mapped_column(Text, default="", server_default="")
    about_en: Mapped[str] = mapped_column(Text, default="", server_default="")
    address: Mapped[str] = mapped_column(String(200), default="", server_default="")
    hours: Mapped[str] = mapped_column(String(120), default="", server_default="")
    #: Languages that visitors are served in, ISO 639-1 codes.
    languages: Mapped[list[str]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    #: Nomor Pokok Wajib Pajak. A person's is their NIK, so only a keyed hash and the last 4 digits are kept.
    npwp_hash: Mapped[str] = mapped_column(String(64), default="", server_default="")
    npwp_tail: Mapped[str] = mapped_column(String(4), default="", server_default="")
    #: Until when the newest verification holds; None: never verified, rejected or revoked.
    verified_until: Mapped[date | None]
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    ward: Mapped[Ward | None] = relationship(lazy="raise")


class BusinessMember(Base):
    """An account that speaks for a business."""

    __tablename__ = "business_member"
    __table_args__ = (UniqueConstraint("business_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    business_id: Mapped[int] = mapped_column(ForeignKey("business.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[BusinessRole] = mapped_column(EnumText(BusinessRole))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class BusinessInvitation(Base):
    """An invitation to speak for a business; whoever proves the contact may take it.

    `contact_hash` is the keyed hash of the contact (as in `contact`), `contact` the sealed contact itself.
    """

    __tablename__ = "business_invitation"
    __table_args__ = (UniqueConstraint("business_id", "contact_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    business_id: Mapped[int] = mapped_column(ForeignKey("business.id"))
    contact_hash: Mapped[str] = mapped_column(String(64), index=True)
    contact: Mapped[str] = mapped_column(Text)
    role: Mapped[BusinessRole] = mapped_column(EnumText(BusinessRole))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Licence(Base):
    """A licence or certificate of a business, with its expiry. The scan is for staff and the business."""

    __tablename__ = "licence"

    id: Mapped[int] = mapped_column(primary_key=True)
    business_id: Mapped[int] = mapped_column(ForeignKey("business.id"), index=True)
    kind: Mapped[LicenceKind] = mapped_column(EnumText(LicenceKind))
    #: What the business calls it, where `kind` is "other".
    title: Mapped[str] = mapped_column(String(120), default="")
    number: Mapped[str] = mapped_column(String(60), default="")
    issuer: Mapped[str] = mapped_column(String(120), default="")
    valid_until: Mapped[date | None]
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id"))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    #: Days before expiry that were told last (90, 60, 30, 7, 0); None: nothing yet.
    reminded: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    upload: Mapped[Upload | None] = relationship(lazy="raise")


class BusinessVerification(Base):
    """What staff checked of a business, when, and until when it holds. Rows stay as they are."""

    __tablename__ = "business_verification"

    id: Mapped[int] = mapped_column(primary_key=True)
    business_id: Mapped[int] = mapped_column(ForeignKey("business.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    result: Mapped[VerificationResult] = mapped_column(EnumText(VerificationResult))
    #: Codes of what was checked (`rules.businesses.CHECKS`), in order.
    checked: Mapped[list[str]] = mapped_column(JSON, default=list)
    valid_until: Mapped[date | None]
    #: Said to the business; of a rejection or a revocation to the public too.
    reason: Mapped[str] = mapped_column(String(300), default="")


class BusinessPhoto(Base):
    """A picture on the page of a business."""

    __tablename__ = "business_photo"

    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"), primary_key=True, autoincrement=False)
    business_id: Mapped[int] = mapped_column(ForeignKey("business.id"), index=True)
    position: Mapped[int]
    alt: Mapped[str] = mapped_column(String(200), default="")
    upload: Mapped[Upload] = relationship(lazy="joined", innerjoin=True)


class Proposal(Base):
    """The fields of a partnership or tourism package proposal; their list is `rules.proposals`.

    `data` maps field name to value; names in `proprietary` are never public.
    """

    __tablename__ = "proposal"

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, autoincrement=False
    )
    business_id: Mapped[int] = mapped_column(ForeignKey("business.id"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    proprietary: Mapped[list[str]] = mapped_column(JSON, default=list)
    business: Mapped[Business] = relationship(lazy="joined", innerjoin=True)


class ReadinessTask(Base):
    """Something that a proposal still needs, and who brings it: the business, or an agency of the city.

    `item` is a code of `rules.readiness.ITEMS`; one row a proposal and item, made when it was missing.
    """

    __tablename__ = "readiness_task"
    __table_args__ = (
        UniqueConstraint("submission_id", "item"),
        Index("ix_readiness_task_open", "done_at", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    item: Mapped[str] = mapped_column(String(40))
    #: Null: the business does it.
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    #: The program that can help.
    program_id: Mapped[int | None] = mapped_column(ForeignKey("program.id"))
    note: Mapped[str] = mapped_column(String(300), default="")
    due_on: Mapped[date | None]
    #: The first day that was promised, once the day was moved.
    first_due_on: Mapped[date | None]
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id"))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    #: Not needed after all: says staff, with the reason in `note`.
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: 1 told once it was due, 2 told the head once it was late.
    escalated: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
