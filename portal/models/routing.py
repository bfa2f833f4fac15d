"""Where cases go and how long they may take: rules and service levels as data, and how good they were."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, EnumText, UtcDateTime
from portal.models.kinds import Kind, SuggestionSource


class RoutingRule(Base):
    """If everything on the left fits a submission, the desk suggests what stands on the right.

    Empty conditions fit anything. For each part on the right the first active rule by `position` that names
    it decides (`portal.rules.routing`).
    """

    __tablename__ = "routing_rule"
    __table_args__ = (CheckConstraint("priority BETWEEN 0 AND 2", name="priority_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    # if
    kind: Mapped[Kind | None] = mapped_column(EnumText(Kind))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    ward_code: Mapped[str | None] = mapped_column(ForeignKey("ward.code"))
    district_code: Mapped[str | None] = mapped_column(ForeignKey("district.code"))
    #: Words of which one must occur (by stem), parted by commas; a phrase fits as a whole.
    words: Mapped[str] = mapped_column(String(600), default="")
    # then
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    set_category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    #: A value of `Priority`, or empty to leave it.
    priority: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class RoutingOutcome(Base):
    """What was suggested for a case when it was first assigned, and whether people kept it."""

    __tablename__ = "routing_outcome"
    __table_args__ = (Index("ix_routing_outcome_at", "at"),)

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    source: Mapped[SuggestionSource] = mapped_column(EnumText(SuggestionSource))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("routing_rule.id", ondelete="SET NULL"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    #: None where nothing was suggested.
    agency_kept: Mapped[bool | None]
    category_kept: Mapped[bool | None]


class ServiceLevel(Base):
    """Working days to answer a kind of submission, in one category or in all (`category_id` empty).

    The closest fit decides: kind and category, then the category's own days, then the kind, then the city's.
    """

    __tablename__ = "service_level"
    __table_args__ = (
        UniqueConstraint("kind", "category_id"),
        # NULLs are never equal, so the constraint above does not see a second row without a category
        Index(
            "uq_service_level_kind_alone",
            "kind",
            unique=True,
            sqlite_where=text("category_id IS NULL"),
            postgresql_where=text("category_id IS NULL"),
        ),
        CheckConstraint("answer_days BETWEEN 1 AND 120", name="days_sensible"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(EnumText(Kind))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    answer_days: Mapped[int]
