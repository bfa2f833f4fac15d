"""Businesses, their proposals, and what becomes of an accepted one."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.kinds import BusinessKind, PartnershipStage
from portal.models.reference import Ward


class Business(Base):
    """Who proposes. The name is public with the proposal; the contact person is in the sealed identity."""

    __tablename__ = "business"

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
    ward: Mapped[Ward | None] = relationship(lazy="raise")


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


class Partnership(Base):
    """What an accepted proposal becomes."""

    __tablename__ = "partnership"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), unique=True)
    business_id: Mapped[int] = mapped_column(ForeignKey("business.id"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    stage: Mapped[PartnershipStage] = mapped_column(EnumText(PartnershipStage))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Package(Base):
    """A tourism package in the public catalogue; made when its proposal is accepted."""

    __tablename__ = "package"
    __table_args__ = (Index("ix_package_listed", "listed", text("created_at DESC"), text("id DESC")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), unique=True)
    business_id: Mapped[int] = mapped_column(ForeignKey("business.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    #: The public fields only, copied at acceptance (proprietary ones left behind).
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    listed: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    business: Mapped[Business] = relationship(lazy="joined", innerjoin=True)
