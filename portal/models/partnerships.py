"""Partnerships: what becomes of an accepted proposal, from the first talk to the evaluation."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.businesses import Business
from portal.models.kinds import (
    AgreementKind,
    DutyKind,
    PartnershipStage,
    Party,
    ReasonCode,
    SelectionStep,
    StepResult,
)
from portal.models.uploads import Upload


class Partnership(Base):
    """What an accepted proposal becomes. Its address is the reference of the submission.

    Every change of stage is an event of the submission; the words that belong to it are `PartnershipWord`.
    """

    __tablename__ = "partnership"
    __table_args__ = (Index("ix_partnership_stage", "stage", "id"), Index("ix_partnership_ends", "ends_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), unique=True)
    business_id: Mapped[int] = mapped_column(ForeignKey("business.id"), index=True)
    #: The agency that leads for the city.
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    stage: Mapped[PartnershipStage] = mapped_column(EnumText(PartnershipStage))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stage_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What everybody reads: why the two work together.
    purpose_id: Mapped[str] = mapped_column(Text, default="", server_default="")
    purpose_en: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: The business asked of its own accord: public interest and selection are examined as steps.
    unsolicited: Mapped[bool] = mapped_column(default=False, server_default=false())
    agreement_number: Mapped[str] = mapped_column(String(80), default="", server_default="")
    signed_on: Mapped[date | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    #: Days before the end that were told last (90, 60, 30, 7, 0); None: nothing yet.
    reminded: Mapped[int | None]
    reason_code: Mapped[ReasonCode | None] = mapped_column(EnumText(ReasonCode))
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    business: Mapped[Business] = relationship(lazy="raise")
    invited: Mapped[list["PartnershipAgency"]] = relationship(
        lazy="selectin", order_by="PartnershipAgency.agency_id", cascade="all, delete-orphan"
    )

    @property
    def invited_agency_ids(self) -> frozenset[int]:
        """Return the agencies that take part besides the one that leads."""
        return frozenset(row.agency_id for row in self.invited)


class PartnershipAgency(Base):
    """An agency that was asked to take part."""

    __tablename__ = "partnership_agency"

    partnership_id: Mapped[int] = mapped_column(
        ForeignKey("partnership.id"), primary_key=True, autoincrement=False
    )
    agency_id: Mapped[int] = mapped_column(
        ForeignKey("agency.id"), primary_key=True, autoincrement=False, index=True
    )
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class PartnershipWord(Base):
    """The public sentence of a change of stage; the event points to it by id."""

    __tablename__ = "partnership_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id"), index=True)
    action: Mapped[str] = mapped_column(String(40))
    to_stage: Mapped[PartnershipStage] = mapped_column(EnumText(PartnershipStage))
    text: Mapped[str] = mapped_column(Text, default="")
    code: Mapped[ReasonCode | None] = mapped_column(EnumText(ReasonCode))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class SelectionFinding(Base):
    """One step in examining an unsolicited proposal, with its result and reasons; public."""

    __tablename__ = "selection_finding"
    __table_args__ = (UniqueConstraint("partnership_id", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id"))
    step: Mapped[SelectionStep] = mapped_column(EnumText(SelectionStep))
    result: Mapped[StepResult] = mapped_column(EnumText(StepResult))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class PartnershipMessage(Base):
    """A message in the room of a partnership; `internal` ones are for staff only."""

    __tablename__ = "partnership_message"
    __table_args__ = (Index("ix_partnership_message_room", "partnership_id", "internal", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id"))
    internal: Mapped[bool] = mapped_column(default=False)
    party: Mapped[Party] = mapped_column(EnumText(Party))
    #: For which agency a member of staff wrote; empty for the business and the coordinator.
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id"))
    upload: Mapped[Upload | None] = relationship(lazy="raise")


class PartnershipMeeting(Base):
    """A meeting of the parties: when, where, and what was agreed."""

    __tablename__ = "partnership_meeting"
    __table_args__ = (Index("ix_partnership_meeting_room", "partnership_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id"))
    title: Mapped[str] = mapped_column(String(160))
    place: Mapped[str] = mapped_column(String(160), default="")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    summary: Mapped[str] = mapped_column(Text, default="")
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_reason: Mapped[str] = mapped_column(String(300), default="")
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class AgreementDraft(Base):
    """A version of an agreement. A new one needs every approval anew; old ones stay."""

    __tablename__ = "agreement_draft"
    __table_args__ = (UniqueConstraint("partnership_id", "kind", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id"))
    kind: Mapped[AgreementKind] = mapped_column(EnumText(AgreementKind))
    #: 1 for the first version of its kind.
    number: Mapped[int]
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    party: Mapped[Party] = mapped_column(EnumText(Party))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    upload: Mapped[Upload] = relationship(lazy="joined", innerjoin=True)


class AgreementApproval(Base):
    """The word of one party on one version: a tick, or an objection with its reason."""

    __tablename__ = "agreement_approval"
    __table_args__ = (UniqueConstraint("draft_id", "party", "agency_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("agreement_draft.id"))
    party: Mapped[Party] = mapped_column(EnumText(Party))
    #: 0 for the business and the coordinator, so that each party has one word (NULL would not be unique).
    agency_id: Mapped[int] = mapped_column(default=0)
    approved: Mapped[bool]
    remark: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SignatureTick(Base):
    """One point of the signature checklist (`rules.partnerships.SIGNATURE_ITEMS`) that is done."""

    __tablename__ = "signature_tick"

    partnership_id: Mapped[int] = mapped_column(
        ForeignKey("partnership.id"), primary_key=True, autoincrement=False
    )
    item: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(String(300), default="")


class Duty(Base):
    """What a side owes: an obligation that lasts, or a milestone with a day. `public` ones everybody sees."""

    __tablename__ = "duty"
    __table_args__ = (Index("ix_duty_partnership", "partnership_id", "due_on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id"))
    kind: Mapped[DutyKind] = mapped_column(EnumText(DutyKind))
    party: Mapped[Party] = mapped_column(EnumText(Party))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    title_id: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200), default="")
    public: Mapped[bool] = mapped_column(default=True)
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    #: Days before the due day that were told last.
    reminded: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class MonitoringForm(Base):
    """How one of the three parties sees the partnership in one period (`period_start`, a quarter)."""

    __tablename__ = "monitoring_form"
    __table_args__ = (UniqueConstraint("partnership_id", "period_start", "party"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id"))
    period_start: Mapped[date]
    party: Mapped[Party] = mapped_column(EnumText(Party))
    #: Question of `rules.partnerships.MONITORING` to its answer.
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: Empty while it is asked for and not answered.
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
