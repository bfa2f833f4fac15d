"""From an officer's draft to the head who publishes it, or gives it back."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.models import Answer, Mention, OutboxMessage, Role, Status
from portal.queries import letters
from portal.queries.letters import Undeliverable
from tests.factories import events_of, make_agency, make_answer, make_case
from tests.support.html import text_of

DRAFT = "Lampu akan kami ganti minggu ini."


def draft_of(case) -> Answer:
    return db.session.scalars(select(Answer).where(Answer.submission_id == case.id)).one()


def mails(kind: str) -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)))


@pytest.fixture
def drafted(officer, agency):
    """A case with an officer's draft."""
    case = make_case(Status.ASSIGNED, agency=agency)
    assert officer.act(case, "draft_answer", text=DRAFT).status_code == 303
    return case


def test_a_waiting_draft_stands_in_the_heads_queue_and_row(head, publisher, officer, triage, drafted):
    for desk in (head, publisher):
        page = text_of(desk.get("/meja/antrean/drafts"))
        assert drafted.title in page
        assert "Draf menunggu 1" in page
    assert officer.get("/meja/antrean/drafts").status_code == 404
    assert triage.get("/meja/antrean/drafts").status_code == 404
    assert "Draf menunggu" in text_of(officer.get("/meja/antrean/agency"))


def test_drafts_of_other_agencies_wait_for_others(head, at_desk, drafted):
    other = make_agency()
    assert drafted.title not in text_of(at_desk(Role.HEAD, other).get("/meja/antrean/drafts"))
    drafted.agency_id = other.id
    db.session.commit()
    assert drafted.title not in text_of(head.get("/meja/antrean/drafts"))
    assert drafted.title not in text_of(at_desk(Role.HEAD, other).get("/meja/antrean/drafts"))


def test_a_published_draft_waits_no_more(head, drafted):
    assert head.act(drafted, "answer", text=f"{DRAFT} Terima kasih.").status_code == 303
    assert drafted.title not in text_of(head.get("/meja/antrean/drafts"))
    assert len(db.session.scalars(select(Answer).where(Answer.submission_id == drafted.id)).all()) == 1


def test_publishers_are_told_once_a_day_and_the_author_is_not(head, publisher, officer, drafted):
    officer.act(drafted, "draft_answer", text=f"{DRAFT} Pasti.")
    told = mails("staff_draft")
    assert {row.recipient_id for row in told} == {head.user.id, publisher.user.id}
    assert len(told) == 2
    assert all(row.digest for row in told)
    publisher.act(drafted, "draft_answer", text=f"{DRAFT} Dari penerbit.")
    assert len(mails("staff_draft")) == 2


def test_the_daily_mail_says_nothing_of_a_draft_that_was_published(app, head, drafted):
    row = next(one for one in mails("staff_draft") if one.recipient_id == head.user.id)
    seal = app.extensions["seal"]
    assert letters.read(row, [], seal=seal, at=clock.now()).kind == "staff_draft"
    head.act(drafted, "answer", text=f"{DRAFT} Terima kasih.")
    with pytest.raises(Undeliverable):
        letters.read(row, [], seal=seal, at=clock.now() + timedelta(hours=1))


def test_a_head_gives_a_draft_back_with_a_note_and_the_author_is_told(head, officer, drafted):
    page = head.open(drafted).get_data(as_text=True)
    assert "Kembalikan ke petugas" in page
    assert "menunggu diterbitkan" in page
    panel = head.open(drafted, f"?aksi=return_draft&draf={draft_of(drafted).id}").get_data(as_text=True)
    assert re.search(rf'name="answer_id"[^>]* value="{draft_of(drafted).id}"', panel)
    answer = head.act(drafted, "return_draft", answer_id=draft_of(drafted).id, text="Sebutkan tanggalnya ya.")
    assert answer.status_code == 303
    assert [row.recipient_id for row in mails("staff_returned")] == [officer.user.id]
    assert [row.user_id for row in db.session.scalars(select(Mention))] == [officer.user.id]
    page = text_of(officer.open(drafted))
    assert "Sebutkan tanggalnya ya." in page
    assert "dikembalikan" in page
    assert drafted.title not in text_of(head.get("/meja/antrean/drafts"))
    assert not events_of(drafted)[-1].public
    officer.act(drafted, "draft_answer", text=f"{DRAFT} Selasa 1 Desember.")
    assert drafted.title in text_of(head.get("/meja/antrean/drafts"))


def test_a_note_is_needed_and_what_was_typed_stays(head, drafted):
    answer = head.act(drafted, "return_draft", answer_id=draft_of(drafted).id, text="ya")
    assert answer.status_code == 422
    assert draft_of(drafted).returned_at is None


def test_only_who_may_publish_gives_back(officer, triage, at_desk, drafted):
    for desk in (officer, triage, at_desk(Role.HEAD, make_agency())):
        assert "Kembalikan ke petugas" not in text_of(desk.open(drafted))
        answer = desk.act(drafted, "return_draft", answer_id=draft_of(drafted).id, text="Perbaiki lagi.")
        assert answer.status_code == 404


def test_ones_own_draft_and_published_answers_are_not_given_back(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    head.act(case, "draft_answer", text=DRAFT)
    assert "Kembalikan ke petugas" not in text_of(head.open(case))
    answered = make_case(Status.ANSWERED, agency=agency)
    answer = head.act(answered, "return_draft", answer_id=draft_of(answered).id, text="Perbaiki lagi.")
    assert answer.status_code == 422
    foreign = make_answer(make_case(Status.ASSIGNED, agency=agency), published_at=None)
    assert head.act(case, "return_draft", answer_id=foreign.id, text="Perbaiki lagi.").status_code == 422
    assert foreign.returned_at is None
