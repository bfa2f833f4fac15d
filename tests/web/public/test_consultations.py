import csv
import io
import re
from datetime import date, timedelta

import pytest
import time_machine

from portal.core.clock import now
from portal.core.pagination import Cursor
from portal.models import (
    Consultation,
    ConsultationAnswer,
    ConsultationKind,
    ConsultationOption,
    ConsultationResponse,
    Eligibility,
    HideCode,
    QuestionKind,
    Status,
    User,
)
from portal.queries import consultations as reads
from portal.rules.consultations import Given
from portal.services import consultations as writing
from tests import factories as make

ALL = (
    QuestionKind.SINGLE,
    QuestionKind.MULTIPLE,
    QuestionKind.RANKING,
    QuestionKind.POINTS,
    QuestionKind.TEXT,
)


@pytest.fixture
def seal(app):
    return app.extensions["seal"]


def fields(one, *values):
    """Return the fields of a form: for each question a text, or the value beside each option."""
    found = {}
    for question, value in zip(reads.questions(one.id), values, strict=True):
        if question.kind is QuestionKind.SINGLE:
            found[f"q{question.id}"] = str(question.options[value].id)
        elif question.kind is QuestionKind.TEXT:
            found[f"q{question.id}"] = value
        else:
            for option, number in zip(question.options, value, strict=True):
                if number:
                    found[f"q{question.id}-{option.id}"] = str(number)
    return found


SOUND = (0, (1, 1, 0), (2, 1, 0), (7, 0, 3), "Banjir tiap hujan <b>deras</b>")


def answered(one, people, seal, *, ward=None, option=0):
    question = reads.questions(one.id)[0]
    for number in range(people):
        writing.answer(
            one.id,
            person=f"user:{ward}{option}{number}",
            given=[Given(question.id, question.options[option].id, 1)],
            ward_code=ward,
            confirmed=True,
            at=one.closes_at - timedelta(seconds=1),
            seal=seal,
        )


def test_anybody_answers_every_sort_of_question_without_an_account_and_reads_it_back(client, db):
    one = make.make_consultation(*ALL)
    typed = fields(one, *SOUND)
    page = client.get(f"/konsultasi/{one.slug}/jawab")
    assert page.status_code == 200
    sent = client.post(f"/konsultasi/{one.slug}/jawab", data=typed)
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/konsultasi/{one.slug}/jawaban-saya")
    receipt = client.get(sent.headers["Location"]).text
    assert "1. Pilihan 2" in receipt
    assert "Pilihan 1: 7 poin" in receipt
    assert "&lt;b&gt;deras" in receipt
    again = client.get(f"/konsultasi/{one.slug}/jawab").text
    assert "Anda sudah menjawab" in again
    assert 'value="7"' in again
    client.post(f"/konsultasi/{one.slug}/jawab", data=typed | fields(one, 1, *SOUND[1:]))
    assert db.session.get(Consultation, one.id).response_count == 1


def test_a_browser_that_keeps_no_cookie_counts_nothing_and_is_told(client, db):
    one = make.make_consultation()
    refused = client.post(f"/konsultasi/{one.slug}/jawab", data=fields(one, 0))
    assert refused.status_code == 422
    assert "kuki" in refused.text
    assert "checked" in refused.text
    assert db.session.query(ConsultationResponse).count() == 0


def test_a_forged_cookie_opens_nothing(client, db):
    one = make.make_consultation()
    client.set_cookie("jawaban", "gAAAAA-palsu")
    assert client.get(f"/konsultasi/{one.slug}/jawab").status_code == 200
    assert client.get(f"/konsultasi/{one.slug}/jawaban-saya").status_code == 303


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((0, (1, 1, 0), (2, 1, 0), (7, 0, 5), "Ya"), "Jumlahnya 12, harus 10."),
        ((0, (1, 1, 1), (2, 1, 0), (7, 0, 3), "Ya"), "Anda memilih 3, paling banyak 2."),
        ((0, (1, 1, 0), (2, 2, 0), (7, 0, 3), "Ya"), "Ada nomor 2, tetapi belum ada nomor 1."),
        ((0, (1, 1, 0), (1, 1, 0), (7, 0, 3), "Ya"), "Nomor 1 dipakai dua kali."),
        ((0, (1, 1, 0), (2, 1, 0), (7, 0, 3), ""), "Tulis jawaban Anda."),
        ((0, (1, 1, 0), (2, 1, 0), ("tujuh", 0, 3), "Ya"), "Tulis angka bulat"),
    ],
)
def test_a_wrong_answer_is_said_in_words_and_nothing_typed_is_lost(client, db, values, said):
    one = make.make_consultation(*ALL)
    client.get(f"/konsultasi/{one.slug}/jawab")
    refused = client.post(f"/konsultasi/{one.slug}/jawab", data=fields(one, *values))
    assert refused.status_code == 422
    assert said in refused.text
    assert "<title>Galat:" in refused.text
    assert f'value="{values[3][0]}"' in refused.text
    assert db.session.query(ConsultationAnswer).count() == 0


