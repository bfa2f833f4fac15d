"""The words of mails: whole in both languages, honest links, and never more than the recipient may know."""

from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.models import (
    CodePurpose,
    HideCode,
    Identity,
    IdentityMode,
    LinkType,
    OutboxMessage,
    OutboxState,
    Partnership,
    PartnershipStage,
    PartnershipWord,
    Program,
    ProgramLink,
    ProgramUpdate,
    Recipient,
    Role,
    Route,
    Statement,
    Status,
    Submission,
    Watch,
)
from portal.queries.letters import gatherings, partners
from portal.rules.contacts import parse
from portal.rules.notifications import NOTICES
from portal.rules.workflow import Action
from portal.services import codes, events, outbox
from tests import factories as make
from tests.factories import at
from tests.support.html import faults
from tests.support.jobs import send_due, use
from tests.support.mail import Delivered, MailServer
from tests.support.settings import ROOT

NOW = at(12)
DIGEST = at(12, 17)

#: Words that stand in every text of the case; none may reach whoever must not read them.
TITLE, BODY, NAME, LANDMARK = "KENARIJUDUL", "KENARIISI", "KENARINAMA", "KENARITEMPAT"
ANSWER, QUESTION, SENTENCE, REASON = "KENARIJAWABAN", "KENARITANYA", "KENARIPROGRAM", "KENARIALASAN"
CANARIES = (TITLE, BODY, NAME, LANDMARK, ANSWER, QUESTION, SENTENCE, REASON)

ACTIONS = sorted(NOTICES)
EVENT_KINDS = sorted({notice.kind for notices in NOTICES.values() for notice in notices})
FRAMES = {"bare", "digest", "gathered"}
OTHER_KINDS = {
    "appeal_decided",
    "blocked",
    "business_invited",
    "business_licence",
    "comment_hidden",
    "comment_new",
    "comment_published",
    "comment_reply",
    "comment_restored",
    "consultation_outcome",
    "contact_changed",
    "erase_planned",
    "erased",
    "password_reset",
    "sign_in_code",
    "sign_in_password",
    "staff_away",
    "staff_consultation_review",
    "staff_minutes",
    "staff_no_deputy",
    "staff_readiness",
    "staff_weekly",
    "support_confirm",
    "unblocked",
    "warned",
    *gatherings.KINDS,
    *partners.DIRECT,
    *partners.OF_PACKAGES,
}

#: The state a case is in after the action, with all that it brought along.
_AFTER = {
    "send": Status.RECEIVED,
    "ask": Status.NEEDS_INFO,
    "answer": Status.ANSWERED,
    "edit_answer": Status.ANSWERED,
    "promise": Status.IN_PROGRESS,
    "finish": Status.DONE,
    "accept": Status.ACCEPTED,
    "decline": Status.DECLINED,
    "defer": Status.DEFERRED,
    "refer": Status.REFERRED,
    "expire": Status.DECLINED,
    "merge": Status.MERGED,
}
_PUBLISHING = {"answer", "edit_answer", "promise", "finish", "accept", "decline", "defer", "refer"}
_STATED = {"hand_over", "hide", "unhide", "unmerge", "not_done", "object"}


@pytest.fixture
def seal(app: Flask) -> Any:
    return app.extensions["seal"]


@pytest.fixture
def server(app: Flask, smtp: MailServer) -> MailServer:
    use(app, smtp)
    app.config["BASE_URL"] = "https://suara.contoh.example"
    return smtp


def happen(db: Any, seal: Any, action: str, *, locale: str = "id", **fields: Any) -> Submission:
    """Let an action happen to a case that a reporter, a supporter, an officer and others hear of."""
    agency = make.make_agency()
    officer = make.make_user(Role.OFFICER, agency, email="petugas@contoh.example", locale=locale)
    make.make_user(Role.HEAD, agency, email="kepala@contoh.example", locale=locale)
    make.make_user(Role.TRIAGE, email="triase@contoh.example", locale=locale)
    status = _AFTER.get(action, Status.ASSIGNED)
    target = make.make_case(Status.ASSIGNED, agency=agency) if action == "merge" else None
    has_agency = status not in {Status.RECEIVED, Status.NEEDS_INFO}
    case = make.make_case(
        status,
        title=TITLE,
        body=BODY,
        landmark=LANDMARK,
        name=NAME,
        email="pelapor@contoh.example",
        seal=seal,
        agency=agency if has_agency else None,
        officer=officer,
        into=target,
        hidden_code=HideCode.INSULT if action == "hide" else None,
        **fields,
    )
    case.agency_id = agency.id
    watcher = make.make_user(Role.TRIAGE, email="pemantau@contoh.example", locale=locale)
    db.session.add(Watch(user_id=watcher.id, submission_id=case.id, created_at=NOW))
    db.session.get(Identity, case.id).locale = locale
    if not case.secret:
        make.make_support(case, email=seal.seal("pendukung@contoh.example"), locale=locale)
    notice_data = outbox.sealed(seal, "TOKENMENTAH") if action == "ask" else None
    data = _data(db, case, action, agency.id)
    events.record(
        case, action, actor=make.actor(make.make_user(Role.TRIAGE, active=False)), at=NOW,
        data=data, notice_data=notice_data,
    )  # fmt: skip
    return case


