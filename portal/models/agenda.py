"""The city's calendar: meetings that citizens can come to."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.kinds import RegistrationState


class Gathering(Base):
    """A public meeting: Musrenbang, a consultation hour, a visit to a site. `capacity` None is no limit."""

    __tablename__ = "gathering"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="in_order"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        Index("ix_gathering_published", "published_at", "starts_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: In the address, and the UID of the calendar file.
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    program_id: Mapped[int | None] = mapped_column(ForeignKey("program.id"), index=True)
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"), index=True)
    title_id: Mapped[str] = mapped_column(String(160))
    title_en: Mapped[str] = mapped_column(String(160), default="")
    text_id: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(String(160), default="")
    ward_code: Mapped[str | None] = mapped_column(ForeignKey("ward.code"))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    capacity: Mapped[int | None]
    registration_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_reason: Mapped[str] = mapped_column(String(300), default="")
    #: What was said and decided (markdown subset), for everybody.
    minutes_id: Mapped[str] = mapped_column(Text, default="")
    minutes_en: Mapped[str] = mapped_column(Text, default="")
    minutes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: SEQUENCE of the calendar file too: calendars take the higher one.
    version: Mapped[int] = mapped_column(default=1)


class GatheringItem(Base):
    """A point of the agenda."""

    __tablename__ = "gathering_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    text_id: Mapped[str] = mapped_column(String(200))
    text_en: Mapped[str] = mapped_column(String(200), default="")


class GatheringSubmission(Base):
    """A submission that a meeting is about."""

    __tablename__ = "gathering_submission"

    gathering_id: Mapped[int] = mapped_column(
        ForeignKey("gathering.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, autoincrement=False, index=True
    )


class Registration(Base):
    """A person who wants to come, with how many; the waiting list moves up by `id`."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("gathering_id", "user_id"),
        CheckConstraint("seats BETWEEN 1 AND 5", name="seats"),
        Index("ix_registration_queue", "gathering_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    seats: Mapped[int] = mapped_column(default=1)
    state: Mapped[RegistrationState] = mapped_column(EnumText(RegistrationState))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Sealed: what the person needs to take part (sign language, wheelchair); for the organisers only.
    needs: Mapped[str] = mapped_column(Text, default="")
