"""Consultations: what the city asks, what people answer, and what was done with it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.discussion import Thread
from portal.models.kinds import ConsultationKind, Eligibility, QuestionKind


class Consultation(Base):
    """A consultation on a program or a draft policy, or the vote on the priorities of a ward.

    It is open from `opens_at` until `closes_at` once `published_at` is set; `archived_at` needs an outcome.
    """

    __tablename__ = "consultation"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="in_order"),
        CheckConstraint("archived_at IS NULL OR outcome_at IS NOT NULL", name="outcome_first"),
        Index("ix_consultation_published", "published_at", "closes_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[ConsultationKind] = mapped_column(EnumText(ConsultationKind))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    program_id: Mapped[int | None] = mapped_column(ForeignKey("program.id"), index=True)
    title_id: Mapped[str] = mapped_column(String(160))
    title_en: Mapped[str] = mapped_column(String(160), default="")
    #: What it is about and what can be influenced (markdown subset).
    background_id: Mapped[str] = mapped_column(Text, default="")
    background_en: Mapped[str] = mapped_column(Text, default="")
    eligibility: Mapped[Eligibility] = mapped_column(EnumText(Eligibility))
    ward_code: Mapped[str | None] = mapped_column(ForeignKey("ward.code"))
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: "What we did with your answers" (markdown subset).
    outcome_id: Mapped[str] = mapped_column(Text, default="")
    outcome_en: Mapped[str] = mapped_column(Text, default="")
    outcome_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_on: Mapped[date | None]
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    response_count: Mapped[int] = mapped_column(default=0)
    #: What changed after it was published, oldest first: {"at", "kind", "text"}, for everybody to read.
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1)
    thread: Mapped[Thread | None] = relationship(
        primaryjoin="and_(foreign(Thread.subject_id) == Consultation.id, Thread.subject == 'consultation')",
        uselist=False,
        viewonly=True,
        lazy="raise",
    )


class ConsultationQuestion(Base):
    """A question; `most` is how many options may be chosen, `points` how many points are shared out."""

    __tablename__ = "consultation_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    kind: Mapped[QuestionKind] = mapped_column(EnumText(QuestionKind))
    text_id: Mapped[str] = mapped_column(String(300))
    text_en: Mapped[str] = mapped_column(String(300), default="")
    required: Mapped[bool] = mapped_column(default=True)
    most: Mapped[int | None]
    points: Mapped[int | None]


class ConsultationOption(Base):
    """Something to choose; in a vote on priorities a proposal, perhaps one that a citizen sent."""

    __tablename__ = "consultation_option"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(
        ForeignKey("consultation_question.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    text_id: Mapped[str] = mapped_column(String(300))
    text_en: Mapped[str] = mapped_column(String(300), default="")
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)


class ConsultationResponse(Base):
    """One person's answers. Who it is, is a keyed hash bound to this consultation: a secret ballot."""

    __tablename__ = "consultation_response"
    __table_args__ = (UniqueConstraint("consultation_id", "person_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    person_hash: Mapped[str] = mapped_column(String(64))
    #: Where the person said they live, when they answered.
    ward_code: Mapped[str | None] = mapped_column(ForeignKey("ward.code"))
    confirmed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConsultationAnswer(Base):
    """An option chosen (`value`: 1, a rank from 1, or points), or a free text (`option_id` empty).

    Of points only those above nothing have a row, of a ranking only the options that were given a place.
    """

    __tablename__ = "consultation_answer"
    __table_args__ = (
        # Counting reads nothing but this.
        Index("ix_consultation_answer_response", "response_id", "question_id", "option_id", "value"),
        Index("ix_consultation_answer_question", "question_id", "option_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("consultation_response.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey("consultation_question.id", ondelete="CASCADE"))
    option_id: Mapped[int | None] = mapped_column(ForeignKey("consultation_option.id", ondelete="CASCADE"))
    value: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="")
