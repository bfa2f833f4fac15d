"""A letter of a row of the outbox, read at the moment it leaves; and one of a step not taken yet."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from portal.core.database import db
from portal.core.locale import DEFAULT
from portal.core.sealing import Seal
from portal.models import IdentityMode, OutboxMessage, Recipient, Submission
from portal.queries import weekly
from portal.queries.letters.facts import case_facts, is_over, item_of
from portal.queries.letters.people import Person, is_bare, may_know, person_of
from portal.queries.letters.values import WEEKLY, Facts, Item, Letter, Undeliverable
from portal.queries.weekly import Week
from portal.rules.visibility import has_page


def read(lead: OutboxMessage, folded: Iterable[OutboxMessage], *, seal: Seal, at: datetime) -> Letter:
    """Return the letter of a row and of those folded into it. Raise `Undeliverable`."""
    case = None if lead.submission_id is None else db.session.get(Submission, lead.submission_id)
    person = person_of(lead, seal)
    if not person.address:
        raise Undeliverable("no_address")
    if not may_know(lead, person, case, at):
        raise Undeliverable("not_permitted")
    week = _week(lead, person, at)
    bare = is_bare(person, case)
    newest_first = sorted([lead, *folded], key=lambda row: (row.created_at, row.id), reverse=True)
    rows = [row for row in newest_first if not is_over(row)]
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
        token=seal.open(lead.data["token"]) if lead.data.get("token") else "",
        stop_token=seal.open(lead.data["stop"]) if lead.data.get("stop") else "",
        week=week,
        route=person.route,
    )


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
