"""The filters of a list as people read and type them: in the address, in the form and in the search box.

The address says `?status=assigned&kelurahan=12.73.01.1001,laut&petugas=saya&tenggat=lewat`; the search box
takes the same words as `status:assigned kelurahan:"aek habil" petugas:saya`. All become one `Filters`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from portal.core.formats import one_line
from portal.core.references import parse_reference
from portal.core.text import fold, normalise
from portal.models import Channel, Kind, Priority, Role, Status
from portal.queries import cases, reference
from portal.queries.cases import PLACES, Due, Filters, Sort
from portal.rules.permissions import Actor
from portal.rules.typed_filters import joined_names, parted
from portal.web import labels
from portal.web.desk import words
from portal.web.rendering import localised

#: More values of one field than this are a slip of the hand.
MOST_VALUES = 60
MOST_SIGNS = 600

DUE = {"lewat": Due.OVERDUE, "hari_ini": Due.TODAY, "minggu_ini": Due.WEEK, "jeda": Due.PAUSED}
SORT = {
    "tenggat": Sort.DUE,
    "terbaru": Sort.NEWEST,
    "terlama": Sort.OLDEST,
    "dukungan": Sort.SUPPORTS,
    "prioritas": Sort.PRIORITY,
}
PRIORITY = {"mendesak": Priority.URGENT, "tinggi": Priority.HIGH, "biasa": Priority.NORMAL}
#: Fields that are either on or not there.
SWITCHES = {
    "berkas": "with_files",
    "dibuka_lagi": "reopened",
    "dialihkan": "handed_over",
    "belum_dipastikan": "unconfirmed",
    "pantau": "watched",
}
#: Fields with values, in the order in which an address names them.
FIELDS = (
    "q", "jenis", "status", "kategori", "kelurahan", "dinas", "petugas", "tenggat", "berkas", "dukungan",
    "prioritas", "dibuka_lagi", "dialihkan", "belum_dipastikan", "pantau", "kanal", "nomor", "urut",
)  # fmt: skip
#: What else people type for a field.
ALIASES = {
    "type": "jenis", "kind": "jenis", "category": "kategori", "ward": "kelurahan", "lurah": "kelurahan",
    "agency": "dinas", "opd": "dinas", "officer": "petugas", "assignee": "petugas", "deadline": "tenggat",
    "due": "tenggat", "batas": "tenggat", "files": "berkas", "foto": "berkas", "supports": "dukungan",
    "priority": "prioritas", "channel": "kanal", "reference": "nomor", "sort": "urut",
}  # fmt: skip

_YES = frozenset({"ya", "yes", "1", "true", "on"})
ME, NOBODY = "saya", "kosong"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for. `args` says it in the one spelling of the address; `unknown` was not found."""

    filters: Filters
    args: dict[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    #: It came from the box or the form, in another spelling than an address has.
    typed: bool = False


def read(args: Mapping[str, str], actor: Actor) -> Asked:
    """Read the filters of an address. Whatever is not known is left out and named in `unknown`."""
    plain, pairs = parted(normalise(args.get("q", "")[:MOST_SIGNS]), frozenset(FIELDS[1:]), ALIASES)
    reader = _Reader(actor)
    said: dict[str, str] = {"q": plain} if plain else {}
    chosen: dict[str, Any] = {"words": plain}
    for name in FIELDS[1:]:
        given = [one.strip() for line in _all(args, name) for one in line[: MOST_SIGNS * 4].split(",")]
        by_hand = pairs.get(name, [])
        wanted = [one for one in (*given, *by_hand) if one][:MOST_VALUES]
        if wanted:
            canonical = dict.fromkeys(reader.field(name, wanted, chosen, frozenset(by_hand)))
            if canonical:
                said[name] = ",".join(canonical)
    return Asked(Filters(**chosen), said, tuple(dict.fromkeys(reader.unknown)), bool(pairs))


def _all(args: Mapping[str, str], name: str) -> list[str]:
    """Return every occurrence of a field: a form sends one for each box that is ticked."""
    several = getattr(args, "getlist", None)
    return several(name)[:MOST_VALUES] if several else [args[name]] if name in args else []


class _Reader:
    """Turns the values of one field after another into the parts of `Filters`."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.unknown: list[str] = []

    def field(
        self, name: str, wanted: list[str], chosen: dict[str, Any], by_hand: frozenset[str]
    ) -> list[str]:
        """Add to `chosen` what the values mean and return them in their canonical spelling.

        `by_hand` are those that were typed into the box and may be cut short. In an address they may not: a
        saved filter whose category is gone must not open another that begins like it.
        """
        if name in SWITCHES:
            on = any(value.lower() in _YES for value in wanted)
            chosen[SWITCHES[name]] = on
            return ["ya"] if on else self._lost(name, wanted)
        match name:
            case "dukungan":
                numbers = [int(v) for v in wanted if v.isascii() and v.isdigit() and len(v) < 7]
                chosen["least_supports"] = max(numbers, default=0)
                self._lost(name, [] if numbers else wanted)
                return [str(max(numbers))] if any(numbers) else []
            case "petugas":
                return self._officers(wanted, chosen)
            case "nomor":
                return self._numbers(wanted, chosen)
            case "urut":
                known = [value.lower() for value in wanted if value.lower() in SORT]
                chosen["sort"] = SORT[known[-1]] if known else None
                return known[-1:] or self._lost(name, wanted)
        part, names = vocabulary(name)
        keys = [self._key(name, names, value, short=value in by_hand) for value in wanted]
        kept = [key for key in keys if key is not None]
        chosen[part] = frozenset(names[key].value for key in kept)
        return kept

    def _key(self, name: str, names: "Mapping[str, Word]", value: str, *, short: bool) -> str | None:
        """Find a value by its key or a label in either language, or by the only beginning that fits."""
        if value in names:
            return value
        wanted = _bare(value)
        if wanted:
            spellings = [(key, {_bare(one) for one in forms}) for key, forms in _spellings(name).items()]
            same = [key for key, forms in spellings if wanted in forms]
            near = [
                key for key, forms in spellings if short and any(form.startswith(wanted) for form in forms)
            ]
            if same or len(near) == 1:
                return (same or near)[0]
        self._lost(name, [value])
        return None

    def _numbers(self, wanted: list[str], chosen: dict[str, Any]) -> list[str]:
        found = [(value, parse_reference(value)) for value in wanted]
        kept = [number for _value, number in found if number is not None]
        self._lost("nomor", [value for value, number in found if number is None])
        chosen["references"] = frozenset(kept)
        return kept

    def _officers(self, wanted: list[str], chosen: dict[str, Any]) -> list[str]:
        said: list[str] = []
        named: list[str] = []
        for value in wanted:
            if value.lower() in {ME, "me"} and self.actor.user_id is not None:
                said.append(ME)
            elif value.lower() in {NOBODY, "none", "nobody"}:
                said.append(NOBODY)
            else:
                named.append(value)
        if named:
            ids, lost = joined_names(named, names_of_colleagues(self.actor), _bare)
            said += ids
            self._lost("petugas", lost)
        chosen["officer_ids"] = frozenset(
            self.actor.user_id if value == ME else int(value) for value in said if value != NOBODY
        )
        chosen["without_officer"] = NOBODY in said
        return said

    def _lost(self, name: str, wanted: Iterable[str]) -> list[str]:
        self.unknown += [f"{name}:{one_line(value, 40)}" for value in wanted]
        return []


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", " ", fold(text)).strip()


def colleagues(actor: Actor) -> list[cases.StaffRow]:
    """Return whose cases the actor may look for: triage everybody's, others those of their agencies."""
    return cases.staff(None if actor.has(Role.TRIAGE) else sorted(actor.agency_ids))


@dataclass(frozen=True, slots=True)
class Word:
    """A value of a field: what it means, and how it is called in the language of the page."""

    value: Any
    label: str


def vocabulary(name: str) -> tuple[str, dict[str, Word]]:
    """Return the part of `Filters` that a field fills, and its values by their key in an address."""

    def of(pairs: Iterable[tuple[str, Any, Any]]) -> dict[str, Word]:
        return {key: Word(value, str(label)) for key, value, label in pairs}

    match name:
        case "jenis":
            return "kinds", of((kind.value, kind, label) for kind, label in labels.KIND.items())
        case "status":
            return "statuses", of((status.value, status, label) for status, label in labels.STATUS.items())
        case "kategori":
            rows = reference.categories().values()
            return "category_ids", of((row.slug, row.id, localised(row, "name")) for row in rows)
        case "kelurahan":
            wards = [(row.code, row.code, row.name) for row in reference.wards().values()]
            return "wards", of([*wards, *((key, key, words.PLACE[key]) for key in PLACES)])
        case "dinas":
            agencies = reference.agencies().values()
            return "agency_ids", of((row.slug, row.id, localised(row, "short")) for row in agencies)
        case "tenggat":
            return "due", of((key, due, words.DUE[due]) for key, due in DUE.items())
        case "prioritas":
            levels = PRIORITY.items()
            return "priorities", of((key, int(level), labels.PRIORITY[level]) for key, level in levels)
        case _:
            return "channels", of((channel.value, channel, words.CHANNEL[channel]) for channel in Channel)


def _spellings(name: str) -> dict[str, set[str]]:
    """Return every way to write the values of a field: key, code and labels in both languages."""
    found: dict[str, set[str]] = {}
    for language in ("id", "en"):
        with force_locale(language):
            for key, word in vocabulary(name)[1].items():
                found.setdefault(key, {key}).add(word.label)
                if isinstance(word.value, Due | Status | Kind | Channel):
                    found[key].add(word.value.value)
    by_slug: dict[str, Any] = {}
    if name == "kategori":
        by_slug = {row.slug: row for row in reference.categories().values()}
    elif name == "dinas":
        by_slug = {row.slug: row for row in reference.agencies().values()}
    for key, row in by_slug.items():
        for column in ("code", "name_id", "name_en", "short_id", "short_en"):
            found[key].add(getattr(row, column, ""))
    if name == "prioritas":
        for key, level in PRIORITY.items():
            found[key].add(level.name)
    return found


#: Fields whose values stand in the form as boxes, in its order.
BOXES = ("status", "tenggat", "jenis", "kategori", "kelurahan", "dinas", "prioritas", "kanal")


@dataclass(frozen=True, slots=True)
class Group:
    """The values of one field in the form: (key, label, whether it is on)."""

    name: str
    label: str
    boxes: list[tuple[str, str, bool]]

    @property
    def count(self) -> int:
        """Return how many are on."""
        return sum(on for _key, _label, on in self.boxes)


def groups(args: Mapping[str, str]) -> list[Group]:
    """Return the values that can be ticked, with those of the address on."""
    made = []
    for name in BOXES:
        on = set(args.get(name, "").split(","))
        boxes = [(key, word.label, key in on) for key, word in vocabulary(name)[1].items()]
        made.append(Group(name, str(words.FIELD[name]), boxes))
    return made


def officers_text(args: Mapping[str, str], actor: Actor) -> str:
    """Return what the form's box for officers holds: words and names, as one may type them."""
    values = [value for value in args.get("petugas", "").split(",") if value]
    return ", ".join(value if value in {ME, NOBODY} else name for value, name in _officers(values, actor))


def _officers(
    values: list[str], actor: Actor, people: Mapping[str, str] | None = None
) -> list[tuple[str, str]]:
    said = {ME: _("milik saya"), NOBODY: _("belum ada petugas")}
    if any(value not in said for value in values):
        said |= names_of_colleagues(actor) if people is None else people
    return [(value, said.get(value, value)) for value in values]


def names_of_colleagues(actor: Actor) -> dict[str, str]:
    """Return the names of those whose cases the actor may look for, by number."""
    return {str(row.user_id): row.name for row in colleagues(actor)}


def form(args: Mapping[str, str], actor: Actor) -> dict[str, Any]:
    """Return the values of the form that narrows a list."""
    return {
        "words": args.get("q", ""),
        "groups": groups(args),
        "officers": officers_text(args, actor),
        "supports": args.get("dukungan", ""),
        "switches": [(name, str(words.SWITCH[name]), name in args) for name in SWITCHES],
        "sorts": [(key, str(words.SORT[sort]), args.get("urut") == key) for key, sort in SORT.items()],
        "numbers": args.get("nomor", ""),
        "count": len(args) - ("urut" in args),
    }


def labels_of(
    args: Mapping[str, str], actor: Actor, people: Mapping[str, str] | None = None
) -> list[tuple[str, str, str]]:
    """Return (field, value, label) of everything that is on, for the chips above the list.

    `people` are the names of colleagues, where the caller has read them for many lines at once.
    """
    shown: list[tuple[str, str, str]] = []
    for name, said in args.items():
        values = said.split(",")
        match name:
            case "q":
                shown.append((name, said, f"“{said}”"))
            case "dukungan":
                shown.append((name, said, _("paling sedikit %(count)s dukungan", count=said)))
            case "petugas":
                shown += [(name, value, label) for value, label in _officers(values, actor, people)]
            case "nomor":
                label = said if len(values) == 1 else ngettext(
                    "%(num)s kiriman terpilih", "%(num)s kiriman terpilih", len(values)
                )  # fmt: skip
                shown.append((name, said, label))
            case "urut":
                shown.append((name, said, _("urut: %(by)s", by=words.SORT[SORT[said]])))
            case _ if name in SWITCHES:
                shown.append((name, said, str(words.SWITCH[name])))
            case _:
                known = vocabulary(name)[1]
                shown += [(name, value, known[value].label) for value in values if value in known]
    return shown
