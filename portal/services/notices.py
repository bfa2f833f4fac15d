"""Who gets a mail of an event, and when: the rows for the outbox, one a person.

Whoever is reporter, supporter and follower of a case at once gets the mail of the best standing. People with
an account hear at the pace they chose (`queries.choices`); what is gathered for them is one message a day, or
a week, over everything they follow.
"""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from portal.core.clock import city_time
from portal.core.sealing import current_seal
from portal.models import Event, OutboxState, Pace, Recipient, Subject, Submission
from portal.queries import choices, watches
from portal.queries import outbox as addressees
from portal.queries.outbox import Addressee
from portal.rules.notifications import TOPICS, Audience, Notice

#: Hour on the city's wall clock at which the gathered mails of a day leave.
DIGEST_HOUR = 17
#: Hour of Monday at which those of a week leave.
WEEKLY_HOUR = 8

#: These concern only whoever sent the case, not those whose cases were merged into it.
_OWN_REPORTER = frozenset({"receipt", "question"})

Row = dict[str, Any]


def next_digest(at: datetime) -> datetime:
    """Return the next moment after `at` when the gathered mails of a day leave."""
    there = city_time(at).replace(minute=0, second=0, microsecond=0)
    due = there.replace(hour=DIGEST_HOUR)
    return due if due > at else due + timedelta(days=1)


def next_weekly(at: datetime) -> datetime:
    """Return the next Monday morning after `at`."""
    due = city_time(at).replace(hour=WEEKLY_HOUR, minute=0, second=0, microsecond=0)
    due -= timedelta(days=due.weekday())
    return due if due > at else due + timedelta(days=7)


def due_by(pace: Pace, at: datetime) -> datetime:
    """Return when news of that moment leave at this pace (never: at once, to be dropped)."""
    return {Pace.DAILY: next_digest, Pace.WEEKLY: next_weekly}.get(pace, lambda moment: moment)(at)


def person_key(user_id: int) -> str:
    """Return what names an account in the outbox."""
    return f"user:{user_id}"


def row(
    kind: str,
    to: Recipient,
    recipient_id: int,
    *,
    case: Submission | None = None,
    event: Event | None = None,
    at: datetime,
    digest: bool = False,
    data: Mapping[str, Any] | None = None,
    dedupe_key: str | None = None,
    user_id: int | None = None,
    pace: Pace | None = None,
) -> Row:
    """Return one row. `pace`, where a person chose one, decides when; `digest` where nobody did.

    `user_id` names the account in the row; leave it out where the row is about a case of its reporter.
    """
    if dedupe_key is None:
        occasion = f"event{event.id}" if event is not None else secrets.token_hex(16)
        dedupe_key = f"{kind}:{occasion}:{to}:{recipient_id}"
    if pace is not None:
        digest = pace is not Pace.NOW
    due_at = next_digest(at) if digest and pace is None else due_by(pace or Pace.NOW, at)
    return {
        "dedupe_key": dedupe_key,
        "message_id": secrets.token_hex(16),
        "kind": kind,
        "recipient_kind": to,
        "recipient_id": recipient_id,
        "submission_id": None if case is None else case.id,
        "event_id": None if event is None else event.id,
        "data": dict(data or {}),
        "digest": digest,
        "person_key": "" if user_id is None else person_key(user_id),
        "state": OutboxState.QUEUED,
        "attempts": 0,
        "created_at": at,
        "due_at": due_at,
        "last_error": "",
    }


