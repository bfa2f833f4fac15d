"""Words for made-up submissions: sentences of the demo texts, shuffled within their category."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

from portal.core.text import screen, stems
from portal.models import Kind

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_DATE = re.compile(r"\{date[^}]*\}")


@dataclass(frozen=True, slots=True)
class Pool:
    """What people write about one category."""

    titles: tuple[str, ...]
    sentences: tuple[str, ...]
    landmarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Sentences of citizens by category, and of officials by the step they belong to."""

    by_category: dict[str, Pool]
    answers: dict[str, tuple[str, ...]]
    names: tuple[str, ...]

    def title(self, random: Random, category: str) -> str:
        """Return a title that somebody could have written."""
        return random.choice(self.by_category[category].titles)

    def landmark(self, random: Random, category: str) -> str:
        """Return a place people know, or nothing for every third."""
        return random.choice(self.by_category[category].landmarks) if random.random() < 0.66 else ""

    def body(self, random: Random, category: str, number: int) -> list[str]:
        """Return two to seven sentences; one in twenty names a house number of its own."""
        sentences = self.by_category[category].sentences
        chosen = random.sample(sentences, min(len(sentences), 2 + int(6 * random.random() ** 1.5)))
        if random.random() < 0.05:
            chosen.append(f"Rumah saya nomor {number}.")
        return chosen

    def answer(self, random: Random, step: str) -> str:
        """Return an official text for a step such as "decline"."""
        return random.choice(self.answers.get(step) or self.answers["answer"])


def read(folder: Path) -> Corpus:
    """Read the demo submissions in `folder`. Sentences that would be held back for a person are left out."""
    stories = [
        story
        for file in sorted(folder.glob("submissions*.json"))
        for story in json.loads(file.read_text(encoding="utf-8"))
    ]
    by_category: dict[str, list[dict[str, str]]] = {}
    answers: dict[str, list[str]] = {}
    for story in stories:
        by_category.setdefault(story["category"], []).append(story)
        for step in story["story"]:
            if "text" in step:
                answers.setdefault(step["do"], []).append(_DATE.sub("pekan ini", step["text"]))
    every = _pool(stories)
    return Corpus(
        # A category with few texts of its own borrows from all.
        {"": every} | {slug: _pool(own) if len(own) >= 6 else every for slug, own in by_category.items()},
        {step: tuple(texts) for step, texts in answers.items()},
        tuple(sorted({story["name"] for story in stories if story["name"]})),
    )


def _pool(stories: list[dict[str, str]]) -> Pool:
    return Pool(
        tuple(story["title"] for story in stories if not screen(story["title"])),
        tuple(
            sentence
            for story in stories
            for sentence in _SENTENCE.split(story["text"])
            if len(sentence) > 15 and not screen(sentence)
        ),
        tuple(story["landmark"] for story in stories if story["landmark"]) or ("",),
    )


@lru_cache(maxsize=50_000)
def _stems(part: str) -> str:
    return " ".join(stems(part))


def index_words(parts: Iterable[str]) -> str:
    """Return what `services.search` indexes of parts joined by spaces, each part remembered."""
    return " ".join(words for part in parts if (words := _stems(part)))


#: How often a kind occurs; proposals have rows of their own and are not made in bulk.
KINDS = {Kind.PROBLEM: 68, Kind.IDEA: 16, Kind.QUESTION: 11, Kind.THANKS: 5}
