"""Words for a letter: subject, text and HTML in the recipient's language.

Each kind has `templates/email/<kind>/subject.txt` (one sentence, also a line of the daily digest) and
`body.txt` (paragraphs); the frame around them is `templates/email/frame.{txt,html}`. A letter that may only
name its reference is written from `templates/email/bare/` whatever its kind.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask import Flask, current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from jinja2 import Environment, StrictUndefined

from portal.core import markdown
from portal.core.formats import one_line
from portal.core.locale import DEFAULT
from portal.core.mailer import Outgoing
from portal.models import Recipient
from portal.queries import reference
from portal.queries.letters import Decided, Facts, Item, Letter
from portal.queries.weekly import WeekLine
from portal.web import business_words, labels
from portal.web.rendering import date_text, localised, when_text

#: What the link of a mail says, where it is not the usual.
_ACTIONS = {
    "receipt": _l("Lihat kiriman Anda"),
    "question": _l("Jawab sekarang"),
    "done": _l("Sudah selesai atau belum?"),
    "support_confirm": _l("Ya, saya juga mengalami"),
    "password_reset": _l("Buat kata sandi baru"),
    "sign_in_code": _l("Tulis kode"),
    "contact_changed": _l("Bukan saya, kembalikan"),
    "sign_in_password": _l("Masuk"),
    "erase_planned": _l("Batalkan penghapusan"),
    "erased": _l("Ke halaman depan"),
    "comment_new": _l("Baca diskusi"),
    "comment_reply": _l("Baca balasan"),
    "consultation_outcome": _l("Lihat hasil dan tindak lanjut"),
    "comment_hidden": _l("Lihat atau ajukan keberatan"),
    "comment_restored": _l("Lihat keputusannya"),
    "comment_published": _l("Lihat komentar saya"),
    "warned": _l("Lihat atau ajukan keberatan"),
    "blocked": _l("Lihat atau ajukan keberatan"),
    "unblocked": _l("Lihat keputusannya"),
    "appeal_decided": _l("Lihat putusannya"),
    "gathering_registered": _l("Lihat pertemuan"),
    "gathering_moved_up": _l("Lihat pertemuan"),
    "gathering_changed": _l("Lihat pertemuan"),
    "gathering_cancelled": _l("Lihat pertemuan"),
    "gathering_reminder": _l("Lihat pertemuan"),
    "gathering_minutes": _l("Baca hasil pertemuan"),
    "business_invited": _l("Lihat undangan"),
    "package_decided": _l("Buka halaman paket"),
    "visitor_asked": _l("Jawab sekarang"),
    "visitor_answered": _l("Lihat paketnya"),
    "business_licence": _l("Buka daftar izin"),
    "staff_readiness": _l("Lihat tugasnya"),
    "partnership_moved": _l("Lihat kemitraan"),
    "business_partnership": _l("Buka ruang kemitraan"),
    "staff_partnership": _l("Buka ruang kemitraan"),
}
_CONSULTED = ("consulted_title_id", "consulted_title_en", "consulted_outcome_id", "consulted_outcome_en")
_USUAL_ACTION = _l("Lihat kiriman")
_STAFF_ACTION = _l("Buka di meja kerja")
#: The reporter may answer these on the private page.
_FOR_THE_REPORTER = frozenset(
    {"receipt", "answered", "promised", "done", "declined", "deferred", "referred", "expired"}
)


#: What a moderator decided about somebody's words.
_MODERATION = frozenset(
    {
        "comment_hidden", "comment_restored", "comment_published", "warned", "blocked", "unblocked",
        "appeal_decided",
    }
)  # fmt: skip

#: A line of a list with the address that it leads to, which stands last.
_LINK_LINE = re.compile(r"- .* <(https?://[^\s<>]+)>")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a quotation, a list or a list of links ("text <address>"), for the HTML part."""

    shape: str
    lines: tuple[str, ...]


