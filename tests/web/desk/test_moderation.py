"""Reporting, deciding and appealing, as people do it."""

import pytest

from portal.core.clock import now
from portal.models import Appeal, CommentState, ModerationDecision, Report, Role, Subject
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
    assert SENTENCE in citizen.get("/akun/moderasi").text
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
    hide = {"act": "hide", "code": "insult", "sentence": SENTENCE}
    second.get(path)
    assert first.post(path, data=hide).status_code == 303
    assert second.post(path, data=hide).status_code == 422  # hiding is no choice any more
    assert db.session.query(ModerationDecision).count() == 1


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
