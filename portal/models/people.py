"""Staff and citizens with an account, what they are in which agency, and their signed-in sessions."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.kinds import Role, Route, SignInMethod


class User(Base):
    """Somebody who signs in.

    Of staff the e-mail address is stored here, in lower case. A citizen has none here: how to reach them is
    sealed in `contact`. `name` is what everybody sees beside their comments; it may be empty.
    """

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(5), default="id")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: A head of an agency gets the summary of the week by mail.
    weekly_summary: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    #: Came by a confirmed contact, not by an admin's hand.
    citizen: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: Where they say they live, for consultations of a ward.
    ward_code: Mapped[str | None] = mapped_column(String(13))
    route: Mapped[Route] = mapped_column(EnumText(Route), default=Route.EMAIL, server_default="email")
    #: When the account is to be erased, as its person wishes; until then they may take it back.
    erase_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What of their words goes with it: comments, and the contents of their cases.
    erase_comments: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    erase_cases: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: Until when moderation keeps them from writing in public.
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="user", lazy="selectin", cascade="all, delete-orphan", order_by="Membership.id"
    )

    @property
    def initials(self) -> str:
        """Up to two letters that stand for the name where space is short."""
        return "".join(part[0] for part in self.name.split()[:2]).upper()


class Membership(Base):
    """A user's role. `agency_id` is empty for city-wide roles (triage, admin)."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("user_id", "agency_id", "role"),
        CheckConstraint("role NOT IN ('officer', 'head') OR agency_id IS NOT NULL", name="agency_role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    role: Mapped[Role] = mapped_column(EnumText(Role))
    #: The head named this officer to publish answers.
    publisher: Mapped[bool] = mapped_column(default=False)
    user: Mapped[User] = relationship(back_populates="memberships")


class UserSession(Base):
    """A signed-in browser. Only the hash of its token is stored; deleting the row signs it out."""

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Last use, to the hour: enough to recognise one's own telephone by.
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Kind of browser and system in words ("Chrome, Android"), never the user agent.
    device: Mapped[str] = mapped_column(String(60), default="", server_default="")
    method: Mapped[SignInMethod] = mapped_column(
        EnumText(SignInMethod), default=SignInMethod.PASSWORD, server_default="password"
    )
    #: The second factor was given too, or a key that asked for finger, face or lock.
    second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: When this browser last proved who it is: contacts and passwords change only soon after.
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class ScopedToken(Base):
    """A one-use link from a mail. `subject_id` is the row it may act on; only the hash is stored."""

    __tablename__ = "scoped_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccessLog(Base):
    """Who looked at what is sealed, and why. Answers "who saw my data"."""

    __tablename__ = "access_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    what: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(300), default="")
