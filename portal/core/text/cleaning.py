"""Cleaning and measuring text: what is stored is what people can see, nothing else."""

import re
import unicodedata

# More marks on one letter serve no language of Indonesia and let a text spill over its neighbours.
MAX_MARKS = 3

_KEPT_CONTROLS = {"\n": "\n", "\t": " ", "\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"}
# Letters by their category, yet drawn as nothing: the Hangul fillers and the empty Braille cell.
_BLANK_LETTERS = {"\u115f": "", "\u1160": "", "\u3164": "", "\uffa0": "", "\u2800": " "}
_HIDDEN_MARKS = {"\u034f", "\u17b4", "\u17b5", "\u180b", "\u180c", "\u180d", "\u180f"}
_MARK_CATEGORIES = {"Mn", "Me"}
_DROPPED_CATEGORIES = {"Cc", "Cf", "Cs", "Co"}

_TRAILING_SPACE = re.compile(r"[ ]+(?=\n)")
_MANY_BLANK_LINES = re.compile(r"\n{4,}")
_RISKY = re.compile(r"[^\n -~]")


def _is_noncharacter(char: str) -> bool:
    code = ord(char)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _visible_char(char: str) -> str:
    """Return what `char` becomes in stored text: itself, a space, a line break or nothing."""
    replacement = _KEPT_CONTROLS.get(char, _BLANK_LETTERS.get(char))
    if replacement is not None:
        return replacement
    category = unicodedata.category(char)
    if category in _DROPPED_CATEGORIES or char in _HIDDEN_MARKS or _is_noncharacter(char):
        return ""
    if 0xE0100 <= ord(char) <= 0xE01EF:  # variation selectors that can smuggle hidden bytes
        return ""
    return " " if category == "Zs" else char


def _cap_marks(text: str) -> str:
    """Drop marks that stand on nothing and those above `MAX_MARKS` on one letter. Linear time."""
    kept: list[str] = []
    marks = MAX_MARKS  # a mark at the very start has no letter below it
    for char in text:
        if char.isascii() or unicodedata.category(char) not in _MARK_CATEGORIES:
            marks = MAX_MARKS if char in " \n" else 0
            kept.append(char)
        elif marks < MAX_MARKS:
            marks += 1
            kept.append(char)
    return "".join(kept)


def normalise(text: str) -> str:
    """Return `text` as it is stored: NFC, no invisible characters, tidy lines, no outer space.

    Line breaks survive (CRLF and CR become LF) and at most two blank lines stand together. NUL,
    control, zero-width, bidi and private-use characters go, since they can hide words, break
    PostgreSQL (NUL) or turn a sentence around. `normalise(normalise(t)) == normalise(t)`.
    """
    text = text.replace("\r\n", "\n")
    if _RISKY.search(text):
        table = {ord(char): _visible_char(char) for char in set(text) if char == "\x7f" or _RISKY.match(char)}
        # Marks are capped before NFC: sorting a long run of them is quadratic.
        text = _cap_marks(text.translate(table))
        text = _cap_marks(unicodedata.normalize("NFC", text))
    text = _TRAILING_SPACE.sub("", text)
    return _MANY_BLANK_LINES.sub("\n\n\n", text).strip(" \n")


def visible_length(text: str) -> int:
    """Count the letters and digits people can see; spaces, punctuation and marks count nothing."""
    return sum(1 for char in text if char not in _BLANK_LETTERS and unicodedata.category(char)[0] in "LN")


def fold(text: str) -> str:
    """Return `text` for comparing only: lower case, no diacritics, full-width forms as ASCII."""
    if text.isascii():
        return text.lower()
    # Marks go first, as in `normalise`: decomposing a long run of them is quadratic.
    bare = "".join(char for char in text if unicodedata.category(char) not in _MARK_CATEGORIES)
    decomposed = unicodedata.normalize("NFKD", bare.casefold())
    return "".join(char for char in decomposed if unicodedata.category(char) not in _MARK_CATEGORIES)


# A full stop after these does not end a sentence (street, number, ward, honourable and so on).
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|jl|jln|gg|no|kel|kec|kab|prov|rp|rt|rw|bpk|bp|sdr|yth|dr|drg|dll|dsb|dst|tgl|hlm|telp|hp|st|ir|drs|hj|kpd|a\.n|u\.p)\.$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)]*(?=\s|$)|\n+")
_GREETING = re.compile(
    r"^(?:(?:ass?alam\S*(?:\s+w\S*)*|selamat\s+(?:pagi|siang|sore|malam)|salam(?:\s+sejahtera)?"
    r"|horas|permisi|hall?o|hai|mohon maaf|yth\.?|kepada|bapak|ibu|pak|bu|dan|min|admin|semua(?:nya)?"
    r"|wali\s?kota|dinas)\b[\s,.!:;–-]*)+",
    re.IGNORECASE,
)


def _sentences(text: str) -> list[str]:
    found, start = [], 0
    for end in _SENTENCE_END.finditer(text):
        just_before = text[max(start, end.start() - 12) : end.start() + 1]
        if _ABBREVIATION.search(just_before):
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def title_from(text: str, limit: int = 90) -> str:
    """Return the first sentence that says something as a title of at most `limit` characters.

    Greetings ("Selamat pagi Pak,") are no titles. A long sentence is cut between words and ends
    in an ellipsis. Empty text gives an empty title.
    """
    # Nobody's title starts after 2,000 characters; the cut keeps huge texts cheap.
    sentences = _sentences(normalise(text[:2000]))
    if not sentences:
        return ""
    title = sentences[0]
    for sentence in sentences:
        bare = _GREETING.sub("", sentence, count=1)
        if visible_length(bare) >= 8:
            # A greeting with its comma goes; "Bapak guru ..." is the start of a real sentence.
            title = bare if re.search(r"[,.!:;–-]\s*$", sentence[: len(sentence) - len(bare)]) else sentence
            break
    title = " ".join(title.split()).rstrip(" .,;:")
    if len(title) > limit:
        cut = title[: limit - 1]
        head, space, _ = cut.rpartition(" ")
        title = (head if space and len(head) > limit // 2 else cut).rstrip(" .,;:-–(") + "…"
    return title[:1].upper() + title[1:]
