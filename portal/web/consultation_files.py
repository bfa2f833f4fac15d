"""Consultations as files: the figures for everybody, the answers without their people for staff."""

import io
import secrets
from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from xlsxwriter import Workbook

from portal.models import Consultation, QuestionKind
from portal.queries.consultations import FileRow, QuestionRow
from portal.rules import tallies
from portal.rules.tallies import SMALL, Row
from portal.web import consultation_words as words

Line = list[object]


def tally_lines(one: Consultation, questions: Sequence[QuestionRow], rows: list[Row]) -> list[Line]:
    """Return the figures, header first: of the whole city, then of each ward large enough."""
    header: Line = [
        "consultation", "ward", "question", "kind", "option", "people", "votes", "score", "first_choices",
        "percent",
    ]  # fmt: skip
    people = tallies.people(rows)
    if sum(people.values()) < SMALL:
        return [header]
    shown, together = tallies.wards_to_show(people)
    groups = [(_("Semua"), list(people))]
    groups += [(words.ward_name(ward) or _("Tidak menyebut kelurahan"), [ward]) for ward in shown]
    if together:
        groups.append((_("Kelurahan lain, digabung"), together))
    lines: list[Line] = [header]
    for name, wards in groups:
        here = tallies.of_wards(rows, wards)
        for question in questions:
            lines += _question_lines(one, name, question, here)
    return lines


def _question_lines(one: Consultation, ward: str, question: QuestionRow, rows: list[Row]) -> Iterable[Line]:
    tally = tallies.tally(question.asked, rows)
    first: Line = [one.slug, ward, words.text_of(question), str(words.QUESTION_KIND[question.kind])]
    if question.kind is QuestionKind.TEXT:
        return [[*first, "", tally.people, "", "", "", ""]]
    names = {option.id: words.option_text(option) for option in question.options}
    return [
        [*first, names[line.option_id], tally.people, line.count, line.score, line.first, line.share]
        for line in tally.lines
    ]


def answer_lines(questions: Sequence[QuestionRow], rows: Sequence[FileRow]) -> list[Line]:
    """Return one line for each person, header first, in an order drawn anew each time.

    It says nothing of who or when. A ward of fewer than `SMALL` people is left out too: with it, answers
    would lead to a person.
    """
    header: Line = [_("Kelurahan")]
    columns: list[tuple[int, int | None]] = []
    for number, question in enumerate(questions, start=1):
        if question.kind in {QuestionKind.SINGLE, QuestionKind.TEXT}:
            columns.append((question.id, None))
            header.append(f"{number}. {words.text_of(question)}")
            continue
        for option in question.options:
            columns.append((question.id, option.id))
            header.append(f"{number}. {words.text_of(question)}: {words.option_text(option)}")
    names = {option.id: words.option_text(option) for question in questions for option in question.options}
    people: dict[int, dict[tuple[int, int | None], object]] = {}
    wards: dict[int, str] = {}
    single = {question.id for question in questions if question.kind is QuestionKind.SINGLE}
    for row in rows:
        cells = people.setdefault(row.response, {})
        wards[row.response] = row.ward_code or ""
        if row.option_id is None:
            cells[row.question_id, None] = row.text
        elif row.question_id in single:
            cells[row.question_id, None] = names.get(row.option_id, "")
        else:
            cells[row.question_id, row.option_id] = row.value
    counts: dict[str, int] = {}
    for ward in wards.values():
        counts[ward] = counts.get(ward, 0) + 1
    large = set(tallies.wards_to_show(counts)[0])
    lines: list[Line] = [
        [
            words.ward_name(wards[key]) if wards[key] in large else "",
            *(cells.get(column, "") for column in columns),
        ]
        for key, cells in people.items()
    ]
    secrets.SystemRandom().shuffle(lines)
    return [header, *lines]


def workbook(sheets: Sequence[tuple[str, Sequence[Line]]]) -> bytes:
    """Return the bytes of a workbook. Text is text in it, never a formula or a link."""
    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True})
        for name, lines in sheets:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for number, line in enumerate(lines):
                sheet.write_row(number, 0, line, bold if number == 0 else None)
    return buffer.getvalue()
