"""A case on paper, for a signature: what is known, what was answered, what happened. Never who sent it."""

from datetime import datetime
from typing import Any

from flask import Response, current_app, request
from flask_babel import gettext as _

from portal.core import clock, markdown
from portal.core.letters import compile_letter
from portal.core.storage import FileMissing
from portal.models import PROPOSALS, Attachment, Purpose, Submission
from portal.queries import cases, reference
from portal.queries.cases import ThreadEntry
from portal.rules.files import PUBLIC_PURPOSES, may_see
from portal.rules.permissions import Actor
from portal.rules.workflow import Action
from portal.web import labels
from portal.web.access import authorise, current_actor, staff
from portal.web.desk import listing, printing, words
from portal.web.desk.blueprint import blueprint
from portal.web.desk.cases import found
from portal.web.desk.proposals import proposal_rows
from portal.web.public.cards import agency_name
from portal.web.rendering import date_text, datetime_text, localised

#: A scanned letter is signed with a name, and a file of a note is for the staff alone.
PRINTED = PUBLIC_PURPOSES | {Purpose.REPLY}
#: So many small pictures are printed; the rest is counted.
MOST_PICTURES = 6
#: Of a long history the newest entries that fit are printed, in characters.
MOST_HISTORY = 200_000


@blueprint.get("/k/<reference>/berkas.pdf")
@staff
def case_file(reference: str) -> Response:
    """Print a case; `catatan=ya` adds the internal notes."""
    actor, at = current_actor(), clock.now()
    case = found(reference, actor, at)
    authorise(Action.EXPORT, case)
    printing.admit(actor)
    data = letter(case, actor, at, with_notes=request.args.get("catatan") == "ya")
    made = compile_letter("case_file", data, at=at)
    return printing.pdf(made, f"berkas-{case.reference}.pdf")


def letter(case: Submission, actor: Actor, at: datetime, *, with_notes: bool) -> dict[str, Any]:
    """Return the values of templates/print/case_file.typ."""
    seen = [
        file
        for file in (cases.attachments(case.id) if case.file_count else [])
        if may_see(file, case, actor, at=at) and _printable(file)
    ]
    pictures = _pictures(seen)
    history, shortened = _history(case, with_notes=with_notes)
    proposal, kept_out = _proposal(case)
    agency = agency_name(case.agency_id)
    return printing.letterhead(
        title=_("Berkas kiriman %(reference)s", reference=case.reference),
        footer=_("%(reference)s, dicetak %(moment)s WIB", reference=case.reference, moment=datetime_text(at)),
        mark=_("RAHASIA: hanya untuk petugas yang berwenang") if case.secret else "",
    ) | {
        "facts": _facts(case, at),
        "words": {
            "story": _("Isi kiriman"),
            "proposal": _("Isi usulan"),
            "files": _("Berkas"),
            "answers": _("Jawaban resmi"),
            "history": _("Perjalanan"),
        },
        "story_title": case.title,
        "story": printing.paragraphs(case.body),
        "proposal": proposal,
        "proposal_note": _("Bagian rahasia usaha tidak dicetak.") if kept_out else "",
        "files_note": _(
            "%(count)s berkas di meja kerja, %(shown)s dicetak.", count=len(seen), shown=len(pictures)
        )
        if seen
        else "",
        "pictures": pictures,
        "answers": _answers(case),
        "history_note": _("Hanya bagian terbaru yang dicetak.") if shortened else "",
        "history": history,
        "signatures": [
            {
                "date": printing.place_and_date(at),
                "role": _("Mengetahui, Kepala %(agency)s", agency=agency)
                if agency
                else _("Mengetahui, koordinator %(site)s", site=current_app.config["SITE"]["name"]),
                "name": printing.head_name(case.agency_id),
            }
        ],
    }


def _printable(file: Attachment) -> bool:
    # A photo that nobody cleared may show who sent it.
    return file.cleared and not file.proprietary and file.purpose in PRINTED


