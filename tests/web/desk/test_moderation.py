"""Reporting, deciding and appealing, as people do it."""

from datetime import timedelta

import pytest

from portal.core.clock import now
from portal.models import (
    Appeal,
    CommentState,
    HideCode,
    ModerationAct,
    ModerationDecision,
    Report,
    Role,
    Subject,
)
from portal.queries import discussion as places
from portal.rules.discussion import Voice
from portal.services import discussion
from tests import factories as make

SENTENCE = "Menyebut nama tetangga."


@pytest.fixture
def author(app, db):
    return make.make_citizen(app.extensions["seal"], name="Bu Ros")


@pytest.fixture
def comment(app, db, author):
    case = make.make_case(text_public=True)
    return discussion.comment(
        places.place_of_case(case), "Tetangga saya Pak X yang membuang.", voice=Voice.PERSON, user=author,
        actor=make.actor(author), seal=app.extensions["seal"], at=now(),
    )  # fmt: skip


@pytest.fixture
def moderator(db, new_client):
    """A coordinator's browser; call it again for another one."""

    def moderator():
        visitor = new_client()
        make.sign_in(visitor, make.make_user(Role.TRIAGE))
        return visitor

    return moderator


def test_anybody_can_report_a_comment_once_without_an_account(client, db, comment):
    path = f"/lapor/komentar/{comment.token}"
    assert client.get(path).status_code == 200
    for _ in range(2):
        answer = client.post(path, data={"reason": "personal_data", "words": "Nama orang."})
        assert answer.headers["Location"] == "/lapor/terima-kasih"
    assert db.session.query(Report).one().words == "Nama orang."


def test_a_report_without_a_reason_says_so_and_keeps_the_words(client, db, comment):
    page = client.post(f"/lapor/komentar/{comment.token}", data={"words": "Nama orang."})
    assert page.status_code == 422
    assert "Pilih apa yang salah." in page.text
    assert "Nama orang." in page.text


@pytest.mark.parametrize("secret", [True, False])
def test_what_nobody_sees_cannot_be_reported(client, db, secret):
    case = make.make_case(secret=secret, text_public=False)
    for method in (client.get, client.post):
        assert method(f"/lapor/kiriman/{case.reference}").status_code == 404


def test_from_report_to_hiding_to_appeal_to_coming_back(client, new_client, db, comment, author, moderator):
    client.post(f"/lapor/komentar/{comment.token}", data={"reason": "personal_data"})
    first, second = moderator(), moderator()
    page = f"/meja/moderasi/komentar/{comment.token}"
    assert page in first.get("/meja/moderasi").text
    answer = first.post(page, data={"act": "hide", "code": "personal_data", "sentence": SENTENCE})
    assert answer.status_code == 303
    thread = client.get(f"/komentar/{comment.token}", follow_redirects=True).text
    assert SENTENCE in thread
    assert "Pak X" not in thread
    citizen = new_client()
    make.sign_in(citizen, author)
    decision = db.session.query(ModerationDecision).one()
    mine = citizen.get("/akun/moderasi").text
    assert SENTENCE in mine
    assert "Pak X yang membuang" in mine
    words = {f"d{decision.id}-words": "Itu nama saya sendiri."}
    assert citizen.post(f"/akun/moderasi/{decision.id}", data=words).status_code == 303
    assert citizen.post(f"/akun/moderasi/{decision.id}", data=words).status_code == 422
    appeal = db.session.query(Appeal).one()
    settle = f"/meja/moderasi/banding/{appeal.id}"
    verdict = {"granted": "ya", "sentence": "Memang nama sendiri."}
    assert "koordinator lain" in first.get(settle).text
    assert first.post(settle, data=verdict).status_code == 404
    assert second.post(settle, data=verdict).status_code == 303
    db.session.refresh(comment)
    assert comment.state is CommentState.PUBLISHED
    assert "Diterima." in citizen.get("/akun/moderasi").text


def test_hiding_without_reason_or_sentence_is_refused_at_the_fields(db, comment, moderator):
    page = moderator().post(f"/meja/moderasi/komentar/{comment.token}", data={"act": "hide"})
    assert page.status_code == 422
    assert "Pilih alasannya." in page.text
    assert "Tulis satu kalimat" in page.text


def test_two_who_decide_at_once_learn_of_each_other(db, comment, moderator):
    first, second = moderator(), moderator()
    path = f"/meja/moderasi/komentar/{comment.token}"
    assert 'name="seen" value="0"' in second.get(path).text
    hide = {"act": "hide", "code": "insult", "sentence": SENTENCE, "seen": "0"}
    assert first.post(path, data=hide).status_code == 303
    for late in (hide, {"act": "publish", "seen": "0"}, {"act": "dismiss", "seen": "0"}, {"seen": "x"}):
        answer = second.post(path, data=late)
        assert answer.status_code == 409, late
        assert SENTENCE in answer.text
        assert "Rekan Anda sudah memutuskan" in answer.text
    assert db.session.query(ModerationDecision).count() == 1


