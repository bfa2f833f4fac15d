"""A letter of a row of the outbox, read at the moment it leaves; and one of a step not taken yet."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from portal.core.database import db
from portal.core.locale import DEFAULT
from portal.core.sealing import Seal
from portal.models import IdentityMode, OutboxMessage, Recipient, Submission
from portal.queries import bounces, weekly
from portal.queries.letters.facts import case_facts, is_over, item_of
from portal.queries.letters.people import Person, is_bare, may_know, person_of
from portal.queries.letters.values import WEEKLY, Facts, Item, Letter, Undeliverable
from portal.queries.weekly import Week
from portal.rules.visibility import has_page

#: Matters in one gathered message; the rest is only counted.
MOST_PARTS = 30

#: Who hears of a case in several ways hears it in the best. Everybody to whom a row can go stands here.
_STANDING = (
    Recipient.REPORTER,
    Recipient.SUPPORTER,
    Recipient.FOLLOWER,
    Recipient.USER,
    Recipient.CODE,
    Recipient.VISITOR,
    Recipient.INVITED,
)


def read(lead: OutboxMessage, folded: Iterable[OutboxMessage], *, seal: Seal, at: datetime) -> Letter:
    """Return the letter of a row and of those folded into it. Raise `Undeliverable`.

    Several matters make a letter of parts, one a matter, with the one that has the newest news first.
    """
    rows = sorted([lead, *folded], key=lambda row: (row.created_at, row.id), reverse=True)
    matters: dict[tuple[str, int], list[OutboxMessage]] = {}
    for row in rows:
        matters.setdefault(_matter(row), []).append(row)
    parts: list[Letter] = []
    refused = Undeliverable("gone")
    for group in matters.values():
        try:
            parts.append(_part(group, seal=seal, at=at))
        except Undeliverable as error:
            refused = error
    if not parts:
        raise refused
    stop = seal.open(lead.data["stop"]) if lead.data.get("stop") else ""
    if len(parts) == 1:
        return replace(parts[0], stop_token=stop)
    first = parts[0]
    return Letter(
        address=first.address,
        name=first.name,
        locale=first.locale,
        to=lead.recipient_kind,
        reference="",
        case_reference="",
        bare=False,
        public_page=False,
        items=tuple(item for part in parts for item in part.items),
        stop_token=stop,
        route=first.route,
        parts=tuple(parts[:MOST_PARTS]),
        more=max(0, len(parts) - MOST_PARTS),
    )


def address_of(row: OutboxMessage, *, seal: Seal) -> str:
    """Return the address that a mail of this row goes to. Raise `Undeliverable`."""
    return person_of(row, seal).address


def _matter(row: OutboxMessage) -> tuple[str, int]:
    if row.submission_id is not None:
        return "case", row.submission_id
    for name in ("program_id", "consultation_id", "thread_id"):
        if isinstance(row.data.get(name), int):
            return name, row.data[name]
    return "row", row.id


def _part(group: list[OutboxMessage], *, seal: Seal, at: datetime) -> Letter:
    """Return the letter of rows about one matter, newest first."""
    lead = min(group, key=lambda row: (_STANDING.index(row.recipient_kind), row.id))
    case = None if lead.submission_id is None else db.session.get(Submission, lead.submission_id)
    person = person_of(lead, seal)
    if not person.address:
        raise Undeliverable("no_address")
    # a code goes out all the same: entering it proves that the address works again
    if lead.recipient_kind is not Recipient.CODE and bounces.is_stopped(person.address, seal=seal):
        raise Undeliverable("bounced")
    if not may_know(lead, person, case, at):
        raise Undeliverable("not_permitted")
    week = _week(lead, person, at)
    bare = is_bare(person, case)
    rows = _once([row for row in group if not is_over(row, at)])
    if not rows:
        raise Undeliverable("over")
    own = person.own or case
    return Letter(
        address=person.address,
        name="" if bare else person.name,
        locale=person.locale,
        to=lead.recipient_kind,
        reference="" if own is None else own.reference,
        case_reference="" if case is None or (bare and case is not own) else case.reference,
        bare=bare,
        public_page=case is not None and has_page(case),
        items=tuple(item_of(row, case, person, at, bare=bare) for row in rows),
        staff=person.user is not None,
        token=seal.open(lead.data["token"]) if lead.data.get("token") else "",
        stop_token="",
        week=week,
        route=person.route,
    )


def _once(rows: list[OutboxMessage]) -> list[OutboxMessage]:
    """Tell each event once, though somebody was to hear of it in two ways."""
    told: dict[tuple[str, int], OutboxMessage] = {}
    for row in rows:
        told.setdefault((row.kind, row.event_id or -row.id), row)
    return list(told.values())


def _week(row: OutboxMessage, person: Person, at: datetime) -> Week | None:
    """Return the summary that a row asks for. It is gathered now: whoever is head no more gets none."""
    if row.kind != WEEKLY or person.user is None:
        return None
    found = weekly.week_of(person.user, at=at)
    if not person.user.weekly_summary:
        raise Undeliverable("stopped")
    if found.is_empty:
        raise Undeliverable("nothing_to_tell")
    return found


def to_reporter(
    case: Submission, *, kind: str, action: str, at: datetime, changes: Mapping[str, Any]
) -> Letter:
    """Return the letter that the reporter of a case would get of a step that was not taken yet.

    `changes` are the facts (fields of `Facts`) that the step will bring. It has neither address nor name:
    whoever looks ahead sees who the reporter is as little as on the page. It is written as such a mail is by
    default, in Indonesian, and its link that stops the mail leads nowhere.
    """
    shielded = case.identity_mode is IdentityMode.SHIELDED
    person = Person("", "", DEFAULT, own=case, shielded=shielded)
    bare = is_bare(person, case)
    facts = Facts() if bare else replace(case_facts(case, None, person), **changes)
    return Letter(
        address="",
        name="",
        locale=DEFAULT,
        to=Recipient.REPORTER,
        reference=case.reference,
        case_reference=case.reference,
        bare=bare,
        public_page=has_page(case),
        items=(Item(kind, action, at, facts),),
        stop_token="pratinjau",  # noqa: S106 (opens nothing)
    )
