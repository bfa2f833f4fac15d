"""Programs of the city, their milestones and progress, and what citizens' submissions they answer."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.discussion import Thread
from portal.models.kinds import LinkType, ProgramStatus
from portal.models.reference import Agency


class Program(Base):
    """A program with the code of the national nomenclature; budget in whole rupiah, progress in percent."""

    __tablename__ = "program"
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_percent"),
        CheckConstraint("budget >= 0", name="budget_not_negative"),
        Index("ix_program_year_code", "year", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    nomenclature: Mapped[str] = mapped_column(String(200), default="")
    title_id: Mapped[str] = mapped_column(String(160))
    title_en: Mapped[str] = mapped_column(String(160))
    summary_id: Mapped[str] = mapped_column(Text, default="")
    summary_en: Mapped[str] = mapped_column(Text, default="")
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    year: Mapped[int]
    budget: Mapped[int] = mapped_column(BigInteger)  # beyond 2.1 billion rupiah
    status: Mapped[ProgramStatus] = mapped_column(EnumText(ProgramStatus))
    progress: Mapped[int] = mapped_column(default=0)
    indicator_id: Mapped[str] = mapped_column(String(200), default="")
    indicator_en: Mapped[str] = mapped_column(String(200), default="")
    target: Mapped[str] = mapped_column(String(60), default="")
    realised: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agency: Mapped[Agency] = relationship(lazy="raise")
    milestones: Mapped[list["Milestone"]] = relationship(
        lazy="raise", order_by="Milestone.due_on, Milestone.id"
    )
    updates: Mapped[list["ProgramUpdate"]] = relationship(
        lazy="raise", order_by="ProgramUpdate.at.desc(), ProgramUpdate.id.desc()"
    )
    thread: Mapped[Thread | None] = relationship(
        primaryjoin="and_(foreign(Thread.subject_id) == Program.id, Thread.subject == 'program')",
        uselist=False,
        viewonly=True,
        lazy="raise",
    )


class Milestone(Base):
    """A promised date of a program, and when it was kept."""

    __tablename__ = "milestone"

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    title_id: Mapped[str] = mapped_column(String(160))
    title_en: Mapped[str] = mapped_column(String(160))
    due_on: Mapped[date]
    done_on: Mapped[date | None]


class ProgramUpdate(Base):
    """A progress report for everybody."""

    __tablename__ = "program_update"

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    text_id: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text, default="")
    progress: Mapped[int]


class ProgramLink(Base):
    """Why a submission and a program belong together, in one sentence for the citizen."""

    __tablename__ = "program_link"
    __table_args__ = (UniqueConstraint("submission_id", "program_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    type: Mapped[LinkType] = mapped_column(EnumText(LinkType))
    sentence: Mapped[str] = mapped_column(String(300))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
