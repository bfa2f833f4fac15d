"""What the page of one program shows besides its own row: tree, measures, money, people, and links."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from portal.core.clock import city_date
from portal.core.database import db
from portal.models import (
    BudgetStage,
    Business,
    Consultation,
    Follow,
    Gathering,
    LinkType,
    Milestone,
    Partnership,
    PartnershipStage,
    Program,
    ProgramAgency,
    ProgramBudget,
    ProgramIndicator,
    ProgramLevel,
    ProgramLink,
    ProgramMember,
    ProgramPartnership,
    ProgramPhoto,
    ProgramStatus,
    ProgramUpdate,
    ResultVote,
    Subject,
    Submission,
    TeamRole,
    Upload,
    User,
)

#: Parts of one program on its page.
MOST_PARTS = 100
#: Reports of one program on its page.
MOST_UPDATES = 30


@dataclass(frozen=True, slots=True)
class Branch:
    """A program above or below another."""

    id: int
    code: str
    title_id: str
    title_en: str
    level: ProgramLevel
    parent_id: int | None
    weight: int
    progress: int
    status: ProgramStatus


@dataclass(frozen=True, slots=True)
class Tree:
    """What stands above a program, the highest first, and right below it."""

    above: list[Branch]
    below: list[Branch]


def tree(program: Program) -> Tree:
    """Return the place of a program in the tree, in one query."""
    parent, top = aliased(Program), aliased(Program)
    columns = [
        getattr(Program, name)
        for name in (
            "id", "code", "title_id", "title_en", "level", "parent_id", "weight", "progress", "status",
        )
    ]  # fmt: skip
    above = (
        select(parent.id, top.id)
        .select_from(parent)
        .outerjoin(top, top.id == parent.parent_id)
        .where(parent.id == program.parent_id)
        .subquery()
    )
    query = (
        select(*columns)
        .where(
            or_(
                Program.parent_id == program.id,
                Program.id.in_(select(above.c[0])),
                Program.id.in_(select(above.c[1])),
            )
        )
        .order_by(Program.code)
        .limit(MOST_PARTS + 2)
    )
    rows = [Branch(*row) for row in db.session.execute(query)]
    below = [row for row in rows if row.parent_id == program.id]
    order = list(ProgramLevel)
    upper = sorted(
        (row for row in rows if row.parent_id != program.id), key=lambda row: order.index(row.level)
    )
    return Tree(upper, below)


@dataclass(frozen=True, slots=True)
class Measure:
    """An indicator."""

    id: int
    title_id: str
    title_en: str
    unit: str
    baseline: float
    target: float
    realised: float | None
    updated_at: datetime


def indicators(program_id: int) -> list[Measure]:
    """Return what is measured, in its order (at most 50)."""
    query = (
        select(
            ProgramIndicator.id,
            ProgramIndicator.title_id,
            ProgramIndicator.title_en,
            ProgramIndicator.unit,
            ProgramIndicator.baseline,
            ProgramIndicator.target,
            ProgramIndicator.realised,
            ProgramIndicator.updated_at,
        )
        .where(ProgramIndicator.program_id == program_id)
        .order_by(ProgramIndicator.position, ProgramIndicator.id)
        .limit(50)
    )
    return [Measure(*row) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Money:
    """How much there was at one stage."""

    stage: BudgetStage
    amount: int
    as_of: date
    source: str


def budgets(program_id: int) -> list[Money]:
    """Return the money of a program, stage after stage."""
    query = (
        select(ProgramBudget.stage, ProgramBudget.amount, ProgramBudget.as_of, ProgramBudget.source)
        .where(ProgramBudget.program_id == program_id)
        .order_by(ProgramBudget.id)
        .limit(len(BudgetStage))
    )
    order = list(BudgetStage)
    return sorted(
        (Money(*row) for row in db.session.execute(query)), key=lambda money: order.index(money.stage)
    )


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of a report."""

    update_id: int
    token: str
    width: int
    height: int
    alt: str


def updates(program_id: int, size: int = MOST_UPDATES) -> list[ProgramUpdate]:
    """Return the newest reports of a program, the last one first."""
    query = select(ProgramUpdate).where(ProgramUpdate.program_id == program_id)
    newest = query.order_by(ProgramUpdate.at.desc(), ProgramUpdate.id.desc())
    return list(db.session.scalars(newest.limit(size)))


