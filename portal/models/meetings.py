"""Meetings of the staff: an agenda of cases, what was decided on each, and who was there."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.kinds import MeetingStatus


class Meeting(Base):
    """A meeting of one agency, or of the coordinators with several (`agency_id` empty)."""

    __tablename__ = "meeting"
    __table_args__ = (Index("ix_meeting_agency_id", "agency_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Unguessable name in the address.
    token: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    place: Mapped[str] = mapped_column(String(160), default="")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[MeetingStatus] = mapped_column(EnumText(MeetingStatus))
    #: What was said beyond the single cases.
    remarks: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class MeetingPerson(Base):
    """Who takes part; the minutes go to everybody who was invited."""

    __tablename__ = "meeting_person"

    meeting_id: Mapped[int] = mapped_column(
        ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    present: Mapped[bool] = mapped_column(default=False)


class MeetingItem(Base):
    """A case on the agenda, and what was decided."""

    __tablename__ = "meeting_item"
    __table_args__ = (UniqueConstraint("meeting_id", "submission_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    position: Mapped[int]
    decision: Mapped[str] = mapped_column(Text, default="")
    #: Who does it and until when.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    due_on: Mapped[date | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    #: Of the decision alone: two people who write down different items are not in each other's way.
    version: Mapped[int] = mapped_column(default=1)
