"""Taking in programs from a table: all of it or nothing, and every fault named by its line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.core.database import db
from portal.core.spreadsheets import Table
from portal.models import BudgetStage, Program, ProgramBudget, ProgramLevel
from portal.queries import program_files
from portal.rules import program_files as files
from portal.rules import programs as rules
from portal.rules.permissions import Actor
from portal.rules.program_files import Fault, Line
from portal.services import audit, pages
from portal.services.programs.writing import carry_up, follow_parts


@dataclass(frozen=True, slots=True)
class Report:
    """What a file would do, or did: codes that are new and that change, and what is wrong with it."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    faults: tuple[Fault, ...]
    done: bool = False


def take_in(table: Table, *, agencies: Mapping[str, int], dry: bool, actor: Actor, at: datetime) -> Report:
    """Read a table and, unless `dry` or anything is wrong, write its programs.

    `agencies` are ids by code. A known code is changed in the columns that the file has; progress of a
    program with parts follows them. Nothing is ever deleted.
    """
    lines, faults = files.read(table)
    if not faults:
        lines, faults = files.ordered(lines)
    found = program_files.known({line.code for line in lines} | {line.parent or "" for line in lines})
    told = {(fault.line, fault.column) for fault in faults}
    by_code = {line.code: line for line in lines}
    wrong = [fault for line in lines for fault in _faults(line, found, by_code, agencies, actor)]
    # a parent with several parts that do not fit is told of once
    wrong += dict.fromkeys(_tree_faults(lines))
    faults += [fault for fault in wrong if (fault.line, fault.column) not in told]
    faults.sort(key=lambda fault: fault.line)
    new = tuple(line.code for line in lines if line.code not in found)
    changed = tuple(line.code for line in lines if line.code in found)
    if faults or dry:
        return Report(new, changed, tuple(faults))
    _write(lines, found, agencies, at)
    audit.note(
        "programs_import",
        "program",
        None,
        actor=actor,
        at=at,
        data={"new": len(new), "changed": len(changed)},
    )
    pages.touch()
    return Report(new, changed, (), done=True)


def _faults(
    line: Line,
    found: Mapping[str, Program],
    lines: Mapping[str, Line],
    agencies: Mapping[str, int],
    actor: Actor,
) -> list[Fault]:
    wrong: list[Fault] = []
    known = found.get(line.code)
    agency_id = agencies.get(line.agency) if line.agency else (known.agency_id if known else None)
    if line.agency and agency_id is None:
        wrong.append(Fault(line.number, "dinas", "agency", line.agency))
    if known is None:
        missing = {
            "nama": not line.fields.get("title_id"),
            "dinas": not line.agency,
            "tahun": "year" not in line.fields,
            "status": "status" not in line.fields,
        }
        wrong += [Fault(line.number, column, "needed") for column, absent in missing.items() if absent]
    owners = {agency_id, known.agency_id if known else agency_id} - {None}
    if any(not rules.may_edit(actor, owner) for owner in owners if owner is not None):
        wrong.append(Fault(line.number, "dinas", "rights", line.agency))
    return wrong + _parent_faults(line, found, lines, agencies, actor)


def _parent_faults(
    line: Line,
    found: Mapping[str, Program],
    lines: Mapping[str, Line],
    agencies: Mapping[str, int],
    actor: Actor,
) -> list[Fault]:
    if not line.parent:
        return []
    above, planned = found.get(line.parent), lines.get(line.parent)
    if above is None and planned is None:
        return [Fault(line.number, "induk", "parent", line.parent)]
    owner = above.agency_id if above else agencies.get(planned.agency if planned else "")
    if owner is not None and not rules.may_edit(actor, owner):
        return [Fault(line.number, "induk", "rights", line.parent)]
    return []


def _tree_faults(lines: list[Line]) -> list[Fault]:
    """Return the lines after which a part would not fit under its parent, wherever the other of them stands.

    Levels only go down, so a tree whose every part fits has no circle.
    """
    tree = program_files.tree()
    for line in lines:
        level, parent = tree.get(line.code, (ProgramLevel.PROGRAM, None))
        level = line.fields.get("level") or level
        tree[line.code] = (level, parent if line.parent is None else line.parent or None)
    numbers = {line.code: line.number for line in lines}
    wrong = []
    for code, (level, parent) in tree.items():
        number = numbers.get(code) or numbers.get(parent or "")
        if number is None or parent not in tree:
            continue
        if not rules.fits_under(level, tree[parent][0]):
            wrong.append(Fault(number, "tingkat", "level", parent))
    return wrong


def _write(
    lines: list[Line], found: Mapping[str, Program], agencies: Mapping[str, int], at: datetime
) -> None:
    programs = dict(found)
    touched: list[Program] = []
    for line in lines:
        program = programs.get(line.code)
        if program is None:
            program = programs[line.code] = Program(
                code=line.code, title_en="", budget=0, progress=0, version=0, level=ProgramLevel.PROGRAM
            )
            db.session.add(program)
        for name, value in line.fields.items():
            setattr(program, name, value)
        program.title_en = program.title_en or program.title_id
        if line.agency:
            program.agency_id = agencies[line.agency]
        program.version += 1
        program.updated_at = at
        if line.parent is not None:
            before = program.parent_id
            program.parent_id = programs[line.parent].id if line.parent else None
            if before not in (None, program.parent_id):
                carry_up(before, at=at)
        touched.append(program)
        db.session.flush()  # its parts come next and need the id
    _write_money(lines, programs)
    db.session.flush()
    # the deepest first, so that each parent is counted once its parts stand
    order = list(ProgramLevel)
    for program in sorted(touched, key=lambda one: -order.index(one.level)):
        follow_parts(program)
        carry_up(program.parent_id, at=at)


def _write_money(lines: list[Line], programs: Mapping[str, Program]) -> None:
    stored = program_files.money_rows([programs[line.code].id for line in lines if line.money])
    for line in lines:
        program = programs[line.code]
        held: dict[BudgetStage, int] = {}
        for stage in BudgetStage:
            row = stored.get((program.id, stage))
            amount, day = line.money.get(stage, (row.amount, row.as_of) if row is not None else (None, None))
            if amount is None or day is None:
                if row is not None:
                    db.session.delete(row)
                continue
            if row is None:
                row = ProgramBudget(program_id=program.id, stage=stage)
                db.session.add(row)
            row.amount, row.as_of = amount, day
            held[stage] = amount
        if line.money:
            program.budget = rules.standing(held) or program.budget