@contextmanager
def speaking(letter: Letter) -> Iterator[Flask]:
    """Speak as a page of the letter's language, on the configured host and never on one a request named."""
    app: Flask = current_app._get_current_object()
    prefix = "" if letter.locale == DEFAULT else f"/{letter.locale}"
    with app.test_request_context(
        base_url=f"{app.config['BASE_URL']}{prefix}", environ_overrides={"portal.locale": letter.locale}
    ):
        yield app


def compose(letter: Letter, *, message_id: str, kind: str, queued_at: datetime) -> Outgoing:
    """Return the finished message. Needs an application context; everything else is in the letter."""
    with speaking(letter) as app:
        return _compose(app, letter, message_id, kind, queued_at)


def _compose(app: Flask, letter: Letter, message_id: str, kind: str, queued_at: datetime) -> Outgoing:
    templates = templates_of(app)
    values = values_of(letter, letter.items[0])
    folder = "bare" if letter.bare else letter.kind
    if letter.parts:
        values |= _gathered(templates, letter)
    elif letter.kind == "digest" and not letter.bare:
        values["lines"] = _lines(templates, letter)
    subject = one_line(_render(templates, f"{folder}/subject.txt", values))
    body = _paragraphs(_render(templates, f"{folder}/body.txt", values))
    frame = values | {
        "subject": subject,
        "body": body,
        "blocks": _blocks(body),
        "about": _paragraphs(_render(templates, "about.txt", values)),
        "why": _paragraphs(_render(templates, "why.txt", values | {"site": app.config["SITE"]})),
        "action": _action(letter),
        "link": link_of(letter),
        "stop_link": _stop_link(letter),
        "site": app.config["SITE"],
    }
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    if frame["stop_link"]:
        headers["List-Unsubscribe"] = f"<{frame['stop_link']}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return Outgoing(
        message_id=message_id,
        kind=kind,
        queued_at=queued_at,
        address=letter.address,
        subject=f"{letter.reference}: {subject}" if letter.reference else subject[:1].upper() + subject[1:],
        text=_paragraphs(_render(templates, "frame.txt", frame)) + "\n",
        html=_render(templates, "frame.html", frame),
        headers=headers,
    )


def _lines(templates: Environment, letter: Letter) -> list[tuple[datetime, str]]:
    """Say each thing that happened in one line, with its moment."""
    return [
        (item.at, one_line(_render(templates, f"{item.kind}/subject.txt", values_of(letter, item))))
        for item in letter.items
    ]


def _gathered(templates: Environment, letter: Letter) -> dict[str, Any]:
    """Name what a message over many matters tells, each under its own heading with its own address."""
    parts = [
        {"heading": _heading(part), "link": link_of(part), "lines": _lines(templates, part)}
        for part in letter.parts
    ]
    return {
        "kind": "gathered",
        "parts": parts,
        "more": letter.more,
        "news": len(letter.items),
        "matters": len(parts) + letter.more,
    }


def _heading(part: Letter) -> str:
    facts = part.items[0].facts
    program = _Named({"title_id": facts.program_title_id, "title_en": facts.program_title_en})
    partnership = _Named({"title_id": facts.partnership_title, "title_en": facts.partnership_title})
    talk = _Named({"title_id": facts.talk_title_id, "title_en": facts.talk_title_en})
    consulted = _Named({"title_id": facts.consulted_title_id, "title_en": facts.consulted_title_en})
    if part.case_reference:
        title = next((item.facts.title for item in part.items if item.facts.title), "")
        words = f"{part.case_reference} {title}"
    else:
        named = (localised(one, "title") for one in (program, talk, consulted, partnership))
        words = next((title for title in named if title), str(_USUAL_ACTION))
    # an angle bracket in somebody's title must not look like the address
    return one_line(words.replace("<", "‹").replace(">", "›")).strip()


def templates_of(app: Flask) -> Environment:
    """The templates of pages, but a name that is not there is an error instead of a hole in a mail."""
    found: Environment | None = app.extensions.get("mail_templates")
    if found is None:
        found = app.jinja_env.overlay(undefined=StrictUndefined)
        found.filters["quote"] = _quote
        app.extensions["mail_templates"] = found
    return found


