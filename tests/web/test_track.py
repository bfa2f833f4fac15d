import re
from datetime import timedelta

import pytest
import time_machine

from portal.core import clock
from portal.models import (
    Attachment,
    HideCode,
    IdentityMode,
    Purpose,
    Question,
    Role,
    Statement,
    Status,
    Submission,
)
from portal.services import cases
from tests.factories import SECRET, actor, at, make_agency, make_case, make_question, make_user, tracking_code
from tests.support.html import text_of
from tests.support.pictures import jpeg, too_large

NOT_FOUND = "Nomor kiriman tidak ditemukan. Contoh: SB-2611-K7RM"
NO_MATCH = "Nomor atau kode lacak tidak cocok. Periksa lagi keduanya."


def path(response) -> str:
    assert response.status_code == 303, response.get_data(as_text=True)[:3000]
    return response.headers["Location"]


@pytest.fixture
def open_own(client):
    """Open the private page of a case with its code."""

    def open_own(case: Submission):
        code = tracking_code(case)
        address = path(client.post("/lacak", data={"reference": case.reference, "code": code}))
        assert address == f"/lacak/{case.reference}"
        return client

    return open_own


def recent(status: Status, **fields) -> Submission:
    """Make a case whose outcome the reporter may still contest."""
    until = clock.now() + timedelta(days=3)
    return make_case(status, agency=make_agency(), **{"contest_until": until} | fields)


# --- finding --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{bare}", "http://127.0.0.1/k/{}", "{spaced}"])
def test_a_reference_alone_leads_to_the_public_page_however_it_is_typed(client, db, typed):
    reference = make_case().reference
    written = typed.format(
        reference,
        lower=reference.lower(),
        bare=reference.replace("-", ""),
        spaced=reference.replace("-", " "),
    )
    assert path(client.post("/lacak", data={"reference": written})) == f"/k/{reference}"


@pytest.mark.parametrize("typed", ["", "SB-2611-K7RM", "halo", "' OR 1=1", "\0", "x" * 5000])
def test_an_unknown_reference_is_told_at_the_field(client, db, typed):
    page = client.post("/lacak", data={"reference": typed})
    assert page.status_code == 422
    if len(typed) < 200:
        assert page.get_data(as_text=True).count(NOT_FOUND) == 2


def test_the_reference_may_come_with_the_link(client, db):
    assert 'value="SB-2611-K7RM"' in client.get("/lacak?nomor=SB-2611-K7RM").text


@time_machine.travel(at(24, 10), tick=False)  # the form token says in which second it was made
def test_a_secret_case_answers_like_one_that_does_not_exist(client, db):
    secret = make_case(secret=True)
    for data in ({}, {"code": "7KR4-MP2X-9RTA"}):
        real = client.post("/lacak", data={"reference": secret.reference} | data)
        none = client.post("/lacak", data={"reference": "SB-2611-K7RN"} | data)
        assert real.status_code == none.status_code == 422
        assert real.text.replace(secret.reference, "") == none.text.replace("SB-2611-K7RN", "")


def test_a_wrong_code_says_the_same_for_a_public_a_secret_and_no_case(client, db):
    for reference in (make_case().reference, make_case(secret=True).reference, "SB-2611-K7RM"):
        page = client.post("/lacak", data={"reference": reference, "code": "7KR4-MP2X-9RTA"})
        assert page.text.count(NO_MATCH) == 2
        assert NOT_FOUND not in page.text


def test_the_code_of_another_case_opens_nothing(client, db):
    case, other = make_case(), make_case()
    data = {"reference": case.reference, "code": tracking_code(other)}
    assert client.post("/lacak", data=data).status_code == 422


def test_the_code_may_be_typed_carelessly(client, db):
    case = make_case(secret=True)
    code = tracking_code(case).lower().replace("-", " ")
    data = {"reference": case.reference, "code": code}
    assert path(client.post("/lacak", data=data)) == f"/lacak/{case.reference}"


