"""Creating and changing programs, and the progress of a parent that follows its children."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.core.database import db
from portal.models import Program, ProgramLevel, ProgramStatus
from portal.rules import programs as rules
from portal.rules.permissions import Actor
from portal.services import audit, pages, versions
from portal.services.errors import NotPermitted

#: What `create` and `edit` may set; anything else in a form is not ours.
FIELDS = frozenset(
    {
        "code",
        "nomenclature",
        "nomenclature_code",
        "nomenclature_version_id",
        "level",
        "parent_id",
        "weight",
        "title_id",
        "title_en",
        "summary_id",
        "summary_en",
        "agency_id",
        "year",
        "budget",
        "status",
        "progress",
        "indicator_id",
        "indicator_en",
        "target",
        "realised",
    }
)
#: Levels of the tree; a longer way up is a circle.
_DEEPEST = 3


class WrongParent(Exception):
    """A program cannot hang there: another level, or under itself."""


def authorise(actor: Actor, agency_id: int) -> None:
    """Raise `NotPermitted` unless the actor may write programs of that agency."""
    if not rules.may_edit(actor, agency_id):
        raise NotPermitted


def create(*, actor: Actor, at: datetime, fields: Mapping[str, Any]) -> Program:
    """Add a program. `fields` are those of FIELDS; budget in whole rupiah, progress in percent."""
    authorise(actor, fields["agency_id"])
    program = Program(**{name: fields[name] for name in FIELDS & fields.keys()}, updated_at=at)
    program.level = program.level or ProgramLevel.PROGRAM
    _check_parent(program.level, program.parent_id, actor)
    db.session.add(program)
    db.session.flush()  # need the id
    carry_up(program.parent_id, at=at)
    audit.note("program_create", "program", program.id, actor=actor, at=at)
    pages.touch()
    return program


def hold(program: Program, *, actor: Actor, version: int | None) -> None:
    """Hold a program for a change by the actor, as `versions.hold` does."""
    authorise(actor, program.agency_id)
    versions.hold(program, version)


def edit(program: Program, *, actor: Actor, at: datetime, version: int, fields: Mapping[str, Any]) -> None:
    """Change a program; raise `StaleVersion` when somebody else did so in the meantime.

    The progress of a program with parts follows them, whatever `fields` say.
    """
    hold(program, actor=actor, version=version)
    if "agency_id" in fields:
        authorise(actor, fields["agency_id"])
    before = program.parent_id
    changed = [name for name in sorted(FIELDS & fields.keys()) if getattr(program, name) != fields[name]]
    # asked before anything is set: a refusal leaves no trace
    if {"parent_id", "level"} & set(changed):
        level = fields.get("level", program.level)
        _check_parent(level, fields.get("parent_id", program.parent_id), actor, program.id)
        _check_parts(program, level)
    for name in changed:
        setattr(program, name, fields[name])
    program.version += 1
    program.updated_at = at
    follow_parts(program)
    carry_up(program.parent_id, at=at)
    if before != program.parent_id:
        carry_up(before, at=at)
    audit.note("program_edit", "program", program.id, actor=actor, at=at, data={"fields": changed})
    pages.touch()


def _check_parent(
    level: ProgramLevel, parent_id: int | None, actor: Actor, program_id: int | None = None
) -> None:
    if parent_id is None:
        return
    parent = db.session.get(Program, parent_id)
    if parent is None or not rules.fits_under(level, parent.level):
        raise WrongParent
    if not rules.may_edit(actor, parent.agency_id):
        raise NotPermitted
    if program_id is not None and not rules.without_cycle(program_id, _way_up(parent)):
        raise WrongParent


def _way_up(program: Program) -> list[int]:
    found = [program.id]
    above = program.parent_id
    while above is not None and len(found) <= _DEEPEST:
        found.append(above)
        above = db.session.scalar(select(Program.parent_id).where(Program.id == above))
    return found


def _check_parts(program: Program, level: ProgramLevel) -> None:
    levels = db.session.scalars(
        select(Program.level).where(Program.parent_id == program.id).distinct().order_by(Program.level)
    )
    if any(not rules.fits_under(below, level) for below in levels):
        raise WrongParent


def follow_parts(program: Program) -> bool:
    """Set the progress of a program to that of its parts; False where it has none that count.

    Parts that were stopped count no more.
    """
    db.session.flush()
    parts = db.session.execute(
        select(Program.progress, Program.weight)
        .where(Program.parent_id == program.id, Program.status != ProgramStatus.STOPPED)
        .order_by(Program.id)
    )
    progress = rules.weighted(rules.Part(*part) for part in parts)
    if progress is None:
        return False
    program.progress = progress
    return True


def carry_up(program_id: int | None, *, at: datetime) -> None:
    """Write progress through to a parent and its own parent. Holds each: two parts may move at once."""
    for _level in range(_DEEPEST):
        if program_id is None:
            return
        db.session.flush()
        held = select(Program).where(Program.id == program_id).with_for_update(key_share=True)
        program = db.session.scalars(held.execution_options(populate_existing=True)).one()
        before = program.progress
        if not follow_parts(program):
            return
        if program.progress != before:
            program.updated_at = at
        program_id = program.parent_id
