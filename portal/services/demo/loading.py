"""Replaying the stories in the order in which they happened, through the same services as the site."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import delete, select

from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.storage import Storage
from portal.models import (
    Answer,
    Draft,
    HideCode,
    IdentityMode,
    Kind,
    Place,
    Purpose,
    ReasonCode,
    Status,
    Submission,
    Support,
)
from portal.queries import reference
from portal.rules import proposals as rules
from portal.rules.moderation import Matter
from portal.rules.permissions import Actor
from portal.rules.workflow import OPEN
from portal.services import (
    attachments,
    cases,
    clock,
    drafts,
    moderation,
    outbox,
    proposals,
    submissions,
)
from portal.services.demo.agenda import Agenda
from portal.services.demo.asking import Asking
from portal.services.demo.citizens import Citizens
from portal.services.demo.desk import Desk
from portal.services.demo.packages import Packages
from portal.services.demo.partnerships import Partnerships
from portal.services.demo.people import Staff, actor_of
from portal.services.demo.pictures import Pictures
from portal.services.demo.planning import plan, write_down
from portal.services.demo.programs import Programs
from portal.services.demo.room import Rooms
from portal.services.demo.talk import Talk
from portal.services.demo.times import Times, dated

#: The same city each time.
SEED = 1826
#: People who support things; few support everything.
_SUPPORTERS = 420
#: The agency's own time of the day for what the clock does.
_CLOCK = time(16, 30)


class DemoBroken(Exception):
    """A story cannot be replayed; the message names it and the step."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded, in rows."""

    submissions: int
    proposals: int
    programs: int
    links: int
    supports: int
    photos: int
    citizens: int
    comments: int
    consultations: int
    gatherings: int
    by_status: dict[str, int]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened; `order` decides between two at the same time."""

    at: datetime
    order: int
    what: str
    do: Callable[[], None]


def load(folder: Path, *, secret: bytes, seal: Seal, storage: Storage, at: datetime, prefix: str) -> Loaded:
    """Replay every story of `folder` up to `at`; no mail is queued for the past.

    `secret` is what references and tracking codes derive from. Raises `DemoBroken`; the caller then rolls
    back, and the photos stored meanwhile are removed here.
    """
    random = Random(SEED)  # noqa: S311 (made-up data, no secret)
    pictures = Pictures(storage)
    try:
        with outbox.silenced():
            return _Replay(folder, random, secret, seal, pictures, at, prefix).run()
    except BaseException:
        pictures.discard()
        raise


def _read(folder: Path, pattern: str) -> list[dict[str, Any]]:
    return [
        entry
        for file in sorted(folder.glob(pattern))
        for entry in json.loads(file.read_text(encoding="utf-8"))
    ]


class _Replay:
    def __init__(
        self,
        folder: Path,
        random: Random,
        secret: bytes,
        seal: Seal,
        pictures: Pictures,
        at: datetime,
        prefix: str,
    ) -> None:
        self._folder = folder
        self._random = random
        self._secret = secret
        self._seal = seal
        self._pictures = pictures
        self._now = at
        self._prefix = prefix
        self._times = Times(reference.calendar(), at, random)
        self._staff = Staff(folder, at - timedelta(days=400))
        self._agencies = {agency.code: agency.id for agency in reference.agencies().values()}
        self._categories = {category.slug: category for category in reference.categories().values()}
        self._desk = Desk(folder, self._staff)
        self._cases: dict[str, Submission] = {}
        self._moments: list[Moment] = []
        self._supports = 0

    def run(self) -> Loaded:
        """Replay everything and count it."""
        self._desk.set_up(self._now - timedelta(days=400))
        stories = _read(self._folder, "submissions*.json")
        offers = _read(self._folder, "proposals*.json")
        for story in stories:
            self._plan(story, self._send)
        for offer in offers:
            self._plan({"hour": 10, "story": []} | offer, self._propose)
        programs = Programs(
            _read(self._folder, "programs*.json"),
            self._staff,
            self._agencies,
            self._times,
            self._cases,
            self._pictures,
        )
        agreed = Partnerships(
            _read(self._folder, "partnerships*.json"),
            self._staff,
            self._agencies,
            self._times,
            self._cases,
            self._pictures,
        )
        self._moments += [
            Moment(at, len(self._moments) + n, what, do)
            for n, (at, what, do) in enumerate([*programs.moments(), *agreed.moments()])
        ]
        self._plan_clock()
        for moment in sorted(self._moments, key=lambda one: (one.at, one.order)):
            try:
                moment.do()
            except Exception as error:
                raise DemoBroken(f"{moment.what}: {type(error).__name__} {error}") from error
        citizens = Citizens(self._folder, self._seal, self._times)
        talk = Talk(self._folder, self._staff, citizens, self._seal, self._times)
        asking = Asking(
            self._folder,
            self._staff,
            self._agencies,
            citizens,
            self._seal,
            self._times,
            Random(SEED),  # noqa: S311 (made-up data, no secret)
        )
        agenda = Agenda(self._folder, self._staff, self._agencies, citizens, self._seal, self._times)
        try:
            citizens.enter(self._cases, programs.made)
            programs.vote(Random(SEED))  # noqa: S311 (made-up data, no secret)
            talk.replay(self._cases, programs.made)
            asking.replay(self._cases, programs.made)
            agenda.replay(self._cases, programs.made, asking.made)
            Packages(self._folder, self._staff, citizens, self._seal, self._times).replay(self._cases)
            Rooms(_read(self._folder, "rooms*.json"), self._staff, self._times).replay(self._cases)
        except Exception as error:
            raise DemoBroken(f"people taking part: {type(error).__name__} {error}") from error
        plan(self._folder, self._cases.values(), self._categories, self._now)
        write_down(self._folder, self._cases, self._staff, self._times)
        self._desk.leave_work([case for case in self._cases.values() if case.status in OPEN], self._now)
        db.session.execute(delete(Draft).where(Draft.idempotency_key.like("demo:%")))
        by_status: dict[str, int] = {}
        for case in self._cases.values():
            by_status[case.status] = by_status.get(case.status, 0) + 1
        return Loaded(
            len(stories),
            len(offers),
            programs.count,
            programs.links,
            self._supports + citizens.supports,
            self._pictures.count,
            len(citizens),
            len(talk),
            len(asking),
            len(agenda),
            by_status,
        )

    def _later(self, at: datetime, what: str, do: Callable[[], None]) -> None:
        self._moments.append(Moment(at, len(self._moments), what, do))

    def _plan(self, story: dict[str, Any], send: Callable[[dict[str, Any], datetime], None]) -> None:
        """Give every step of a story its moment; what would lie ahead did not happen yet."""
        key = story["key"]
        received = before = self._times.received(story["days_ago"], story["hour"])
        self._later(received, key, partial(send, story, received))
        for number, step in enumerate(story["story"]):
            at = self._times.step(received, step["wd"], before)
            if at is None:
                return
            before = at
            self._later(
                at,
                f"{key} step {number} ({step['do']})",
                partial(self._step, story, step, at),
            )

    def _plan_clock(self) -> None:
        """Let the clock act each evening, as the worker does."""
        day = min(moment.at for moment in self._moments).date()
        while True:
            at = datetime.combine(day, _CLOCK, tzinfo=self._times.calendar.tz)
            if at >= self._now:
                break
            self._later(at, f"clock of {day}", partial(self._run_clock, at))
            day += timedelta(days=1)
        self._later(self._now, "clock of now", partial(self._run_clock, self._now))

    def _run_clock(self, at: datetime) -> None:
        while clock.run_due(at):
            pass

    # --- sending ----------------------------------------------------------------------------------

    def _send(self, story: dict[str, Any], at: datetime) -> None:
        ward = story["ward"]
        latitude, longitude = story.get("spot", (None, None))
        category = self._categories[story["category"]]
        name = story["name"]
        mode = IdentityMode(story["identity"])
        address = (
            f"{name.lower().replace(' ', '.')}@warga.example" if name and self._random.random() < 0.7 else ""
        )
        self._create(
            story["key"],
            at,
            drafts.Story(
                kind=Kind(story["kind"]),
                text=story["text"],
                place=Place(ward) if ward in set(Place) else Place.WARD,
                ward_code=None if ward in set(Place) else ward,
                landmark=story["landmark"],
                latitude=latitude,
                longitude=longitude,
                category_id=category.id,
                title=story["title"],
            ),
            submissions.Sender(
                identity_mode=mode,
                secret=story["secret"],
                name=name,
                email="" if mode is IdentityMode.SHIELDED else address,
            ),
            story["photo"],
        )
        self._support(self._cases[story["key"]], story["supports"], at)

    def _create(
        self, key: str, at: datetime, story: drafts.Story, sender: submissions.Sender, motif: str | None
    ) -> None:
        draft = self._draft(key, drafts.ASPIRATION, motif, Purpose.STORY, at)
        self._cases[key] = submissions.send(
            draft,
            sender=sender,
            secret=self._secret,
            seal=self._seal,
            at=at,
            locale="id",
            calendar=self._times.calendar,
            prefix=self._prefix,
            story=story,
        ).submission

    def _draft(self, key: str, flow: str, motif: str | None, purpose: Purpose, at: datetime) -> Draft:
        draft, _ = drafts.begin(flow, at=at)
        draft.idempotency_key = f"demo:{key}"  # the same references each time, under one SECRET_KEY
        if motif:
            attachments.attach(self._pictures.photo(motif), to=draft, purpose=purpose, at=at)
        return draft

    def _support(self, case: Submission, number: int, at: datetime) -> None:
        """Add people who have the same problem, over the three weeks after it was sent."""
        if case.secret:
            return
        latest = min(self._now, at + timedelta(days=21)) - at
        for person in self._random.sample(range(_SUPPORTERS), number):
            email = f"warga{person}@warga.example"
            moment = at + latest * self._random.random()
            db.session.add(
                Support(
                    submission_id=case.id,
                    person_hash=self._seal.keyed_hash(email),
                    email=self._seal.seal(email),
                    locale="id",
                    created_at=moment,
                    confirmed_at=moment,
                )
            )
        case.support_count += number
        self._supports += number

    def _propose(self, proposal: dict[str, Any], at: datetime) -> None:
        kind = Kind(proposal["kind"])
        business, fields = proposal["business"], dict(proposal["data"])
        cooperation = _COOPERATIONS.get(fields.pop("cooperation_kind", ""), Kind.TOURISM_PACKAGE.value)
        short = {agency.code: agency.short_id for agency in reference.agencies().values()}
        involved = [short[code] for code in fields.get("agencies_involved", ())]
        fields["agencies_involved"] = ", ".join(involved)
        motif = _MOTIFS.get(business["kind"], "wisata") if kind is Kind.TOURISM_PACKAGE else None
        draft = self._draft(proposal["key"], drafts.PROPOSAL, motif, Purpose.PROPOSAL, at)
        firm = {
            "cooperation": cooperation,
            "name": business["name"],
            "kind": business["kind"],
            "nib": business["nib"],
            "ward_code": business["ward"],
            "show_contact": True,
        }
        contact = {name: business[name] for name in proposals.CONTACT}
        proposals.save_business(draft, firm, contact, seal=self._seal, at=at)
        proposals.save_fields(draft, fields, at=at)
        proposals.save_private(draft, proposal["proprietary"], (), at=at)
        for step in range(1, rules.last_step(kind)):
            proposals.note_step(draft, step, complete=True, at=at)
        self._cases[proposal["key"]] = proposals.send(
            draft,
            secret=self._secret,
            seal=self._seal,
            at=at,
            locale="id",
            calendar=self._times.calendar,
            prefix=self._prefix,
        ).submission

    def _category(self, case: Submission, agency: str | None) -> int:
        """Return the category of a case; that of a proposal follows from the agency it goes to."""
        if case.category_id is not None:
            return case.category_id
        agency_id = self._agencies.get(agency or "")
        fitting = (one.id for one in self._categories.values() if agency_id and one.agency_id == agency_id)
        return next(fitting, self._categories["lainnya"].id)

    # --- handling ---------------------------------------------------------------------------------

    def _step(self, story: dict[str, Any], step: dict[str, Any], at: datetime) -> None:
        case, day = self._cases[story["key"]], self._times.calendar.day_of(at)
        text = dated(step.get("text", ""), day)
        triage = self._staff.triage(case.id)
        reporter = Actor(reporter_of=frozenset({case.id}))
        match step["do"]:
            case "verify":
                category_id = self._category(case, story["agency"])
                cases.verify(case, category_id=category_id, actor=triage, at=at)
            case "assign":
                agency_id = self._agencies[step["agency"]]
                officer = self._staff.officer(agency_id).id if step.get("officer") else None
                cases.assign(case, agency_id=agency_id, officer_id=officer, actor=triage, at=at)
            case "note":
                cases.note(case, text=text, actor=self._author(case, step["by"], triage), at=at)
            case "ask":
                cases.ask(case, question=text, seal=self._seal, actor=triage, at=at)
            case "reply":
                cases.reply(case, text=text, actor=reporter, at=at)
            case "hand_over":
                agency_id = self._agencies[step["agency"]]
                cases.hand_over(
                    case, agency_id=agency_id, reason=text, actor=self._giver(case, triage), at=at
                )
            case "merge":
                cases.merge(case, into=self._cases[step["into"]], actor=triage, at=at)
            case "withdraw":
                cases.withdraw(case, actor=reporter, at=at)
            case "not_done":
                cases.not_done(case, reason=text, actor=reporter, at=at)
            case "object":
                cases.object_(case, reason=text, actor=reporter, at=at)
            case "confirm":
                cases.confirm(case, value=step["value"] == "yes", reason=text, actor=reporter, at=at)
            case "hide":
                moderation.hide_case(
                    case, code=HideCode(step["code"]), sentence=text, actor=triage, matter=Matter(), at=at
                )
            case _:
                self._publish(case, story, step, text, day, at, triage)

    def _publish(
        self,
        case: Submission,
        story: dict[str, Any],
        step: dict[str, Any],
        text: str,
        day: date,
        at: datetime,
        triage: Actor,
    ) -> None:
        publisher = self._staff.publisher(case.agency_id) if case.agency_id else triage
        match step["do"]:
            case "answer":
                cases.answer(case, text=text, actor=publisher, at=at)
            case "promise":
                cases.promise(
                    case, text=text, on=day + timedelta(days=step["in_days"]), actor=publisher, at=at
                )
            case "finish":
                photo = attachments.attach(
                    self._pictures.photo(step.get("evidence") or story["photo"] or "jalan"),
                    to=case,
                    purpose=Purpose.EVIDENCE,
                    at=at,
                )
                cases.finish(case, text=text, evidence=[photo], actor=publisher, at=at)
            case "accept":
                cases.accept(case, text=text, actor=self._staff.head(case.agency_id), at=at)
            case "decline":
                cases.decline(case, code=ReasonCode(step["code"]), text=text, actor=publisher, at=at)
            case "defer":
                # A review that lies behind us would have brought the case back already.
                today = self._times.calendar.day_of(self._now)
                review_on = max(day + timedelta(days=step["review_in_days"]), today + timedelta(days=20))
                cases.defer(
                    case,
                    code=ReasonCode(step["code"]),
                    text=text,
                    review_on=review_on,
                    actor=publisher,
                    at=at,
                )
            case "refer":
                who = publisher if case.status is Status.ASSIGNED else triage
                cases.refer(case, institution=step["institution"], text=text, actor=who, at=at)
            case "edit_answer":
                newest = select(Answer).where(
                    Answer.submission_id == case.id, Answer.published_at.is_not(None)
                )
                answer = db.session.scalars(newest.order_by(Answer.id.desc()).limit(1)).one()
                cases.edit_answer(case, answer, text=text, actor=publisher, at=at)
            case other:
                raise DemoBroken(f"nobody knows how to {other}")

    def _author(self, case: Submission, by: str, triage: Actor) -> Actor:
        if by == "triage" or case.agency_id is None:
            return triage
        return (
            self._staff.head(case.agency_id)
            if by == "head"
            else actor_of(self._staff.officer(case.agency_id))
        )

    def _giver(self, case: Submission, triage: Actor) -> Actor:
        """Return who hands a case over: the head the first time, then only the coordinator."""
        return self._staff.head(case.agency_id) if case.handovers == 0 else triage


#: Photos that a business of a kind would send with its package.
_MOTIFS = {"boat": "kapal", "guide": "wisata", "homestay": "taman", "food": "pasar", "craft": "pasar"}
#: The kinds of cooperation in the data, as the form offers them.
_COOPERATIONS = {
    "training": "training",
    "craft": "supply",
    "event": "event",
    "csr": "facility",
    "service": "other",
    "tourism": "promotion",
    "other": "other",
}
