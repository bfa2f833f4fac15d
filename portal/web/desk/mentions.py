"""Colleagues named in notes: how a note is drawn, and the page of notes that name me."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template

from portal.queries import mentions as reads
from portal.queries.cases import ThreadEntry
from portal.rules.mentions import Colleague, mentioned, pieces
from portal.web.access import current_actor, staff
from portal.web.desk.blueprint import blueprint

Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A note in paragraphs of lines of pieces; `others` were named beside the text."""

    paragraphs: list[list[list[Piece]]]
    others: list[str]


def drawn(text: str, people: Sequence[Colleague]) -> Drawn:
    """Prepare a note that names people for the page."""
    inside = mentioned(text, people)
    return Drawn(
        [[pieces(line, people) for line in paragraph.split("\n")] for paragraph in text.split("\n\n")],
        [one.name for one in people if one.id not in inside],
    )


def drawn_notes(thread: Sequence[ThreadEntry]) -> dict[int, Drawn]:
    """Return the notes of a thread that name somebody, by the id of their entry."""
    naming = {entry.id: entry.data["mention_ids"] for entry in thread if entry.data.get("mention_ids")}
    people = reads.named({one for ids in naming.values() for one in ids})
    return {
        entry.id: drawn(entry.words, [people[one] for one in naming[entry.id] if one in people])
        for entry in thread
        if entry.id in naming
    }


@blueprint.get("/sebutan")
@staff
def mentions() -> str:
    """List the newest notes that name me."""
    return render_template("desk/mentions.html", rows=reads.of(current_actor()), most=reads.MOST)
