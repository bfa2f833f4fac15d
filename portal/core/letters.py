"""Printed letters: a template of templates/print and plain values become a tagged PDF (PDF/UA-1).

What people wrote travels as JSON beside the template, so nothing in it can be markup. The fonts are those
that the library carries; the same values give the same pages on every machine.
"""

import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

#: Longest letter, in characters of all its values together: some 150 pages, half a second.
MOST_CHARACTERS = 600_000

#: Stands for a sign that the fonts do not know; PDF/UA takes no text that nobody can see.
LOST = "□"

_ROOT = Path(__file__).parents[2]
_FOLDER = _ROOT / "templates" / "print"
_LOGO = _ROOT / "static" / "img" / "logo.svg"

#: What Libertinus Serif and DejaVu Sans Mono draw: Latin, Greek, Cyrillic, Hebrew, Arabic, signs and arrows.
_KNOWN = (
    (0x20, 0x7E),
    (0xA0, 0x482),
    (0x48A, 0x4FF),
    (0x5D0, 0x5EA),
    (0x60C, 0x60C),
    (0x621, 0x63A),
    (0x640, 0x655),
    (0x660, 0x66D),
    (0x6F0, 0x6F9),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2027),
    (0x2030, 0x203F),
    (0x20A0, 0x20BF),
    (0x2190, 0x23CE),
    (0x2500, 0x25FF),
    (0x2713, 0x2714),
)
#: A longer word without a gap gets places to break, or it would leave the paper.
_LONGEST_WORD = 48


class LetterTooLong(Exception):
    """The values are longer than `MOST_CHARACTERS`."""


def compile_letter(template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """Return the PDF of a template (a name in templates/print without its ending).

    `data` holds strings, numbers, lists and dicts, among them what letter.typ asks for; "lost_words" is
    printed only where a sign had to be replaced. Bytes in it are pictures (WebP, PNG, JPEG), small ones.
    `at` is the date in the file. Raises `LetterTooLong`.
    """
    import typst  # noqa: PLC0415 (30 MB of compiler and fonts, for the few requests that print)

    for known in (_KNOWN, _KNOWN[:2]):
        printer = _Printer(known)
        values = printer.clean(dict(data))
        if not printer.lost:
            values["lost_words"] = ""
        files = {
            "main": _source(f"{template}.typ"),
            "letter.typ": _source("letter.typ"),
            "logo.svg": _LOGO.read_bytes(),
            "data.json": json.dumps(values).encode(),
        }
        try:
            made = typst.compile(  # type: ignore[call-overload]  # the stub forgot dicts
                files,
                root=_FOLDER,
                format="pdf",
                pdf_standards=["ua-1"],
                ignore_system_fonts=True,
                timestamp=int(at.timestamp()),
            )
        except typst.TypstError as error:
            # a sign that is known alone may still be unknown in a company that nobody foresaw
            if "could not be displayed" in str(error) and known is _KNOWN:
                continue
            raise
        return bytes(made)
    raise AssertionError("plain Latin can be printed")


@lru_cache(maxsize=20)
def _source(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()


class _Printer:
    """Makes values printable and notes whether a sign was lost on the way."""

    def __init__(self, known: tuple[tuple[int, int], ...]) -> None:
        self.known = known
        self.lost = False
        self.length = 0

    def clean(self, value: Any) -> Any:
        """Return the value with every string in it printable."""
        if isinstance(value, str):
            self.length += len(value)
            if self.length > MOST_CHARACTERS:
                raise LetterTooLong(self.length)
            return self._text(value)
        if isinstance(value, Mapping):
            return {key: self.clean(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.clean(one) for one in value]
        # the library takes no files but text, and JSON no bytes
        return list(value) if isinstance(value, bytes) else value

    def _text(self, text: str) -> str:
        if text.isascii() and text.isprintable() and len(text) <= _LONGEST_WORD:
            return text
        signs: list[str] = []
        run = 0
        for sign in unicodedata.normalize("NFC", text):
            if sign == "\n":
                signs.append(sign)
                run = 0
                continue
            if unicodedata.category(sign) in {"Cc", "Cf", "Cs"} or 0xFE00 <= ord(sign) <= 0xFE0F:
                continue
            if not any(first <= ord(sign) <= last for first, last in self.known):
                self.lost = True
                if signs and signs[-1] == LOST:
                    continue
                sign = LOST
            run = 0 if sign.isspace() else run + 1
            if run > _LONGEST_WORD:
                signs.append("\u200b")
                run = 1
            signs.append(sign)
        return "".join(signs)
