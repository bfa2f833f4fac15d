"""Rows for tests, consistent with each other: a case in a given state has the fields and the history of it.

Everything is added and flushed, nothing is committed. References to reference data that no test cares about
use what every test database holds (see `flask reference load`).
"""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from flask.testing import FlaskClient
from sqlalchemy import select

from portal.core import references
from portal.core.clock import CITY_TZ, now
from portal.core.database import db
from portal.core.sealing import Seal
from portal.models import (
    Agency,
    Answer,
    AnswerKind,
    AnswerTemplate,
    Attachment,
    Business,
    BusinessKind,
    BusinessMember,
    BusinessRole,
    Category,
    Comment,
    CommentState,
    Consultation,
    ConsultationKind,
    ConsultationOption,
    ConsultationQuestion,
    Contact,
    ContactKind,
    Eligibility,
    Event,
    Gathering,
    HideCode,
    Holiday,
    Identity,
    IdentityMode,
    Kind,
    Meeting,
    MeetingItem,
    MeetingPerson,
    MeetingStatus,
    Membership,
    NamedStaff,
    Note,
    Package,
    Partnership,
    PartnershipStage,
    Place,
    Program,
    ProgramStatus,
    Proposal,
    Purpose,
    Question,
    QuestionKind,
    ReasonCode,
    Role,
    RoutingRule,
    Status,
    Subject,
    Submission,
    Support,
    Thread,
    User,
    Ward,
)
from portal.rules import visibility
from portal.rules.deadlines import ANSWER_DAYS, REPLY_DAYS, VERIFY_DAYS, Calendar, build_calendar
from portal.rules.permissions import Actor, BusinessSeat, Seat
from portal.rules.workflow import CONTEST_PERIOD, PUBLISHES, Action
from portal.services import pages, search, sessions

#: A Monday morning with no holiday near it. Cases are received then unless a test says otherwise.
MONDAY = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
#: The city's working days without days of its own.
CALENDAR: Calendar = build_calendar(CITY_TZ, ())

#: What references and tracking codes of these cases derive from; `tracking_code` knows it.
SECRET = b"only-for-tests-" + b"x" * 32

T = TypeVar("T")

_numbers = count(1)
_NO_CLOCK = {"due_at": None, "due_from": None, "due_days": None}

#: How a case comes to be in a state: the actions before it and the state after each.
_PATHS: dict[Status, tuple[tuple[Action, Status], ...]] = {
    Status.RECEIVED: (),
    Status.IN_REVIEW: ((Action.VERIFY, Status.IN_REVIEW),),
    Status.NEEDS_INFO: ((Action.VERIFY, Status.IN_REVIEW), (Action.ASK, Status.NEEDS_INFO)),
    Status.WITHDRAWN: ((Action.WITHDRAW, Status.WITHDRAWN),),
}
_HANDLED = ((Action.VERIFY, Status.IN_REVIEW), (Action.ASSIGN, Status.ASSIGNED))
_PATHS[Status.ASSIGNED] = _HANDLED
for _action, _status in (
    (Action.ANSWER, Status.ANSWERED),
    (Action.PROMISE, Status.IN_PROGRESS),
    (Action.ACCEPT, Status.ACCEPTED),
    (Action.DECLINE, Status.DECLINED),
    (Action.DEFER, Status.DEFERRED),
    (Action.REFER, Status.REFERRED),
    (Action.MERGE, Status.MERGED),
):
    _PATHS[_status] = (*_HANDLED, (_action, _status))
_PATHS[Status.DONE] = (*_PATHS[Status.IN_PROGRESS], (Action.FINISH, Status.DONE))


