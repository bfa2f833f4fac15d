"""Mail that must leave: written with the change that causes it, delivered by a job."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.kinds import OutboxState, Recipient


class OutboxMessage(Base):
    """One message to one recipient, named by id; address, name and text are looked up at delivery.

    `dedupe_key` makes queueing twice the same as once. `message_id` is the Message-ID header, fixed when
    queued, so a message that was sent but not marked can be recognised by its receiver.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_state_due", "state", "due_at", "id"),
        Index("ix_outbox_message_person", "person_key", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    message_id: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))  # names templates/email/<kind>/
    recipient_kind: Mapped[Recipient] = mapped_column(EnumText(Recipient))
    recipient_id: Mapped[int]
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    #: Ids, codes and values for the template; sealed where a scoped token must travel.
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: Gathered with others of the same person and case into at most one message a day.
    digest: Mapped[bool] = mapped_column(default=False)
    #: Names the person across cases ("user:7") where they have an account: what they get of a day or a week
    #: is one message. Empty where only a case knows them.
    person_key: Mapped[str] = mapped_column(String(40), default="", server_default="")
    state: Mapped[OutboxState] = mapped_column(EnumText(OutboxState), default=OutboxState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Class of the last failure ("connection", "4xx", "5xx"), never the server's text.
    last_error: Mapped[str] = mapped_column(String(40), default="")
    #: The first message of a day's digest this one was folded into.
    folded_into_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id"))
