"""Numbers people read to each other: the public reference and the secret tracking code.

Both come from the idempotency key of the sending by HMAC, so a repeated send shows the same receipt,
and nobody can count the cases or guess the next number.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Callable
from datetime import date

# No I, O, Q, Z, 0 and 1: people mix them up on paper and on the telephone.
ALPHABET = "23456789ABCDEFGHJKLMNPRSTUVWXY"
# A tracking code also avoids 5/S and 8/B; 26 signs, so 12 of them hold 56 bits.
TRACKING_ALPHABET = "234679ACDEFGHJKLMNPRTUVWXY"
TRACKING_LENGTH = 12
ALIAS_LENGTH = 8
MIN_SECRET = 16
MAX_SUFFIX = 8

_UNWANTED = ("ASU", "FUCK", "FUK", "SEX", "SEKS", "TAE")
# How the signs that we never use are meant when someone types them.
_MEANT_LETTERS = str.maketrans("1IZ", "LL2")
_MEANT_DIGITS = str.maketrans("OQDILZSB", "00011258")


def _number(secret: bytes, purpose: str, key: str) -> int:
    if len(secret) < MIN_SECRET:
        raise ValueError(f"the secret needs at least {MIN_SECRET} bytes")
    return int.from_bytes(hmac.digest(secret, f"{purpose}\0{key}".encode(), "sha256"), "big")


def _letters(number: int, alphabet: str, length: int) -> str:
    signs = []
    for _ in range(length):
        number, rest = divmod(number, len(alphabet))
        signs.append(alphabet[rest])
    return "".join(signs)


def reference(
    secret: bytes, idempotency_key: str, when: date, *, attempt: int = 0, length: int = 4, prefix: str = "SB"
) -> str:
    """Return the public reference of a sending, such as "SB-2611-K7RM".

    `when` is the date of receipt in the city's time zone. When the reference is taken (unique index),
    ask again with the next `attempt`; a longer `length` (4 to 8) makes room in a very busy month.
    Raises ValueError for a short secret or a length out of range.
    """
    if not 4 <= length <= MAX_SUFFIX:
        raise ValueError(f"a suffix has 4 to {MAX_SUFFIX} signs")
    number = _number(secret, f"reference:{attempt}", idempotency_key)
    suffix = _letters(number, ALPHABET, length)
    while any(word in suffix for word in _UNWANTED):
        number //= len(ALPHABET)
        suffix = _letters(number, ALPHABET, length)
    return f"{prefix}-{when:%y%m}-{suffix}"


def alias(choose: Callable[[str], str] = secrets.choice) -> str:
    """Return a name for somebody without one, such as "W-7KRMTX2N"; `choose` takes one of the signs.

    It comes from nothing, so it leads from no submission to another one of the same person.
    """
    return "W-" + "".join(choose(ALPHABET) for _ in range(ALIAS_LENGTH))


def tracking_code(secret: bytes, idempotency_key: str) -> str:
    """Return the secret code of a sending, such as "7KR4-MP2X-9RTA" (56 bits).

    It opens the reporter's own page: keep only its `hash_code`, and never put it in a URL.
    """
    code = _letters(_number(secret, "tracking", idempotency_key), TRACKING_ALPHABET, TRACKING_LENGTH)
    return "-".join(code[start : start + 4] for start in range(0, TRACKING_LENGTH, 4))


def _signs(user_input: str) -> str:
    """Return the letters and digits of what was typed, upper case; "" for anything far too long."""
    if len(user_input) > 200:
        return ""
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", user_input).upper())


def parse_reference(user_input: str, prefix: str = "SB") -> str | None:
    """Return the canonical reference in what someone typed or pasted, or None.

    Lower case, spaces, missing hyphens, a missing prefix and a pasted link to the case are understood.
    """
    link = re.search(r"/(?:k|lacak)/([^/?#]+)", user_input)
    signs = _signs(link.group(1) if link else user_input).removeprefix(prefix.upper())
    month, suffix = signs[:4].translate(_MEANT_DIGITS), signs[4:].translate(_MEANT_LETTERS)
    if not re.fullmatch(r"\d\d(?:0[1-9]|1[0-2])", month):
        return None
    if not re.fullmatch(f"[{ALPHABET}]{{4,{MAX_SUFFIX}}}", suffix):
        return None
    return f"{prefix}-{month}-{suffix}"


def parse_tracking_code(user_input: str) -> str | None:
    """Return the canonical tracking code in what someone typed, or None."""
    signs = _signs(user_input).translate(_MEANT_LETTERS)
    if not re.fullmatch(f"[{TRACKING_ALPHABET}]{{{TRACKING_LENGTH}}}", signs):
        return None
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def hash_code(secret: bytes, code: str) -> str:
    """Return what the database keeps of a secret code: 64 hexadecimal digits, useless without the secret."""
    if len(secret) < MIN_SECRET:
        raise ValueError(f"the secret needs at least {MIN_SECRET} bytes")
    return hmac.new(secret, b"code\0" + code.encode(), hashlib.sha256).hexdigest()


def code_matches(secret: bytes, code: str, stored_hash: str | None) -> bool:
    """Tell in constant time whether what someone typed is the tracking code behind `stored_hash`.

    A case that does not exist (`stored_hash` None) costs the same time as a wrong code.
    """
    canonical = parse_tracking_code(code) or "wrong"
    same = hmac.compare_digest(hash_code(secret, canonical), stored_hash or "0" * 64)
    return same and stored_hash is not None