def photos(program_id: int) -> dict[int, list[Photo]]:
    """Return the pictures of the newest reports, by report."""
    query = (
        select(ProgramPhoto.update_id, Upload.token, Upload.width, Upload.height, ProgramPhoto.alt)
        .join(Upload, Upload.id == ProgramPhoto.upload_id)
        .join(ProgramUpdate, ProgramUpdate.id == ProgramPhoto.update_id)
        .where(ProgramUpdate.program_id == program_id)
        .order_by(ProgramPhoto.update_id.desc(), ProgramPhoto.position)
        .limit(5 * MOST_UPDATES)
    )
    found: dict[int, list[Photo]] = {}
    for update_id, token, width, height, alt in db.session.execute(query):
        found.setdefault(update_id, []).append(Photo(update_id, token, width or 0, height or 0, alt))
    return found


def photo(token: str) -> Upload | None:
    """Return a picture that a report of a program shows: everybody may see those, and only those."""
    query = (
        select(Upload).join(ProgramPhoto, ProgramPhoto.upload_id == Upload.id).where(Upload.token == token)
    )
    return db.session.scalar(query)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who works on a program and who looks at it: numbers only."""

    agency_ids: tuple[int, ...]
    leads: int
    members: int
    followers: int
    felt: int
    not_felt: int


def crowd(program_id: int) -> Crowd:
    """Return the agencies and the numbers of people around a program, in one query."""
    program = literal(program_id)
    team = select(func.count()).where(ProgramMember.program_id == program)
    votes = select(func.count()).where(ResultVote.program_id == program)
    followers = select(func.count()).where(Follow.subject == Subject.PROGRAM, Follow.subject_id == program)
    numbers = [
        team.where(ProgramMember.role == TeamRole.LEAD).scalar_subquery(),
        team.where(ProgramMember.role == TeamRole.MEMBER).scalar_subquery(),
        followers.scalar_subquery(),
        votes.where(ResultVote.felt.is_(True)).scalar_subquery(),
        votes.where(ResultVote.felt.is_(False)).scalar_subquery(),
    ]
    query = (
        select(ProgramAgency.agency_id, *numbers)
        .select_from(Program)
        .outerjoin(ProgramAgency, ProgramAgency.program_id == Program.id)
        .where(Program.id == program)
        .order_by(ProgramAgency.agency_id)
        .limit(50)
    )
    rows = db.session.execute(query).all()
    agencies = tuple(row[0] for row in rows if row[0] is not None)
    return Crowd(agencies, *(tuple(rows[0])[1:] if rows else (0, 0, 0, 0, 0)))


@dataclass(frozen=True, slots=True)
class Happening:
    """A consultation or a meeting that belongs to a program. `until`: it ends then."""

    kind: str
    slug: str
    title_id: str
    title_en: str
    starts_at: datetime
    until: datetime


def happenings(program_id: int, *, at: datetime) -> list[Happening]:
    """Return the published consultations and meetings of a program, the newest first (at most 20)."""
    asked = select(
        literal("consultation"),
        Consultation.slug,
        Consultation.title_id,
        Consultation.title_en,
        Consultation.opens_at.label("starts_at"),
        Consultation.closes_at,
    ).where(Consultation.program_id == program_id, Consultation.published_at <= at)
    met = select(
        literal("gathering"),
        Gathering.slug,
        Gathering.title_id,
        Gathering.title_en,
        Gathering.starts_at.label("starts_at"),
        Gathering.ends_at,
    ).where(
        Gathering.program_id == program_id, Gathering.published_at <= at, Gathering.cancelled_at.is_(None)
    )
    both = union_all(asked, met).subquery()
    query = select(*both.c).order_by(both.c.starts_at.desc(), both.c.slug).limit(20)
    return [Happening(*row) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class LinkedPartnership:
    """A partnership that carries a program. `listed`: everybody may read its proposal."""

    partnership_id: int
    reference: str
    title: str
    business: str
    stage: PartnershipStage
    type: LinkType
    sentence: str
    listed: bool


def partnerships(program_id: int, *, listed: bool = True) -> list[LinkedPartnership]:
    """Return the partnerships of a program (at most 50); `listed`: only those that everybody may read."""
    query = (
        select(
            Partnership.id,
            Submission.reference,
            Submission.title,
            Business.name,
            Partnership.stage,
            ProgramPartnership.type,
            ProgramPartnership.sentence,
            Submission.listed,
        )
        .join(ProgramPartnership, ProgramPartnership.partnership_id == Partnership.id)
        .join(Submission, Submission.id == Partnership.submission_id)
        .join(Business, Business.id == Partnership.business_id)
        .where(ProgramPartnership.program_id == program_id)
        .order_by(Partnership.id)
        .limit(50)
    )
    if listed:
        query = query.where(Submission.listed.is_(True), Submission.secret.is_(False))
    return [LinkedPartnership(*row) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that became of a program since a day. `kind`: update, kept, budget."""

    kind: str
    program_id: int
    code: str
    title_id: str
    title_en: str
    on: date
    text_id: str
    text_en: str
    number: int