def _render(templates: Environment, name: str, values: dict[str, Any]) -> str:
    return templates.get_template(f"email/{name}").render(values)


def values_of(letter: Letter, item: Item) -> dict[str, Any]:
    """Name what the templates may use. Of a bare letter that is close to nothing."""
    facts = item.facts
    agency = reference.agencies().get(facts.agency_id) if facts.agency_id is not None else None
    program = {"program_title_id": facts.program_title_id, "program_title_en": facts.program_title_en}
    talk = {"talk_title_id": facts.talk_title_id, "talk_title_en": facts.talk_title_en}
    consulted = {name: getattr(facts, name) for name in _CONSULTED}
    gathering = {
        "gathering_title_id": facts.gathering_title_id,
        "gathering_title_en": facts.gathering_title_en,
    }
    text = {"program_text_id": facts.program_text_id, "program_text_en": facts.program_text_en}
    return asdict(facts) | {
        **_week(letter),
        "kind": item.kind,
        "action_of": item.action,
        "locale": letter.locale,
        "name": one_line(letter.name, 80),
        "code": letter.token if item.kind == "sign_in_code" else "",
        "site_name": current_app.config["SITE"]["name"],
        "reference": letter.reference,
        "case_reference": letter.case_reference,
        "title": one_line(facts.title),
        "colleague": one_line(facts.colleague, 80),
        "meeting_title": one_line(facts.meeting_title),
        "decided": [_decided_line(one) for one in facts.decided],
        "tasks": [_decided_line(one) for one in facts.decided if one.yours],
        "yours": _is_own(letter),
        "merged": letter.to is Recipient.REPORTER and letter.reference != letter.case_reference,
        "supporter": letter.to is Recipient.SUPPORTER,
        "follower": letter.to in {Recipient.FOLLOWER, Recipient.USER} and not letter.staff,
        "staff": letter.staff,
        "bare": letter.bare,
        "agency": localised(agency, "name") if agency else _("Pemko"),
        "program_title": localised(_Named(program), "program_title"),
        "program_text": localised(_Named(text), "program_text"),
        "consulted_title": one_line(localised(_Named(consulted), "consulted_title")),
        "consulted_outcome": localised(_Named(consulted), "consulted_outcome"),
        "talk_title": one_line(localised(_Named(talk), "talk_title")),
        "gathering_title": one_line(localised(_Named(gathering), "gathering_title")),
        "gathering_when": when_text(facts.gathering_starts_at, facts.gathering_ends_at)
        if facts.gathering_starts_at and facts.gathering_ends_at
        else "",
        "gathering_file": url_for("public.gathering_ics", slug=facts.gathering_slug, _external=True)
        if facts.gathering_slug
        else "",
        "partnership_title": one_line(facts.partnership_title),
        "partnership_business": one_line(facts.partnership_business),
        "partnership_stage_text": str(labels.STAGE[facts.partnership_stage])
        if facts.partnership_stage
        else "",
        "licence_name": _licence_name(facts),
        "reason_text": str(labels.REASON[facts.reason]) if facts.reason else "",
        "hidden_text": str(labels.HIDE[facts.hidden]) if facts.hidden else "",
    }


def _licence_name(facts: Facts) -> str:
    kind = str(business_words.LICENCE[facts.licence_kind]) if facts.licence_kind else ""
    return one_line(facts.licence_title, 120) or kind


def _decided_line(one: Decided) -> str:
    """Say in one line what was decided; of a case whose words stay on the desk only its number."""
    said = one_line(one.decision, 200) or _("lihat di meja kerja")
    if one.owner:
        said = _("%(said)s (tugas %(name)s)", said=said, name=one_line(one.owner, 80))
    if one.due_on is not None:
        said = _("%(said)s, sampai %(date)s", said=said, date=date_text(one.due_on))
    return f"{one.reference}: {said}"


