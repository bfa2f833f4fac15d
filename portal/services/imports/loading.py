"""Making submissions of the lines of a spreadsheet: all of a file or none, and each line once for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count

from sqlalchemy import select

from portal.core import references
from portal.core.database import db
from portal.core.text import screen, title_from
from portal.core.tokens import digest
from portal.models import Identity, IdentityMode, Place, Status, Submission
from portal.queries import reference as reference_data
from portal.queries.reference import CategoryRow
from portal.rules import categories as category_rules
from portal.rules.deadlines import VERIFY_DAYS, Calendar
from portal.rules.permissions import VISITOR
from portal.rules.visibility import text_public_at_receipt
from portal.services import events, search
from portal.services.imports.reading import Refusal, Row

#: The event that begins the history of such a case.
IMPORT = "import"
#: Said of a day without a time.
_NOON = time(12, 0)
_CLOSED = frozenset({Status.ANSWERED, Status.DONE})
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Imported:
    """How many lines became submissions, were there already, and hold a text that awaits a person."""

    added: int
    repeated: int
    held_back: int
    refusals: list[Refusal]


def load(rows: Sequence[Row], *, secret: bytes, at: datetime, prefix: str = "SB") -> Imported:
    """Add a submission for each line that was not taken over before; nothing when a line is refused.

    Such a case belongs to no reporter: nobody has its tracking code, nobody gets mail. What it was told in
    the old system is not known here, so it counts as answered only where its status says so. A text with a
    telephone number or the like in it stays closed until somebody looked at it.
    """
    calendar = reference_data.calendar()
    known = _known([row.digest for row in rows])
    words = {
        category.id: category.words for category in reference_data.categories().values() if category.active
    }
    refusals: list[Refusal] = []
    taken: list[tuple[Row, CategoryRow | None]] = []
    for row in rows:
        if row.digest in known:
            continue
        known.add(row.digest)
        category = _category(row, words)
        if row.status is Status.ASSIGNED and (category is None or category.agency_id is None):
            reason = "Kiriman yang sedang ditangani perlu kategori yang punya perangkat daerah."
            refusals.append(Refusal(row.line, "status", reason))
        taken.append((row, category))
    if refusals:
        return Imported(0, 0, 0, refusals)
    made = [_add(row, category, secret, at, calendar, prefix) for row, category in taken]
    held_back = sum(not case.text_public for case in made)
    return Imported(len(made), len(rows) - len(made), held_back, [])


def _key(row_digest: str) -> str:
    return f"import:{row_digest}"


def _known(digests: Sequence[str]) -> set[str]:
    """Return which of these lines became submissions before."""
    by_hash = {digest(_key(one)): one for one in digests}
    hashes = list(by_hash)
    found: set[str] = set()
    for start in range(0, len(hashes), _BATCH):
        query = select(Submission.idempotency_hash)
        query = query.where(Submission.idempotency_hash.in_(hashes[start : start + _BATCH]))
        found |= {by_hash[one] for one in db.session.scalars(query)}
    return found


def _category(row: Row, words: dict[int, str]) -> CategoryRow | None:
    chosen = row.category_id or category_rules.propose(f"{row.title} {row.text}", words)
    return reference_data.categories().get(chosen or 0)


def _add(
    row: Row, category: CategoryRow | None, secret: bytes, at: datetime, calendar: Calendar, prefix: str
) -> Submission:
    day = row.day or calendar.day_of(at)
    received = min(at, datetime.combine(day, _NOON, tzinfo=calendar.tz))
    codes = screen(f"{row.title}\n{row.text}")
    key = _key(row.digest)
    case = Submission(
        reference=_reference(secret, key, calendar.day_of(received), prefix),
        tracking_hash=references.hash_code(secret, references.tracking_code(secret, key)),
        idempotency_hash=digest(key),
        kind=row.kind,
        status=Status.RECEIVED,
        title=row.title or title_from(row.text),
        body=row.text,
        place=row.place,
        ward_code=row.ward_code if row.place is Place.WARD else None,
        landmark="",
        category_id=category.id if category else None,
        identity_mode=IdentityMode.HIDDEN,
        secret=False,
        text_public=text_public_at_receipt(
            secret=False, screen_codes=codes, verify_first=category is not None and category.verify_first
        ),
        files_public=False,
        listed=False,
        screen_codes=sorted(codes),
        received_at=received,
        updated_at=at,
        support_count=0,
        file_count=0,
    )
    _stand(case, row.status, category, at, calendar)
    db.session.add(case)
    db.session.flush()  # need the id
    alias = references.alias()
    db.session.add(Identity(submission_id=case.id, alias=alias, consent_at=received))
    events.record(
        case, IMPORT, actor=VISITOR, at=at, to_status=row.status, data={"received_on": day.isoformat()}
    )
    search.index(case)
    return case


def _stand(
    case: Submission, status: Status, category: CategoryRow | None, at: datetime, calendar: Calendar
) -> None:
    """Set the clock as of today: nobody here could have kept an older deadline."""
    if status in {Status.RECEIVED, Status.IN_REVIEW}:
        _start_clock(case, VERIFY_DAYS, at, calendar)
    if status in _CLOSED | {Status.ASSIGNED} and category is not None:
        case.agency_id = category.agency_id
    if status is Status.ASSIGNED and category is not None:
        case.assigned_at = at
        _start_clock(case, reference_data.answer_days(case.kind, category.id), at, calendar)
    if status in _CLOSED:
        case.closed_at = at


def _start_clock(case: Submission, days: int, at: datetime, calendar: Calendar) -> None:
    case.due_at = calendar.deadline(at, days)
    case.due_from, case.due_days = at, days


def _reference(secret: bytes, key: str, day: date, prefix: str) -> str:
    """Return the first reference of this line that nobody else has."""
    for attempt in count():
        wanted = references.reference(secret, key, day, attempt=attempt, prefix=prefix)
        if db.session.scalar(select(Submission.id).where(Submission.reference == wanted)) is None:
            return wanted
    raise AssertionError("unreachable")
