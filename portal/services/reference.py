"""Reference data of the city from CSV files: places, agencies, categories, holidays, institutions."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select, update

from portal.core.database import Base, db
from portal.models import Agency, Category, District, Holiday, Institution, PageVersion, Ward


@dataclass(frozen=True, slots=True)
class Count:
    """What a load did to one table, in rows."""

    added: int
    reset: int


def load(folder: Path, *, overwrite: bool = False) -> dict[str, Count]:
    """Add what the files in `folder` name and the database lacks; return what was done to each table.

    What is there stays as it is, so an edit made in the administration survives every deploy; with
    `overwrite` it is set back to what the files say. Nothing is ever removed.
    """
    done = {
        "districts": _add(folder / "districts.csv", District, "code", _district, overwrite),
        "wards": _add(folder / "wards.csv", Ward, "code", _ward, overwrite),
        "agencies": _add(folder / "agencies.csv", Agency, "code", _agency, overwrite),
    }
    db.session.flush()  # categories need the ids of the agencies
    agency_ids = {row.code: row.id for row in db.session.execute(select(Agency.code, Agency.id))}
    done["categories"] = _add(
        folder / "categories.csv",
        Category,
        "slug",
        lambda row, place: _category(row, place, agency_ids),
        overwrite,
    )
    done["holidays"] = _add(folder / "holidays_city.csv", Holiday, "day", _holiday, overwrite)
    done["institutions"] = _add(folder / "institutions.csv", Institution, "name_id", _institution, overwrite)
    if any(count.added or count.reset for count in done.values()):
        # Running processes remember reference data under this number.
        db.session.execute(
            update(PageVersion).values(
                number=PageVersion.number + 1, reference_number=PageVersion.reference_number + 1
            )
        )
    return done


def _add(
    file: Path,
    table: type[Base],
    key: str,
    build: Callable[[dict[str, str], int], dict[str, object]],
    overwrite: bool,
) -> Count:
    """Insert the rows of a file whose key is new; with `overwrite`, set the others back."""
    known = {getattr(row, key): row for row in db.session.scalars(select(table))}
    added = reset = 0
    for values in _rows(file, build):
        row = known.get(values[key])
        if row is None:
            db.session.add(table(**values))
            added += 1
        elif overwrite and any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            reset += 1
    db.session.flush()
    return Count(added, reset)


def _rows(
    file: Path, build: Callable[[dict[str, str], int], dict[str, object]]
) -> Iterator[dict[str, object]]:
    with file.open(encoding="utf-8", newline="") as lines:
        for position, row in enumerate(csv.DictReader(lines), start=1):
            yield build(row, position)


def _district(row: dict[str, str], _position: int) -> dict[str, object]:
    return {"code": row["code"], "name": row["name"]}


def _ward(row: dict[str, str], _position: int) -> dict[str, object]:
    return {
        "code": row["code"],
        "district_code": row["district_code"],
        "name": row["name"],
        "latitude": float(row["lat"]) if row["lat"] else None,
        "longitude": float(row["lon"]) if row["lon"] else None,
    }


def _agency(row: dict[str, str], _position: int) -> dict[str, object]:
    return dict(row)


def _category(row: dict[str, str], position: int, agency_ids: dict[str, int]) -> dict[str, object]:
    code = row["agency_code"]
    return {
        "slug": row["slug"],
        "name_id": row["name_id"],
        "name_en": row["name_en"],
        "agency_id": agency_ids[code] if code else None,
        "answer_days": int(row["answer_days"]),
        "verify_first": row["verify_first"].lower() in {"true", "1", "yes"},
        "words": row["words"],
        "position": position,
    }


def _holiday(row: dict[str, str], _position: int) -> dict[str, object]:
    return {"day": date.fromisoformat(row["date"]), "name_id": row["name_id"], "name_en": row["name_en"]}


def _institution(row: dict[str, str], _position: int) -> dict[str, object]:
    return dict(row)