def _data(db: Any, case: Submission, action: str, agency_id: int) -> dict[str, Any]:
    """Point to the words of an action, as the services do."""
    data: dict[str, Any] = {}
    if action in {"assign", "hand_over"} | _PUBLISHING:
        data["agency_id"] = agency_id
    if action in _PUBLISHING:
        data["answer_id"] = make.make_answer(case, text=f"**{ANSWER}** satu.\n\nParagraf dua.").id
    if action in {"decline", "defer"}:
        data["code"] = case.reason_code and case.reason_code.value
    if action == "ask":
        data["question_id"] = make.make_question(case, text=QUESTION, asked_at=NOW).id
    if action in _STATED:
        statement = Statement(submission_id=case.id, action=action, text=REASON, created_at=NOW)
        statement.by_reporter = action in {"not_done", "object"}
        db.session.add(statement)
        db.session.flush()
        data["statement_id"] = statement.id
    if action in {"note", "return_draft"}:
        data["mention_ids"] = [case.officer_id]
    if action in {"link", "unlink", "program_progress"}:
        data |= _program(db, case)
    if action == "partnership_moved":
        data |= _partnership(db, case)
    return data


def _partnership(db: Any, case: Submission) -> dict[str, Any]:
    business = make.make_business()
    partnership = Partnership(
        submission_id=case.id,
        business_id=business.id,
        agency_id=case.agency_id,
        stage=PartnershipStage.ACTIVE,
        created_at=NOW,
    )
    db.session.add(partnership)
    db.session.flush()
    word = PartnershipWord(
        partnership_id=partnership.id,
        action="activate",
        to_stage=PartnershipStage.ACTIVE,
        text=REASON,
        at=NOW,
    )
    db.session.add(word)
    db.session.flush()
    return {"partnership_id": partnership.id, "stage": "active", "word_id": word.id}


def _program(db: Any, case: Submission) -> dict[str, Any]:
    program: Program = make.make_program(title_id="Lampu pesisir", title_en="Coastal lights")
    db.session.add(
        ProgramLink(
            submission_id=case.id,
            program_id=program.id,
            type=LinkType.ANSWERS,
            sentence=SENTENCE,
            created_at=NOW,
        )
    )
    report = ProgramUpdate(
        program_id=program.id, at=NOW, text_id="Tiang berdiri.", text_en="Poles up.", progress=40
    )
    db.session.add(report)
    db.session.flush()
    return {
        "program_id": program.id,
        "program_code": program.code,
        "update_id": report.id,
        "progress": 40,
    }


def whole(mail: Delivered) -> str:
    """Everything of a message that a reader can get to see."""
    headers = "\n".join(f"{name}: {value}" for name, value in mail.message.items())
    return f"{headers}\n{mail.text}\n{mail.html}"


# --- whole, in both languages -------------------------------------------------------------------------


def test_every_kind_of_mail_has_its_words_and_no_words_lie_unused() -> None:
    folder = ROOT / "templates" / "email"
    found = {path.name for path in folder.iterdir() if path.is_dir()}
    assert found == set(EVENT_KINDS) | OTHER_KINDS | FRAMES
    for name in found:
        assert {path.name for path in (folder / name).iterdir()} == {"subject.txt", "body.txt"}


