"""Programs as lines of a table: the columns, what may stand in a cell, and what is wrong with one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.models.kinds import BudgetStage, ProgramLevel, ProgramStatus
from portal.rules.programs import MOST_WEIGHT

#: Words of the file for the values of the code. Files keep them in every language of the page.
LEVELS = {
    "program": ProgramLevel.PROGRAM,
    "kegiatan": ProgramLevel.ACTIVITY,
    "sub-kegiatan": ProgramLevel.SUB_ACTIVITY,
}
STATUSES = {
    "direncanakan": ProgramStatus.PLANNED,
    "berjalan": ProgramStatus.RUNNING,
    "selesai": ProgramStatus.DONE,
    "dihentikan": ProgramStatus.STOPPED,
}
STAGES = {
    "usulan": BudgetStage.PROPOSED,
    "rancangan": BudgetStage.DRAFT,
    "apbd": BudgetStage.ENACTED,
    "perubahan": BudgetStage.REVISED,
    "kontrak": BudgetStage.CONTRACTED,
    "dibayar": BudgetStage.PAID,
}
#: Texts: column, field, longest.
_TEXTS = {
    "nama": ("title_id", 160),
    "nama_en": ("title_en", 160),
    "ringkasan": ("summary_id", 2000),
    "ringkasan_en": ("summary_en", 2000),
    "kode_nomenklatur": ("nomenclature_code", 40),
    "nomenklatur": ("nomenclature", 200),
}
#: Whole numbers: column, field, least, most.
_NUMBERS = {
    "tahun": ("year", 2000, 2100),
    "bobot": ("weight", 1, MOST_WEIGHT),
    "kemajuan": ("progress", 0, 100),
    "pagu": ("budget", 0, 5_000_000_000_000_000),
}
#: In the order of the file.
COLUMNS = (
    "kode", "tingkat", "induk", "kode_nomenklatur", "nomenklatur", "nama", "nama_en", "ringkasan",
    "ringkasan_en", "dinas", "tahun", "bobot", "status", "kemajuan", "pagu",
    *(name for stage in STAGES for name in (stage, f"{stage}_per")),
)  # fmt: skip
#: What a program cannot do without when it is new.
NEEDED = ("kode", "nama", "dinas", "tahun", "status")
_CODE = re.compile(r"[A-Za-z0-9._-]{2,40}")
_MOST_AMOUNT = 5_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell. `code`: needed, code, choice, number, day, long, agency, parent, level,
    twice, rights, column, order."""

    line: int
    column: str
    code: str
    value: str = ""


@dataclass(slots=True)
class Line:
    """A line as it was read: fields of the program, its parent's code, its agency's code, its money."""

    number: int
    code: str
    fields: dict[str, Any] = field(default_factory=dict)
    agency: str = ""
    parent: str | None = None
    money: dict[BudgetStage, tuple[int | None, date | None]] = field(default_factory=dict)


def read(table: Sequence[Sequence[str]]) -> tuple[list[Line], list[Fault]]:
    """Read a table whose first row names the columns. An empty cell of a column sets the field to nothing;
    a column that is not there leaves it as it is.
    """
    header = [cell.strip().lower() for cell in table[0]] if table else []
    if not set(header) & set(COLUMNS):
        return [], [Fault(1, "kode", "needed")]
    faults = [Fault(1, name[:60], "column", name[:60]) for name in header if name and name not in COLUMNS]
    if len(set(filter(None, header))) != len([name for name in header if name]):
        faults.append(Fault(1, "", "twice"))
    if "kode" not in header:
        faults.append(Fault(1, "kode", "needed"))
    if faults:
        return [], faults
    lines: list[Line] = []
    seen: set[str] = set()
    for number, row in enumerate(table[1:], start=2):
        cells = {name: row[place].strip() for place, name in enumerate(header) if name and place < len(row)}
        if not any(cells.values()):
            continue
        line, wrong = _line(number, cells)
        if line.code in seen:
            wrong.append(Fault(number, "kode", "twice", line.code))
        seen.add(line.code)
        lines.append(line)
        faults += wrong
    if not lines:
        faults.append(Fault(1, "", "needed"))
    return lines, faults