def test_meddled_fields_are_refused_without_an_error(client, db):
    one = make.make_consultation(QuestionKind.SINGLE)
    question = reads.questions(one.id)[0]
    client.get(f"/konsultasi/{one.slug}/jawab")
    for value in ("99999999999999999999", "abc", "-1", "\x00"):
        sent = client.post(f"/konsultasi/{one.slug}/jawab", data={f"q{question.id}": value})
        assert sent.status_code == 422
    ward = client.post(f"/konsultasi/{one.slug}/jawab", data=fields(one, 0) | {"kelurahan": "x"})
    assert ward.status_code == 422


def test_somebody_unknown_signs_in_and_finds_what_they_typed(client, db, seal):
    one = make.make_consultation(*ALL, eligibility=Eligibility.CONFIRMED)
    path = f"/konsultasi/{one.slug}/jawab"
    to_sign_in = client.post(path, data=fields(one, *SOUND))
    assert to_sign_in.status_code == 303
    assert "/masuk" in to_sign_in.headers["Location"]
    assert db.session.query(ConsultationResponse).count() == 0
    make.sign_in(client, make.make_citizen(seal))
    form = client.get(path).text
    assert "Banjir tiap hujan" in form
    assert 'value="7"' in form
    assert client.post(path, data=fields(one, *SOUND)).headers["Location"].endswith("/jawaban-saya")
    response = db.session.query(ConsultationResponse).one()
    assert response.confirmed
    assert "Banjir" not in client.get(path.replace("jawab", "lain")).text


def test_a_vote_of_a_ward_asks_for_the_ward_and_keeps_it_in_the_account(client, db, seal):
    ward = make.a_ward()
    one = make.make_consultation(eligibility=Eligibility.WARD, ward_code=ward.code)
    other = db.session.query(type(ward)).filter(type(ward).code != ward.code).first()
    user = make.make_citizen(seal)
    make.sign_in(client, user)
    path = f"/konsultasi/{one.slug}/jawab"
    assert "Pilih kelurahan tempat tinggal" in client.post(path, data=fields(one, 0)).text
    wrong = client.post(path, data=fields(one, 0) | {"kelurahan": other.code})
    assert (wrong.status_code, db.session.query(ConsultationResponse).count()) == (422, 0)
    sent = client.post(path, data=fields(one, 0) | {"kelurahan": ward.code})
    assert sent.status_code == 303
    assert db.session.get(User, user.id).ward_code == ward.code


def test_somebody_of_another_ward_is_told_so_and_counts_nothing(client, db, seal):
    ward = make.a_ward()
    other = db.session.query(type(ward)).filter(type(ward).code != ward.code).first()
    one = make.make_consultation(eligibility=Eligibility.WARD, ward_code=ward.code)
    make.sign_in(client, make.make_citizen(seal, ward_code=other.code))
    path = f"/konsultasi/{one.slug}/jawab"
    assert "Bukan untuk kelurahan Anda" in client.get(path).text
    sent = client.post(path, data=fields(one, 0) | {"kelurahan": ward.code})
    assert sent.status_code == 422
    assert db.session.query(ConsultationResponse).count() == 0


