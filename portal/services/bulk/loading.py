"""Writing made-up submissions straight into the tables, some thousand rows at a time.

The services would need an hour for a hundred thousand. What they leave behind is written here in the same
shape; tests compare the two.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func, select, text

from portal.core import references
from portal.core.clock import CITY_TZ
from portal.core.database import db, learn_sizes
from portal.core.sealing import Seal
from portal.core.tokens import digest
from portal.models import (
    Agency,
    Category,
    Identity,
    IdentityMode,
    Membership,
    Place,
    Role,
    SearchDocument,
    Status,
    Submission,
    User,
    Ward,
)
from portal.queries import reference
from portal.rules import visibility
from portal.rules.deadlines import REPLY_DAYS, VERIFY_DAYS, Calendar
from portal.rules.workflow import CONTEST_PERIOD, OUTCOMES, Action, Who
from portal.services import pages
from portal.services.accounts import NO_PASSWORD
from portal.services.bulk import texts
from portal.services.bulk.lives import Days, Step, live
from portal.services.bulk.rows import Rows, execute, reserve

#: Submissions per round of inserts.
CHUNK = 2_000
#: Over how many days they are spread.
PERIOD_DAYS = 1_095
#: One submission in so many has fifty exchanged messages and fifty notes.
BUSY_EVERY = 1_000
_SUPPORTERS = 5_000


_NO_CLOCK = {"due_at": None, "due_from": None, "due_days": None}


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows were written."""

    submissions: int
    events: int
    supports: int


@dataclass(frozen=True, slots=True)
class _City:
    """What submissions point to."""

    wards: list[str]
    categories: list[Category]
    triage: list[int]
    officers: dict[int, list[int]]


def load(
    count: int, *, secret: bytes, seal: Seal, calendar: Calendar, at: datetime, corpus: Path, seed: int = 1
) -> Loaded:
    """Write `count` submissions received up to `at`, with everything that became of them.

    `corpus` is the folder of the demo texts. The same seed on the same database gives the same rows (but for
    what is sealed). No mail is queued. `secret` is what references and tracking codes derive from.
    """
    random = Random(seed)  # noqa: S311 (made-up data, no secret)
    writer = _Writer(random, secret, seal, Days(calendar), at, _city(random, at), texts.read(corpus))
    moments = sorted(_received(random, at) for _ in range(count))
    for start in range(0, count, CHUNK):
        writer.write(moments[start : start + CHUNK])
    pages.touch()
    learn_sizes(db.session.connection())
    return Loaded(count, writer.events, writer.supports)


def _received(random: Random, at: datetime) -> datetime:
    """Draw a moment of the last three years before `at`, on a waking hour; recent ones more often."""
    while True:
        day = (at - timedelta(days=PERIOD_DAYS * random.random() ** 1.3)).astimezone(CITY_TZ)
        moment = day.replace(
            hour=6 + int(random.random() * 17), minute=int(random.random() * 60), second=0, microsecond=0
        ).astimezone(UTC)
        if moment < at:
            return moment


def _city(random: Random, at: datetime) -> _City:
    categories = list(db.session.scalars(select(Category).where(Category.active).order_by(Category.id)))
    agencies = list(db.session.scalars(select(Agency.id).where(Agency.active).order_by(Agency.id)))
    wards = list(db.session.scalars(select(Ward.code).order_by(Ward.code)))
    if not (categories and agencies and wards):
        raise ValueError("there is no reference data yet")
    random.shuffle(wards)
    return _City(
        wards,
        categories,
        _staff(Role.TRIAGE, None, at),
        {agency: _staff(Role.OFFICER, agency, at) for agency in agencies},
    )


def _staff(role: Role, agency_id: int | None, at: datetime) -> list[int]:
    """Return who has a role, adding somebody who cannot sign in where nobody has."""
    query = select(Membership.user_id).where(Membership.role == role, Membership.agency_id == agency_id)
    found = list(db.session.scalars(query.order_by(Membership.user_id)))
    if not found:
        name = f"Petugas {agency_id}" if agency_id else "Petugas triase"
        user = User(
            email=f"{role}-{agency_id or 0}@massal.example",
            name=name,
            password_hash=NO_PASSWORD,
            created_at=at,
            memberships=[Membership(role=role, agency_id=agency_id, publisher=True)],
        )
        db.session.add(user)
        db.session.flush()  # need the id
        found = [user.id]
    return found