def at(day: int, hour: int = 9, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    """Return a moment on the city's wall clock (November 2026 unless said otherwise)."""
    return datetime(year, month, day, hour, minute, tzinfo=CITY_TZ)


# --- people and places --------------------------------------------------------------------------------


def make_agency(**fields: Any) -> Agency:
    """Add an agency."""
    number = next(_numbers)
    agency = Agency(
        **{
            "code": f"T{number}",
            "slug": f"dinas-{number}",
            "name_id": f"Dinas Contoh {number}",
            "name_en": f"Example Agency {number}",
            "short_id": f"Dinas {number}",
            "short_en": f"Agency {number}",
        }
        | fields
    )
    return _reference(agency)


def make_category(**fields: Any) -> Category:
    """Add a category (answer within the usual 10 working days)."""
    number = next(_numbers)
    category = Category(
        **{
            "slug": f"kategori-{number}",
            "name_id": f"Kategori {number}",
            "name_en": f"Category {number}",
            "answer_days": ANSWER_DAYS,
        }
        | fields
    )
    return _reference(category)


def make_rule(**fields: Any) -> RoutingRule:
    """Add a routing rule at the end of those there are."""
    number = next(_numbers)
    return _reference(
        RoutingRule(**{"name": f"Aturan {number}", "position": number, "updated_at": MONDAY} | fields)
    )


def add_holiday(day: date) -> None:
    """Close the offices of the city on a day, for everybody who asks from now on."""
    _reference(Holiday(day=day, name_id="Hari Jadi Kota", name_en="City Day"))
    db.session.commit()  # the calendar is read on a connection of its own


def a_ward() -> Ward:
    """Return one of the city's wards."""
    ward = db.session.scalar(select(Ward).order_by(Ward.code).limit(1))
    assert ward is not None, "the test database has reference data"
    return ward


def make_user(
    role: Role | None = None, agency: Agency | None = None, *, publisher: bool = False, **fields: Any
) -> User:
    """Add somebody with an account, with a role if named. Their password hash opens for nobody."""
    number = next(_numbers)
    user = User(
        **{
            "email": f"orang{number}@contoh.example",
            "name": f"Orang {number}",
            "password_hash": "!",
            "created_at": MONDAY,
        }
        | fields
    )
    if role is not None:
        user.memberships.append(
            Membership(role=role, agency_id=None if agency is None else agency.id, publisher=publisher)
        )
    db.session.add(user)
    db.session.flush()
    return user


def make_citizen(seal: Seal, contact: str = "", **fields: Any) -> User:
    """Add a citizen's account with a confirmed contact: an address, or a number that begins with +62."""
    user = make_user(**({"email": None, "citizen": True, "name": f"Warga {next(_numbers)}"} | fields))
    add_contact(seal, user, contact or f"warga{user.id}@contoh.example")
    return user


def add_contact(seal: Seal, user: User, value: str) -> Contact:
    """Add a confirmed contact to an account: an address, or a number that begins with +62."""
    return _added(
        Contact(
            user_id=user.id,
            kind=ContactKind.PHONE if value.startswith("+") else ContactKind.EMAIL,
            value_hash=seal.keyed_hash(value),
            value=seal.seal(value),
            confirmed_at=MONDAY,
        )
    )


def actor(user: User, *, reporter_of: Submission | None = None) -> Actor:
    """Return what the policy makes of a user."""
    seats = frozenset(Seat(m.role, m.agency_id, m.publisher) for m in user.memberships)
    mine = frozenset() if reporter_of is None else frozenset({reporter_of.id})
    return Actor(user_id=user.id, seats=seats, reporter_of=mine)


def reporter(case: Submission) -> Actor:
    """Return whoever proved the tracking code of a case."""
    return Actor(reporter_of=frozenset({case.id}))


def triage() -> Actor:
    """Return a new triage officer."""
    return actor(make_user(Role.TRIAGE))


def officer(agency: Agency, *, publisher: bool = False) -> Actor:
    """Return a new officer of an agency."""
    return actor(make_user(Role.OFFICER, agency, publisher=publisher))


def head(agency: Agency) -> Actor:
    """Return a new head of an agency."""
    return actor(make_user(Role.HEAD, agency))


def sign_in(client: FlaskClient, user: User) -> None:
    """Give a browser the session of a user, as the sign-in page does after the password was right."""
    token = sessions.start(user, at=now(), hours=12)
    db.session.commit()
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True


# --- cases --------------------------------------------------------------------------------------------


def tracking_code(case: Submission) -> str:
    """Return the secret code of a case made here."""
    return references.tracking_code(SECRET, f"factory-{case.reference}")


def make_case(
    status: Status = Status.RECEIVED,
    kind: Kind = Kind.PROBLEM,
    *,
    secret: bool = False,
    identity_mode: IdentityMode = IdentityMode.HIDDEN,
    agency: Agency | None = None,
    category: Category | None = None,
    officer: User | None = None,
    into: Submission | None = None,
    received_at: datetime = MONDAY,
    name: str = "",
    email: str = "",
    phone: str = "",
    seal: Seal | None = None,
    named: User | None = None,
    hidden_code: HideCode | None = None,
    **fields: Any,
) -> Submission:
    """Add a case in a state, a day apart from step to step, with its identity, history and official texts.

    With `seal`, the contact is sealed; without, the identity row is there and empty. `into` is the target of
    a merged case.
    """
    number = next(_numbers)
    path = _PATHS[status]
    moments = [received_at + timedelta(days=n) for n in range(len(path) + 1)]
    reached = [action for action, _ in path]
    if Action.ASSIGN in reached:
        agency = agency or make_agency()
    if reached:
        category = category or make_category(agency_id=None if agency is None else agency.id)
    if status is Status.ACCEPTED and kind not in {Kind.PARTNERSHIP, Kind.TOURISM_PACKAGE}:
        kind = Kind.PARTNERSHIP
    suffix = _suffix(number)
    reference = f"SB-2611-{suffix}"
    verified = Action.VERIFY in reached
    case = Submission(
        **{
            "reference": reference,
            "tracking_hash": references.hash_code(
                SECRET, references.tracking_code(SECRET, f"factory-{reference}")
            ),
            "idempotency_hash": f"factory-{number:056d}",
            "kind": kind,
            "status": status,
            "title": f"Lampu jalan padam {number}",
            "body": f"Lampu jalan di depan pasar padam sejak kemarin malam. Kiriman {number}.",
            "place": Place.WARD,
            "ward_code": a_ward().code,
            "category_id": None if category is None else category.id,
            "agency_id": None if agency is None else agency.id,
            "officer_id": None if officer is None else officer.id,
            "identity_mode": identity_mode,
            "secret": secret,
            "text_public": not secret or verified,
            "files_public": verified,
            "hidden_code": hidden_code,
            "merged_into_id": None if into is None else into.id,
            "received_at": received_at,
            "verified_at": moments[1] if verified else None,
            "updated_at": moments[-1],
            "support_count": 0,
            "file_count": 0,
        }
        | _stage(status, reached, moments, category)
        | fields
    )
    case.listed = visibility.listed(case)
    db.session.add(case)
    db.session.flush()
    db.session.add(_identity(case, number, name, email, phone, seal, received_at))
    _write_history(case, path, moments)
    if named is not None:
        db.session.add(NamedStaff(submission_id=case.id, user_id=named.id))
    if kind in {Kind.PARTNERSHIP, Kind.TOURISM_PACKAGE}:
        db.session.add(Proposal(submission_id=case.id, business_id=make_business().id, data={}))
    db.session.flush()
    search.index(case)
    pages.touch()
    return case


def _suffix(number: int) -> str:
    signs = references.ALPHABET
    letters = ""
    for _ in range(4):
        number, rest = divmod(number, len(signs))
        letters = signs[rest] + letters
    return letters


def _stage(
    status: Status, reached: list[Action], moments: list[datetime], category: Category | None
) -> dict[str, Any]:
    """Return the fields that the services would have left behind."""
    days = ANSWER_DAYS if category is None else category.answer_days
    fields: dict[str, Any] = {"due_at": CALENDAR.deadline(moments[0], VERIFY_DAYS)}
    fields |= {"due_from": moments[0], "due_days": VERIFY_DAYS}
    if Action.ASSIGN in reached:
        assigned = moments[reached.index(Action.ASSIGN) + 1]
        fields |= {"assigned_at": assigned, "due_at": CALENDAR.deadline(assigned, days)}
        fields |= {"due_from": assigned, "due_days": days}
    last = moments[-1]
    promised = CALENDAR.day_of(moments[0]) + timedelta(days=30)
    if status is Status.NEEDS_INFO:
        fields |= {"paused_at": last, "resume_status": Status.IN_REVIEW}
    outcome = next((moments[n + 1] for n, action in enumerate(reached) if action in PUBLISHES), None)
    if outcome is not None:
        fields |= {
            "answered_at": outcome,
            "answered_on_time": True,
            "answered_in_days": CALENDAR.days_spent(moments[0], outcome),
            "contest_until": last + CONTEST_PERIOD,
            **_NO_CLOCK,
            "closed_at": last,
        }
    if Action.PROMISE in reached:
        fields["promised_on"] = promised
    if status is Status.IN_PROGRESS:
        fields |= {"due_at": CALENDAR.closing(promised), "due_from": last, "closed_at": None}
    elif status is Status.DECLINED:
        fields["reason_code"] = ReasonCode.REGULATION
    elif status is Status.DEFERRED:
        fields |= {"reason_code": ReasonCode.BUDGET, "review_on": promised}
    elif status is Status.REFERRED:
        fields["institution"] = "Balai jalan nasional"
    elif status in {Status.MERGED, Status.WITHDRAWN}:
        fields |= {"closed_at": last, **_NO_CLOCK}
        if status is Status.MERGED:
            fields["resume_status"] = Status.ASSIGNED
    return fields


def _identity(
    case: Submission, number: int, name: str, email: str, phone: str, seal: Seal | None, received_at: datetime
) -> Identity:
    assert seal is not None or not (name or email or phone), "a contact needs the seal"
    return Identity(
        submission_id=case.id,
        alias=f"W-{number:08d}",
        name=seal.seal(name) if seal and name else "",
        email=seal.seal(email) if seal and email else "",
        phone=seal.seal(phone) if seal and phone else "",
        consent_at=received_at,
    )


def _write_history(
    case: Submission, path: tuple[tuple[Action, Status], ...], moments: list[datetime]
) -> None:
    before: Status | None = None
    for (action, status), moment in zip(((Action.SEND, Status.RECEIVED), *path), moments, strict=True):
        data: dict[str, Any] = {}
        if action is Action.SEND:
            data = {"kind": case.kind.value}
        elif action is Action.VERIFY:
            data = {"category_id": case.category_id}
        elif action is Action.ASSIGN:
            data = {"agency_id": case.agency_id, "category_id": case.category_id}
        elif action is Action.ASK:
            question = make_question(case, asked_at=moment)
            data = {"question_id": question.id}
        elif action is Action.MERGE:
            target = None if case.merged_into_id is None else db.session.get(Submission, case.merged_into_id)
            data = {"target_reference": None if target is None else target.reference, "supports": 0}
        elif action in PUBLISHES:
            answer = make_answer(case, PUBLISHES[action], published_at=moment)
            data = {"answer_id": answer.id, "agency_id": case.agency_id}
            data |= _outcome_data(case, action)
        db.session.add(
            Event(
                submission_id=case.id,
                at=moment,
                action=action.value,
                actor_kind="reporter" if action in {Action.SEND, Action.WITHDRAW} else "staff",
                from_status=before,
                to_status=status,
                data=data,
            )
        )
        before = status


def _outcome_data(case: Submission, action: Action) -> dict[str, Any]:
    if action is Action.PROMISE and case.promised_on is not None:
        return {"promised_on": case.promised_on.isoformat()}
    if action in {Action.DECLINE, Action.DEFER} and case.reason_code is not None:
        data: dict[str, Any] = {"code": case.reason_code.value}
        return data | ({"review_on": case.review_on.isoformat()} if case.review_on else {})
    return {"institution": case.institution} if action is Action.REFER else {}


# --- what hangs on a case -----------------------------------------------------------------------------


def make_question(case: Submission, *, asked_at: datetime = MONDAY, **fields: Any) -> Question:
    """Add an open question to the reporter."""
    question = Question(
        **{
            "submission_id": case.id,
            "asked_by_id": make_user(Role.TRIAGE).id,
            "text": "Di depan rumah nomor berapa?",
            "asked_at": asked_at,
            "expires_at": CALENDAR.deadline(asked_at, REPLY_DAYS),
        }
        | fields
    )
    return _added(question)


def make_answer(
    case: Submission,
    kind: AnswerKind = AnswerKind.ANSWER,
    text: str = "Kami sudah memeriksa tempatnya dan menjadwalkan perbaikan.",
    *,
    published_at: datetime | None = MONDAY,
    **fields: Any,
) -> Answer:
    """Add an official text, a draft with `published_at=None`."""
    answer = Answer(
        **{
            "submission_id": case.id,
            "kind": kind,
            "agency_id": case.agency_id,
            "text": text,
            "published_at": published_at,
            "updated_at": published_at or MONDAY,
        }
        | fields
    )
    return _added(answer)


def make_template(agency: Agency | None = None, **fields: Any) -> AnswerTemplate:
    """Add a template of official texts, of an agency or of the city."""
    number = next(_numbers)
    return _added(
        AnswerTemplate(
            **{
                "agency_id": None if agency is None else agency.id,
                "title": f"Templat {number}",
                "text": "Terima kasih {nama_sapaan}. Laporan {nomor} kami periksa.",
                "updated_at": MONDAY,
            }
            | fields
        )
    )


def make_gathering(agency: Agency | None = None, **fields: Any) -> Gathering:
    """Add a published meeting for citizens, three weeks after MONDAY from 9 to 11."""
    number = next(_numbers)
    return _added(
        Gathering(
            **{
                "slug": f"pertemuan-{number}",
                "agency_id": (agency or make_agency()).id,
                "title_id": f"Musrenbang Kelurahan {number}",
                "place": "Aula kantor lurah",
                "ward_code": a_ward().code,
                "starts_at": at(30, 9),
                "ends_at": at(30, 11),
                "published_at": MONDAY,
                "created_at": MONDAY,
                "updated_at": MONDAY,
            }
            | fields
        )
    )


def make_note(case: Submission, author: User, body: str = "Sudah saya telepon.", **fields: Any) -> Note:
    """Add an internal note."""
    return _added(
        Note(
            **{"submission_id": case.id, "author_id": author.id, "body": body, "created_at": MONDAY} | fields
        )
    )


def make_attachment(
    case: Submission | None = None, purpose: Purpose = Purpose.STORY, **fields: Any
) -> Attachment:
    """Add the row of a photo; no bytes are stored."""
    number = next(_numbers)
    attachment = Attachment(
        **{
            "token": f"berkas-{number:010d}",
            "submission_id": None if case is None else case.id,
            "purpose": purpose,
            "storage_key": f"00/00/{number:032x}.webp",
            "mime": "image/webp",
            "size": 1000,
            "width": 40,
            "height": 30,
            "sha256": f"{number:064x}",
            "created_at": MONDAY,
        }
        | fields
    )
    if case is not None:
        case.file_count += 1
    return _added(attachment)


def make_support(
    case: Submission, *, confirmed: bool = True, user: User | None = None, **fields: Any
) -> Support:
    """Add somebody who has the same problem."""
    number = next(_numbers)
    if confirmed:
        case.support_count += 1
    return _added(
        Support(
            **{
                "submission_id": case.id,
                "person_hash": f"{number:064x}",
                "user_id": None if user is None else user.id,
                "created_at": MONDAY,
                "confirmed_at": MONDAY if confirmed else None,
            }
            | fields
        )
    )


def make_business(**fields: Any) -> Business:
    """Add a business."""
    number = next(_numbers)
    return _added(
        Business(
            **{"name": f"Usaha Contoh {number}", "kind": BusinessKind.BOAT, "created_at": MONDAY} | fields
        )
    )


def make_member(business: Business, user: User, role: BusinessRole = BusinessRole.OWNER) -> BusinessMember:
    """Let an account speak for a business."""
    return _added(BusinessMember(business_id=business.id, user_id=user.id, role=role, created_at=MONDAY))


def member(business: Business, role: BusinessRole = BusinessRole.OWNER, user: User | None = None) -> Actor:
    """Return an actor who speaks for a business (and is nothing else)."""
    return Actor(user_id=user.id if user else None, businesses=frozenset({BusinessSeat(business.id, role)}))


def propose(case: Submission, business: Business, **fields: Any) -> Proposal:
    """Let a business stand behind a proposal that `make_case` made; `data` are its fields."""
    proposal = db.session.get_one(Proposal, case.id)
    proposal.business = business
    proposal.business_id = business.id
    for name, value in fields.items():
        setattr(proposal, name, value)
    db.session.flush()
    return proposal


def make_partnership(
    agency: Agency | None = None,
    business: Business | None = None,
    case: Submission | None = None,
    **fields: Any,
) -> Partnership:
    """Add a partnership of an accepted proposal, in its first stage unless said otherwise."""
    business = business or make_business()
    if case is None:
        case = make_case(Status.ACCEPTED, Kind.PARTNERSHIP, agency=agency or make_agency())
    propose(case, business)
    return _added(
        Partnership(
            **{
                "submission_id": case.id,
                "business_id": business.id,
                "agency_id": case.agency_id,
                "stage": PartnershipStage.NEW,
                "created_at": MONDAY,
                "stage_since": MONDAY,
            }
            | fields
        )
    )


def make_package(business: Business | None = None, case: Submission | None = None, **fields: Any) -> Package:
    """Add a package to the catalogue, with the accepted proposal that it came from."""
    business = business or make_business()
    if case is None:
        case = make_case(Status.ACCEPTED, Kind.TOURISM_PACKAGE, agency=make_agency())
    data = {
        "title": case.title,
        "tour_kind": "marine",
        "duration_hours": 6.0,
        "price_per_person": 150_000,
        "capacity_min": 4,
        "capacity_max": 10,
    } | fields.pop("data", {})
    propose(case, business, data=data)
    pages.touch()
    return _added(
        Package(
            **{
                "submission_id": case.id,
                "business_id": business.id,
                "title": case.title,
                "data": data,
                "listed": True,
                "created_at": MONDAY,
                "tour_kind": data["tour_kind"],
                "ward_code": business.ward_code,
                "price": data["price_per_person"],
                "hours": data["duration_hours"],
                "words": case.title.lower(),
            }
            | fields
        )
    )


def make_program(agency: Agency | None = None, **fields: Any) -> Program:
    """Add a program that runs."""
    number = next(_numbers)
    program = Program(
        **{
            "code": f"3.26.{number:04d}",
            "title_id": f"Perbaikan lampu jalan {number}",
            "title_en": f"Mending street lights {number}",
            "agency_id": (agency or make_agency()).id,
            "year": 2026,
            "budget": 420_000_000,
            "status": ProgramStatus.RUNNING,
            "updated_at": MONDAY,
        }
        | fields
    )
    pages.touch()
    return _added(program)


def make_comment(about: Submission | Program, author: User | None = None, **fields: Any) -> Comment:
    """Add a comment that everybody reads (unless `state` says otherwise), counted where it counts.

    Without an author the reporter speaks.
    """
    number = next(_numbers)
    subject = Subject.SUBMISSION if isinstance(about, Submission) else Subject.PROGRAM
    query = select(Thread).where(Thread.subject == subject, Thread.subject_id == about.id)
    thread = db.session.scalar(query) or _added(
        Thread(subject=subject, subject_id=about.id, comment_count=0, closed_reason="")
    )
    state = fields.get("state", CommentState.PUBLISHED)
    public = state is CommentState.PUBLISHED
    comment = Comment(
        **{
            "token": f"komentar{number:08d}",
            "thread_id": thread.id,
            "author_id": None if author is None else author.id,
            "by_reporter": author is None,
            "author_name": "" if author is None else author.name,
            "body": f"Saya juga melihatnya kemarin sore. {number}",
            "state": state,
            "listed": public,
            "idempotency_hash": f"factory-{number:056d}",
            "created_at": MONDAY,
            "published_at": MONDAY if public else None,
            "helpful_count": 0,
            "reply_count": 0,
            "report_count": 0,
            "version": 1,
        }
        | fields
    )
    thread.comment_count += public
    if comment.parent_id is not None:
        parent = db.session.get(Comment, comment.parent_id)
        assert parent is not None
        parent.reply_count += public
    pages.touch()
    return _added(comment)


def events_of(case: Submission) -> list[Event]:
    """Return the history of a case, oldest first."""
    return list(db.session.scalars(select(Event).where(Event.submission_id == case.id).order_by(Event.id)))


def day(moment: datetime) -> date:
    """Return the city's day of a moment."""
    return CALENDAR.day_of(moment)


def _added(row: T) -> T:
    db.session.add(row)
    db.session.flush()
    return row


def _reference(row: T) -> T:
    # what the site remembers of reference data is read anew once this is committed
    pages.touch_reference()
    return _added(row)


def make_meeting(
    agency: Agency | None,
    *cases: Submission,
    chair: User,
    people: tuple[User, ...] = (),
    **fields: Any,
) -> Meeting:
    """Add a planned meeting called by its chair, with an agenda and who was invited."""
    number = next(_numbers)
    meeting = _added(
        Meeting(
            **{
                "token": f"rapat-{number:030d}",
                "title": f"Rapat mingguan {number}",
                "place": "Aula",
                "starts_at": MONDAY,
                "agency_id": None if agency is None else agency.id,
                "chair_id": chair.id,
                "created_by_id": chair.id,
                "created_at": MONDAY,
                "status": MeetingStatus.PLANNED,
            }
            | fields
        )
    )
    for user_id in dict.fromkeys([chair.id, *(one.id for one in people)]):
        db.session.add(MeetingPerson(meeting_id=meeting.id, user_id=user_id))
    for position, case in enumerate(cases, start=1):
        db.session.add(MeetingItem(meeting_id=meeting.id, submission_id=case.id, position=position))
    db.session.flush()
    return meeting


# --- consultations ------------------------------------------------------------------------------------


def make_consultation(
    *kinds: QuestionKind, agency: Agency | None = None, options: int = 3, **fields: Any
) -> Consultation:
    """Add a consultation, published and open for the next days, that asks one question of each kind.

    Of points 10 are shared out; of several options at most 2 are chosen.
    """
    number = next(_numbers)
    one = Consultation(
        **{
            "slug": f"konsultasi-{number}",
            "kind": ConsultationKind.CONSULTATION,
            "agency_id": (agency or make_agency()).id,
            "title_id": f"Jalan mana yang dibenahi dulu {number}",
            "background_id": "Anggaran cukup untuk **dua** jalan.",
            "eligibility": Eligibility.ANYONE,
            "opens_at": now() - timedelta(days=2),
            "closes_at": now() + timedelta(days=5),
            "published_at": now() - timedelta(days=3),
            "created_at": now() - timedelta(days=4),
            "changes": [],
        }
        | fields
    )
    db.session.add(one)
    db.session.flush()
    for position, kind in enumerate(kinds or (QuestionKind.SINGLE,)):
        question = _added(
            ConsultationQuestion(
                consultation_id=one.id,
                position=position,
                kind=kind,
                text_id=f"Pertanyaan {kind.value}",
                required=True,
                most=2 if kind is QuestionKind.MULTIPLE else None,
                points=10 if kind is QuestionKind.POINTS else None,
            )
        )
        for place in range(0 if kind is QuestionKind.TEXT else options):
            _added(
                ConsultationOption(question_id=question.id, position=place, text_id=f"Pilihan {place + 1}")
            )
    pages.touch()
    return one
