"""How citizens are reached and prove who they are, what is theirs, and what they want to hear of."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.kinds import CodePurpose, ContactKind, Pace, Subject, Topic
from portal.models.people import User


class Contact(Base):
    """A confirmed e-mail address (lower case) or telephone number (E.164) of a citizen's account.

    `value` is sealed; `value_hash` is its keyed hash. One contact belongs to one person.
    """

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("value_hash"), Index("ix_contact_user_id", "user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[ContactKind] = mapped_column(EnumText(ContactKind))
    value_hash: Mapped[str] = mapped_column(String(64))
    value: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: News go to the preferred one of its kind.
    preferred: Mapped[bool] = mapped_column(default=True)
    user: Mapped[User] = relationship(lazy="raise")


class OneTimeCode(Base):
    """Six digits sent to a contact. Only a keyed hash is stored; used once, at most ten minutes old.

    `destination` is sealed. `user_id` is who wants to add the contact, or whose it is; empty where nobody
    has it yet.
    """

    __tablename__ = "one_time_code"
    __table_args__ = (Index("ix_one_time_code_contact", "contact_hash", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[CodePurpose] = mapped_column(EnumText(CodePurpose))
    contact_kind: Mapped[ContactKind] = mapped_column(EnumText(ContactKind))
    contact_hash: Mapped[str] = mapped_column(String(64))
    destination: Mapped[str] = mapped_column(Text)
    #: By which way it goes ("email", "sms", "whatsapp").
    route: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: Digest of the random token in the cookie of the browser that asked: a code works nowhere else.
    browser_hash: Mapped[str] = mapped_column(String(64), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(5), default="id")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Passkey(Base):
    """A WebAuthn credential. Key and id are base64url."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(Text)
    sign_count: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ExternalLogin(Base):
    """A user's identity at an OpenID Connect provider."""

    __tablename__ = "external_login"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SecondFactor(Base):
    """A staff member's TOTP secret, sealed. `last_step` lets no code be used twice (RFC 6238, 5.2)."""

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    secret: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """Opens once when the second factor is lost. Only a digest is stored."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Ownership(Base):
    """A case that an account sent or claimed.

    The account stands here as a keyed hash ("owner:<user id>"): without the key outside the database no
    case leads to a person, and a shielded reporter stays shielded.
    """

    __tablename__ = "ownership"

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, autoincrement=False
    )
    owner_hash: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class IdentityContact(Base):
    """By which contact an account can be offered a case that was sent without it: its keyed hash, no more.

    Never of a shielded reporter.
    """

    __tablename__ = "identity_contact"

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, autoincrement=False
    )
    contact_hash: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


class DraftOwner(Base):
    """A draft that an account can go on with from another device."""

    __tablename__ = "draft_owner"

    draft_id: Mapped[int] = mapped_column(
        ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)


class Follow(Base):
    """An account that wants to hear of a case, a program or a consultation (`subject_id` is its id)."""

    __tablename__ = "follow"
    __table_args__ = (
        UniqueConstraint("user_id", "subject", "subject_id"),
        Index("ix_follow_subject", "subject", "subject_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    subject: Mapped[Subject] = mapped_column(EnumText(Subject))
    subject_id: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NotificationChoice(Base):
    """The pace a person chose for a group of news; without a row the usual pace of the group counts."""

    __tablename__ = "notification_choice"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    topic: Mapped[Topic] = mapped_column(EnumText(Topic), primary_key=True)
    pace: Mapped[Pace] = mapped_column(EnumText(Pace))


class StoppedAddress(Base):
    """An address that mail no longer goes to: it bounced. Known by its keyed hash only."""

    __tablename__ = "stopped_address"

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: Class of the bounce ("5.1.1", "complaint").
    reason: Mapped[str] = mapped_column(String(40))
    bounces: Mapped[int] = mapped_column(default=0)
    #: Since when they are counted.
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Empty while it only failed once or for a while.
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DoneVote(Base):
    """A supporter's word on whether a case is done, after it was finished by that event. One each."""

    __tablename__ = "done_vote"
    __table_args__ = (Index("ix_done_vote_event", "event_id", "done"),)

    support_id: Mapped[int] = mapped_column(
        ForeignKey("support.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True, autoincrement=False)
    done: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class HeldForm(Base):
    """What somebody typed before they were asked who they are, so that nothing is lost meanwhile. Sealed."""

    __tablename__ = "held_form"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    path: Mapped[str] = mapped_column(String(400))
    data: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AuditEntry(Base):
    """What was done to something that is no case: an account, a comment, a consultation. Append-only.

    `data` holds ids, codes and values only, as in an event.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("actor_id IS NULL OR actor_id > 0", name="actor_id"),
        Index("ix_audit_entry_subject", "subject", "subject_id", "id"),
        Index("ix_audit_entry_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The member of staff; of citizens nobody is named. No key: an account may be erased.
    actor_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    data: Mapped[str] = mapped_column(Text, default="{}", server_default=text("'{}'"))