@pytest.mark.parametrize("locale", ["id", "en"])
@pytest.mark.parametrize("action", ACTIONS)
def test_every_event_sends_whole_mails(
    app: Flask, db: Any, server: MailServer, seal: Any, action: str, locale: str
) -> None:
    case = happen(db, seal, action, locale=locale)
    send_due(app, NOW)
    send_due(app, DIGEST)
    assert {row.state for row in db.session.scalars(select(OutboxMessage))} == {OutboxState.SENT}
    prefix = "/en/" if locale == "en" else "/"
    for mail in server.messages:
        assert mail.message["Subject"].startswith(f"{case.reference}: ")
        assert f"https://suara.contoh.example{prefix}" in mail.text
        for part in (mail.text, mail.html):
            assert "%(" not in part
            assert "None" not in part
            assert "{{" not in part
            assert "\n\n\n" not in part
        assert faults(mail.html) == [] or _only_inline_styles(mail.html)


def _only_inline_styles(page: str) -> bool:
    return all("style" in fault for fault in faults(page))


@pytest.mark.parametrize("locale", ["id", "en"])
def test_a_mail_is_in_the_language_of_its_recipient(
    app: Flask, db: Any, server: MailServer, seal: Any, locale: str
) -> None:
    happen(db, seal, "link", locale=locale)
    send_due(app, DIGEST)
    (mail,) = server.to("pelapor@contoh.example")
    assert f'<html lang="{locale}">' in mail.html
    assert {"id": "Lampu pesisir", "en": "Coastal lights"}[locale] in mail.text


def test_an_answer_is_quoted_with_who_gave_it_and_the_name_of_the_reporter(
    app: Flask, db: Any, server: MailServer, seal: Any
) -> None:
    happen(db, seal, "answer")
    send_due(app, NOW)
    (mail,) = server.to("pelapor@contoh.example")
    assert f"Halo {NAME}," in mail.text
    assert f"> {ANSWER} satu.\n>\n> Paragraf dua." in mail.text.replace("\r", "")
    assert "Jawaban resmi dari Dinas Contoh" in mail.text
    assert "<blockquote" in mail.html


def test_text_and_html_say_the_same(app: Flask, db: Any, server: MailServer, seal: Any) -> None:
    happen(db, seal, "promise")
    send_due(app, NOW)
    (mail,) = server.to("pelapor@contoh.example")
    assert mail.message.get_content_type() == "multipart/mixed"
    for words in (ANSWER, TITLE, "berjanji menyelesaikannya"):
        assert words in mail.text
        assert words in mail.html


def test_what_people_wrote_is_no_markup_in_the_html(
    app: Flask, db: Any, server: MailServer, seal: Any
) -> None:
    happen(db, seal, "assign")
    case = make.make_case(
        title="<b>tebal</b> & co", name="<script>x</script>", email="lain@contoh.example", seal=seal
    )
    outbox.queue("receipt", to=Recipient.REPORTER, recipient_id=case.id, case=case, at=NOW)
    send_due(app, NOW)
    (mail,) = server.to("lain@contoh.example")
    assert "<b>tebal</b> & co" in mail.text
    assert "&lt;b&gt;tebal&lt;/b&gt; &amp; co" in mail.html
    assert "<script>" not in mail.html


def test_nothing_in_a_name_or_title_adds_a_header(app: Flask, db: Any, server: MailServer, seal: Any) -> None:
    case = make.make_case(
        Status.ANSWERED,
        title="x\r\nBcc: semua@contoh.example",
        name="y\r\nX-Evil: 1",
        email="pelapor@contoh.example",
        seal=seal,
        agency=make.make_agency(name_id="Dinas\r\nX-Evil: 2"),
    )
    outbox.queue("answered", to=Recipient.REPORTER, recipient_id=case.id, case=case, at=NOW)
    send_due(app, NOW)
    (mail,) = server.messages
    assert mail.recipients == ["pelapor@contoh.example"]
    assert mail.message["Bcc"] is None
    assert mail.message["X-Evil"] is None


# --- headers ------------------------------------------------------------------------------------------


def reporters_mail(app: Flask, db: Any, server: MailServer, seal: Any, action: str) -> EmailMessage:
    happen(db, seal, action)
    send_due(app, NOW)
    return server.to("pelapor@contoh.example")[0].message


def test_a_mail_says_that_a_machine_wrote_it(app: Flask, db: Any, server: MailServer, seal: Any) -> None:
    message = reporters_mail(app, db, server, seal, "answer")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] is None
    assert message["Message-ID"].endswith("@sibolga.example>")
    assert message["From"] == "Suara Sibolga <suara@sibolga.example>"