def _week(letter: Letter) -> dict[str, Any]:
    """Name what the weekly summary tells: counts and cases, each with the address where it is worked on."""
    week = letter.week
    if week is None:
        return {"week": None}
    agencies = reference.agencies()
    counts = (
        (week.overdue, _("lewat batas"), {"queue": "overdue"}),
        (week.due, _("jatuh tempo minggu ini"), {"queue": "agency", "tenggat": "minggu_ini"}),
        (week.reopened, _("dibuka lagi, kata warga belum selesai"), {"queue": "agency", "dibuka_lagi": "ya"}),
        (week.unanswered, _("belum dijawab lebih dari 14 hari"), {"queue": "agency", "urut": "terlama"}),
        (week.drafts, _("draf jawaban menunggu diterbitkan"), {"queue": "drafts"}),
    )
    return {
        "week": week,
        "week_agencies": [localised(agencies[key], "name") for key in week.agency_ids if key in agencies],
        "week_counts": [
            {"text": f"{count} {label}", "url": url_for("desk.queue", _external=True, **address)}
            for count, label, address in counts
            if count
        ],
        "week_lines": [
            {
                "text": _week_line(line),
                "url": url_for("desk.case", reference=line.reference, _external=True),
            }
            for line in week.lines
        ],
    }


def _week_line(line: WeekLine) -> str:
    said = [f"{line.reference} {one_line(line.title)}".rstrip()]
    if line.due_at is not None:
        said.append(_("batas %(date)s", date=date_text(line.due_at)))
    if line.reopened:
        said.append(_("dibuka lagi"))
    return ", ".join(said)


class _Named:
    """Values by name, as `localised` reads them of a row."""

    def __init__(self, values: dict[str, str]) -> None:
        self.__dict__.update(values)


def link_of(letter: Letter) -> str:
    """Return where the letter leads."""
    if letter.week is not None:
        return url_for("desk.queue", _external=True)
    if letter.parts:
        return url_for("account.home", _external=True)
    item = letter.items[0]
    if item.kind == "contact_changed":
        return url_for("account.contact_undo", token=letter.token, _external=True)
    if letter.to is Recipient.CODE:
        return url_for("account.code", _external=True)
    if item.kind == "sign_in_password":
        return url_for("account.sign_in", _external=True)
    if item.kind == "erased":
        return url_for("public.home", _external=True)
    if letter.token:
        endpoint = {
            "question": "public.question",
            "support_confirm": "public.support_confirm",
            "password_reset": "account.reset",
            "erase_planned": "account.keep_account",
        }[item.kind]
        return url_for(endpoint, token=letter.token, _external=True)
    if letter.vote_token:
        return url_for("public.done_vote", token=letter.vote_token, _external=True)
    if item.kind in _MODERATION:
        if letter.to is Recipient.REPORTER:
            return url_for("account.case_moderation", reference=letter.reference, _external=True)
        return url_for("account.moderation", _external=True)
    if item.facts.talk_path:
        return url_for("public.home", _external=True).rstrip("/") + item.facts.talk_path
    if item.facts.consulted_slug and letter.to is Recipient.USER:
        return url_for("desk.consultation", consultation_id=item.facts.consulted_id, _external=True)
    if item.facts.consulted_slug:
        return url_for("public.consultation", slug=item.facts.consulted_slug, _external=True)
    if item.facts.gathering_slug:
        return url_for("public.gathering", slug=item.facts.gathering_slug, _external=True)
    if item.kind in {"package_decided", "visitor_asked"} and item.facts.partnership_slug:
        page = {"package_decided": "account.business_packages", "visitor_asked": "account.business_questions"}
        return url_for(page[item.kind], slug=item.facts.partnership_slug, _external=True)
    if item.kind == "visitor_answered" and not item.facts.partnership_reference:
        return url_for("public.packages", _external=True)
    if item.kind == "visitor_answered":
        return url_for("public.package", reference=item.facts.partnership_reference, _external=True)
    if item.kind == "business_invited":
        return url_for("account.businesses_mine", _external=True)
    if item.kind == "business_licence":
        return url_for("account.business_licences", slug=item.facts.partnership_slug, _external=True)
    if item.facts.partnership_reference:
        return _partnership_link(item.kind, item.facts)
    if item.facts.meeting_token:
        return url_for("desk.meeting", token=item.facts.meeting_token, _external=True)
    if not letter.case_reference and item.facts.program_code:
        return url_for("public.program", code=item.facts.program_code, _external=True)
    if letter.staff and not letter.case_reference:
        if item.kind == "staff_away":
            return url_for("desk.queue", queue="mine", _external=True)
        return url_for("desk.absences", _external=True)
    if letter.staff:
        return url_for("desk.case", reference=letter.case_reference, _external=True)
    if not letter.reference:
        return url_for("account.home", _external=True)
    if letter.bare or not letter.public_page or (_is_own(letter) and item.kind in _FOR_THE_REPORTER):
        return url_for("public.tracked", reference=letter.reference, _external=True)
    return url_for("public.submission", reference=letter.case_reference, _external=True)