def changes_since(submission_id: int, since: datetime, *, today: date, most: int = 20) -> list[Change]:
    """Return what changed in the programs of a case since it was sent, the newest first: reports, promises
    kept, money that moved on. All of it stands on the programs' own public pages.
    """
    day = city_date(since)
    head = [Program.id, Program.code, Program.title_id, Program.title_en]
    linked = ProgramLink.submission_id == submission_id
    reports = (
        select(*head, ProgramUpdate.at, ProgramUpdate.text_id, ProgramUpdate.text_en, ProgramUpdate.progress)
        .join(ProgramLink, and_(ProgramLink.program_id == Program.id, linked))
        .join(ProgramUpdate, and_(ProgramUpdate.program_id == Program.id, ProgramUpdate.at > since))
        .order_by(ProgramUpdate.at.desc(), ProgramUpdate.id.desc())
        .limit(most)
    )
    kept = (
        select(*head, Milestone.done_on, Milestone.title_id, Milestone.title_en, literal(0))
        .join(ProgramLink, and_(ProgramLink.program_id == Program.id, linked))
        .join(Milestone, Milestone.program_id == Program.id)
        .where(Milestone.done_on >= day, Milestone.done_on <= today)
        .order_by(Milestone.done_on.desc(), Milestone.id.desc())
        .limit(most)
    )
    money = (
        select(*head, ProgramBudget.as_of, ProgramBudget.stage, ProgramBudget.source, ProgramBudget.amount)
        .join(ProgramLink, and_(ProgramLink.program_id == Program.id, linked))
        .join(ProgramBudget, ProgramBudget.program_id == Program.id)
        .where(ProgramBudget.as_of >= day, ProgramBudget.as_of <= today)
        .order_by(ProgramBudget.as_of.desc(), ProgramBudget.id.desc())
        .limit(most)
    )
    found: list[Change] = []
    queries: list[tuple[str, Any]] = [("update", reports), ("kept", kept), ("budget", money)]
    for kind, query in queries:
        for row in db.session.execute(query):
            values: list[Any] = list(row)
            if isinstance(values[4], datetime):
                values[4] = city_date(values[4])
            found.append(Change(kind, *values))
    return sorted(found, key=lambda change: change.on, reverse=True)[:most]


def word_of(program_id: int, user_id: int) -> bool | None:
    """Return what an account said of the result; None: nothing."""
    return db.session.scalar(
        select(ResultVote.felt).where(ResultVote.program_id == program_id, ResultVote.user_id == user_id)
    )


@dataclass(frozen=True, slots=True)
class TeamRow:
    """Somebody of the team, for the desk."""

    user_id: int
    name: str
    role: TeamRole


def team(program_id: int) -> list[TeamRow]:
    """Return the team, its leads first (at most 100)."""
    query = (
        select(User.id, User.name, ProgramMember.role)
        .join(ProgramMember, ProgramMember.user_id == User.id)
        .where(ProgramMember.program_id == program_id)
        .order_by(ProgramMember.role, User.name, User.id)
        .limit(100)
    )
    return [TeamRow(*row) for row in db.session.execute(query)]
