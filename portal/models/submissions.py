"""Submissions, their drafts, files and everything said about them.

Names and words live in rows of their own (identity, note, answer, question, statement) that an event
points to, so that erasing a person breaks no history.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.discussion import Thread
from portal.models.kinds import (
    AnswerKind,
    Channel,
    HideCode,
    IdentityMode,
    Kind,
    Place,
    Purpose,
    ReasonCode,
    Status,
)
from portal.models.people import User
from portal.models.reference import Agency, Category, Ward


class Draft(Base):
    """What a citizen has written so far. `token` lives in a signed cookie; `data` is form data by step."""

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    flow: Mapped[str] = mapped_column(String(20))  # "aspiration" or "proposal"
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    attachments: Mapped[list["Attachment"]] = relationship(order_by="Attachment.id", viewonly=True)


class Submission(Base):
    """A submission and the state of its handling (the case).

    `status` is the truth; events are its history. `version` goes up with every change and is what forms
    carry to notice that a case moved under them.
    """

    __tablename__ = "submission"
    __table_args__ = (
        CheckConstraint("NOT (secret AND listed)", name="secret_unlisted"),
        Index("ix_submission_listed_received", "listed", text("received_at DESC"), text("id DESC")),
        Index("ix_submission_listed_ward", "listed", "ward_code", text("received_at DESC"), text("id DESC")),
        Index(
            "ix_submission_listed_category",
            "listed",
            "category_id",
            text("received_at DESC"),
            text("id DESC"),
        ),
        Index("ix_submission_listed_status", "listed", "status", text("received_at DESC"), text("id DESC")),
        Index("ix_submission_listed_kind", "listed", "kind", text("received_at DESC"), text("id DESC")),
        Index(
            "ix_submission_listed_agency", "listed", "agency_id", text("received_at DESC"), text("id DESC")
        ),
        Index("ix_submission_listed_answered", "listed", text("answered_at DESC"), text("id DESC")),
        # What the map counts by ward under any filter, without a look at the rows.
        Index(
            "ix_submission_map", "listed", "ward_code", "place", "kind", "status", "category_id", "agency_id"
        ),
        Index("ix_submission_status_due", "status", "due_at", "id"),
        Index("ix_submission_agency", "agency_id", "id"),
        # An agency's piles in order of their deadlines. It also carries every column that the desk filters or
        # sorts by, so that the rarest combination of filters reads this index once and no case that it drops.
        Index(
            "ix_submission_desk",
            "agency_id",
            "status",
            "due_at",
            "id",
            "kind",
            "ward_code",
            "place",
            "category_id",
            "officer_id",
            "priority",
            "support_count",
            "file_count",
            "reopened",
            "handovers",
            "confirmed",
            "received_at",
            "secret",
            "later_until",
        ),
        Index("ix_submission_officer_status_due", "officer_id", "status", "due_at", "id"),
        Index("ix_submission_received_at", "received_at"),
        # What the figures of the desk are counted from, without a look at the rows.
        Index(
            "ix_submission_agency_answered",
            "agency_id",
            "answered_at",
            "answered_in_days",
            "answered_on_time",
            "reopened",
            "secret",
        ),
        Index("ix_submission_finished", "closed_at", "status", "agency_id", "confirmed", "secret"),
        Index(
            "ix_submission_not_done",
            "agency_id",
            "updated_at",
            sqlite_where=text("confirmed IS 0"),  # word for word as a question says it
            postgresql_where=text("confirmed IS false"),
        ),
        Index("ix_submission_later_until", "later_until", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    #: Keyed hash of the tracking code; the code itself is shown once and never stored.
    tracking_hash: Mapped[str] = mapped_column(String(64))
    #: Hash of the key that makes a repeated send find its own first one.
    idempotency_hash: Mapped[str] = mapped_column(String(64), unique=True)

    kind: Mapped[Kind] = mapped_column(EnumText(Kind))
    status: Mapped[Status] = mapped_column(EnumText(Status))
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    place: Mapped[Place] = mapped_column(EnumText(Place))
    ward_code: Mapped[str | None] = mapped_column(ForeignKey("ward.code"))
    landmark: Mapped[str] = mapped_column(String(160), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    identity_mode: Mapped[IdentityMode] = mapped_column(EnumText(IdentityMode))
    secret: Mapped[bool] = mapped_column(default=False)
    #: The public name, only for IdentityMode.SHOWN.
    shown_name: Mapped[str] = mapped_column(String(120), default="")
    #: The text may be read by everybody (nothing found by the screen, or verified).
    text_public: Mapped[bool] = mapped_column(default=False)
    #: Photos and files may be seen by everybody (always after verify).
    files_public: Mapped[bool] = mapped_column(default=False)
    #: Stands in public lists, feeds and counts. Kept by `rules.visibility.listed`.
    listed: Mapped[bool] = mapped_column(default=False)
    #: Codes that the screen found in the text, for triage ("phone", "flagged_word", ...).
    screen_codes: Mapped[list[str]] = mapped_column(JSON, default=list)
    hidden_code: Mapped[HideCode | None] = mapped_column(EnumText(HideCode))

    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: First assignment; a hand-over does not restart the clock.
    assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: First outcome that answers the citizen (answer, promise, accept, decline, defer, refer).
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_on_time: Mapped[bool | None]
    #: Working days from receipt to the first outcome, for the medians.
    answered_in_days: Mapped[int | None]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The running deadline, moved when a pause ends; empty when no clock runs.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What `due_at` was counted from, and the working days granted then; moved pauses are in the events.
    due_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_days: Mapped[int | None]
    #: When the running pause began (needs_info).
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Highest escalation step told for `due_at`: 0 none, 1 day before, 2 due, 3 three days over.
    escalated: Mapped[int] = mapped_column(default=0)
    promised_on: Mapped[date | None]
    review_on: Mapped[date | None]
    #: The budget year whose planning round it came in time for; told on receipt (`rules.planning`).
    planning_year: Mapped[int | None]
    #: Until when the reporter may say "not done" or object.
    contest_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason_code: Mapped[ReasonCode | None] = mapped_column(EnumText(ReasonCode))
    institution: Mapped[str] = mapped_column(String(160), default="")

    #: The state that reply and unmerge return to.
    resume_status: Mapped[Status | None] = mapped_column(EnumText(Status))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    handovers: Mapped[int] = mapped_column(default=0)
    objected: Mapped[bool] = mapped_column(default=False)
    reopened: Mapped[int] = mapped_column(default=0)
    #: The reporter's word after done: True yes, False not yet, None silent ("belum dikonfirmasi").
    confirmed: Mapped[bool | None]
    support_count: Mapped[int] = mapped_column(default=0)
    #: Files of any kind and purpose, so that lists can say so and pages know whether to ask for them.
    file_count: Mapped[int] = mapped_column(default=0)
    #: A value of `Priority`.
    priority: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Out of the piles of work until this day of the city; the deadline runs on.
    later_until: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    ward: Mapped[Ward | None] = relationship(lazy="raise")
    category: Mapped[Category | None] = relationship(lazy="raise")
    agency: Mapped[Agency | None] = relationship(lazy="raise")
    officer: Mapped[User | None] = relationship(lazy="raise")
    merged_into: Mapped["Submission | None"] = relationship(remote_side=[id], lazy="raise")
    named_staff: Mapped[list["NamedStaff"]] = relationship(lazy="select", viewonly=True)
    #: Only read with the page, so that one without comments costs no query for them.
    thread: Mapped[Thread | None] = relationship(
        primaryjoin="and_(foreign(Thread.subject_id) == Submission.id, Thread.subject == 'submission')",
        uselist=False,
        viewonly=True,
        lazy="raise",
    )

    @property
    def named_user_ids(self) -> frozenset[int]:
        """Members of staff whom the text names; a secret case stays closed to them."""
        return frozenset(row.user_id for row in self.named_staff)


class Intake(Base):
    """A submission that staff wrote down for a citizen at the counter or on the telephone.

    Who did, by which way it came, and how the citizen agreed (UU 27/2022 asks for recorded consent). A
    submission without such a row came over the site. Of a shielded reporter nobody is named: whoever wrote
    it down saw them.
    """

    __tablename__ = "intake"

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, autoincrement=False
    )
    channel: Mapped[Channel] = mapped_column(EnumText(Channel))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    #: A value of `Consent`.
    consent: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Split(Base):
    """A case that was made of one matter of another; the reporter of that one is its reporter too."""

    __tablename__ = "split"

    child_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True, autoincrement=False)
    parent_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class NotDuplicate(Base):
    """Somebody looked at two cases and found them different; they are not proposed to each other again."""

    __tablename__ = "not_duplicate"
    __table_args__ = (CheckConstraint("low_id < high_id", name="in_order"),)

    low_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True, autoincrement=False)
    high_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, autoincrement=False, index=True
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class NamedStaff(Base):
    """Triage noted that the submission is about this member of staff."""

    __tablename__ = "named_staff"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)


class Identity(Base):
    """The reporter, sealed with a key outside the database. No case query joins this table.

    Every value is a ciphertext of `portal.core.sealing`. For shielded reporters nobody who handles the
    case may open it (two persons, a reason, time-boxed, reporter told).
    """

    __tablename__ = "identity"

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, autoincrement=False
    )
    alias: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(String(5), default="id")
    consent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mail_stopped: Mapped[bool] = mapped_column(default=False)


class Attachment(Base):
    """A file that was decoded and written anew; `token` is its unguessable public name."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(40), unique=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id", ondelete="SET NULL"), index=True)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    purpose: Mapped[Purpose] = mapped_column(EnumText(Purpose))
    #: Part of a proposal that is never public.
    proprietary: Mapped[bool] = mapped_column(default=False)
    storage_key: Mapped[str] = mapped_column(String(80))
    thumbnail_key: Mapped[str] = mapped_column(String(80), default="")
    mime: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]  # bytes
    width: Mapped[int | None]
    height: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(String(64))
    #: Shown to staff only; the original name can name a person.
    file_name: Mapped[str] = mapped_column(String(120), default="")
    #: On a shielded case a photo stays closed until triage cleared it.
    cleared: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Event(Base):
    """One thing that happened. Append-only: the ORM and database triggers refuse update and delete.

    `data` holds ids, codes and values only: never names, addresses or words of people.
    """

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_submission", "submission_id", "id"), Index("ix_event_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[str] = mapped_column(String(40))
    actor_kind: Mapped[str] = mapped_column(String(12))  # reporter | business | staff | clock | system
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    from_status: Mapped[Status | None] = mapped_column(EnumText(Status))
    to_status: Mapped[Status | None] = mapped_column(EnumText(Status))
    public: Mapped[bool] = mapped_column(default=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Note(Base):
    """An internal note: for the staff of the case only."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    author: Mapped[User] = relationship(lazy="raise")


class Answer(Base):
    """An official text of an agency. `text` is the newest version; older ones stay readable."""

    __tablename__ = "answer"
    __table_args__ = (
        # the few that wait for publication, among all that were published
        Index(
            "ix_answer_drafts",
            "submission_id",
            sqlite_where=text("published_at IS NULL"),
            postgresql_where=text("published_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    kind: Mapped[AnswerKind] = mapped_column(EnumText(AnswerKind))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str] = mapped_column(Text)
    #: Empty while it is a draft that only staff can read.
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    #: The template its text began from; no key, because `answer` is older than that table. Templates are
    #: switched off, never deleted.
    template_id: Mapped[int | None] = mapped_column(index=True)
    #: When whoever may publish gave a draft back to its author; the next draft clears it.
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agency: Mapped[Agency | None] = relationship(lazy="raise")


class AnswerVersion(Base):
    """An earlier wording of a published answer."""

    __tablename__ = "answer_version"
    __table_args__ = (UniqueConstraint("answer_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Question(Base):
    """A question to the reporter, and the reply."""

    __tablename__ = "question"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Statement(Base):
    """Words that belong to one event: reason of a hand-over, of "not done", of hiding, added information."""

    __tablename__ = "statement"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    action: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    #: Written by staff for everybody (hand-over, hide) or by the reporter (shown as the case is).
    by_reporter: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Support(Base):
    """Somebody who has the same problem and confirmed an e-mail address (or is signed in). Counts once."""

    __tablename__ = "support"
    __table_args__ = (
        UniqueConstraint("submission_id", "person_hash"),
        Index(
            "uq_support_user",
            "user_id",
            "submission_id",
            unique=True,
            sqlite_where=text("user_id IS NOT NULL"),
            postgresql_where=text("user_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    #: Keyed hash of the address or of the user id.
    person_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    email: Mapped[str] = mapped_column(Text, default="")  # sealed
    locale: Mapped[str] = mapped_column(String(5), default="id")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mail_stopped: Mapped[bool] = mapped_column(default=False)


class SearchDocument(Base):
    """The stems of a submission. On PostgreSQL a column `words` made of them, with a GIN index;
    on SQLite the FTS5 table `search_index` (rowid = submission_id) is kept beside it by `services.search`.
    """

    __tablename__ = "search_document"

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, autoincrement=False
    )
    stems: Mapped[str] = mapped_column(Text)