def _line(number: int, cells: Mapping[str, str]) -> tuple[Line, list[Fault]]:
    line = Line(number, cells.get("kode", ""))
    faults: list[Fault] = []

    def fault(column: str, code: str) -> None:
        faults.append(Fault(number, column, code, cells.get(column, "")[:60]))

    if not _CODE.fullmatch(line.code):
        fault("kode", "code" if line.code else "needed")
    for column in NEEDED[1:]:
        if column in cells and not cells[column]:
            fault(column, "needed")
    for column, (name, most) in _TEXTS.items():
        if column in cells:
            line.fields[name] = cells[column]
            if len(cells[column]) > most:
                fault(column, "long")
    for column, (name, least, largest) in _NUMBERS.items():
        if cells.get(column):
            value = _whole(cells[column])
            if value is None or not least <= value <= largest:
                fault(column, "number")
            else:
                line.fields[name] = value
    for column, words, name in (("tingkat", LEVELS, "level"), ("status", STATUSES, "status")):
        if cells.get(column):
            if cells[column].lower() in words:
                line.fields[name] = words[cells[column].lower()]
            else:
                fault(column, "choice")
    line.agency = cells.get("dinas", "")
    line.parent = cells.get("induk")
    _money(line, cells, fault)
    return line, faults


def _money(line: Line, cells: Mapping[str, str], fault: Any) -> None:
    for column, stage in STAGES.items():
        if column not in cells:
            continue
        if not cells[column]:
            line.money[stage] = (None, None)
            continue
        amount, day = _whole(cells[column]), _day(cells.get(f"{column}_per", ""))
        if amount is None or amount > _MOST_AMOUNT:
            fault(column, "number")
        elif day is None:
            fault(f"{column}_per", "day")
        else:
            line.money[stage] = (amount, day)


def _whole(text: str) -> int | None:
    """Read a whole number as people write money: 420000000, 420.000.000 or Rp 420.000.000,00."""
    digits = text.removeprefix("Rp").replace(" ", "").replace("\xa0", "").removesuffix(",00")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", digits):
        digits = digits.replace(".", "")
    return int(digits) if re.fullmatch(r"[0-9]{1,18}", digits) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def ordered(lines: Sequence[Line]) -> tuple[list[Line], list[Fault]]:
    """Return the lines with parents before their parts, and a fault for each that is its own ancestor."""
    by_code = {line.code: line for line in lines}
    done: dict[str, Line] = {}
    faults: list[Fault] = []
    for line in lines:
        way: list[Line] = []
        at: Line | None = line
        while at is not None and at.code not in done:
            if at in way:
                faults.append(Fault(line.number, "induk", "order", line.parent or ""))
                break
            way.append(at)
            at = by_code.get(at.parent or "")
        else:
            done |= {one.code: one for one in reversed(way)}
    return list(done.values()), faults


def cells(row: Any) -> list[object]:
    """Return the line of a program (`queries.program_files.FileRow`), in the order of COLUMNS."""
    levels = {value: key for key, value in LEVELS.items()}
    statuses = {value: key for key, value in STATUSES.items()}
    money: list[object] = []
    for stage in STAGES.values():
        amount, day = row.money.get(stage, (None, None))
        money += ["" if amount is None else amount, "" if day is None else day.isoformat()]
    return [
        row.code, levels[row.level], row.parent or "", row.nomenclature_code, row.nomenclature, row.title_id,
        row.title_en, row.summary_id, row.summary_en, row.agency, row.year, row.weight, statuses[row.status],
        row.progress, row.budget, *money,
    ]  # fmt: skip