def _facts(case: Submission, at: datetime) -> list[tuple[str, str]]:
    category = reference.categories().get(case.category_id) if case.category_id is not None else None
    badge = listing.badge(case, at)
    due = f"{datetime_text(case.due_at)} WIB" if case.due_at is not None else ""
    rows = [
        (_("Nomor"), case.reference),
        (_("Jenis"), str(labels.KIND[case.kind])),
        (_("Kategori"), localised(category, "name") if category else _("Belum dikategori")),
        (_("Lokasi"), labels.place_text(case.place, case.ward.name if case.ward else None)),
        (_("Patokan"), case.landmark),
        (_("Pelapor"), _("Dirahasiakan")),
        (_("Diterima"), f"{datetime_text(case.received_at)} WIB"),
        (_("Status"), str(labels.STATUS[case.status])),
        (_("Dinas"), agency_name(case.agency_id) or _("Belum ditetapkan")),
        (_("Petugas"), case.officer.name if case.officer else ""),
        (_("Batas waktu"), f"{due} ({badge.words})" if badge and due else due),
        (_("Dijanjikan selesai"), date_text(case.promised_on) if case.promised_on else ""),
        (_("Ditinjau lagi"), date_text(case.review_on) if case.review_on else ""),
        (_("Lembaga yang berwenang"), case.institution),
        (_("Pendukung"), str(case.support_count) if case.support_count else ""),
    ]
    return [row for row in rows if row[1]]


def _answers(case: Submission) -> list[dict[str, Any]]:
    made = []
    for text in reversed([one for one in cases.official_texts(case.id) if not one.is_draft]):
        answer = text.answer
        kind = str(words.ANSWER_KIND[answer.kind])
        head = f"{kind}, {date_text(answer.published_at)}, {agency_name(answer.agency_id)}"
        made.append({"head": head, "text": printing.paragraphs(markdown.plain(answer.text))})
    return made


def _history(case: Submission, *, with_notes: bool) -> tuple[list[dict[str, Any]], bool]:
    """Return what happened, oldest first, and whether the beginning had to stay out."""
    printed: list[dict[str, Any]] = []
    room = MOST_HISTORY
    entries = [entry for entry in cases.thread(case.id) if _belongs(entry, with_notes=with_notes)]
    for entry in reversed(entries):
        room -= len(entry.words) + 100
        if room < 0:
            return printed[::-1], True
        printed.append(
            {
                "when": datetime_text(entry.at),
                "what": words.event_text(entry),
                "who": words.by_whom(entry),
                "text": printing.paragraphs(entry.words),
            }
        )
    return printed[::-1], False


def _belongs(entry: ThreadEntry, *, with_notes: bool) -> bool:
    return with_notes if entry.action == Action.NOTE else entry.public


def _proposal(case: Submission) -> tuple[list[tuple[str, str]], bool]:
    """Return the answers of a proposal that are nobody's secret, and whether some were left out."""
    proposal = cases.proposal(case.id) if case.kind in PROPOSALS else None
    if proposal is None:
        return [], False
    rows = proposal_rows(proposal, case.kind)
    business = f"{proposal.business.name} ({labels.BUSINESS[proposal.business.kind]})"
    shown = [(row.label, "\n".join(row.lines)) for row in rows if not row.proprietary]
    return [(_("Usaha"), business), *shown], len(shown) < len(rows)


def _pictures(files: list[Attachment]) -> list[dict[str, Any]]:
    """Return the small pictures to print, each with its words."""
    storage = current_app.extensions["storage"]
    found: list[dict[str, Any]] = []
    for file in [one for one in files if one.thumbnail_key][:MOST_PICTURES]:
        try:
            image = storage.get(file.thumbnail_key)
        except FileMissing:
            continue
        found.append({"image": image, "words": f"{words.FILE[file.purpose]}, {date_text(file.created_at)}"})
    return found
