"""What staff keep beside the cases: who is here, who watches, who is away, searches, changes to undo."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, UtcDateTime


class Presence(Base):
    """A member of staff who has a case open, as their browser last told; old rows mean nothing."""

    __tablename__ = "presence"

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    #: Since when they have been writing for the public; empty while they only look.
    writing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: A colleague took the writing over; told at the next heartbeat.
    taken_over_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class Watch(Base):
    """A member of staff who wants to hear of a case without having it."""

    __tablename__ = "watch"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, autoincrement=False, index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Mention(Base):
    """A colleague named in an internal note."""

    __tablename__ = "mention"

    note_id: Mapped[int] = mapped_column(ForeignKey("note.id"), primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )


class Absence(Base):
    """Days on which an officer is away and a colleague of the same agency has their cases.

    `starts_on` and `ends_on` are days of the city, both included.
    """

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="in_order"),
        CheckConstraint("user_id <> deputy_id", name="somebody_else"),
        Index("ix_absence_user_id", "user_id", "ends_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When the cases went to the deputy, and when the unfinished ones came back.
    handed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AbsenceCase(Base):
    """A case that went to a deputy because of an absence."""

    __tablename__ = "absence_case"

    absence_id: Mapped[int] = mapped_column(
        ForeignKey("absence.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, autoincrement=False, index=True
    )


class SavedFilter(Base):
    """A search that somebody keeps for themselves, or a head or triage for a whole agency (or the city).

    `query` is the part of the address after the "?", in its one canonical spelling.
    """

    __tablename__ = "saved_filter"
    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        UniqueConstraint("agency_id", "name"),
        # Empty owners are never equal to each other, so everybody's need a rule of their own.
        Index(
            "ix_saved_filter_name",
            "name",
            unique=True,
            sqlite_where=text("owner_id IS NULL AND agency_id IS NULL"),
            postgresql_where=text("owner_id IS NULL AND agency_id IS NULL"),
        ),
        CheckConstraint("owner_id IS NULL OR agency_id IS NULL", name="one_owner"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: For one person; empty for an agency's or the city's.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: For everybody of one agency; both empty: for everybody at the desk.
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    name: Mapped[str] = mapped_column(String(60))
    queue: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(600))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeskChange(Base):
    """One press at the desk that can be taken back, on one case or on many."""

    __tablename__ = "desk_change"
    __table_args__ = (Index("ix_desk_change_user_id", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    action: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeskChangeItem(Base):
    """One case of a change: what it was before, and the version it had right after."""

    __tablename__ = "desk_change_item"

    change_id: Mapped[int] = mapped_column(
        ForeignKey("desk_change.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, autoincrement=False, index=True
    )
    version: Mapped[int]
    #: Ids, codes and values only.
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class AnswerTemplate(Base):
    """A beginning for an official text, of one agency or of everybody (`agency_id` empty).

    `text` holds fields in braces (`portal.rules.templates` names them). It must be edited before it is
    published.
    """

    __tablename__ = "answer_template"
    __table_args__ = (Index("ix_answer_template_agency_id", "agency_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    #: The step it is for (a value of AnswerKind, or "ask" for a question), or empty for any official text.
    kind: Mapped[str] = mapped_column(String(40), default="")
    #: For decline and defer: the reason it explains (a value of ReasonCode), or empty for any.
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    used: Mapped[int] = mapped_column(default=0)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class AnswerVote(Base):
    """Whether an answer was useful to a reporter: of the case, or of one merged into it. Once each."""

    __tablename__ = "answer_vote"

    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id"), primary_key=True, autoincrement=False)
    #: The voter's own submission.
    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, autoincrement=False, index=True
    )
    useful: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