def test_what_is_not_published_does_not_exist_anywhere(client, db):
    one = make.make_consultation(published_at=None, title_id="Rahasia dulu")
    for path in ("", "/jawab", "/jawaban-saya", "/hasil.csv", "/ikuti"):
        assert client.get(f"/konsultasi/{one.slug}{path}").status_code == 404
        assert client.get(f"/en/konsultasi/{one.slug}{path}").status_code == 404
    assert client.post(f"/konsultasi/{one.slug}/jawab", data=fields(one, 0)).status_code == 404
    assert "Rahasia dulu" not in client.get("/konsultasi").text


def test_before_and_after_its_period_no_answer_is_taken(client, db):
    coming = make.make_consultation(opens_at=now() + timedelta(days=2))
    closed = make.make_consultation(closes_at=now() - timedelta(hours=1))
    for one in (coming, closed):
        path = f"/konsultasi/{one.slug}/jawab"
        assert client.get(path).status_code == 303
        assert client.post(path, data=fields(one, 0)).status_code == 409
    assert db.session.query(ConsultationResponse).count() == 0


def test_the_list_says_what_is_open_what_comes_and_what_is_over(client, db):
    make.make_consultation(title_id="Sedang berjalan")
    make.make_consultation(title_id="Segera dibuka", opens_at=now() + timedelta(days=2))
    make.make_consultation(title_id="Sudah selesai", closes_at=now() - timedelta(days=1))
    ward = make.a_ward()
    make.make_consultation(
        title_id="Prioritas kampung",
        kind=ConsultationKind.PRIORITIES,
        eligibility=Eligibility.WARD,
        ward_code=ward.code,
    )
    page = client.get("/konsultasi").text
    places = [page.index(words) for words in ("Sedang berjalan", "Segera dibuka", "Sudah selesai")]
    assert places == sorted(places)
    votes = client.get("/konsultasi?jenis=prioritas").text
    assert "Prioritas kampung" in votes
    assert ward.name in votes
    assert "Sedang berjalan" not in votes
    assert client.get("/konsultasi?jenis='&tahun=99999&dari=x").status_code == 200
    assert "Prioritas kampung" not in client.get("/konsultasi?tahun=2001").text


@pytest.mark.parametrize("moment", [2**61, -(2**61), 10**11, -(10**13)])
def test_a_cursor_from_no_calendar_is_no_error(client, db, moment):
    make.make_consultation(title_id="Sudah selesai", closes_at=now() - timedelta(days=1))
    for backwards in (False, True):
        cursor = Cursor((moment, 2**61), backwards).encode()
        assert client.get(f"/konsultasi?dari={cursor}").status_code == 200


def test_the_period_is_said_in_words(client, db):
    with time_machine.travel(make.at(10, 9), tick=False):
        one = make.make_consultation(opens_at=make.at(8, 0), closes_at=make.at(17, 0))
        assert "Masih 6 hari, sampai 16 Nov 2026." in client.get(f"/konsultasi/{one.slug}").text
    with time_machine.travel(make.at(16, 20), tick=False):
        assert "Hari terakhir" in client.get(f"/konsultasi/{one.slug}").text
    with time_machine.travel(make.at(17, 0, 1), tick=False):
        assert "Ditutup 16 Nov 2026." in client.get(f"/konsultasi/{one.slug}").text


def test_results_show_after_the_end_only(client, db, seal):
    one = make.make_consultation()
    answered(one, 6, seal)
    open_page = client.get(f"/konsultasi/{one.slug}").text
    assert "6 orang" not in open_page
    assert client.get(f"/konsultasi/{one.slug}/hasil.csv").status_code == 404
    with time_machine.travel(one.closes_at + timedelta(minutes=1)):
        page = client.get(f"/konsultasi/{one.slug}").text
    assert "6 orang menjawab." in page
    assert "6 orang (100%)" in page
    assert "Menunggu tindak lanjut" in page


def test_fewer_than_five_answers_are_never_shown(client, db, seal):
    one = make.make_consultation()
    answered(one, 4, seal)
    with time_machine.travel(one.closes_at + timedelta(minutes=1)):
        assert "Kurang dari lima orang" in client.get(f"/konsultasi/{one.slug}").text
        lines = client.get(f"/konsultasi/{one.slug}/hasil.csv").text.splitlines()
    assert len(lines) == 1


