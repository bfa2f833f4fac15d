import csv
import io

import pytest
import time_machine

from portal.models import HideCode, IdentityMode, LinkType, ProgramStatus, Status
from portal.services import cases, programs
from tests import factories

PAGES = ["/", "/kiriman", "/program", "/keterbukaan", "/cara-kerja", "/privasi", "/aksesibilitas", "/bantuan"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_works_before_anything_was_sent(client, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_sets_no_cookie_and_may_be_kept_by_a_proxy(client, path):
    answer = client.get(path)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"].startswith("public")
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_an_unchanged_page_costs_a_304(client, db):
    first = client.get("/kiriman")
    again = client.get("/kiriman", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_a_page_from_memory_is_the_same_page(client, db):
    factories.make_case()
    assert client.get("/kiriman").data == client.get("/kiriman").data


def test_a_change_shows_at_once_on_a_page_kept_in_memory(client, db):
    agency = factories.make_agency()
    case = factories.make_case(status=Status.ASSIGNED, agency=agency)
    assert "Sedang ditangani" in client.get(f"/k/{case.reference}").text
    cases.answer(
        case,
        text="Lampu sudah kami ganti tadi pagi.",
        actor=factories.head(agency),
        at=factories.at(20),
    )
    page = client.get(f"/k/{case.reference}").text
    assert "Sudah dijawab" in page
    assert "Lampu sudah kami ganti tadi pagi." in page


def test_the_front_page_shows_what_was_newly_answered(client, db):
    case = factories.make_case(status=Status.ANSWERED)
    assert case.title in client.get("/").text


def test_an_empty_ward_says_so_and_offers_to_be_the_first(client, db):
    ward = factories.a_ward()
    page = client.get(f"/kiriman?kelurahan={ward.code}").text
    assert f"Belum ada kiriman di {ward.name}. Jadilah yang pertama." in page


def test_a_reference_typed_into_the_search_leads_to_its_page(client, db):
    case = factories.make_case()
    typed = case.reference.lower().replace("-", " ")
    answer = client.get("/kiriman", query_string={"q": typed})
    assert answer.status_code == 303
    assert answer.location.endswith(f"/k/{case.reference}")


def test_a_filter_that_does_not_exist_is_ignored(client, db):
    case = factories.make_case()
    page = client.get("/kiriman?jenis=x&status='--&kelurahan=99&kategori=..&dinas=%00&dari=zzz").text
    assert case.title in page


def test_markup_in_a_submission_is_shown_as_text(client, db):
    case = factories.make_case(
        title="<script>alert(1)</script>", body="<img src=x onerror=alert(1)>\n\nKedua", landmark="<b>x</b>"
    )
    page = client.get(f"/k/{case.reference}").text
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


@pytest.mark.parametrize("status", list(Status))
def test_every_state_has_a_page_in_both_languages(client, db, status):
    into = factories.make_case() if status is Status.MERGED else None
    case = factories.make_case(status=status, into=into)
    assert client.get(f"/k/{case.reference}").status_code == 200
    assert client.get(f"/en/k/{case.reference}").status_code == 200


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.ASSIGNED, Status.ANSWERED, Status.DONE])
def test_a_secret_case_answers_like_one_that_does_not_exist(client, db, status):
    case = factories.make_case(status=status, secret=True)
    secret, unknown = client.get(f"/k/{case.reference}"), client.get("/k/SB-2611-XXXX")
    assert secret.status_code == unknown.status_code == 404
    assert secret.text.replace(case.reference, "") == unknown.text.replace("SB-2611-XXXX", "")


def test_a_text_that_waits_for_verification_is_nowhere(client, db):
    case = factories.make_case(
        text_public=False, title="CANARY judul", body="CANARY isi", landmark="CANARY patokan"
    )
    page = client.get(f"/k/{case.reference}")
    assert page.status_code == 200
    assert "CANARY" not in page.text
    for path in ("/", "/kiriman", "/kiriman?q=canary"):
        assert "CANARY" not in client.get(path).text


def test_a_hidden_text_leaves_its_reason(client, db):
    case = factories.make_case(body="CANARY isi", title="CANARY judul", hidden_code=HideCode.INSULT)
    page = client.get(f"/k/{case.reference}").text
    assert "CANARY" not in page
    assert "Memuat penghinaan" in page


def test_a_withdrawn_text_is_gone_but_its_page_is_not(client, db):
    case = factories.make_case(status=Status.WITHDRAWN, body="CANARY isi", title="CANARY judul")
    page = client.get(f"/k/{case.reference}").text
    assert "CANARY" not in page
    assert "Ditarik pelapor" in page


@pytest.mark.parametrize("mode", [IdentityMode.HIDDEN, IdentityMode.SHIELDED])
def test_a_name_that_is_not_to_be_shown_is_not_shown(client, db, mode):
    case = factories.make_case(identity_mode=mode, shown_name="CANARY Nama")
    assert "CANARY" not in client.get(f"/k/{case.reference}").text


def test_a_name_to_be_shown_is_shown(client, db):
    case = factories.make_case(identity_mode=IdentityMode.SHOWN, shown_name="Ibu Ros")
    assert "Ibu Ros" in client.get(f"/k/{case.reference}").text


@time_machine.travel(factories.at(27, 10), tick=False)
def test_an_overdue_case_says_by_how_many_working_days(client, db):
    case = factories.make_case(
        status=Status.ASSIGNED, received_at=factories.at(2), due_at=factories.at(24, 16)
    )
    assert "Lewat 3 hari kerja" in client.get(f"/k/{case.reference}").text


def test_a_corrected_answer_keeps_its_earlier_wording_readable(client, db):
    agency = factories.make_agency()
    case = factories.make_case(status=Status.ASSIGNED, agency=agency)
    boss = factories.head(agency)
    cases.answer(case, text="Selesai besok pagi.", actor=boss, at=factories.at(20))
    answer = case_answer(case)
    cases.edit_answer(case, answer, text="Selesai lusa pagi.", actor=boss, at=factories.at(21))
    page = client.get(f"/k/{case.reference}").text
    assert "Selesai lusa pagi." in page
    assert "Selesai besok pagi." in page
    assert "Versi 1" in page


def case_answer(case):
    from portal.core.database import db
    from portal.models import Answer

    return db.session.query(Answer).filter_by(submission_id=case.id).one()


def test_a_linked_program_shows_on_both_pages(client, db):
    case = factories.make_case(status=Status.ASSIGNED)
    program = factories.make_program(title_id="Dermaga Terang")
    programs.link(
        case,
        program,
        type=LinkType.PART_OF,
        sentence="Lampu ini termasuk yang diganti.",
        actor=factories.triage(),
        at=factories.at(12),
    )
    assert "Dermaga Terang" in client.get(f"/k/{case.reference}").text
    page = client.get(f"/program/{program.code}").text
    assert case.title in page
    assert "Lampu ini termasuk yang diganti." in page


def test_a_secret_case_behind_a_program_is_not_even_counted(client, db):
    case = factories.make_case(status=Status.ASSIGNED, secret=True, title="CANARY judul")
    program = factories.make_program()
    programs.link(
        case,
        program,
        type=LinkType.PART_OF,
        sentence="CANARY kalimat",
        actor=factories.triage(),
        at=factories.at(12),
    )
    page = client.get(f"/program/{program.code}").text
    assert "CANARY" not in page
    assert "Belum ada kiriman yang dihubungkan." in page


def test_programs_narrow_by_word_year_and_state(client, db):
    factories.make_program(title_id="Dermaga Terang", year=2026, status=ProgramStatus.RUNNING)
    factories.make_program(title_id="Pasar Bersih", year=2025, status=ProgramStatus.DONE)
    page = client.get("/program?q=dermaga&tahun=2026&status=running").text
    assert "Dermaga Terang" in page
    assert "Pasar Bersih" not in page


def test_a_wildcard_in_the_search_for_programs_is_a_letter(client, db):
    factories.make_program(title_id="Dermaga Terang")
    assert "Dermaga Terang" not in client.get("/program?q=%25").text


@time_machine.travel(factories.at(27, 10), tick=False)
def test_the_figures_are_those_of_a_naive_count(client, db):
    agency = factories.make_agency()
    for _ in range(6):
        factories.make_case(status=Status.ANSWERED, agency=agency)
    factories.make_case(status=Status.ASSIGNED, agency=agency)
    factories.make_case(status=Status.ANSWERED, agency=agency, secret=True)
    rows = list(csv.DictReader(io.StringIO(client.get("/keterbukaan.csv").text.lstrip("\ufeff"))))
    (row,) = [row for row in rows if int(row["received"])]
    assert (row["received"], row["answered"]) == ("7", "6")
    assert row["median_working_days_to_answer"] != ""


@time_machine.travel(factories.at(27, 10), tick=False)
def test_a_median_of_few_answers_is_not_published(client, db):
    factories.make_case(status=Status.ANSWERED)
    rows = list(csv.DictReader(io.StringIO(client.get("/keterbukaan.csv").text.lstrip("\ufeff"))))
    assert all(row["median_working_days_to_answer"] == "" for row in rows)


def test_a_month_that_is_not_on_offer_shows_the_current_one(client, db):
    assert client.get("/keterbukaan?bulan=1900-01").status_code == 200
    assert client.get("/keterbukaan?bulan='").status_code == 200


@pytest.mark.parametrize(
    "path", ["/k/x", "/k/SB-2611-0000", "/program/x", "/program/%00", "/k/%00", "/tidak/ada", "/en/k/x"]
)
def test_what_does_not_exist_says_so_with_a_way_on(client, db, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "/kiriman" in answer.text


QUERIES = {"/": 3, "/kiriman": 1, "/kiriman?q=lampu": 2, "/program": 2, "/keterbukaan": 3}


@pytest.mark.parametrize("path", QUERIES)
def test_a_list_costs_the_same_few_queries_however_long(client, db, count_queries, path):
    same = {"agency": factories.make_agency(), "category": factories.make_category()}
    for _ in range(3):
        factories.make_case(status=Status.ANSWERED, **same)
    client.get("/kiriman?q=x")  # reference data comes into memory
    with count_queries() as few:
        client.get(path)
    for _ in range(9):
        factories.make_case(status=Status.ANSWERED, **same)
    db.session.commit()
    with count_queries() as many:
        client.get(path)
    assert len(few) == len(many) <= QUERIES[path]


def test_a_case_page_costs_three_queries_and_one_for_what_is_similar(client, db, count_queries):
    case = factories.make_case(status=Status.ANSWERED)
    other = factories.make_case(status=Status.ASSIGNED)
    client.get(f"/k/{other.reference}")  # reference data comes into memory
    with count_queries() as counted:
        client.get(f"/k/{case.reference}")
    similar = [statement for statement in counted if "search_document" in statement]
    assert len(similar) == 1
    assert len(counted) - len(similar) <= 3