def test_news_can_be_stopped_with_one_click(app: Flask, db: Any, server: MailServer, seal: Any) -> None:
    message = reporters_mail(app, db, server, seal, "answer")
    assert message["List-Unsubscribe"].startswith("<https://suara.contoh.example/berhenti/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("action", ["send", "ask"])
def test_a_receipt_and_a_question_cannot_be_stopped(
    app: Flask, db: Any, server: MailServer, seal: Any, action: str
) -> None:
    assert reporters_mail(app, db, server, seal, action)["List-Unsubscribe"] is None


def test_staff_cannot_stop_the_mail_of_their_duty(app: Flask, db: Any, server: MailServer, seal: Any) -> None:
    happen(db, seal, "assign")
    send_due(app, NOW)
    assert server.to("kepala@contoh.example")[0].message["List-Unsubscribe"] is None


# --- links --------------------------------------------------------------------------------------------


def test_a_question_carries_its_token_and_nothing_else_that_opens_the_case(
    app: Flask, db: Any, server: MailServer, seal: Any
) -> None:
    case = happen(db, seal, "ask")
    send_due(app, NOW)
    (mail,) = server.to("pelapor@contoh.example")
    assert "https://suara.contoh.example/tanya/TOKENMENTAH" in mail.text
    assert QUESTION in mail.text
    code = make.tracking_code(case)
    assert code not in whole(mail)
    assert code.replace("-", "") not in whole(mail)


def test_a_receipt_names_the_reference_and_never_the_tracking_code(
    app: Flask, db: Any, server: MailServer, seal: Any
) -> None:
    case = happen(db, seal, "send")
    send_due(app, NOW)
    (mail,) = server.to("pelapor@contoh.example")
    assert case.reference in mail.text
    assert "kode pelacakan yang Anda simpan" in mail.text
    assert make.tracking_code(case) not in whole(mail)


def test_links_name_the_configured_host_whatever_a_request_said(
    app: Flask, db: Any, server: MailServer, seal: Any
) -> None:
    happen(db, seal, "answer")
    send_due(app, NOW)
    with app.test_request_context(base_url="https://jahat.example"):
        send_due(app, DIGEST)
    for mail in server.messages:
        assert "jahat" not in whole(mail)
        assert "http://" not in mail.text


def test_a_reporter_whose_case_was_merged_hears_of_the_other_case(
    app: Flask, db: Any, server: MailServer, seal: Any
) -> None:
    case = happen(db, seal, "verify")
    own = make.make_case(Status.MERGED, into=case, email="digabung@contoh.example", seal=seal)
    answer = make.make_answer(case, text=ANSWER)
    events.record(case, Action.ANSWER, actor=make.triage(), at=NOW, data={"answer_id": answer.id})
    send_due(app, NOW)
    (mail,) = server.to("digabung@contoh.example")
    assert f"Kiriman Anda {own.reference} digabung dengan {case.reference}" in mail.text
    assert f"/k/{case.reference}" in mail.text
    assert ANSWER in mail.text


# --- what nobody may read -----------------------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    "hidden",
    [{"secret": True}, {"identity_mode": IdentityMode.SHIELDED}],
    ids=["secret", "shielded"],
)
def test_a_mail_to_a_protected_reporter_says_only_reference_and_link(
    app: Flask, db: Any, server: MailServer, seal: Any, action: str, hidden: dict[str, Any]
) -> None:
    case = happen(db, seal, action, **hidden)
    category = case.category_id and db.session.get(type(make.make_category()), case.category_id).name_id
    send_due(app, NOW)
    send_due(app, DIGEST)
    told = server.to("pelapor@contoh.example")
    staff = [m for m in server.messages if m.recipients[0].split("@")[0] in {"petugas", "kepala", "triase"}]
    for mail in [*told, *staff]:
        assert case.reference in whole(mail)
        for word in (*CANARIES, "Dinas Contoh", category or "Kategori"):
            assert word not in whole(mail)
    assert {row.state for row in db.session.scalars(select(OutboxMessage))} == {OutboxState.SENT}


@pytest.mark.parametrize("action", ["answer", "link", "hide", "assign"])
def test_supporters_never_read_what_the_public_cannot(
    app: Flask, db: Any, server: MailServer, seal: Any, action: str
) -> None:
    happen(db, seal, action, text_public=False)
    send_due(app, NOW)
    send_due(app, DIGEST)
    (mail,) = server.to("pendukung@contoh.example")
    for word in (TITLE, BODY, NAME, LANDMARK):
        assert word not in whole(mail)


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_but_the_reporter_reads_the_reporters_name(
    app: Flask, db: Any, server: MailServer, seal: Any, action: str
) -> None:
    happen(db, seal, action)
    send_due(app, NOW)
    send_due(app, DIGEST)
    for mail in server.messages:
        assert BODY not in whole(mail)
        if mail.recipients != ["pelapor@contoh.example"]:
            assert NAME not in whole(mail)
            assert "pelapor@" not in whole(mail)


