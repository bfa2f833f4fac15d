"""The catalogue Jelajah Sibolga: packages, their stops on the map, changes and visitors' questions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.businesses import Business
from portal.models.kinds import ChangeState
from portal.models.uploads import Upload


class Package(Base):
    """A tourism package in the public catalogue; made when its proposal is accepted.

    The columns after `created_at` repeat parts of `data` for the filters of the catalogue; they are written
    with it by `services.packages` only.
    """

    __tablename__ = "package"
    __table_args__ = (
        Index("ix_package_listed", "listed", text("created_at DESC"), text("id DESC")),
        Index("ix_package_filters", "listed", "tour_kind", "ward_code", "price", "hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), unique=True)
    business_id: Mapped[int] = mapped_column(ForeignKey("business.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    #: The public fields only, copied at acceptance (proprietary ones left behind).
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    listed: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tour_kind: Mapped[str] = mapped_column(String(20), default="", server_default="")
    ward_code: Mapped[str | None] = mapped_column(String(13))
    #: Rupiah per person; None where the price is not public.
    price: Mapped[int | None] = mapped_column(BigInteger)
    hours: Mapped[float | None]
    #: Months in which it runs, bit 0 = January; 4095 is the whole year.
    months: Mapped[int] = mapped_column(default=4095, server_default="4095")
    #: Somebody in a wheelchair can take part (at least partly); None: not said.
    accessible: Mapped[bool | None]
    #: Normalised words for the search of the catalogue.
    words: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: How much of the readiness check is there, in percent; orders the catalogue, hides nothing.
    readiness: Mapped[int] = mapped_column(default=0, server_default="0")
    #: When and by which agency the safety equipment was looked at.
    safety_checked_on: Mapped[date | None]
    safety_checked_by_id: Mapped[int | None]
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    business: Mapped[Business] = relationship(lazy="joined", innerjoin=True)


class PackagePoint(Base):
    """Where a stop of the route lies; `position` is its place in the route, from 0."""

    __tablename__ = "package_point"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    )

    package_id: Mapped[int] = mapped_column(
        ForeignKey("package.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    latitude: Mapped[float]
    longitude: Mapped[float]


class PackagePhoto(Base):
    """A picture of a package beyond those that came with its proposal."""

    __tablename__ = "package_photo"

    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"), primary_key=True, autoincrement=False)
    package_id: Mapped[int] = mapped_column(ForeignKey("package.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    alt: Mapped[str] = mapped_column(String(200), default="")
    upload: Mapped[Upload] = relationship(lazy="joined", innerjoin=True)


class PackageChange(Base):
    """What a business wants to say differently of its package; it shows once staff accepted it."""

    __tablename__ = "package_change"
    __table_args__ = (Index("ix_package_change_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("package.id", ondelete="CASCADE"), index=True)
    #: The package it was written from.
    package_version: Mapped[int]
    #: Changed fields only: name of the field to its new value (None: taken away).
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[ChangeState] = mapped_column(EnumText(ChangeState))
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(500), default="")


class VisitorQuestion(Base):
    """A question of a visitor to the business behind a package; both write through the portal.

    `contact` is sealed and goes once the answer was sent and its time is over. The business never sees it.
    """

    __tablename__ = "visitor_question"
    __table_args__ = (Index("ix_visitor_question_package", "package_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("package.id", ondelete="CASCADE"))
    #: Unguessable name of the page on which the visitor reads the answer.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    contact: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(String(5), default="id")
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    #: Put aside as advertising or insult by the business or by staff.
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