def rows_of(
    notices: Iterable[Notice],
    case: Submission,
    event: Event,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> list[Row]:
    """Return the rows of an event's notices, leaving out whoever caused it.

    `data` goes to the case's own reporter only: it may carry the sealed token of a question.
    """
    rows: list[Row] = []
    told: set[int] = set()
    for notice in notices:
        users = _users(notice, case, event)
        if Audience.WATCHERS in notice.audience:
            users -= told  # their own mail says the same, and at once
        told |= users
        rows += [_staff_row(notice, user_id, case, event, at) for user_id in users]
    public: list[Row] = []
    for notice in notices:
        public += _reporter_rows(notice, case, event, at, data)
        public += _public_rows(notice, case, event, at, told)
    return public + rows


def talk_rows(kind: str, case: Submission, *, at: datetime, once: str, by_user: int | None) -> list[Row]:
    """Return the rows for the reporter and the followers of a case that people talk under.

    A comment is no event of the case's history; it only is told as one. `once` names the occasion.
    """
    notice = Notice(kind, frozenset({Audience.REPORTER, Audience.FOLLOWERS}), digest=True, once="talk")
    occasion = Event(submission_id=case.id, action=kind, actor_id=by_user, data={"talk": once})
    return rows_of([notice], case, occasion, at)


def followers_rows(
    kind: str,
    subject: Subject,
    subject_id: int,
    *,
    at: datetime,
    data: Mapping[str, Any],
    once: str,
    but_user: int | None = None,
) -> list[Row]:
    """Return the rows for everybody who follows something that is no case."""
    found = addressees.followers_of(subject, subject_id, but_user=but_user)
    paces = _paces(kind, found)
    return [
        row(
            kind,
            one.to,
            one.id,
            at=at,
            data=data,
            dedupe_key=f"{kind}:{once}:{person_key(one.user_id)}",
            user_id=one.user_id,
            pace=paces.get(one.user_id, Pace.NOW),
        )
        for one in found
        if one.user_id is not None and paces.get(one.user_id) is not Pace.NEVER
    ]


def _reporter_rows(
    notice: Notice, case: Submission, event: Event, at: datetime, data: Mapping[str, Any] | None
) -> list[Row]:
    if Audience.REPORTER not in notice.audience:
        return []
    ids = [case.id] if notice.kind in _OWN_REPORTER else addressees.reporters(case.id)
    topic = TOPICS.get(notice.kind)
    # their accounts are known for this moment only: no row names one beside a case of its reporter
    owners = addressees.owners(ids, seal=current_seal()) if topic is not None and ids else {}
    paces = choices.paces(set(owners.values()), topic) if topic is not None and owners else {}
    rows = []
    for one in ids:
        pace = paces.get(owners[one]) if one in owners else None
        if pace is Pace.NEVER:
            continue
        once = _once(notice, event, at)
        key = f"{notice.kind}:{once}:{Recipient.REPORTER}:{one}" if once else None
        rows.append(
            row(
                notice.kind,
                Recipient.REPORTER,
                one,
                case=case,
                event=event,
                at=at,
                digest=notice.digest,
                data=data if one == case.id else None,
                dedupe_key=key,
                pace=pace,
            )
        )
    return rows


def _public_rows(notice: Notice, case: Submission, event: Event, at: datetime, told: set[int]) -> list[Row]:
    """Return the rows for supporters and followers. A secret case has none that may hear of it."""
    supporters = Audience.SUPPORTERS in notice.audience
    followers = Audience.FOLLOWERS in notice.audience
    if case.secret or not (supporters or followers):
        return []
    but = told | ({event.actor_id} if event.actor_id is not None else set())
    found = [
        one
        for one in addressees.public(case.id, seal=current_seal())
        if one.user_id not in but and (supporters if one.to is Recipient.SUPPORTER else followers)
    ]
    paces = _paces(notice.kind, found)
    rows = []
    for one in found:
        pace = None if one.user_id is None else paces.get(one.user_id)
        if pace is Pace.NEVER:
            continue
        once = _once(notice, event, at) or f"event{event.id}"
        who = f"{one.to}:{one.id}" if one.user_id is None else person_key(one.user_id)
        rows.append(
            row(
                notice.kind,
                one.to,
                one.id,
                case=case,
                event=event,
                at=at,
                digest=notice.digest,
                dedupe_key=f"{notice.kind}:{once}:{who}",
                user_id=one.user_id,
                pace=pace,
            )
        )
    return rows


def _paces(kind: str, found: Iterable[Addressee]) -> dict[int, Pace]:
    topic = TOPICS.get(kind)
    users = {one.user_id for one in found if one.user_id is not None}
    return choices.paces(users, topic) if topic is not None and users else {}


def _staff_row(notice: Notice, user_id: int, case: Submission, event: Event, at: datetime) -> Row:
    once = _once(notice, event, at)
    key = f"{notice.kind}:{once}:{Recipient.USER}:{user_id}" if once else None
    return row(
        notice.kind,
        Recipient.USER,
        user_id,
        case=case,
        event=event,
        at=at,
        digest=notice.digest,
        dedupe_key=key,
    )


def _once(notice: Notice, event: Event, at: datetime) -> str:
    """Name what is told once (a staff draft once a day), or "" where every event is."""
    number = event.data.get(notice.once) if notice.once else None
    if number is None:
        return ""
    daily = f":{next_digest(at).date().isoformat()}" if notice.once == "answer_id" else ""
    return f"{notice.once}{number}{daily}"


def _users(notice: Notice, case: Submission, event: Event) -> set[int]:
    users: set[int | None] = set()
    audience = notice.audience
    if Audience.OFFICER in audience:
        users.add(case.officer_id)
    if Audience.HEADS in audience and case.agency_id is not None:
        users |= set(addressees.heads(case.agency_id))
    if Audience.PUBLISHERS in audience and case.agency_id is not None:
        users |= set(addressees.publishers(case.agency_id))
    if Audience.TRIAGE in audience:
        users |= set(addressees.triage())
    if Audience.MENTIONED in audience:
        users |= set(event.data.get("mention_ids", ()))
    if Audience.WATCHERS in audience:
        users |= set(watches.watchers(case.id))
    # A secret case stays closed to the members of staff whom it names, and so does its mail.
    closed_to = case.named_user_ids if case.secret else frozenset()
    return {one for one in users if one is not None} - closed_to - {event.actor_id or 0}
