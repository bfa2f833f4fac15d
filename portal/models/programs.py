"""Programs of the city, their milestones and progress, and what citizens' submissions they answer."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.discussion import Thread
from portal.models.kinds import BudgetStage, LinkType, ProgramLevel, ProgramStatus, TeamRole
from portal.models.reference import Agency
from portal.models.uploads import Upload


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
    level: Mapped[ProgramLevel] = mapped_column(
        EnumText(ProgramLevel), default=ProgramLevel.PROGRAM, server_default=ProgramLevel.PROGRAM.value
    )
    #: The program of an activity, the activity of a sub-activity.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("program.id"), index=True)
    #: Share in the progress of the parent, relative to its siblings; at least 1.
    weight: Mapped[int] = mapped_column(default=1, server_default="1")
    #: Code and version of the national nomenclature; `nomenclature` above is its title then.
    nomenclature_code: Mapped[str] = mapped_column(String(40), default="", server_default="")
    nomenclature_version_id: Mapped[int | None] = mapped_column(ForeignKey("nomenclature_version.id"))
    agency: Mapped[Agency] = relationship(lazy="raise")
    milestones: Mapped[list["Milestone"]] = relationship(
        lazy="raise", order_by="Milestone.due_on, Milestone.id"
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
    #: The first day that was promised, once the day was moved.
    first_due_on: Mapped[date | None]
    #: Why it was moved or is late, for everybody.
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")


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


class NomenclatureVersion(Base):
    """The national nomenclature of programs as one decree issued it. Newer ones do not change older codes."""

    __tablename__ = "nomenclature_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: For example "Kepmendagri 050-5889 Tahun 2021".
    decree: Mapped[str] = mapped_column(String(120), unique=True)
    issued_on: Mapped[date]
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class NomenclatureCode(Base):
    """One line of a nomenclature: 3.26.02 with its title; `level` by the number of parts in the code."""

    __tablename__ = "nomenclature_code"
    __table_args__ = (UniqueConstraint("version_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("nomenclature_version.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300))
    level: Mapped[ProgramLevel | None] = mapped_column(EnumText(ProgramLevel))


class ProgramIndicator(Base):
    """What is measured: from where, to where, and where it stands."""

    __tablename__ = "program_indicator"

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title_id: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200), default="")
    unit: Mapped[str] = mapped_column(String(40), default="")
    baseline: Mapped[float] = mapped_column(Numeric(14, 2, asdecimal=False), default=0)
    target: Mapped[float] = mapped_column(Numeric(14, 2, asdecimal=False))
    realised: Mapped[float | None] = mapped_column(Numeric(14, 2, asdecimal=False))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProgramBudget(Base):
    """How much money a program had at one stage, whole rupiah: asked for, planned, enacted, bound, paid."""

    __tablename__ = "program_budget"
    __table_args__ = (
        UniqueConstraint("program_id", "stage"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    stage: Mapped[BudgetStage] = mapped_column(EnumText(BudgetStage))
    amount: Mapped[int] = mapped_column(BigInteger)
    as_of: Mapped[date]
    source: Mapped[str] = mapped_column(String(160), default="")


class ProgramPhoto(Base):
    """A picture of a progress report."""

    __tablename__ = "program_photo"

    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"), primary_key=True, autoincrement=False)
    update_id: Mapped[int] = mapped_column(ForeignKey("program_update.id"), index=True)
    position: Mapped[int]
    alt: Mapped[str] = mapped_column(String(200), default="")
    upload: Mapped[Upload] = relationship(lazy="joined", innerjoin=True)


class ProgramAgency(Base):
    """An agency that takes part besides the responsible one."""

    __tablename__ = "program_agency"

    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), primary_key=True, autoincrement=False)
    agency_id: Mapped[int] = mapped_column(
        ForeignKey("agency.id"), primary_key=True, autoincrement=False, index=True
    )


class ProgramMember(Base):
    """An officer of the team; the public sees roles and numbers, never names."""

    __tablename__ = "program_member"

    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    role: Mapped[TeamRole] = mapped_column(EnumText(TeamRole))


class ProgramPartnership(Base):
    """A partnership that carries a program, or that a program carries."""

    __tablename__ = "program_partnership"

    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), primary_key=True, autoincrement=False)
    partnership_id: Mapped[int] = mapped_column(
        ForeignKey("partnership.id"), primary_key=True, autoincrement=False, index=True
    )
    type: Mapped[LinkType] = mapped_column(EnumText(LinkType))
    sentence: Mapped[str] = mapped_column(String(300))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ResultVote(Base):
    """Whether somebody feels the result of a program; one word an account, which may be changed."""

    __tablename__ = "result_vote"

    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    felt: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
