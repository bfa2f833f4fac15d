"""Reference data that another city replaces: agencies, places, categories, holidays, settings."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, EnumText
from portal.models.kinds import Premoderation


class Agency(Base):
    """A perangkat daerah (OPD)."""

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name_id: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160))
    short_id: Mapped[str] = mapped_column(String(60))
    short_en: Mapped[str] = mapped_column(String(60))
    phone_public: Mapped[str] = mapped_column(String(30), default="")
    active: Mapped[bool] = mapped_column(default=True)


class District(Base):
    """A kecamatan, keyed by its Kemendagri code."""

    __tablename__ = "district"

    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))


class Ward(Base):
    """A kelurahan, keyed by its Kemendagri code."""

    __tablename__ = "ward"

    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class Category(Base):
    """What a submission is about; carries the service level and where it usually goes."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name_id: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    #: Working days to answer, counted from the first assignment.
    answer_days: Mapped[int] = mapped_column(default=10)
    #: The text stays closed to the public until triage verified it.
    verify_first: Mapped[bool] = mapped_column(default=False)
    #: Whose comments under its cases wait for triage.
    premoderation: Mapped[Premoderation] = mapped_column(
        EnumText(Premoderation), default=Premoderation.OFF, server_default="off"
    )
    #: Plain words that propose this category while a citizen writes.
    words: Mapped[str] = mapped_column(String(2000), default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Holiday(Base):
    """A day the city does not work, beyond the national ones."""

    __tablename__ = "holiday"

    day: Mapped[date] = mapped_column(primary_key=True)
    name_id: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))


class Institution(Base):
    """Where matters go that are not the city's own."""

    __tablename__ = "institution"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_id: Mapped[str] = mapped_column(String(160), unique=True)
    name_en: Mapped[str] = mapped_column(String(160))


class Setting(Base):
    """A value that an admin may change without a deploy."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class PageVersion(Base):
    """One row; every change that the public may see raises `number`, which voids cached pages.

    `reference_number` goes up where reference data changed, which every process remembers.
    """

    __tablename__ = "page_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    reference_number: Mapped[int] = mapped_column(default=0, server_default="0")
