"""Where somebody is in their work: queue, filters and page, carried by every address of the desk."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core import clock
from portal.core.locale import current_locale
from portal.core.pagination import Page
from portal.models import Priority, Role, Status, Submission
from portal.queries import cases, changes, reference, saved_filters
from portal.queries.cases import CaseRow, FileRow, Filters, Queue
from portal.queries.saved_filters import SavedRow
from portal.rules import deadlines
from portal.rules.permissions import Actor
from portal.web import labels
from portal.web.access import current_actor
from portal.web.desk import batch_words, filtering, words
from portal.web.public.cards import agency_name
from portal.web.rendering import date_text

E = TypeVar("E", bound=StrEnum)


def _choice(kind: type[E], value: str | None) -> E | None:
    try:
        return kind(value) if value else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a queue. `args` are the filters as the address says them."""

    queue: Queue | None
    filters: Filters
    cursor: str | None
    args: dict[str, str] = field(default_factory=dict)
    #: What the address asked for and nobody knows, as "field:value".
    unknown: tuple[str, ...] = ()
    #: It was typed or ticked, and an address would say it in another spelling.
    typed: bool = False

    @property
    def query(self) -> str:
        """Return the filters as the part of an address behind the "?", in their one spelling."""
        return urlencode(self.args, safe=",:")

    def without(self, name: str, value: str) -> str:
        """Return the address of this list with one value (or the whole) of one filter taken away."""
        said = self.args.get(name, "")
        left = "" if said == value else ",".join(one for one in said.split(",") if one != value)
        return self.list_url(**{name: left or None})

    def list_url(
        self, *, queue: Queue | None = None, cursor: str | None = None, **changes: str | None
    ) -> str:
        """Return the address of a list; a change of None takes a filter away."""
        args = {name: value for name, value in {**self.args, **changes}.items() if value}
        if cursor:
            args["dari"] = cursor
        return url_for("desk.queue", queue=(queue or self.queue or Queue.ALL).value, **args)

    @property
    def suffix(self) -> str:
        """Return the query string that keeps this place while a case is open."""
        if self.queue is None:
            return ""
        args = {"antrean": self.queue.value, **self.args}
        if self.cursor:
            args["dari"] = self.cursor
        return "?" + urlencode(args, safe=",:")

    def case_url(self, reference: str, **more: str) -> str:
        """Return the address of a case, seen from here."""
        return f"{url_for('desk.case', reference=reference)}{self._with(more)}"

    def act_url(self, reference: str, action: str) -> str:
        """Return the address that an action's form posts to."""
        return f"{url_for('desk.act', reference=reference, action=action)}{self.suffix}"

    def text_url(self, endpoint: str, reference: str, action: str) -> str:
        """Return the address of a step between an action's form and its publication."""
        return f"{url_for(f'desk.{endpoint}', reference=reference, action=action)}{self.suffix}"

    def _with(self, more: dict[str, str]) -> str:
        if not more:
            return self.suffix
        return f"{self.suffix}{'&' if self.suffix else '?'}{urlencode(more)}"


def position(queue: str | None) -> Position:
    """Read a place from the address; what is not on the allow-list counts as not given."""
    asked = filtering.read(request.args, current_actor())
    cursor = request.args.get("dari", "")[:200] or None
    typed = asked.typed or "saring" in request.args
    return Position(_choice(Queue, queue), asked.filters, cursor, asked.args, asked.unknown, typed)


def came_from(usual: Queue | None = None) -> Position:
    """Read the place from which a page was opened; where the address names none, the `usual` queue."""
    return position(request.args.get("antrean", usual))


def back_url(where: Position, actor: Actor) -> str:
    """Return the address of the list at the page that somebody came from, else where their day begins."""
    return where.list_url(queue=where.queue or first_queue(actor), cursor=where.cursor)


def first_queue(actor: Actor) -> Queue:
    """Return where this actor's day begins; heads rarely have cases of their own."""
    if actor.has(Role.TRIAGE):
        return Queue.TO_SORT
    return Queue.AGENCY if actor.has(Role.HEAD) else Queue.MINE


