"""Templates of official texts: their fields, filling them in, and whether somebody edited the result.

A field stands in braces, "{nomor}"; a gap to be written by hand in brackets, "[jelaskan tindakannya]". What
is published has neither, and is never the bare template: an answer is written for one case.
"""

import re
from collections.abc import Mapping

from portal.models.kinds import IdentityMode, Role
from portal.rules import visibility
from portal.rules.permissions import Actor
from portal.rules.visibility import Visible

#: What can stand in braces.
FIELDS = (
    "nama_sapaan",
    "nomor",
    "judul",
    "tanggal",
    "tanggal_janji",
    "petugas",
    "dinas",
    "kategori",
    "kelurahan",
    "lembaga",
)
#: The value of the column `kind` for a question to the reporter, which publishes nothing.
QUESTION = "ask"
#: These may be others when the text is published than when it was begun.
_PASSING = re.compile("{(?:tanggal|petugas)}")
_MOST_PASSING = 160
#: How one greets somebody whose name is nobody's business.
ANYBODY = "Bapak/Ibu"

_BRACES = re.compile(r"\{([^{}\n]{0,60})\}")
_KNOWN = re.compile(f"{{({'|'.join(FIELDS)})}}")
# Not the label of a link, "[jadwal](https://…)".
_BRACKETS = re.compile(r"\[[^\[\]\n]{1,80}\](?!\()")
#: A value is somebody's words: it must not become a field, a gap or a link of the text around it.
_TAME = str.maketrans({"{": "(", "}": ")", "[": "(", "]": ")", "<": "‹", ">": "›"})


def unknown_fields(text: str) -> list[str]:
    """Return what stands in braces and is no field, each once, in order."""
    return list(dict.fromkeys(name for name in _BRACES.findall(text) if name not in FIELDS))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its fields filled in.

    A field without a value becomes a gap, "[tanggal janji]". Values lose what would make them a field, a gap
    or a link; braces around anything else stay as they are.
    """
    filled = _BRACES.sub(lambda found: _value(found, values), text)
    # "{no{judul}r}" with the right title would make a field of two halves
    return _KNOWN.sub(r"(\1)", filled)


def _value(found: re.Match[str], values: Mapping[str, str]) -> str:
    name = found[1]
    if name not in FIELDS:
        return found[0]
    tame = " ".join(values.get(name, "").translate(_TAME).split())
    return tame or f"[{name.replace('_', ' ')}]"


def gaps(text: str) -> list[str]:
    """Return what still has to be written by hand: "{nomor}", "[tanggal janji]", each once, in order."""
    found = [(match.start(), match[0]) for one in (_BRACES, _BRACKETS) for match in one.finditer(text)]
    return list(dict.fromkeys(gap for _place, gap in sorted(found)))


def is_unedited(text: str, template: str, values: Mapping[str, str]) -> bool:
    """Tell whether the text is the filled template and nothing else; white space does not count.

    The day and the officer may be others than those in `values`: it may have been begun by a colleague.
    """
    literal = [_squeezed(fill(piece, values)) for piece in _PASSING.split(template)]
    rest = _squeezed(text)
    if len(literal) == 1:
        return rest == literal[0]
    if not (rest.startswith(literal[0]) and rest.endswith(literal[-1])):
        return False
    place = len(literal[0])
    end = len(rest) - len(literal[-1])
    for piece in literal[1:-1]:
        next_place = rest.find(piece, place, end)
        if next_place < 0 or next_place - place > _MOST_PASSING:
            return False
        place = next_place + len(piece)
    return 0 <= end - place <= _MOST_PASSING


def _squeezed(text: str) -> str:
    return "".join(text.split())


def greeting(case: Visible, shown_name: str) -> str:
    """Return how an official text greets the reporter: by name only where everybody reads that name."""
    by_name = case.identity_mode is IdentityMode.SHOWN and visibility.shows_text(case)
    return shown_name.strip() if by_name and shown_name.strip() else ANYBODY


def may_read(actor: Actor, agency_id: int | None) -> bool:
    """Tell whether the actor may use the templates of that agency (None: the city's, for all at the desk)."""
    return actor.is_staff and (agency_id is None or agency_id in actor.agency_ids)


def may_write(actor: Actor, agency_id: int | None) -> bool:
    """Tell whether the actor may change them: heads those of their agency, triage those of the city."""
    if agency_id is None:
        return any(seat.role is Role.TRIAGE and seat.agency_id is None for seat in actor.seats)
    return any(seat.role is Role.HEAD and seat.agency_id == agency_id for seat in actor.seats)