@dataclass(slots=True)
class _Case:
    """A submission under construction: its row and what happened to it."""

    row: dict[str, Any]
    category: Category
    steps: list[Step]
    agency_id: int
    words: list[str]


@dataclass(slots=True)
class _Writer:
    random: Random
    secret: bytes
    seal: Seal
    days: Days
    at: datetime
    city: _City
    corpus: texts.Corpus
    events: int = 0
    supports: int = 0
    _taken: set[str] = field(default_factory=set)
    _people: list[tuple[str, str]] = field(default_factory=list)
    _first: int = 0

    def __post_init__(self) -> None:
        self._taken = set(db.session.scalars(select(Submission.reference)))
        # Letters on paper carry the alias, so it is drawn anew for every load.
        self._first = (db.session.scalar(select(func.max(Submission.id))) or 0) + 1
        self.random.seed(f"{self.random.random()}:{self._first}")
        addresses = (f"warga{number}@surel.example" for number in range(_SUPPORTERS))
        self._people = [(self.seal.keyed_hash(one), self.seal.seal(one)) for one in addresses]

    def write(self, moments: list[datetime]) -> None:
        """Write the submissions received at these moments, oldest first."""
        ids = reserve(Submission, len(moments))
        cases = [self._case(id_, moment) for id_, moment in zip(ids, moments, strict=True)]
        self._merge(cases)
        rows = Rows()
        for case in cases:
            self._support(case, rows)
        for case in cases:
            self._history(case, rows)
        execute(Submission, [case.row for case in cases])
        execute(Identity, [self._identity(case) for case in cases])
        rows.write()
        self._index(cases)
        self.events += len(rows.events)
        self.supports += len(rows.supports)

    def _case(self, id_: int, received_at: datetime) -> _Case:
        random = self.random
        category = random.choice(self.city.categories)
        slug = category.slug if category.slug in self.corpus.by_category else ""
        title, landmark = self.corpus.title(random, slug), self.corpus.landmark(random, slug)
        body = self.corpus.body(random, slug, id_)
        mode = random.choices(tuple(IdentityMode), (75, 15, 10))[0]
        if mode is IdentityMode.SHIELDED:
            received_at = received_at.replace(minute=0)  # as `services.submissions.send` does
        steps = live(
            random, received_at, until=self.at, days=self.days, busy=id_ % BUSY_EVERY == BUSY_EVERY // 2
        )
        place = random.choices(tuple(Place), (93, 4, 3))[0]
        # The first wards have the most people.
        ward = self.city.wards[int(len(self.city.wards) * random.random() ** 1.5)]
        day = received_at.astimezone(CITY_TZ).date()
        key = f"bulk:{self._first}:{id_}"
        reference, attempt = "", 0
        while not reference or reference in self._taken:
            reference = references.reference(self.secret, key, day, attempt=attempt)
            attempt += 1
        self._taken.add(reference)
        agency = category.agency_id or random.choice(tuple(self.city.officers))
        secret = random.random() < 0.03
        row: dict[str, Any] = {
            "id": id_,
            "reference": reference,
            "tracking_hash": references.hash_code(self.secret, references.tracking_code(self.secret, key)),
            "idempotency_hash": digest(key),
            "kind": random.choices(tuple(texts.KINDS), tuple(texts.KINDS.values()))[0],
            "status": Status.RECEIVED,
            "title": title,
            "body": " ".join(body),
            "place": place,
            "ward_code": ward if place is Place.WARD else None,
            "landmark": landmark,
            "latitude": None,
            "longitude": None,
            "category_id": category.id,
            "agency_id": None,
            "officer_id": None,
            "identity_mode": mode,
            "secret": secret,
            "shown_name": random.choice(self.corpus.names) if mode is IdentityMode.SHOWN else "",
            "text_public": not (secret or category.verify_first),
            "files_public": False,
            "screen_codes": [],
            "hidden_code": None,
            "received_at": received_at,
            "verified_at": None,
            "assigned_at": None,
            "answered_at": None,
            "answered_on_time": None,
            "answered_in_days": None,
            "closed_at": None,
            "updated_at": received_at,
            "due_at": self.days.deadline(day, VERIFY_DAYS),
            "due_from": received_at,
            "due_days": VERIFY_DAYS,
            "paused_at": None,
            "escalated": 0,
            "promised_on": None,
            "review_on": None,
            "contest_until": None,
            "reason_code": None,
            "institution": "",
            "resume_status": None,
            "merged_into_id": None,
            "handovers": 0,
            "objected": False,
            "reopened": 0,
            "confirmed": None,
            "support_count": 0,
            "file_count": 0,
            "version": 1,
        }
        return _Case(row, category, steps, agency, [title, *body, landmark, reference])

    def _merge(self, cases: list[_Case]) -> None:
        """Choose an earlier target for those that end merged; secret ones are never tied to another."""
        for number, case in enumerate(cases):
            if not case.steps or case.steps[-1].action is not Action.MERGE:
                continue
            for target in reversed(cases[max(0, number - 40) : number]):
                if target.steps and target.steps[-1].action in {Action.MERGE, Action.WITHDRAW}:
                    continue
                if not (target.row["secret"] or case.row["secret"]):
                    case.row["merged_into_id"] = target.row["id"]
                    break
            else:
                case.steps.pop()

    def _support(self, case: _Case, rows: Rows) -> None:
        """Draw how many have the same problem: most nobody, a few very many."""
        random = self.random
        if case.row["secret"] or random.random() < 0.7:
            return
        number = min(60, int(random.paretovariate(1.1)))
        received = case.row["received_at"]
        latest = min(self.at, received + timedelta(days=30)) - received
        for place in random.sample(range(_SUPPORTERS), number):
            person, address = self._people[place]
            moment = received + latest * random.random()
            rows.supports.append(
                {
                    "submission_id": case.row["id"],
                    "person_hash": person,
                    "user_id": None,
                    "email": address,
                    "locale": "id",
                    "created_at": moment,
                    "confirmed_at": moment,
                    "mail_stopped": False,
                }
            )
        case.row["support_count"] = number

    def _identity(self, case: _Case) -> dict[str, Any]:
        random = self.random
        shielded = case.row["identity_mode"] is IdentityMode.SHIELDED
        name = case.row["shown_name"]
        address = self._people[int(random.random() * _SUPPORTERS)][1]
        return {
            "submission_id": case.row["id"],
            "alias": references.alias(random.choice),
            "name": self.seal.seal(name) if name else "",
            "email": address if not shielded and random.random() < 0.6 else "",
            "phone": "",
            "locale": "id",
            "consent_at": case.row["received_at"],
            "mail_stopped": False,
        }

    def _history(self, case: _Case, rows: Rows) -> None:
        row = case.row
        rows.event(
            row, Action.SEND, row["received_at"], None, Status.RECEIVED, None, True, {"kind": row["kind"]}
        )
        for step in case.steps:
            actor = self._actor(case, step.who)
            data = self._do(case, step, actor, rows)
            before = row["status"]
            if step.to_status is not None:
                row["status"] = step.to_status
            rows.event(row, step.action, step.at, before, step.to_status, actor, step.public, data)
            if step.action is not Action.NOTE:
                row["version"] += 1
                row["updated_at"] = step.at
        row["version"] += 1  # "send" is a change too
        row["listed"] = visibility.listed(SimpleNamespace(**row))

    def _actor(self, case: _Case, who: Who) -> int | None:
        if who is Who.REPORTER:
            return None
        people = self.city.triage if who is Who.TRIAGE else self.city.officers[case.agency_id]
        number: int = case.row["id"]
        return people[number % len(people)]

    def _do(self, case: _Case, step: Step, actor: int | None, rows: Rows) -> dict[str, Any]:
        """Leave in the row what the service of this step would leave; return the event's data."""
        row, days = case.row, self.days
        day = step.at.astimezone(CITY_TZ).date()
        match step.action:
            case Action.VERIFY:
                row |= {
                    "verified_at": step.at,
                    "text_public": True,
                    "files_public": True,
                }
                return {"category_id": case.category.id}
            case Action.ASSIGN:
                allowed = reference.answer_days(row["kind"], case.category.id)
                row |= {
                    "agency_id": case.agency_id,
                    "officer_id": self._actor(case, Who.OFFICER_HERE) if row["id"] % 4 else None,
                    "assigned_at": step.at,
                    "due_at": days.deadline(day, allowed),
                    "due_from": step.at,
                    "due_days": allowed,
                }
                return {"agency_id": case.agency_id, "category_id": case.category.id}
            case Action.NOTE:
                note = self.corpus.answer(self.random, "note")
                return {"note_id": rows.note(row, actor, note, step.at)}
            case Action.ASK:
                row |= {"paused_at": step.at, "resume_status": row["status"]}
                expires = days.deadline(day, REPLY_DAYS)
                return {
                    "question_id": rows.question(
                        row, actor, self.corpus.answer(self.random, "ask"), step.at, expires
                    )
                }
            case Action.REPLY:
                spent = days.between(row["paused_at"].astimezone(CITY_TZ).date(), day)
                due = days.calendar.closing(days.add(row["due_at"].astimezone(CITY_TZ).date(), spent))
                row |= {"due_at": due, "paused_at": None, "resume_status": None}
                return {"question_id": rows.reply(self.corpus.answer(self.random, "reply"), step.at)}
            case Action.MERGE:
                merged = rows.merged(row, step.at, actor) | {
                    "due_at": row["due_at"].isoformat(),
                    "due_from": row["due_from"].isoformat(),
                    "due_days": row["due_days"],
                }
                row |= {"resume_status": row["status"], "closed_at": step.at} | _NO_CLOCK
                return merged
            case Action.WITHDRAW:
                row |= {"closed_at": step.at} | _NO_CLOCK
                return {}
            case Action.CONFIRM:
                row["confirmed"] = True
                return {"value": True}
        return self._outcome(case, step, actor, rows)

    def _outcome(self, case: _Case, step: Step, actor: int | None, rows: Rows) -> dict[str, Any]:
        row, days = case.row, self.days
        assert step.answer_kind is not None, step.action
        words = self.corpus.answer(self.random, step.action)
        answer = rows.answer(row, step.answer_kind, case.agency_id, actor, words, step.at)
        data: dict[str, Any] = {"answer_id": answer, "agency_id": case.agency_id}
        if step.action in OUTCOMES and row["answered_at"] is None:
            received = row["received_at"].astimezone(CITY_TZ).date()
            row |= {
                "answered_at": step.at,
                "answered_on_time": step.at <= row["due_at"],
                "answered_in_days": days.between(received, step.at.astimezone(CITY_TZ).date()),
            }
            data |= {"on_time": row["answered_on_time"], "days": row["answered_in_days"]}
            if not row["answered_on_time"]:
                due, answered = (moment.astimezone(CITY_TZ).date() for moment in (row["due_at"], step.at))
                data["late"] = max(1, days.between(due, answered))
        row |= {"closed_at": step.at, "contest_until": step.at + CONTEST_PERIOD} | _NO_CLOCK
        if step.action is Action.PROMISE and step.on is not None:
            row |= {"promised_on": step.on, "closed_at": None}
            row |= {"due_at": days.calendar.closing(step.on), "due_from": step.at}
            data["promised_on"] = step.on.isoformat()
        elif step.action is Action.DEFER and step.on is not None:
            row["review_on"] = step.on
            data["review_on"] = step.on.isoformat()
        elif step.action is Action.REFER:
            row["institution"] = data["institution"] = "PLN (kantor pelayanan Sibolga)"
        if step.code is not None:
            row["reason_code"] = step.code
            data["code"] = step.code
        return data

    def _index(self, cases: list[_Case]) -> None:
        documents = [
            {"submission_id": case.row["id"], "stems": texts.index_words(case.words)} for case in cases
        ]
        execute(SearchDocument, documents)
        if db.engine.dialect.name == "sqlite":
            statement = "INSERT INTO search_index (rowid, stems) VALUES (:submission_id, :stems)"
            db.session.connection().execute(text(statement), documents)