@dataclass(frozen=True, slots=True)
class Badge:
    """A deadline: how it looks and what it says."""

    state: str
    words: str


def badge(case: CaseRow | FileRow | Submission, at: datetime) -> Badge | None:
    """Say how a case's deadline stands, or None where no clock runs."""
    paused = case.status is Status.NEEDS_INFO
    if not paused and case.status not in cases.RUNNING:
        return None
    left = deadlines.remaining(case.due_at, paused=paused, at=at, calendar=reference.calendar())
    state = words.BADGE.get(left.urgency)
    return Badge(state, labels.remaining_text(left)) if state else None


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list as the template draws it: plain values only."""

    url: str
    reference: str
    title: str
    badge: Badge | None
    status: str
    status_label: str
    meta: list[str]
    officer: str
    initials: str
    is_open: bool
    is_new: bool
    secret: bool
    #: What the list sends when the row is chosen: number and version.
    pick: str
    #: (name, word), or None where it is nothing special.
    priority: tuple[str, str] | None


def priority(case: CaseRow | Submission) -> tuple[str, str] | None:
    """Return the name and the word of a priority that is not the usual one."""
    level = Priority(case.priority)
    return None if level is Priority.NORMAL else (level.name.lower(), str(labels.PRIORITY[level]))


def last_change(actor: Actor, where: Position, at: datetime) -> dict[str, str] | None:
    """Return what the actor may still take back, and the address that does so."""
    last = changes.newest(actor, at=at)
    if last is None:
        return None
    url = f"{url_for('desk.undo', change_id=last.id)}{where.suffix}"
    return {"url": url, "words": batch_words.done(last.action, last.cases)}


def initials(name: str | None) -> str:
    """Return up to two letters that stand for a name."""
    return "".join(part[0] for part in (name or "").split()[:2]).upper()


def lines(rows: Sequence[CaseRow], where: Position, at: datetime, open_id: int | None = None) -> list[Line]:
    """Prepare the rows of a list; addresses are plain strings (30 `url_for` cost a quarter of the page)."""
    prefix, suffix = f"{request.script_root}/meja/k/", where.suffix
    wards, categories = reference.wards(), reference.categories()
    name = f"name_{current_locale()}"
    made = []
    for row in rows:
        ward = wards.get(row.ward_code) if row.ward_code else None
        category = categories.get(row.category_id) if row.category_id is not None else None
        meta = [
            row.reference,
            labels.place_text(row.place, ward.name if ward else None),
            getattr(category, name) if category else _("Belum dikategori"),
        ]
        if row.later_until is not None and row.later_until > clock.city_date(at):
            meta.append(_("nanti, sampai %(day)s", day=date_text(row.later_until)))
        if row.agency_id is not None:
            meta.append(agency_name(row.agency_id, short=True))
        if row.has_draft:
            meta.append(_("Draf menunggu"))
        if row.handovers:
            meta.append(ngettext("dialihkan %(num)s kali", "dialihkan %(num)s kali", row.handovers))
        if row.support_count:
            meta.append(ngettext("%(num)s dukungan", "%(num)s dukungan", row.support_count))
        if row.reopened:
            meta.append(_("Dibuka lagi"))
        if row.file_count:
            meta.append(ngettext("%(num)s berkas", "%(num)s berkas", row.file_count))
        made.append(
            Line(
                url=f"{prefix}{row.reference}{suffix}",
                reference=row.reference,
                title=row.title,
                badge=badge(row, at),
                status=row.status.value,
                status_label=str(labels.STATUS[row.status]),
                meta=meta,
                officer=row.officer or "",
                initials=initials(row.officer),
                is_open=row.id == open_id,
                is_new=row.status is Status.RECEIVED,
                secret=row.secret,
                pick=f"{row.reference}:{row.version}",
                priority=priority(row),
            )
        )
    return made


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the address without it."""

    label: str
    url: str


