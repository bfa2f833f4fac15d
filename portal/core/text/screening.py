"""What must not be published unseen: contacts, identity numbers, links and insults in a text.

The screen is careful with reports of real things ("anjing liar", "pukul 08.30-09.30"): a hit only
means that a person looks before the text is public, so it may miss, but should rarely be wrong.
"""

import re
from enum import StrEnum
from pathlib import Path

from portal.core.text.cleaning import fold, normalise


class ScreenCode(StrEnum):
    """Why a text waits for a person before it is public."""

    PHONE = "phone"
    EMAIL = "email"
    NIK = "nik"
    LINK = "link"
    FLAGGED_WORD = "flagged_word"


_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[a-z0-9-]{1,63}(?:\s?(?:\.|\(dot\)|\[dot\])\s?[a-z0-9-]{2,63}){1,4}"
)
_LINK = re.compile(
    r"https?:/|\bwww\.|\b[a-z0-9-]{2,63}\.(?:com|co|id|net|org|info|xyz|me|ly|gl|link|site|online|shop|biz|click|top)\b(?!\.?\s?[a-z]*@)"
)
# Times and dates would read as telephone numbers: "08.30-09.30", "08-11-2026".
_TIME = re.compile(r"\b[0-2]?\d[.:][0-5]\d(?:\s*(?:-|–|s/?d|sampai)\s*[0-2]?\d[.:][0-5]\d)?(?![.:-]?\d)")
_DATE = re.compile(r"\b\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d{2}\b")
_PHONE = re.compile(r"(?<![\d.,])(?:\+?\s?62|0)[\s.()-]{0,3}8(?:[\s.()-]{0,2}\d){8,11}(?!\d)")
# NIK (Permendagri 73/2022): 6 digits of place, birth date with 40 added to a woman's day, 4 serial.
_NIK = re.compile(
    r"(?<!\d)[1-9]\d[ .-]?\d{2}[ .-]?\d{2}[ .-]?"
    r"(?:[04][1-9]|[1256]\d|[37][01])[ .-]?(?:0[1-9]|1[0-2])[ .-]?\d{2}[ .-]?\d{4}(?!\d)"
)
_SIXTEEN_DIGITS = re.compile(r"(?<!\d)\d{16}(?!\d)")

_WORD = re.compile(r"[a-z0-9@$]+")
_LEET = str.maketrans("013457@$", "oieastas")
_REPEATED = re.compile(r"(.)\1+")
_SPACED_OUT = re.compile(r"\b(?:[a-z][ .*_-]){3,}[a-z]\b")
_NEIGHBOURS = 3


def _squeeze(word: str) -> str:
    """Undo "anjiiing" and "b4ngs4t"."""
    if not word.isdigit():
        word = word.translate(_LEET)
    return _REPEATED.sub(r"\1", word)


def _load_flagged() -> dict[tuple[str, ...], frozenset[str]]:
    """Read lines `word [word ...] [! harmless neighbours]`."""
    flagged = {}
    path = Path(__file__).with_name("flagged_words.txt")
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            phrase, _, harmless = line.partition("!")
            flagged[tuple(map(_squeeze, phrase.split()))] = frozenset(map(_squeeze, harmless.split()))
    return flagged


_FLAGGED = _load_flagged()
_LONGEST = max(len(phrase) for phrase in _FLAGGED)


def _has_flagged_word(folded: str) -> bool:
    joined = _SPACED_OUT.sub(lambda match: re.sub(r"[ .*_-]", "", match.group()), folded)
    words = [_squeeze(word) for word in _WORD.findall(joined)]
    for start in range(len(words)):
        for length in range(1, _LONGEST + 1):
            harmless = _FLAGGED.get(tuple(words[start : start + length]))
            if harmless is None:
                continue
            end = start + length
            around = words[max(0, start - _NEIGHBOURS) : start] + words[end : end + _NEIGHBOURS]
            if harmless.isdisjoint(around):
                return True
    return False


def screen(text: str) -> frozenset[ScreenCode]:
    """Return why `text` should be read by a person before it is public; empty when nothing is found.

    Linear in the length of the text; spacing, full-width digits and repeated letters do not hide a hit.
    """
    folded = fold(normalise(text))
    found = set()
    without_email = _EMAIL.sub(" ", folded)
    if without_email != folded:
        found.add(ScreenCode.EMAIL)
    if _LINK.search(without_email):
        found.add(ScreenCode.LINK)
    if _NIK.search(folded) or _SIXTEEN_DIGITS.search(folded):
        found.add(ScreenCode.NIK)
    if _PHONE.search(_TIME.sub("#", _DATE.sub("#", folded))):
        found.add(ScreenCode.PHONE)
    if _has_flagged_word(folded):
        found.add(ScreenCode.FLAGGED_WORD)
    return frozenset(found)


_NATIONAL = re.compile(r"8\d{8,11}|[2-79]\d{7,10}")  # mobile, or fixed line with its area code


def normalise_phone(value: str) -> str:
    """Return one international form (E.164) for all spellings: "0812 3456-7890" -> "+6281234567890".

    A number of another country needs its "+". Raises ValueError for anything that is no number.
    """
    typed = fold(normalise(value)).replace("(0)", "")
    if not re.fullmatch(r"(?:tel:|hp:?|wa:?)?\s*\+?[\d\s.()/-]+", typed):
        raise ValueError("not a telephone number")
    digits = re.sub(r"\D", "", typed)
    if "+" in typed and not digits.startswith("62"):
        if not 8 <= len(digits) <= 15 or digits.startswith("0"):
            raise ValueError("not an international telephone number")
        return f"+{digits}"
    if digits.startswith("0062"):
        digits = digits[4:]
    elif digits.startswith("62") and len(digits) >= 10:
        digits = digits[2:]
    national = digits.removeprefix("0")
    if not _NATIONAL.fullmatch(national):
        raise ValueError("not an Indonesian telephone number")
    return f"+62{national}"


def mask_phone(value: str) -> str:
    """Return a number that its owner recognises and nobody can call: "+62812*****890"."""
    digits = re.sub(r"[^\d+]", "", value)
    if len(digits) < 10:
        return "***"
    shown = 6 if digits.startswith("+") else 4
    return f"{digits[:shown]}{'*' * (len(digits) - shown - 3)}{digits[-3:]}"


def mask_email(value: str) -> str:
    """Return an address that its owner recognises: "b***@g***.com". The host can name a person too."""
    local, at, host = value.strip().rpartition("@")
    name, dot, ending = host.rpartition(".")
    if not (local and at and name and dot):
        return "***"
    return f"{local[0]}***@{name[0]}***.{ending}"
