"""The national nomenclature as data: each decree is a version of its own, and none changes an older one."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.core.database import db
from portal.core.spreadsheets import Table
from portal.models import NomenclatureCode, NomenclatureVersion, Role
from portal.queries import nomenclature
from portal.rules import programs as rules
from portal.rules.permissions import Actor
from portal.services import audit
from portal.services.errors import NotPermitted

LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line of a file. `code`: columns, code, title, twice."""

    line: int
    code: str
    value: str = ""


class FaultyFile(Exception):
    """Nothing was taken in; `faults` say why, line by line."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} lines are faulty")
        self.faults = faults


class DecreeKnown(Exception):
    """There is a version of that decree already; a published nomenclature is never written over."""


def load(
    table: Table, *, decree: str, issued_on: date, actor: Actor | None, at: datetime
) -> NomenclatureVersion:
    """Take in a table with the columns `code` and `title` as the nomenclature of a decree: all or nothing.

    `actor` None is whoever holds the server.
    """
    if actor is not None and not actor.has(Role.ADMIN):
        raise NotPermitted
    lines, faults = _read(table)
    if faults:
        raise FaultyFile(faults)
    if nomenclature.by_decree(decree) is not None:
        raise DecreeKnown
    version = NomenclatureVersion(
        decree=decree,
        issued_on=issued_on,
        imported_at=at,
        imported_by_id=None if actor is None else actor.user_id,
    )
    db.session.add(version)
    db.session.flush()  # need the id
    db.session.add_all(
        NomenclatureCode(version_id=version.id, code=code, title=title, level=rules.level_of(code))
        for code, title in lines.items()
    )
    db.session.flush()
    audit.note(
        "nomenclature_load", "nomenclature", version.id, actor=actor, at=at, data={"codes": len(lines)}
    )
    return version


def _read(table: Table) -> tuple[dict[str, str], list[Fault]]:
    header = [cell.strip().lower() for cell in table[0]] if table else []
    if not {"code", "title"} <= set(header):
        return {}, [Fault(1, "columns")]
    code_at, title_at = header.index("code"), header.index("title")
    lines: dict[str, str] = {}
    faults: list[Fault] = []
    for number, row in enumerate(table[1:], start=2):
        if not any(row):
            continue
        code = row[code_at].strip() if code_at < len(row) else ""
        title = " ".join(row[title_at].split()) if title_at < len(row) else ""
        if not rules.is_code(code):
            faults.append(Fault(number, "code", code[:40]))
        elif not title or len(title) > LONGEST_TITLE:
            faults.append(Fault(number, "title", code))
        elif code in lines:
            faults.append(Fault(number, "twice", code))
        else:
            lines[code] = title
    if not lines and not faults:
        faults.append(Fault(1, "columns"))
    return lines, faults