def test_a_small_ward_is_folded_into_others_in_page_and_file(client, db, seal):
    one = make.make_consultation()
    first, second = db.session.query(type(make.a_ward())).order_by("code").limit(2)
    answered(one, 9, seal, ward=first.code)
    answered(one, 3, seal, ward=second.code, option=1)
    answered(one, 2, seal, option=2)
    with time_machine.travel(one.closes_at + timedelta(minutes=1)):
        page = client.get(f"/konsultasi/{one.slug}").text
        text = client.get(f"/konsultasi/{one.slug}/hasil.csv").text.lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert {row["ward"] for row in rows} == {"Semua", first.name, "Kelurahan lain, digabung"}
    assert second.name not in page
    assert sum(int(row["votes"]) for row in rows if row["ward"] == "Semua") == 14


def test_a_formula_in_a_title_is_only_text_in_the_file(client, db, seal):
    one = make.make_consultation()
    answered(one, 5, seal)
    db.session.query(ConsultationOption).update({"text_id": "=1+1"})
    with time_machine.travel(one.closes_at + timedelta(minutes=1)):
        assert ";'=1+1;" in client.get(f"/konsultasi/{one.slug}/hasil.csv").text


def test_free_texts_are_never_public(client, db, seal):
    one = make.make_consultation(QuestionKind.TEXT)
    question = reads.questions(one.id)[0]
    for number in range(6):
        given = [Given(question.id, None, None, "Ketua RT mengambil uang")]
        writing.answer(
            one.id, person=f"user:{number}", given=given, ward_code=None, confirmed=True, at=now(), seal=seal
        )
    with time_machine.travel(one.closes_at + timedelta(minutes=1)):
        for path in ("", "/hasil.csv"):
            assert "Ketua RT" not in client.get(f"/konsultasi/{one.slug}{path}").text


def test_the_outcome_and_the_changes_stand_on_the_page(client, db):
    agency = make.make_agency()
    one = make.make_consultation(agency=agency)
    head = make.head(agency)
    writing.close(one, actor=head, at=now(), reason="Keputusan dimajukan <i>")
    writing.write_outcome(
        one, actor=head, at=now(), text_id="Jalan **barat** dulu.", review_on=date(2027, 1, 4)
    )
    page = client.get(f"/konsultasi/{one.slug}").text
    assert "Jalan <strong>barat</strong> dulu." in page
    assert "Ditinjau lagi 4 Jan 2027" in page
    assert "Keputusan dimajukan &lt;i&gt;" in page


def test_a_hidden_submission_loses_its_words_as_an_option(client, db):
    case = make.make_case(status=Status.ANSWERED, title="Perbaiki talud")
    one = make.make_consultation()
    option = db.session.query(ConsultationOption).first()
    option.submission_id, option.text_id = case.id, ""
    db.session.flush()
    assert "Perbaiki talud" in client.get(f"/konsultasi/{one.slug}").text
    case.hidden_code, case.listed = HideCode.INSULT, False
    make.pages.touch()
    for path in ("", "/jawab"):
        page = client.get(f"/konsultasi/{one.slug}{path}").text
        assert "Perbaiki talud" not in page
        assert case.reference not in page
        assert "tidak ditampilkan lagi" in page


def test_a_page_with_twenty_options_costs_three_queries(client, db, seal, count_queries):
    one = make.make_consultation(QuestionKind.SINGLE, QuestionKind.POINTS, options=20)
    client.get("/kiriman?q=x")  # reference data comes into memory
    client.get("/konsultasi/tidak-ada")
    with count_queries() as counted:
        client.get(f"/konsultasi/{one.slug}")
    assert len(counted) <= 3
    with time_machine.travel(one.closes_at + timedelta(minutes=1)), count_queries() as closed:
        client.get(f"/konsultasi/{one.slug}")
    assert len(closed) <= 3
    with count_queries() as listed:
        client.get("/konsultasi")
    assert len(listed) <= 3


def test_the_public_page_touches_no_session_and_sets_no_cookie(client, db):
    one = make.make_consultation()
    page = client.get(f"/konsultasi/{one.slug}")
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "public, no-cache"


def test_the_cookie_says_nothing_that_can_be_read(client, db):
    one = make.make_consultation()
    cookie = client.get(f"/konsultasi/{one.slug}/jawab").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert re.match(r"jawaban=gAAAA", cookie)