def test_two_who_decide_about_a_submission_at_once_learn_of_each_other(client, db, moderator):
    case = make.make_case(text_public=True)
    path = f"/meja/moderasi/kiriman/{case.reference}"
    client.post(f"/lapor/kiriman/{case.reference}", data={"reason": "accusation"})
    hide = {"act": "hide", "code": "accusation", "sentence": SENTENCE, "seen": "0"}
    first, second = moderator(), moderator()
    assert first.post(path, data=hide).status_code == 303
    answer = second.post(path, data={"act": "dismiss", "seen": "0"})
    assert answer.status_code == 409
    assert SENTENCE in answer.text


def test_hiding_on_the_case_page_of_the_desk_is_a_decision_like_any_other(db, moderator):
    case = make.make_case(text_public=True)
    page = f"/meja/k/{case.reference}"
    data = {"code": "insult", "text": SENTENCE, "version": str(case.version)}
    assert moderator().post(f"{page}/hide", data=data).status_code == 303
    decision = db.session.query(ModerationDecision).one()
    assert (decision.act, decision.subject_id, decision.sentence) == ("hide", case.id, SENTENCE)
    db.session.refresh(case)
    data = {"text": "Sudah disunting.", "version": str(case.version)}
    assert moderator().post(f"{page}/unhide", data=data).status_code == 303
    assert db.session.query(ModerationDecision).count() == 2


def test_nobody_hides_or_judges_a_case_that_names_them(client, db, new_client):
    me = make.make_user(Role.TRIAGE)
    case = make.make_case(text_public=True, named=me)
    visitor = new_client()
    make.sign_in(visitor, me)
    client.post(
        f"/lapor/kiriman/{case.reference}", data={"reason": "accusation", "words": "Orang itu sendiri."}
    )
    path = f"/meja/moderasi/kiriman/{case.reference}"
    page = visitor.get(path).text
    assert "koordinator lain yang memutuskan" in page
    assert "Orang itu sendiri." not in page
    assert visitor.post(path, data={"act": "dismiss"}).status_code == 404
    data = {"code": "insult", "text": SENTENCE, "version": str(case.version)}
    assert visitor.post(f"/meja/k/{case.reference}/hide", data=data).status_code == 404
    assert db.session.query(ModerationDecision).count() == 0


def test_an_appeal_about_a_secret_case_is_decided_by_nobody_whom_it_names_and_seen_by_no_head(db, new_client):
    me = make.make_user(Role.TRIAGE)
    case = make.make_case(secret=True, named=me, hidden_code=HideCode.INSULT, body="Isi yang sangat rahasia")
    decision = ModerationDecision(
        at=now(), act=ModerationAct.HIDE, subject="submission", subject_id=case.id, code=HideCode.INSULT,
        sentence="", by_id=make.make_user(Role.TRIAGE).id,
    )  # fmt: skip
    db.session.add(decision)
    db.session.flush()
    appeal = Appeal(decision_id=decision.id, words="Keliru.", created_at=now())
    db.session.add(appeal)
    db.session.flush()
    visitor, other = new_client(), new_client()
    make.sign_in(visitor, me)
    make.sign_in(other, make.make_user(Role.TRIAGE))
    path = f"/meja/moderasi/banding/{appeal.id}"
    assert "koordinator lain yang memutuskan" in visitor.get(path).text
    verdict = {"granted": "tidak", "sentence": "Tetap."}
    assert visitor.post(path, data=verdict).status_code == 404
    head = new_client()
    make.sign_in(head, make.make_user(Role.HEAD, make.make_agency()))
    assert head.get(path).status_code == head.post(path, data=verdict).status_code == 404
    assert other.post(path, data=verdict).status_code == 303


def test_a_flood_of_reports_is_one_line_of_the_list_and_is_stopped(
    monkeypatch, new_client, app, db, comment, moderator
):
    path = f"/lapor/komentar/{comment.token}"
    monkeypatch.setitem(app.config, "LIMIT_SUPPORT_PER_ADDRESS", "6/hour")
    codes = [new_client().post(path, data={"reason": "other"}).status_code for _ in range(9)]
    assert 429 in codes
    assert codes[-1] == 429
    counted = db.session.query(Report).count()
    assert counted == codes.count(303)
    page = moderator().get("/meja/moderasi").text
    assert page.count(f"/meja/moderasi/komentar/{comment.token}") == 1
    assert f"{counted} laporan" in page


def test_a_machine_that_fills_everything_in_reports_nothing(client, db, comment):
    data = {"reason": "insult", "website": "https://iklan.example"}
    assert client.post(f"/lapor/komentar/{comment.token}", data=data).status_code == 303
    assert db.session.query(Report).count() == 0


