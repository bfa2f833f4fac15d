"""Programs with their parts and a full catalogue, made once and kept: the pages of a city at work.

Written straight into the tables; `flask load` made the submissions that they hang on.
"""

from datetime import date, timedelta
from random import Random

from sqlalchemy import func, insert, select

from portal.core import clock
from portal.core.database import Base, db, learn_sizes
from portal.models import (
    Agency,
    BudgetStage,
    Business,
    BusinessKind,
    LinkType,
    Milestone,
    Package,
    PackagePoint,
    Program,
    ProgramBudget,
    ProgramIndicator,
    ProgramLevel,
    ProgramLink,
    ProgramStatus,
    ProgramUpdate,
    Submission,
    Ward,
)
from portal.services import packages, pages

#: One in so many is a program, the others are its activities.
PARTS = 5
LINKS_EACH = 30
_STOPS = ("Dermaga Sibolga", "Pulau Poncan", "Pulau Mursala", "Bagan nelayan", "Dermaga Sibolga")


def fill(programs: int, tours: int) -> None:
    """Add what is missing of that many programs, with thirty submissions each, and of that many packages."""
    random = Random(2026)
    agencies = list(db.session.scalars(select(Agency.id).where(Agency.active).order_by(Agency.id)))
    query = select(Submission.id).where(Submission.listed.is_(True)).order_by(Submission.id.desc())
    cases = list(db.session.scalars(query.limit(40_000)))
    if _count(Program) < programs:
        _programs(random, range(_count(Program), programs), agencies, cases)
    if _count(Package) < tours:
        _packages(random, range(_count(Package), tours), cases)
    pages.touch()
    learn_sizes(db.session.connection())


def _count(table: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def _programs(random: Random, numbers: range, agencies: list[int], cases: list[int]) -> None:
    at, today = clock.now(), clock.city_date(clock.now())
    parent: Program | None = None
    for number in numbers:
        is_part = number % PARTS > 0 and parent is not None
        program = Program(
            code=f"9.{number // PARTS:04d}" + (f".{number % PARTS}" if is_part else ""),
            title_id=f"Perbaikan lampu dan jalan lingkungan {number}",
            title_en=f"Mending lights and lanes {number}",
            summary_id="Lampu, drainase, dan jalan lingkungan diperbaiki menurut laporan warga.",
            agency_id=random.choice(agencies),
            year=2024 + number % 4,
            budget=random.randrange(50, 900) * 1_000_000,
            status=random.choice(list(ProgramStatus)),
            progress=random.randrange(101),
            level=ProgramLevel.ACTIVITY if is_part else ProgramLevel.PROGRAM,
            parent_id=parent.id if is_part and parent is not None else None,
            updated_at=at - timedelta(days=number % 90),
        )
        db.session.add(program)
        db.session.flush()  # need the id
        parent = program if not is_part else parent
        _details(program, random, today)
        links = [
            {
                "submission_id": case,
                "program_id": program.id,
                "type": LinkType.ANSWERS,
                "sentence": "Dikerjakan lewat program ini.",
                "created_at": at,
            }
            for case in random.sample(cases, min(LINKS_EACH, len(cases)))
        ]
        if links:
            db.session.execute(insert(ProgramLink), links)


def _details(program: Program, random: Random, today: date) -> None:
    at = clock.now()
    for step in range(3):
        due = today + timedelta(days=60 * step - 60)
        done = due if due < today else None
        db.session.add(
            Milestone(
                program_id=program.id,
                title_id=f"Tahap {step + 1} selesai",
                title_en=f"Stage {step + 1} done",
                due_on=due,
                done_on=done,
            )
        )
        db.session.add(
            ProgramIndicator(
                program_id=program.id,
                position=step,
                title_id=f"Titik lampu menyala {step + 1}",
                unit="titik",
                target=100,
                realised=random.randrange(101),
                updated_at=at,
            )
        )
        db.session.add(
            ProgramUpdate(
                program_id=program.id,
                at=at - timedelta(days=20 * step + 1),
                text_id="Pekerjaan berjalan di dua kelurahan.",
                progress=min(100, 30 * (3 - step)),
            )
        )
    for place, stage in enumerate(BudgetStage):
        amount = program.budget * (100 - 5 * place) // 100
        db.session.add(ProgramBudget(program_id=program.id, stage=stage, amount=amount, as_of=today))


def _packages(random: Random, numbers: range, cases: list[int]) -> None:
    at = clock.now()
    wards = list(db.session.scalars(select(Ward.code).order_by(Ward.code)))
    for number, case in zip(numbers, cases[numbers.start :], strict=False):
        business = Business(
            name=f"Bagan Wisata {number}",
            kind=BusinessKind.BOAT,
            ward_code=random.choice(wards),
            public_phone="+628126000000",
            created_at=at,
        )
        db.session.add(business)
        db.session.flush()  # need the id
        price = 25_000 * random.randrange(3, 30)
        data = {
            "title": f"Keliling teluk {number}",
            "background": "Dari dermaga ke pulau dan bagan, pulang sebelum senja.",
            "tour_kind": random.choice(["marine", "culinary", "culture"]),
            "duration_hours": float(random.randrange(2, 12)),
            "price_per_person": price,
            "capacity_min": 4,
            "capacity_max": 12,
            "season": random.choice(["", "Mei sampai September"]),
            "wheelchair": random.choice(["no", "partly", "yes"]),
            "route": [
                {"time": f"{7 + hour:02d}.00", "place": stop, "activity": "Naik perahu"}
                for hour, stop in enumerate(_STOPS)
            ],
            "price_components": [
                {"label": "Perahu dan solar", "amount": price // 2},
                {"label": "Makan siang", "amount": price // 4},
            ],
        }
        package = Package(
            submission_id=case,
            business_id=business.id,
            title=data["title"],
            data=data,
            created_at=at - timedelta(days=number % 300),
            readiness=random.randrange(40, 101),
        )
        packages.fill(package, business, at=at)
        db.session.add(package)
        db.session.flush()  # need the id
        for position in range(len(_STOPS)):
            place = {"latitude": 1.74 - 0.02 * position, "longitude": 98.77 - 0.03 * position}
            db.session.add(PackagePoint(package_id=package.id, position=position, **place))
