"""What the vocabulary of schema.org objects to in structured data.

The vocabulary is that of msgspec-schemaorg, whose classes are generated from the published one. Its own
decoding does not look into the types of parts, so they are walked through here as a validator does.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import msgspec_schemaorg.enums as enums  # `from msgspec_schemaorg import enums` never comes to an end
import msgspec_schemaorg.models as models

#: JSON values that stand for the plain types of the vocabulary.
_PLAIN = {"str": str, "int": int, "float": float, "bool": bool}


def faults(data: dict[str, Any]) -> list[str]:
    """Return every unknown type or property and every value that does not fit, as "path: why"."""
    found = [] if data.get("@context") == "https://schema.org" else ["@context: not https://schema.org"]
    return [*found, *_node(data, "")]


def _node(data: dict[str, Any], path: str) -> Iterator[str]:
    kind = getattr(models, str(data.get("@type")), None)
    if kind is None:
        yield f"{path}@type: {data.get('@type')} is no type"
        return
    known = _properties(kind)
    for name, value in data.items():
        if name.startswith("@"):
            continue
        here = f"{path}{name}"
        if name not in known:
            yield f"{here}: no property of {kind.__name__}"
            continue
        for one in value if isinstance(value, list) else [value]:
            if not _fits(one, known[name]):
                yield f"{here}: {one!r} is none of {sorted(known[name])}"
            elif isinstance(one, dict):
                yield from _node(one, f"{here}.")


@cache
def _properties(kind: type) -> dict[str, frozenset[str]]:
    """Return the names of the types that each property may have."""
    said: dict[str, Any] = {}
    for parent in reversed(kind.__mro__):
        said |= parent.__dict__.get("__annotations__", {})
    return {name: frozenset(re.findall(r"\w+", str(types))) for name, types in said.items()}


def _fits(value: Any, allowed: frozenset[str]) -> bool:
    if isinstance(value, dict):
        kind = getattr(models, str(value.get("@type")), None)
        return kind is not None and any(parent.__name__ in allowed for parent in kind.__mro__)
    if isinstance(value, str) and "URL" in allowed and urlsplit(value).scheme in ("http", "https"):
        return True
    if isinstance(value, str) and value.startswith("https://schema.org/"):
        member = value.removeprefix("https://schema.org/")
        return any(member in _members(name) for name in allowed)
    return any(type(value) is _PLAIN[name] for name in allowed & _PLAIN.keys())


@cache
def _members(name: str) -> frozenset[str]:
    kind = getattr(enums, name, None)
    return frozenset(getattr(kind, "__members__", ()))
