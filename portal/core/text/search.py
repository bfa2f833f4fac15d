"""Search words: the same stems for what is stored and what is looked for.

The index holds stems, not words, so SQLite FTS5 and PostgreSQL ('simple' configuration) find the
same rows: "jalan rusak" finds "kerusakan jalan".
"""

import re
import threading
from functools import lru_cache
from pathlib import Path

import snowballstemmer

from portal.core.text.cleaning import fold

MAX_TOKEN = 40

_HERE = Path(__file__).parent
_TOKEN = re.compile(r"[a-z0-9]+")
# Colloquial passive: "dibersihin" is "dibersihkan". Short roots are left alone ("diizin").
_COLLOQUIAL_PASSIVE = re.compile(r"^di(?!pimpin)([a-z]{4,})in$")
_DOUBLED = re.compile(r"^([a-z]{2,})2(nya)?$")
_STRETCHED = re.compile(r"([a-z])\1{2,}")  # "tolooong"
_local = threading.local()


def _lines(name: str) -> list[str]:
    rows = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return [row.strip() for row in rows if row.strip() and not row.startswith("#")]


def _load_slang() -> dict[str, tuple[str, ...]]:
    """Read lines of the form `words = spelling spelling ...`."""
    slang: dict[str, tuple[str, ...]] = {}
    for line in _lines("slang.txt"):
        words, _, spellings = line.partition("=")
        for spelling in spellings.split():
            slang[spelling] = tuple(words.split())
    return slang


def _snowball(word: str) -> str:
    # The C stemmer (PyStemmer, used when installed) must not be shared between threads.
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        stemmer = _local.stemmer = snowballstemmer.stemmer("indonesian")
    stem: str = stemmer.stemWord(word)
    return stem


_STOPWORDS = frozenset(word for line in _lines("stopwords.txt") for word in line.split())
_SLANG = _load_slang()
# Every word of a line counts as its first one. Also mends stems that Snowball splits apart
# ("pengunjung" -> "unjung", "kunjungan" -> "kunjung").
_SYNONYMS = {
    _snowball(word): _snowball(words[0])
    for words in map(str.split, reversed(_lines("synonyms.txt")))
    for word in words
}

_ALIKE = [
    tuple(dict.fromkeys(_SYNONYMS.get(stem, stem) for stem in map(_snowball, line.split())))
    for line in _lines("alike.txt")
]
_MEANINGS = {stem: words for words in reversed(_ALIKE) for stem in words}
#: The stem that stands for all that tell the same matter as the key.
MEANING = {stem: words[0] for stem, words in _MEANINGS.items()}


def alike(stem: str) -> tuple[str, ...]:
    """Return the stems that tell the same matter as this one, itself among them."""
    return _MEANINGS.get(stem, (stem,))


@lru_cache(maxsize=20_000)
def _stems_of(token: str) -> tuple[str, ...]:
    doubled = _DOUBLED.match(token)
    if doubled:  # "anak2" is "anak-anak"
        token = doubled.group(1)
    token = _STRETCHED.sub(r"\1", token)
    found = []
    for word in _SLANG.get(token, (token,)):
        if word in _STOPWORDS or (len(word) < 2 and not word.isdigit()):
            continue
        stem = _snowball(_COLLOQUIAL_PASSIVE.sub(r"di\1kan", word))
        found.append(_SYNONYMS.get(stem, stem))
    return tuple(found)


def stems(text: str) -> list[str]:
    """Return the stems of `text` in order, repeats included; each matches `[a-z0-9]{1,40}`.

    Stopwords are left out, chat spellings are expanded ("jln" -> "jalan", "gak" -> "tidak") and
    words of one meaning share a stem. Safe to call from several threads.
    """
    return [stem for token in _TOKEN.findall(fold(text)) for stem in _stems_of(token[:MAX_TOKEN])]


def search_query(text: str, limit: int = 8) -> list[str]:
    """Return at most `limit` different stems to look for, none of which carries query syntax.

    An empty list means that there is nothing to search for (only stopwords or signs).
    """
    return list(dict.fromkeys(stems(text[:1000])))[:limit]