def test_guessing_is_slowed_down(app, client, db):
    app.config["LIMIT_TRACK_PER_ADDRESS"] = "3/hour"
    answers = [client.post("/lacak", data={"reference": "SB-2611-K7RM", "code": "x"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
    assert "Terlalu banyak percobaan" in answers[3].text


# --- the private page -----------------------------------------------------------------------------------


def test_without_the_code_the_private_page_asks_for_it_whether_there_is_a_case_or_not(client, db):
    for reference in (make_case().reference, make_case(secret=True).reference, "SB-2611-K7RM"):
        assert path(client.get(f"/lacak/{reference}")) == f"/lacak?nomor={reference}"
        answer = client.post(f"/lacak/{reference}/tarik")
        assert path(answer) == f"/lacak?nomor={reference}"


def test_the_reporter_reads_everything_of_a_secret_case(db, open_own):
    case = make_case(Status.IN_REVIEW, secret=True, body="Rahasia sekali isinya.", landmark="gudang")
    page = open_own(case).get(f"/lacak/{case.reference}")
    assert "Rahasia sekali isinya." in page.text
    assert "gudang" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Vary"] == "Cookie" or "Cookie" in page.headers["Vary"]


def test_one_code_opens_one_case(db, open_own):
    case, other = make_case(), make_case()
    visitor = open_own(case)
    assert path(visitor.get(f"/lacak/{other.reference}")) == f"/lacak?nomor={other.reference}"
    path(visitor.post(f"/lacak/{other.reference}/tarik"))
    assert db.session.get(Submission, other.id).status is Status.RECEIVED


def test_a_hidden_case_tells_its_reporter_why(db, open_own):
    case = make_case(hidden_code=HideCode.PERSONAL_DATA)
    assert "Memuat data pribadi" in open_own(case).get(f"/lacak/{case.reference}").text


def test_the_page_is_closed_again_on_a_shared_phone(db, open_own):
    case = make_case()
    visitor = open_own(case)
    assert path(visitor.post(f"/lacak/{case.reference}/lupa")) == "/lacak"
    assert path(visitor.get(f"/lacak/{case.reference}")).startswith("/lacak?nomor=")


def test_an_unknown_deed_does_not_exist(db, open_own):
    case = make_case()
    visitor = open_own(case)
    assert visitor.post(f"/lacak/{case.reference}/verify").status_code == 404
    assert visitor.get(f"/lacak/{case.reference}/tarik").status_code == 404


# --- what a reporter can do -----------------------------------------------------------------------------


def test_a_question_is_shown_and_answered_with_a_photo(db, open_own):
    case = make_case(Status.NEEDS_INFO)
    visitor = open_own(case)
    assert "Di depan rumah nomor berapa?" in visitor.get(f"/lacak/{case.reference}").text
    data = {"balas-text": "Di depan nomor 12.", "balas-photos": (jpeg(), "a.jpg")}
    assert path(visitor.post(f"/lacak/{case.reference}/balas", data=data)).endswith("?baru=balas")
    assert db.session.get(Submission, case.id).status is Status.IN_REVIEW
    assert db.session.query(Question).one().reply == "Di depan nomor 12."
    file = db.session.query(Attachment).one()
    assert (file.purpose, file.submission_id) == (Purpose.REPLY, case.id)
    page = visitor.get(f"/lacak/{case.reference}?baru=balas").text
    assert "Jawaban Anda sudah diterima." in page
    assert "Di depan nomor 12." in page


def test_a_bad_photo_loses_neither_the_words_nor_a_file(db, app, open_own):
    case = make_case(Status.NEEDS_INFO)
    data = {"balas-text": "Nomor 12.", "balas-photos": [(jpeg(), "a.jpg"), (too_large(11), "b.jpg")]}
    page = open_own(case).post(f"/lacak/{case.reference}/balas", data=data)
    assert page.status_code == 422
    assert "Nomor 12." in page.text
    assert "b.jpg: Foto ini 11 MB." in page.text
    assert db.session.get(Submission, case.id).status is Status.NEEDS_INFO
    assert list(app.extensions["storage"].files()) == []


@pytest.mark.parametrize(
    ("deed", "status", "words"),
    [
        ("balas", Status.NEEDS_INFO, "Tulis jawaban Anda"),
        ("tambah", Status.RECEIVED, "Tulis keterangan yang ingin ditambahkan"),
        ("belum", Status.ANSWERED, "Tulis apa yang belum selesai"),
        ("keberatan", Status.DECLINED, "Tulis mengapa Anda tidak setuju"),
    ],
)
def test_what_needs_words_is_refused_without(db, open_own, deed, status, words):
    case = recent(status)
    page = open_own(case).post(f"/lacak/{case.reference}/{deed}", data={f"{deed}-text": "\u200b \n"})
    assert page.status_code == 422
    assert page.text.count(words) >= 2
    assert db.session.get(Submission, case.id).status is status


def test_information_is_added_while_the_case_is_open(db, open_own):
    case = make_case(Status.ASSIGNED, agency=make_agency())
    path(open_own(case).post(f"/lacak/{case.reference}/tambah", data={"tambah-text": "Sekarang dua lampu."}))
    assert db.session.query(Statement).one().text == "Sekarang dua lampu."


def test_done_is_confirmed_by_the_reporter(db, open_own):
    case = recent(Status.DONE)
    path(open_own(case).post(f"/lacak/{case.reference}/selesai"))
    assert db.session.get(Submission, case.id).confirmed is True


def test_not_done_opens_the_case_again(db, open_own):
    case = recent(Status.DONE)
    path(open_own(case).post(f"/lacak/{case.reference}/belum", data={"belum-text": "Masih gelap."}))
    assert db.session.get(Submission, case.id).status is Status.ASSIGNED


def test_an_objection_leads_back_to_review_once(db, open_own):
    case = recent(Status.DECLINED)
    visitor = open_own(case)
    path(visitor.post(f"/lacak/{case.reference}/keberatan", data={"keberatan-text": "Itu wewenang kota."}))
    assert db.session.get(Submission, case.id).status is Status.IN_REVIEW
    again = visitor.post(f"/lacak/{case.reference}/keberatan", data={"keberatan-text": "Sekali lagi."})
    assert again.status_code == 409


def test_a_withdrawn_case_shows_nothing_to_the_public(db, open_own, new_client):
    case = make_case(body="Isi yang ditarik kembali.")
    path(open_own(case).post(f"/lacak/{case.reference}/tarik"))
    assert "Isi yang ditarik kembali." not in new_client().get(f"/k/{case.reference}").text


def test_secrecy_can_be_lowered_by_the_reporter(db, open_own, new_client):
    case = make_case(secret=True)
    assert new_client().get(f"/k/{case.reference}").status_code == 404
    path(open_own(case).post(f"/lacak/{case.reference}/buka"))
    assert new_client().get(f"/k/{case.reference}").status_code == 200


def test_only_what_is_possible_now_is_offered(db, open_own):
    case = make_case(Status.ACCEPTED, agency=make_agency())
    page = open_own(case).get(f"/lacak/{case.reference}").text
    offered = set(re.findall(rf'action="/lacak/{case.reference}/(\w+)"', page))
    assert offered == {"lupa", "nilai"}


def test_what_came_too_late_keeps_the_words_where_they_can_still_be_sent(db, open_own):
    case = make_case(Status.ASSIGNED, agency=make_agency())
    page = open_own(case).post(f"/lacak/{case.reference}/balas", data={"balas-text": "Nomor 12."})
    assert page.status_code == 409
    assert "Keadaan kiriman ini sudah berubah" in page.text
    assert re.search(r'<textarea[^>]*name="tambah-text"[^>]*>\s*Nomor 12\.', page.text)


def test_of_a_shielded_reporter_only_the_hour_is_kept(db, open_own):
    case = make_case(identity_mode=IdentityMode.SHIELDED)
    path(open_own(case).post(f"/lacak/{case.reference}/tambah", data={"tambah-text": "Sekarang dua."}))
    moment = db.session.query(Statement).one().created_at
    assert (moment.minute, moment.second, moment.microsecond) == (0, 0, 0)


def test_the_identity_is_on_no_page(db, app, open_own):
    seal = app.extensions["seal"]
    case = make_case(name="Ani Sitompul", email="ani@contoh.id", phone="+6281234567890", seal=seal)
    page = open_own(case).get(f"/lacak/{case.reference}").text
    assert not re.search(r"Ani Sitompul|ani@contoh|6281234", page)


def test_markup_in_a_reply_stays_text(db, open_own):
    case = make_case()
    visitor = open_own(case)
    visitor.post(f"/lacak/{case.reference}/tambah", data={"tambah-text": "<script>alert(1)</script>"})
    assert "<script>alert" not in visitor.get(f"/lacak/{case.reference}").text


def test_an_open_question_waits_on_the_page_with_its_last_day(db, open_own):
    case = make_case(Status.ASSIGNED, agency=make_agency())
    case.status = Status.NEEDS_INFO
    question = make_question(case, text="Jam berapa lampunya mati?")
    page = text_of(open_own(case).get(f"/lacak/{case.reference}"))
    assert question.text in page
    assert "Jawab paling lambat 16 Nov 2026" in page


def test_staff_who_follow_a_case_of_their_own_are_its_reporter_here(db, open_own):
    user = make_user(Role.TRIAGE)
    assert user.id
    case = make_case()
    page = open_own(case).get(f"/lacak/{case.reference}")
    assert "verify" not in page.text


def test_the_cookie_that_proves_the_code_tells_no_id(app, db, open_own):
    case = recent(Status.RECEIVED)
    with open_own(case).session_transaction() as kept:
        sealed = kept["tracked"]
    assert app.extensions["seal"].open(sealed).startswith(f"[[{case.id}, ")


def test_a_meddled_proof_opens_nothing(db, client):
    case = recent(Status.RECEIVED, secret=True)
    for forged in ([[case.id, 9_999_999_999]], f"[[{case.id}, 9999999999]]", "x", 7, None):
        with client.session_transaction() as kept:
            kept["tracked"] = forged
        assert case.body not in client.get(f"/lacak/{case.reference}", follow_redirects=True).text


def test_the_code_of_a_split_case_opens_both_and_closing_closes_both(db, client, open_own):
    case = make_case(Status.IN_REVIEW, body="Lampu padam. Parit tersumbat sekali.")
    triage = actor(make_user(Role.TRIAGE))
    (child,) = cases.split(
        case,
        [cases.Part("Parit tersumbat", "Parit tersumbat sekali.")],
        secret=SECRET,
        actor=triage,
        at=at(18),
    )
    db.session.commit()
    open_own(case)
    assert child.reference in text_of(client.get(f"/lacak/{case.reference}"))
    assert "Parit tersumbat sekali." in text_of(client.get(f"/lacak/{child.reference}"))
    client.post(f"/lacak/{child.reference}/lupa")
    for one in (case, child):
        assert client.get(f"/lacak/{one.reference}").status_code == 303