@pytest.mark.parametrize("action", ["not_done", "object"])
def test_what_the_reporter_said_stays_on_the_page(
    app: Flask, db: Any, server: MailServer, seal: Any, action: str
) -> None:
    happen(db, seal, action)
    send_due(app, NOW)
    send_due(app, DIGEST)
    assert server.messages
    for mail in server.messages:
        assert REASON not in whole(mail)


def test_a_digest_to_a_protected_reporter_says_no_more_than_one_piece_of_news(
    app: Flask, db: Any, server: MailServer, seal: Any
) -> None:
    case = happen(db, seal, "link", identity_mode=IdentityMode.SHIELDED)
    events.record(case, Action.REVIEW, actor=make.triage(), at=NOW)
    send_due(app, DIGEST)
    (mail,) = server.to("pelapor@contoh.example")
    assert "program" not in mail.text
    assert "ditinjau" not in mail.text


def test_the_secret_case_that_another_was_merged_into_stays_unnamed(
    app: Flask, db: Any, server: MailServer, seal: Any
) -> None:
    target = make.make_case(Status.ASSIGNED, secret=True, title=TITLE)
    make.make_case(Status.MERGED, into=target, email="digabung@contoh.example", seal=seal)
    events.record(target, Action.REVIEW, actor=make.triage(), at=NOW)
    send_due(app, DIGEST)
    (mail,) = server.to("digabung@contoh.example")
    assert target.reference not in whole(mail)
    assert TITLE not in whole(mail)


# --- mails without an event ---------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["id", "en"])
def test_a_password_mail_carries_its_token(
    app: Flask, db: Any, server: MailServer, seal: Any, locale: str
) -> None:
    user = make.make_user(email="akun@contoh.example", locale=locale)
    token = outbox.sealed(seal, "TOKENMENTAH")
    outbox.queue("password_reset", to=Recipient.USER, recipient_id=user.id, at=NOW, data=token)
    send_due(app, NOW)
    (mail,) = server.to("akun@contoh.example")
    assert "/masuk/atur/TOKENMENTAH" in mail.text
    assert mail.message["List-Unsubscribe"] is None


@pytest.mark.parametrize("locale", ["id", "en"])
def test_a_code_stands_in_the_mail_and_neither_in_its_subject_nor_in_a_link(
    app: Flask, db: Any, server: MailServer, seal: Any, locale: str
) -> None:
    contact = parse("warga@contoh.example")
    codes.request(
        contact, CodePurpose.SIGN_IN, browser="b", at=NOW, seal=seal, locale=locale, route=Route.EMAIL
    )
    code = seal.open(db.session.scalars(select(OutboxMessage)).one().data["token"])
    send_due(app, NOW)
    (mail,) = server.to("warga@contoh.example")
    assert code in mail.text.splitlines()
    assert code not in mail.message["Subject"]
    assert mail.message["List-Unsubscribe"] is None
    assert "/masuk/kode" in mail.text


@pytest.mark.parametrize("locale", ["id", "en"])
def test_a_support_is_confirmed_by_its_own_link(
    app: Flask, db: Any, server: MailServer, seal: Any, locale: str
) -> None:
    case = make.make_case(title=TITLE)
    support = make.make_support(case, confirmed=False, email=seal.seal("baru@contoh.example"), locale=locale)
    outbox.queue(
        "support_confirm", to=Recipient.SUPPORTER, recipient_id=support.id, case=case, at=NOW,
        data=outbox.sealed(seal, "TOKENMENTAH"),
    )  # fmt: skip
    send_due(app, NOW)
    (mail,) = server.to("baru@contoh.example")
    assert "/dukung/TOKENMENTAH" in mail.text
    assert TITLE in mail.text


def test_a_promised_day_is_written_as_people_write_it(
    app: Flask, db: Any, server: MailServer, seal: Any
) -> None:
    case = happen(db, seal, "promise")
    case.promised_on = date(2026, 12, 17)
    send_due(app, NOW)
    assert "17 Des 2026" in server.to("pelapor@contoh.example")[0].text


def test_templates_load_nothing_from_anywhere() -> None:
    for path in Path(ROOT / "templates" / "email").rglob("*"):
        if path.is_file():
            assert "<img" not in path.read_text()
            assert "url(" not in path.read_text()