def chips(where: Position, actor: Actor) -> list[Chip]:
    """Return the filters that are on, one for each value."""
    return [
        Chip(label, where.without(name, value))
        for name, value, label in filtering.labels_of(where.args, actor)
    ]


def neighbour(page: Page[CaseRow], case_id: int) -> str | None:
    """Return the reference of the row to go on with after a case: the one below it, else the one above."""
    rows = list(page)
    here = next((number for number, row in enumerate(rows) if row.id == case_id), None)
    if here is None:
        return None
    others = rows[here + 1 :] or rows[:here][::-1]
    return others[0].reference if others else None


def saved_queue(row: SavedRow, actor: Actor) -> Queue:
    """Return the queue of a saved filter; where a colleague has one that the actor has not, all cases."""
    queue = _choice(Queue, row.queue)
    return queue if queue is not None and queue in cases.queues_of(actor) else Queue.ALL


def saved_url(row: SavedRow, actor: Actor) -> str:
    """Return the address that opens a saved filter; it was written by `Position.query`."""
    return f"{request.script_root}/meja/antrean/{saved_queue(row, actor).value}?{row.query}"


def _saved(actor: Actor, where: Position) -> list[dict[str, Any]]:
    here = f"{request.script_root}/meja/antrean/{where.queue}?{where.query}"
    links = ((row.name, saved_url(row, actor)) for row in saved_filters.listed(actor))
    return [{"name": name, "url": url, "is_current": url == here} for name, url in links]


def frame(actor: Actor, where: Position, at: datetime, *, open_id: int | None = None) -> dict[str, Any]:
    """Return what the rail and the list need: counts, rows, filters, neighbours."""
    shown = where if where.queue is not None else Position(first_queue(actor), Filters(), None)
    assert shown.queue is not None
    page = cases.queue(actor, shown.queue, shown.filters, at=at, after=shown.cursor)
    counts = cases.counts(actor, at=at)
    clear = Position(shown.queue, Filters(), None)
    return {
        "where": shown,
        "page": page,
        "rail": [
            {
                "label": words.QUEUE[queue],
                "count": counts.get(queue),
                "url": clear.list_url(queue=queue),
                "is_current": queue is shown.queue,
                "is_alarm": queue is Queue.OVERDUE and bool(counts.get(queue)),
            }
            for queue in cases.queues_of(actor)
        ],
        "lines": lines(list(page), shown, at, open_id),
        "queue_name": words.QUEUE[shown.queue],
        "queue_count": counts.get(shown.queue),
        "finished_count": counts.get(Queue.DONE, 0),
        "empty_text": _("Tidak ada yang cocok dengan saringan ini.")
        if shown.args
        else str(words.EMPTY[shown.queue]),
        "chips": chips(shown, actor),
        "previous_url": shown.list_url(cursor=page.previous_cursor) if page.previous_cursor else "",
        "next_url": shown.list_url(cursor=page.next_cursor) if page.next_cursor else "",
        "list_url": shown.list_url(cursor=shown.cursor),
        "filter_url": clear.list_url(),
        "unknown": list(shown.unknown),
        # Beside an open case nobody picks another list, and its page asks enough already.
        "saved": _saved(actor, shown) if open_id is None else [],
        "save_url": url_for("desk.saved_filters") + (shown.suffix if shown.args else ""),
        "files": {kind: url_for(f"desk.list_{kind}") + shown.suffix for kind in ("xlsx", "csv")},
        "today": date_text(at),
        "last_change": last_change(actor, shown, at),
        "picking": {
            "url": url_for("desk.selection"),
            "place": [("antrean", shown.queue.value), *shown.args.items(), ("dari", shown.cursor)],
            "actions": [(action.value, batch_words.BUTTON[action]) for action in batch_words.offered(actor)],
            "all_url": shown.list_url(cursor=shown.cursor, centang="semua"),
            "all": request.args.get("centang") == "semua",
        },
    }
