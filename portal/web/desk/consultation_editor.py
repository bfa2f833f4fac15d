"""The editor of questions and options: plain fields and buttons, nothing typed is lost on the way.

Every button posts the whole form. `press` does what the button says and the page is drawn again; only saving
checks and writes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _

from portal.core.references import parse_reference
from portal.core.text import normalise
from portal.models import QuestionKind
from portal.queries import submissions
from portal.queries.consultations import QuestionRow
from portal.rules.consultations import MOST_OPTIONS, MOST_POINTS, MOST_QUESTIONS, WITH_OPTIONS
from portal.services.consultations import OptionDraft, QuestionDraft
from portal.web.desk.fields import row_id

#: Letters of a question and of an option.
LONGEST = 300


@dataclass
class TypedOption:
    """An option as it stands in the form."""

    id: str = ""
    text_id: str = ""
    text_en: str = ""
    reference: str = ""


@dataclass
class TypedQuestion:
    """A question as it stands in the form; `errors` say what is wrong with it."""

    id: str = ""
    kind: str = QuestionKind.SINGLE.value
    text_id: str = ""
    text_en: str = ""
    required: bool = True
    most: str = ""
    points: str = ""
    options: list[TypedOption] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def has_options(self) -> bool:
        """Tell whether something is chosen from."""
        return self.kind in {str(kind) for kind in WITH_OPTIONS}


def empty(kind: QuestionKind = QuestionKind.SINGLE) -> TypedQuestion:
    """Return a new question with room for two options."""
    points = "10" if kind is QuestionKind.POINTS else ""
    return TypedQuestion(kind=kind.value, points=points, options=[TypedOption(), TypedOption()])


def of_rows(rows: Sequence[QuestionRow]) -> list[TypedQuestion]:
    """Return the questions as they are stored."""
    return [
        TypedQuestion(
            str(row.id),
            row.kind.value,
            row.text_id,
            row.text_en,
            row.required,
            str(row.most or ""),
            str(row.points or ""),
            [
                TypedOption(str(option.id), option.written_id, option.text_en, option.reference)
                for option in row.options
            ],
        )
        for row in rows
    ]


def of_form(form: Mapping[str, str]) -> list[TypedQuestion]:
    """Return the questions as they were typed."""
    found = []
    for number in range(MOST_QUESTIONS + 1):
        name = f"q-{number}"
        if f"{name}-kind" not in form:
            break
        question = TypedQuestion(
            form.get(f"{name}-id", ""),
            form[f"{name}-kind"],
            form.get(f"{name}-text_id", ""),
            form.get(f"{name}-text_en", ""),
            f"{name}-required" in form,
            form.get(f"{name}-most", ""),
            form.get(f"{name}-points", ""),
        )
        for place in range(MOST_OPTIONS + 1):
            part = f"{name}-o-{place}"
            if f"{part}-text_id" not in form:
                break
            question.options.append(
                TypedOption(
                    form.get(f"{part}-id", ""),
                    form[f"{part}-text_id"],
                    form.get(f"{part}-text_en", ""),
                    form.get(f"{part}-ref", ""),
                )
            )
        found.append(question)
    return found


def press(questions: list[TypedQuestion], button: str) -> list[TypedQuestion]:
    """Do what a button says ("add", "up-2", "drop-2", "add-2", "up-2-1", "drop-2-1", "take-0-SB-…")."""
    word, _dash, rest = button.partition("-")
    if word == "take":
        return _take(questions, rest)
    places = [int(part) for part in rest.split("-") if part.isascii() and part.isdigit() and len(part) < 4]
    if word == "add" and not places:
        return [*questions, empty()] if len(questions) < MOST_QUESTIONS else questions
    if not places or places[0] >= len(questions):
        return questions
    if word == "add":
        options = questions[places[0]].options
        if len(options) < MOST_OPTIONS:
            options.append(TypedOption())
    elif len(places) == 1:
        _move(questions, word, places[0])
    else:
        _move(questions[places[0]].options, word, places[1])
    return questions


def _move(rows: list[TypedQuestion] | list[TypedOption], word: str, place: int) -> None:
    if place >= len(rows):
        return
    if word == "drop":
        del rows[place]
    elif word == "up" and place:
        rows.insert(place - 1, rows.pop(place))  # type: ignore[arg-type]


def _take(questions: list[TypedQuestion], rest: str) -> list[TypedQuestion]:
    """Put a submission into the first empty line of a question, or into a new one."""
    number, _dash, reference = rest.partition("-")
    place = row_id(number)
    if place is None or place >= len(questions):
        return questions
    options = questions[place].options
    free = next((one for one in options if not (one.id or one.text_id or one.reference)), None)
    if free is not None:
        free.reference = reference
    elif len(options) < MOST_OPTIONS:
        options.append(TypedOption(reference=reference))
    return questions


def drafts(
    questions: list[TypedQuestion], stored: Sequence[QuestionRow], *, ward: str | None
) -> list[QuestionDraft]:
    """Return what the service takes; what is wrong stands in the `errors` of each question.

    A submission as an option must be public, and of the `ward` where one is named.
    """
    kept = {option.id: option for row in stored for option in row.options}
    found = []
    for question in questions:
        question.errors = []
        options = []
        for typed in question.options if question.has_options else []:
            draft = _option(question, typed, kept.get(row_id(typed.id) or 0), ward)
            if draft is not None:
                options.append(draft)
        draft_question = _question(question)
        if draft_question.kind in WITH_OPTIONS and len(options) < 2:
            question.errors.append(_("Tulis sedikitnya dua pilihan."))
        found.append(replace(draft_question, options=tuple(options)))
    return found


def _question(typed: TypedQuestion) -> QuestionDraft:
    kind = QuestionKind(typed.kind) if typed.kind in set(QuestionKind) else QuestionKind.SINGLE
    text_id, text_en = normalise(typed.text_id), normalise(typed.text_en)
    if len(text_id) < 5:
        typed.errors.append(_("Tulis pertanyaan, minimal 5 huruf."))
    if max(len(text_id), len(text_en)) > LONGEST:
        typed.errors.append(_("Pertanyaan paling banyak %(limit)s huruf.", limit=LONGEST))
    most = points = None
    if kind is QuestionKind.MULTIPLE and typed.most.strip():
        most = _number(typed.most, MOST_OPTIONS)
        if most is None:
            typed.errors.append(_("Paling banyak dipilih: tulis angka 1 sampai %(most)s.", most=MOST_OPTIONS))
    if kind is QuestionKind.POINTS:
        points = _number(typed.points, MOST_POINTS)
        if points is None:
            typed.errors.append(_("Jumlah poin: tulis angka 1 sampai %(most)s.", most=MOST_POINTS))
    return QuestionDraft(row_id(typed.id), kind, text_id, text_en, typed.required, most, points)


def _number(text: str, most: int) -> int | None:
    number = row_id(text.strip())
    return number if number is not None and 1 <= number <= most else None


def _option(
    question: TypedQuestion, typed: TypedOption, stored: object, ward: str | None
) -> OptionDraft | None:
    text_id, text_en = normalise(typed.text_id), normalise(typed.text_en)
    if max(len(text_id), len(text_en)) > LONGEST:
        question.errors.append(_("Pilihan paling banyak %(limit)s huruf.", limit=LONGEST))
    submission_id = None
    if typed.reference.strip():
        submission_id = _submission(typed.reference, ward)
        if submission_id is None:
            question.errors.append(
                _("“%(number)s” bukan kiriman yang tayang di kelurahan ini.", number=typed.reference[:40])
            )
    elif getattr(stored, "gone", False):
        submission_id = getattr(stored, "submission_id", None)
    if not text_id and submission_id is None and not typed.reference.strip():
        return None
    return OptionDraft(row_id(typed.id), text_id, text_en, submission_id)


def _submission(number: str, ward: str | None) -> int | None:
    reference = parse_reference(number)
    case = submissions.by_reference(reference) if reference else None
    if case is None or not case.listed or (ward is not None and case.ward_code != ward):
        return None
    return case.id
