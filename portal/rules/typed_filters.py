"""What people type into the search box of the desk: plain words, and `field:value` as on GitHub."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

_TYPED = re.compile(
    r'(?<![^\s])(?P<field>[A-Za-z_]{2,20}):(?:"(?P<quoted>[^"\n]{0,200})"|(?P<plain>[^\s"]{1,200}))(?!\S)'
)


def parted(
    text: str, fields: Collection[str], aliases: Mapping[str, str]
) -> tuple[str, dict[str, list[str]]]:
    """Part a line into its plain words and the values typed for fields (several behind commas).

    `fields` are the names that exist, `aliases` other names for them. What names no field stays a word:
    "pukul 10:30" and "https://…" are not filters.
    """
    found: dict[str, list[str]] = {}

    def take(match: re.Match[str]) -> str:
        name = match["field"].lower()
        name = aliases.get(name, name)
        if name not in fields:
            return match[0]
        quoted = match["quoted"]
        values = [quoted] if quoted is not None else match["plain"].split(",")
        found.setdefault(name, []).extend(value.strip() for value in values if value.strip())
        return " "

    rest = _TYPED.sub(take, text)
    return " ".join(rest.split()), {name: values for name, values in found.items() if values}


def joined_names(
    pieces: Sequence[str], people: Mapping[str, str], bare: Callable[[str], str]
) -> tuple[list[str], list[str]]:
    """Find people by id, whole name, or one word of it; return (ids, what was not found).

    `pieces` are values that were parted at commas; a name may hold some of its own ("Dewi Siregar, S.T."), so
    the longest run of pieces that makes one is tried first. A word that several bear means all of them.
    `bare` makes spellings comparable.
    """
    by_name: dict[str, list[str]] = {}
    by_word: dict[str, list[str]] = {}
    for key, name in people.items():
        by_name.setdefault(bare(name), []).append(key)
        for word in dict.fromkeys(bare(name).split()):
            by_word.setdefault(word, []).append(key)
    found: list[str] = []
    lost: list[str] = []
    start = 0
    while start < len(pieces):
        for end in range(min(len(pieces), start + 4), start, -1):
            wanted = bare(", ".join(pieces[start:end]))
            keys = by_name.get(wanted, []) if wanted else []
            if not keys and end == start + 1:
                keys = [pieces[start]] if pieces[start] in people else by_word.get(wanted, [])
            if keys:
                found += keys
                start = end
                break
        else:
            lost.append(pieces[start])
            start += 1
    return list(dict.fromkeys(found)), lost
