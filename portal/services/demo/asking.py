"""The consultations of the demonstration: one open, one coming, one with its outcome, votes of two wards."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from portal.core.clock import midnight
from portal.core.sealing import Seal
from portal.models import (
    Consultation,
    ConsultationKind,
    Eligibility,
    Program,
    QuestionKind,
    Subject,
    Submission,
)
from portal.queries import consultations as reads
from portal.queries.consultations import QuestionRow
from portal.rules.consultations import Given
from portal.services import consultations, follows
from portal.services.consultations import OptionDraft, QuestionDraft
from portal.services.demo.citizens import Citizens, named
from portal.services.demo.people import Staff
from portal.services.demo.times import Times


class Asking:
    """Prepares and publishes the consultations, and answers them."""

    def __init__(
        self,
        folder: Path,
        staff: Staff,
        agencies: Mapping[str, int],
        citizens: Citizens,
        seal: Seal,
        times: Times,
        random: Random,
    ) -> None:
        self._entries = named(folder, "consultations.json")
        self._staff = staff
        self._agencies = agencies
        self._citizens = citizens
        self._seal = seal
        self._times = times
        self._random = random
        self.made: dict[str, Consultation] = {}

    def __len__(self) -> int:
        return len(self.made)

    def replay(self, cases: Mapping[str, Submission], programs: Mapping[str, Program]) -> None:
        """Let each begin, be answered and end as far as its days have come."""
        for entry in self._entries:
            one = self.made[entry["key"]] = self._publish(entry, cases, programs)
            self._answer(one, entry)
            for key in entry.get("followed_by", ()):
                at = max(one.opens_at, one.created_at) + timedelta(hours=11)
                follows.follow(self._citizens.user(key), Subject.CONSULTATION, one.id, at=at)
            if "outcome" in entry:
                self._conclude(one, entry["outcome"])

    def _publish(
        self, entry: Mapping[str, Any], cases: Mapping[str, Submission], programs: Mapping[str, Program]
    ) -> Consultation:
        actor = self._staff.head(self._agencies[entry["agency"]])
        today = self._times.calendar.day_of(self._times.now)
        at = self._times.at(entry["prepared_days_ago"], 10)
        one = consultations.create(
            actor=actor,
            at=at,
            fields={
                "kind": ConsultationKind(entry["kind"]),
                "agency_id": self._agencies[entry["agency"]],
                "program_id": programs[entry["program"]].id if entry.get("program") else None,
                "title_id": entry["title_id"],
                "title_en": entry["title_en"],
                "background_id": entry["background_id"],
                "background_en": entry["background_en"],
                "eligibility": Eligibility(entry["eligibility"]),
                "ward_code": entry.get("ward"),
                "opens_at": midnight(today + timedelta(days=entry["opens_in_days"])),
                "closes_at": midnight(today + timedelta(days=entry["closes_in_days"])),
            },
            questions=[_question(question, cases) for question in entry["questions"]],
        )
        consultations.publish(one, actor=actor, at=at + timedelta(hours=4))
        return one

    def _answer(self, one: Consultation, entry: Mapping[str, Any]) -> None:
        asked = reads.questions(one.id)
        texts = iter(entry.get("texts", ()))
        until = min(one.closes_at, self._times.now)
        for number in range(entry.get("answers", 0)):
            at = one.opens_at + (until - one.opens_at) * self._random.uniform(0.05, 0.95)
            consultations.answer(
                one.id,
                person=f"browser:demo-{number}",
                given=[row for question in asked for row in self._given(question, texts)],
                ward_code=self._random.choice(entry["wards"]),
                confirmed=number % 3 == 0 or one.eligibility is not Eligibility.ANYONE,
                at=at,
                seal=self._seal,
            )

    def _given(self, question: QuestionRow, texts: Iterator[str]) -> list[Given]:
        """Return one person's answer; what stands further up is liked a little better."""
        spread = len(question.options) * 1.4
        drawn = [
            (place + self._random.uniform(0, spread), option.id)
            for place, option in enumerate(question.options)
        ]
        options = [option_id for _, option_id in sorted(drawn)]
        match question.kind:
            case QuestionKind.SINGLE:
                return [Given(question.id, options[0], 1)]
            case QuestionKind.MULTIPLE:
                most = min(question.most or len(options), len(options))
                return [Given(question.id, one, 1) for one in options[: self._random.randint(1, most)]]
            case QuestionKind.RANKING:
                return [Given(question.id, one, rank) for rank, one in enumerate(options, start=1)]
            case QuestionKind.POINTS:
                return self._shared_out(question, options)
            case QuestionKind.TEXT:
                text = next(texts, "") if self._random.random() < 0.5 else ""
                return [Given(question.id, None, None, text)] if text else []

    def _shared_out(self, question: QuestionRow, options: list[int]) -> list[Given]:
        points = question.points or 0
        first = min(points, self._random.randint(points // 3, points))
        second = self._random.randint(0, points - first)
        shares = zip(options, (first, second, points - first - second), strict=False)
        return [Given(question.id, one, value) for one, value in shares if value]

    def _conclude(self, one: Consultation, outcome: Mapping[str, Any]) -> None:
        at = self._times.at(outcome["days_ago"], 14)
        today = self._times.calendar.day_of(self._times.now)
        consultations.write_outcome(
            one,
            actor=self._staff.head(one.agency_id),
            at=at,
            text_id=outcome["text_id"],
            text_en=outcome["text_en"],
            review_on=today + timedelta(days=outcome["review_in_days"]),
        )


def _question(entry: Mapping[str, Any], cases: Mapping[str, Submission]) -> QuestionDraft:
    options = [OptionDraft(None, text_id, text_en) for text_id, text_en in entry.get("options", ())]
    options += [
        OptionDraft(None, text_id, text_en, submission_id=cases[key].id)
        for key, text_id, text_en in entry.get("proposals", ())
    ]
    return QuestionDraft(
        None,
        QuestionKind(entry["kind"]),
        entry["text_id"],
        entry["text_en"],
        required=entry.get("required", True),
        most=entry.get("most"),
        points=entry.get("points"),
        options=tuple(options),
    )