def test_who_is_blocked_is_told_that_they_cannot_report(app, db, new_client, comment):
    blocked = make.make_citizen(app.extensions["seal"], blocked_until=now() + timedelta(days=3))
    visitor = new_client()
    make.sign_in(visitor, blocked)
    answer = visitor.post(f"/lapor/komentar/{comment.token}", data={"reason": "insult"})
    assert answer.status_code == 422
    assert "belum bisa melapor" in answer.text
    assert db.session.query(Report).count() == 0


def test_words_of_readers_and_names_of_authors_are_text_and_nothing_else(client, app, db, moderator):
    evil = "<script>alert(1)</script>"
    author = make.make_citizen(app.extensions["seal"], name=f"<b>{evil}")
    comment = make.make_comment(make.make_case(text_public=True), author, body=f"{evil} isi")
    client.post(f"/lapor/komentar/{comment.token}", data={"reason": "other", "words": evil})
    visitor = moderator()
    for path in ("/meja/moderasi", f"/meja/moderasi/komentar/{comment.token}"):
        assert "<script>alert" not in visitor.get(path).text
    assert "&lt;script&gt;alert(1)" in visitor.get(f"/meja/moderasi/komentar/{comment.token}").text


def test_the_desk_tells_coordinators_how_much_waits_and_nobody_else(
    client, db, comment, moderator, new_client
):
    client.post(f"/lapor/komentar/{comment.token}", data={"reason": "insult"})
    assert "laporan pembaca" in moderator().get("/meja").text
    agency = make.make_agency()
    officer = new_client()
    make.sign_in(officer, make.make_user(Role.OFFICER, agency))
    assert "laporan pembaca" not in officer.get("/meja").text


def test_hidden_words_are_gone_from_every_public_page(client, db, comment, moderator):
    case_path = places.place_of(places.thread_by_id(comment.thread_id)).case.reference
    paths = [f"/k/{case_path}", f"/komentar/{comment.token}", "/kiriman", "/keterbukaan/moderasi.csv"]
    assert "Pak X" in client.get(paths[0]).text
    moderator().post(
        f"/meja/moderasi/komentar/{comment.token}",
        data={"act": "hide", "code": "personal_data", "sentence": SENTENCE},
    )
    for path in paths:
        assert "Pak X" not in client.get(path, follow_redirects=True).text
    assert "Memuat data pribadi" in client.get(paths[0]).text
    assert client.get(f"/lapor/komentar/{comment.token}").status_code == 404
    assert client.get(f"/komentar/{comment.token}/versi").status_code == 404


def test_somebody_elses_decision_cannot_be_appealed(app, db, comment, moderator, new_client):
    moderator().post(
        f"/meja/moderasi/komentar/{comment.token}",
        data={"act": "hide", "code": "insult", "sentence": SENTENCE},
    )
    decision = db.session.query(ModerationDecision).one()
    stranger = new_client()
    make.sign_in(stranger, make.make_citizen(app.extensions["seal"]))
    assert SENTENCE not in stranger.get("/akun/moderasi").text
    words = {f"d{decision.id}-words": "Saya keberatan."}
    assert stranger.post(f"/akun/moderasi/{decision.id}", data=words).status_code == 404


def test_a_block_keeps_from_writing_until_its_end(db, comment, author, moderator):
    answer = moderator().post(
        f"/meja/moderasi/komentar/{comment.token}",
        data={"tentang": "penulis", "step": "7", "words": "Berulang kali menghina."},
    )
    assert answer.status_code == 303
    db.session.refresh(author)
    assert author.blocked_until > now()


def test_the_reporter_of_a_hidden_submission_appeals_with_the_tracking_code(client, db, moderator):
    case = make.make_case(text_public=True)
    path = f"/meja/moderasi/kiriman/{case.reference}"
    client.post(f"/lapor/kiriman/{case.reference}", data={"reason": "accusation"})
    moderator().post(path, data={"act": "hide", "code": "accusation", "sentence": SENTENCE})
    decision = db.session.query(ModerationDecision).one()
    own = f"/lacak/{case.reference}/moderasi"
    assert "/lacak?" in client.get(own).headers["Location"]
    with client.session_transaction() as session, client.application.test_request_context():
        session["_user_id"] = None
    assert db.session.query(Report).one().decision_id == decision.id
    assert (decision.subject, decision.subject_id) == (Subject.SUBMISSION, case.id)


@pytest.mark.parametrize("path", ["/meja/moderasi", "/meja/moderasi/kiriman/{0}", "/meja/moderasi/banding/1"])
def test_officers_see_nothing_of_it(db, new_client, path):
    agency = make.make_agency()
    case = make.make_case(agency=agency, text_public=True)
    visitor = new_client()
    make.sign_in(visitor, make.make_user(Role.HEAD, agency))
    assert visitor.get(path.format(case.reference)).status_code == 404
