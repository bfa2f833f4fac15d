"""What became of the accepted proposals of the demonstration: talks, agreements, promises kept and late."""

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pikepdf

from portal.core.database import db
from portal.core.storage import new_key
from portal.models import (
    AgreementApproval,
    AgreementDraft,
    AgreementKind,
    Duty,
    DutyKind,
    Partnership,
    Party,
    SelectionStep,
    StepResult,
    Submission,
)
from portal.queries import partnership_room, partnerships
from portal.rules.partnerships import SIGNATURE_ITEMS, Act
from portal.rules.permissions import Actor
from portal.services import uploads
from portal.services.attachments import StoredFile
from portal.services.demo.people import Staff
from portal.services.demo.pictures import Pictures
from portal.services.demo.times import Times
from portal.services.partnerships import life

_PDF = "application/pdf"
_A4 = (595, 842)


class Partnerships:
    """Plans what happened to the partnerships."""

    def __init__(
        self,
        entries: list[dict[str, Any]],
        staff: Staff,
        agencies: Mapping[str, int],
        times: Times,
        cases: Mapping[str, Submission],
        pictures: Pictures,
    ) -> None:
        self._entries = entries
        self._staff = staff
        self._agencies = agencies
        self._times = times
        self._cases = cases
        self._pictures = pictures

    def __len__(self) -> int:
        return len(self._entries)

    def moments(self) -> Iterator[tuple[datetime, str, Callable[[], None]]]:
        """Yield (when, what, how) of everything, each after its proposal was accepted."""
        for entry in self._entries:
            key = entry["key"]
            for number, (days_ago, act, text) in enumerate(entry["steps"]):
                at = self._times.at(days_ago, 10, 10 * number)
                if number == 0:
                    yield at - timedelta(minutes=5), f"{key} begun", partial(self._begin, entry, at)
                yield at, f"{key} {act}", partial(self._move, entry, Act(act), text, at)
            for days_ago, step, result, reason in entry.get("findings", ()):
                at = self._times.at(days_ago, 14)
                yield at, f"{key} {step}", partial(self._find, key, step, result, reason, at)
            yield self._times.now, f"{key} promises", partial(self._promise, entry)

    def _found(self, key: str) -> tuple[Partnership, Submission, Actor]:
        case = self._cases[key]
        found = partnerships.by_reference(case.reference)
        if found is None:
            raise LookupError(f"{key} was not accepted yet")
        return found[0], case, self._staff.head(found[0].agency_id)

    def _day(self, days: int) -> date:
        return self._times.calendar.day_of(self._times.now) + timedelta(days=days)

    def _begin(self, entry: Mapping[str, Any], at: datetime) -> None:
        partnership, _case, head = self._found(entry["key"])
        starts, ends = entry.get("term", (None, None))
        fields = {
            "purpose_id": entry["purpose_id"],
            "purpose_en": entry["purpose_en"],
            "starts_on": None if starts is None else self._day(starts),
            "ends_on": None if ends is None else self._day(ends),
            "unsolicited": "findings" in entry,
        }
        life.plan(partnership, actor=head, at=at, version=partnership.version, fields=fields)
        for code in entry["invite"]:
            life.invite(partnership, self._agencies[code], actor=head, at=at)

    def _move(self, entry: Mapping[str, Any], act: Act, text: str, at: datetime) -> None:
        partnership, case, head = self._found(entry["key"])
        if act is Act.PRESENT:
            self._agree(partnership, case, head, at - timedelta(days=3))
        if act is Act.ACTIVATE:
            for item in SIGNATURE_ITEMS:
                life.tick_signature(partnership, item, done=True, actor=head, at=at)
            signed = {"agreement_number": entry["number"], "signed_on": self._times.calendar.day_of(at)}
            life.plan(partnership, actor=head, at=at, version=partnership.version, fields=signed)
        life.move(partnership, act, text=text, actor=head, at=at)

    def _agree(self, partnership: Partnership, case: Submission, head: Actor, at: datetime) -> None:
        file = self._paper([f"Perjanjian kerja sama {case.reference}", case.title, partnership.purpose_id])
        draft = AgreementDraft(
            partnership_id=partnership.id,
            kind=AgreementKind.AGREEMENT,
            number=1,
            upload_id=uploads.keep(file, by_id=head.user_id, at=at).id,
            party=Party.AGENCY,
            by_id=head.user_id,
            at=at,
        )
        db.session.add(draft)
        db.session.flush()
        for voice in partnership_room.voices(partnership):
            db.session.add(
                AgreementApproval(
                    draft_id=draft.id,
                    party=voice.party,
                    agency_id=voice.agency_id,
                    approved=True,
                    at=at + timedelta(days=2),
                )
            )

    def _paper(self, lines: list[str]) -> StoredFile:
        """Store a page with a few lines, marked as made up."""
        shown = "".join(
            f"({line.replace('(', '[').replace(')', ']')[:95]}) Tj T* "
            for line in [*lines, "Contoh untuk peragaan. Bukan perjanjian."]
        )
        pdf = pikepdf.new()
        page = pdf.add_blank_page(page_size=_A4)
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        names = {name: pikepdf.Name(value) for name, value in font.items()}
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pikepdf.Dictionary(names)))
        drawn = f"BT /F1 11 Tf 18 TL 60 760 Td {shown}ET"
        page.Contents = pdf.make_stream(drawn.encode("latin-1", "replace"))
        buffer = io.BytesIO()
        pdf.save(buffer, deterministic_id=True)
        data = buffer.getvalue()
        key = new_key("pdf")
        self._pictures.store(key, data, _PDF)
        digest = hashlib.sha256(data).hexdigest()
        return StoredFile(key, "", _PDF, len(data), None, None, digest, "naskah.pdf")

    def _find(self, key: str, step: str, result: str, reason: str, at: datetime) -> None:
        partnership, _case, head = self._found(key)
        life.find(
            partnership,
            SelectionStep(step),
            result=StepResult(result),
            reason=reason,
            actor=head,
            at=at,
        )

    def _promise(self, entry: Mapping[str, Any]) -> None:
        partnership, _case, _head = self._found(entry["key"])
        for kind, party, title_id, title_en, due, done in entry["duties"]:
            db.session.add(
                Duty(
                    partnership_id=partnership.id,
                    kind=DutyKind(kind),
                    party=Party(party),
                    agency_id=partnership.agency_id if party == Party.AGENCY else None,
                    title_id=title_id,
                    title_en=title_en,
                    due_on=None if due is None else self._day(due),
                    done_on=None if done is None else self._day(done),
                    # what is past was told when it was due
                    reminded=0 if due is not None and due <= 0 else None,
                    created_at=partnership.created_at,
                )
            )
