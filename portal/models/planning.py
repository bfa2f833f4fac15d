"""The city's planning: rounds with their closing dates, and aspirations written for the planning system."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.kinds import Endorser, LandStatus, RoundLevel, Verdict


class PlanningRound(Base):
    """One stage of planning the budget of `year`: what arrives after `closes_on` is for the next year."""

    __tablename__ = "planning_round"
    __table_args__ = (UniqueConstraint("year", "level"), Index("ix_planning_round_closes", "closes_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    level: Mapped[RoundLevel] = mapped_column(EnumText(RoundLevel))
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    held_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)


class QuickStep(Base):
    """What can be done now, without budget, about matters of a category (None: of any)."""

    __tablename__ = "quick_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    text_id: Mapped[str] = mapped_column(String(300))
    text_en: Mapped[str] = mapped_column(String(300), default="")
    active: Mapped[bool] = mapped_column(default=True)


class PlanningProposal(Base):
    """An aspiration in the fields that the planning system (ASMAS) takes; staff fill them from the case."""

    __tablename__ = "planning_proposal"
    __table_args__ = (Index("ix_planning_proposal_year", "year", "submission_id"),)

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, autoincrement=False
    )
    year: Mapped[int]
    problem: Mapped[str] = mapped_column(Text)
    background: Mapped[str] = mapped_column(Text, default="")
    purpose: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    volume: Mapped[float | None] = mapped_column(Numeric(14, 2, asdecimal=False))
    unit: Mapped[str] = mapped_column(String(40), default="")
    #: Whole rupiah.
    budget: Mapped[int | None] = mapped_column(BigInteger)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    land_status: Mapped[LandStatus] = mapped_column(EnumText(LandStatus))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class Endorsement(Base):
    """A step of the recommendation chain lurah -> camat -> agency -> TAPD."""

    __tablename__ = "endorsement"
    __table_args__ = (UniqueConstraint("submission_id", "endorser"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("planning_proposal.submission_id"))
    endorser: Mapped[Endorser] = mapped_column(EnumText(Endorser))
    verdict: Mapped[Verdict] = mapped_column(EnumText(Verdict))
    volume: Mapped[float | None] = mapped_column(Numeric(14, 2, asdecimal=False))
    budget: Mapped[int | None] = mapped_column(BigInteger)
    remark: Mapped[str] = mapped_column(String(500), default="")
    #: Day on which it was given (a paper may be older than its entry).
    given_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
