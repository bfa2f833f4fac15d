"""What people say under a case or a program, and what moderation does with it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.kinds import CommentState, HideCode, ModerationAct, ReportReason, Subject


class Thread(Base):
    """The discussion under a case, a program or a consultation; made with its first comment or its closing.

    The counters are of published comments (replies included) and kept by the services.
    """

    __tablename__ = "thread"
    __table_args__ = (UniqueConstraint("subject", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[Subject] = mapped_column(EnumText(Subject))
    subject_id: Mapped[int]
    comment_count: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    #: Why, for everybody.
    closed_reason: Mapped[str] = mapped_column(String(300), default="")


class Comment(Base):
    """A comment, or a reply to one (`parent_id`; replies have none of their own).

    `author_id` is empty where the reporter speaks as such (`by_reporter`: a hidden name must not be learned
    from a comment) and after the author was erased. `agency_id` makes it an official word of that agency.
    """

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_its_own_parent"),
        Index("ix_comment_page", "thread_id", "parent_id", "listed", "id"),
        Index("ix_comment_helpful", "thread_id", "parent_id", "listed", "helpful_count", "id"),
        Index("ix_comment_author", "author_id", "id"),
        Index("ix_comment_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Unguessable name in addresses.
    token: Mapped[str] = mapped_column(String(24), unique=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"))
    #: Asked for together with `thread_id`: an index of its own would lure PostgreSQL away from the page's.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    by_reporter: Mapped[bool] = mapped_column(default=False)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    #: Name as shown when it was written; emptied when its author is erased.
    author_name: Mapped[str] = mapped_column(String(120), default="")
    #: Markdown subset.
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[CommentState] = mapped_column(EnumText(CommentState))
    #: Stands on the page: published, or as the mark of one that was hidden or deleted. Kept by
    #: `services.discussion`; one column, so that a page of a long thread is one walk along an index.
    listed: Mapped[bool] = mapped_column(default=False)
    #: Codes that the screen found, for moderation ("phone", "flagged_word", ...), comma separated.
    screen_codes: Mapped[str] = mapped_column(String(200), default="")
    hidden_code: Mapped[HideCode | None] = mapped_column(EnumText(HideCode))
    #: The sentence for everybody.
    hidden_reason: Mapped[str] = mapped_column(String(300), default="")
    helpful_count: Mapped[int] = mapped_column(default=0)
    reply_count: Mapped[int] = mapped_column(default=0)
    report_count: Mapped[int] = mapped_column(default=0)
    #: Makes a repeated press find its own first one.
    idempotency_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class CommentVersion(Base):
    """An earlier wording of a comment."""

    __tablename__ = "comment_version"
    __table_args__ = (UniqueConstraint("comment_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    number: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CommentVote(Base):
    """Somebody found a comment helpful. Counts once."""

    __tablename__ = "comment_vote"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Report(Base):
    """A reader's remark that something should not stand there; one per person and thing."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("subject", "subject_id", "person_hash"),
        Index("ix_report_open", "closed_at", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: A submission or a comment.
    subject: Mapped[Subject] = mapped_column(EnumText(Subject))
    subject_id: Mapped[int]
    reason: Mapped[ReportReason] = mapped_column(EnumText(ReportReason))
    words: Mapped[str] = mapped_column(String(1000), default="")
    #: Keyed hash of the account or of the browser's cookie: who reports stays unknown.
    person_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_decision.id"))


class ModerationDecision(Base):
    """What a moderator decided about a submission, a comment, a thread or a person. Append-only."""

    __tablename__ = "moderation_decision"
    __table_args__ = (
        Index("ix_moderation_decision_subject", "subject", "subject_id", "id"),
        Index("ix_moderation_decision_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    act: Mapped[ModerationAct] = mapped_column(EnumText(ModerationAct))
    #: "submission", "comment", "thread" or "user".
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    #: Whose comment it was; whom a warning or block concerns. Emptied when they are erased.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    code: Mapped[HideCode | None] = mapped_column(EnumText(HideCode))
    #: For everybody (hiding, closing) or for the person (warning, block).
    sentence: Mapped[str] = mapped_column(String(300), default="")
    #: End of a block.
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    #: The appeal that this decision settles.
    appeal_id: Mapped[int | None]


class Appeal(Base):
    """Somebody disagrees with a decision; a moderator who did not take it decides anew."""

    __tablename__ = "appeal"
    __table_args__ = (Index("ix_appeal_open", "decided_at", "created_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("moderation_decision.id"), unique=True)
    words: Mapped[str] = mapped_column(String(2000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    granted: Mapped[bool | None]
    sentence: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))