def _partnership_link(kind: str, facts: Facts) -> str:
    """Lead to the room or to a part of it; those who are not in it to the public page."""
    reference, part = facts.partnership_reference, facts.partnership_page
    if kind == "staff_partnership":
        page = f"desk.partnership_{part}" if part else "desk.partnership"
        return url_for(page, reference=reference, _external=True)
    if kind == "business_partnership" and facts.partnership_slug:
        page = f"account.partnership_{part}" if part else "account.partnership"
        return url_for(page, slug=facts.partnership_slug, reference=reference, _external=True)
    return url_for("public.partnership", reference=reference, _external=True)


def _action(letter: Letter) -> str:
    if letter.parts:
        return str(_l("Buka akun saya"))
    if letter.staff and not letter.token and letter.kind not in _ACTIONS:
        return str(_STAFF_ACTION)
    if not letter.case_reference and letter.items[0].facts.program_code:
        return str(_l("Lihat program"))
    if letter.kind == "digest" or (letter.kind == "done" and not (_is_own(letter) or letter.vote_token)):
        return str(_USUAL_ACTION)
    if letter.kind == "visitor_answered" and not letter.items[0].facts.partnership_reference:
        return str(_l("Lihat Jelajah Sibolga"))  # the package has no page any more
    return str(_ACTIONS.get(letter.kind, _USUAL_ACTION))


def _is_own(letter: Letter) -> bool:
    """Tell whether the news is about the recipient's own case and not one it was merged into."""
    return letter.to is Recipient.REPORTER and letter.reference == letter.case_reference


def _stop_link(letter: Letter) -> str:
    return url_for("public.stop_mail", token=letter.stop_token, _external=True) if letter.stop_token else ""


def _quote(text: str) -> str:
    """Set off an official text: its plain words, each line marked as people do in mail."""
    return "\n".join(f"> {line}".rstrip() for line in markdown.plain(text).splitlines())


def _paragraphs(text: str) -> str:
    """Tidy what template tags left between the paragraphs."""
    return re.sub(r"\n[ \t]*\n\s*", "\n\n", text.strip())


def _is_link(line: str) -> bool:
    """Tell whether a line of a list leads into this site. What people wrote never hides an address."""
    found = _LINK_LINE.fullmatch(line)
    return found is not None and found[1].startswith(f"{current_app.config['BASE_URL']}/")


def _blocks(body: str) -> list[Block]:
    blocks: list[Block] = []
    for paragraph in body.split("\n\n"):
        lines = paragraph.split("\n")
        if all(line.startswith(">") for line in lines):
            blocks.append(Block("quote", tuple(line[1:].strip() for line in lines)))
        elif all(_is_link(line) for line in lines):
            blocks.append(Block("links", tuple(line[2:] for line in lines)))
        elif all(line.startswith("- ") for line in lines):
            blocks.append(Block("list", tuple(line[2:] for line in lines)))
        else:
            blocks.append(Block("text", tuple(lines)))
    return blocks
