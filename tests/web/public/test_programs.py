"""What everybody sees of the city's programs."""

import io
from datetime import date, timedelta

import pytest
from PIL import Image

from portal.core import clock
from portal.core.spreadsheets import read_table
from portal.models import (
    BudgetStage,
    LinkType,
    Milestone,
    ProgramLevel,
    ProgramStatus,
    ProgramUpdate,
    ResultVote,
    Role,
    Status,
    Submission,
    TeamRole,
)
from portal.queries import program_page
from portal.services import programs
from portal.services.programs import Measure
from tests import factories as make
from tests.factories import MONDAY


@pytest.fixture
def agency(db):
    return make.make_agency()


@pytest.fixture
def head(agency):
    return make.head(agency)


@pytest.fixture
def citizen(app, db):
    return make.make_citizen(app.extensions["seal"])


def text(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    return answer.get_data(as_text=True)


def test_the_page_shows_money_measures_promises_and_parts(client, agency, head, db):
    program = make.make_program(agency, nomenclature="3.26.02 Peningkatan Daya Tarik")
    for stage, amount in ((BudgetStage.PROPOSED, 510), (BudgetStage.ENACTED, 420), (BudgetStage.PAID, 214)):
        programs.save_budget(
            program, stage, amount * 1_000_000, as_of=date(2026, 1, 5), actor=head, at=MONDAY
        )
    programs.save_indicator(
        program, Measure("Lampu dermaga menyala", 36, unit="lampu", realised=22), actor=head, at=MONDAY
    )
    part = make.make_program(agency, level=ProgramLevel.ACTIVITY, parent_id=program.id, weight=3)
    today = clock.city_date(clock.now())
    for title, due, first, done in (
        ("Sudah ditepati", today, None, today - timedelta(days=4)),
        ("Sudah diundur", today + timedelta(days=9), today + timedelta(days=2), None),
        ("Sudah lewat", today - timedelta(days=3), None, None),
    ):
        db.session.add(
            Milestone(
                program_id=program.id, title_id=title, title_en=title, due_on=due, first_due_on=first,
                done_on=done, reason="Kabel belum tiba." if first else "",
            )
        )  # fmt: skip
    db.session.commit()
    page = text(client, f"/program/{program.code}")
    for words in (
        "Uangnya sampai di mana?", "Rp\N{NO-BREAK SPACE}420\N{NO-BREAK SPACE}juta", "Sudah dibayar 50%.",
        "Usulan warga",
        "Lampu dermaga menyala", "61%", "4 hari lebih awal", "Diundur", "Alasan: Kabel belum tiba.",
        "Terlambat", part.code, "Bobot 3", "1 ditepati",
    ):  # fmt: skip
        assert words in page, words
    below = text(client, f"/program/{part.code}")
    assert f'href="/program/{program.code}"' in below


def test_the_page_names_agencies_and_numbers_but_never_officers(client, agency, head, db):
    program, other = make.make_program(agency), make.make_agency()
    officer = make.make_user(Role.OFFICER, agency, name="Nurhayati Pasaribu")
    programs.set_agencies(program, [other.id], actor=head, at=MONDAY)
    programs.set_team(program, {officer.id: TeamRole.LEAD}, actor=head, at=MONDAY)
    db.session.commit()
    page = text(client, f"/program/{program.code}")
    assert other.name_id in page
    assert "1 petugas di timnya." in page
    assert "Nurhayati" not in page
    assert "Nurhayati" not in text(client, f"/program/{program.code}.csv")


def test_photos_of_a_report_are_for_everybody_and_only_those(client, at_publisher, agency, db):
    program, browser = make.make_program(agency), at_publisher
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(picture, "JPEG")
    picture.seek(0)
    answer = browser.post(
        f"/meja/program/{program.code}/kemajuan",
        data={
            "text_id": "Papan sisi utara selesai diganti.", "progress": "50", "version": "1",
            "alt": "Papan dermaga yang baru",
            "photos": (picture, "IMG_1.jpg"),
        },
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 303
    page = text(client, f"/program/{program.code}")
    assert 'alt="Papan dermaga yang baru"' in page
    path = page.split('src="/program/foto/')[1].split('"')[0]
    shown = client.get(f"/program/foto/{path}")
    assert (shown.status_code, shown.mimetype) == (200, "image/webp")
    assert client.get("/program/foto/tidak-ada").status_code == 404


@pytest.fixture
def at_publisher(new_client, agency, db):
    client = new_client()
    make.sign_in(client, make.make_user(Role.HEAD, agency))
    return client


def vote(db, program, *, yes: int, no: int) -> None:
    for number in range(yes + no):
        user = make.make_user()
        db.session.add(ResultVote(program_id=program.id, user_id=user.id, felt=number < yes, at=MONDAY))
    make.make_program()  # touches the pages
    db.session.commit()


def test_words_on_the_result_are_shown_from_five_on(client, agency, db):
    program = make.make_program(agency)
    vote(db, program, yes=7, no=5)
    assert "7 warga: sudah terasa. 5 warga: belum terasa." in text(client, f"/program/{program.code}")


@pytest.mark.parametrize(("yes", "no"), [(4, 0), (9, 3), (1, 1), (3, 3)])
def test_small_numbers_are_not_shown_nor_given_away(client, agency, db, yes, no):
    program = make.make_program(agency)
    vote(db, program, yes=yes, no=no)
    page = text(client, f"/program/{program.code}")
    assert "warga: belum terasa" not in page
    assert "warga: sudah terasa" not in page


def test_an_account_says_a_word_changes_it_and_takes_it_back(client, agency, db, citizen):
    program = make.make_program(agency)
    make.sign_in(client, citizen)
    path = f"/program/{program.code}/hasil"
    assert client.post(path, data={"kata": "sudah"}).headers["Location"] == path
    assert "Anda menjawab: sudah terasa." in client.get(path).get_data(as_text=True)
    client.post(path, data={"kata": "belum"})
    assert [row.felt for row in db.session.query(ResultVote)] == [False]
    client.post(path, data={"kata": "hapus"})
    assert db.session.query(ResultVote).count() == 0
    assert client.post(path, data={"kata": "mungkin"}).status_code == 404


def test_somebody_unknown_is_asked_who_they_are_and_nothing_is_counted(client, agency, db):
    program = make.make_program(agency)
    db.session.commit()
    answer = client.post(f"/program/{program.code}/hasil", data={"kata": "sudah"})
    assert answer.status_code == 303
    assert "/masuk" in answer.headers["Location"]
    assert db.session.query(ResultVote).count() == 0
    assert client.get(f"/program/{program.code}/hasil").status_code == 200
    assert db.session.query(ResultVote).count() == 0


def test_nobody_feels_the_result_of_what_did_not_begin(client, agency, db, citizen):
    program = make.make_program(agency, status=ProgramStatus.PLANNED)
    make.sign_in(client, citizen)
    assert client.get(f"/program/{program.code}/hasil").status_code == 404
    assert client.post(f"/program/{program.code}/hasil", data={"kata": "sudah"}).status_code == 404
    assert "merasakan hasilnya" not in client.get(f"/program/{program.code}").get_data(as_text=True)


def test_a_partnership_is_named_while_everybody_may_read_it(client, agency, head, db):
    program, partnership = make.make_program(agency), make.make_partnership(agency)
    programs.link_partnership(
        program, partnership, type=LinkType.PART_OF, sentence="Perahu memakai dermaga.", actor=head, at=MONDAY
    )
    db.session.commit()
    assert "Perahu memakai dermaga." in text(client, f"/program/{program.code}")
    case = db.session.get_one(Submission, partnership.submission_id)
    case.secret, case.listed = True, False
    make.make_program()
    db.session.commit()
    assert "Perahu memakai dermaga." not in text(client, f"/program/{program.code}")


def test_the_files_say_what_the_pages_say(client, agency, head, db):
    program = make.make_program(agency, title_id="=Dermaga")
    hidden = make.make_case(Status.ASSIGNED, agency=agency, secret=True)
    programs.link(
        hidden, program, type=LinkType.ANSWERS, sentence="Rahasia sekali.", actor=make.triage(), at=MONDAY
    )
    make.make_program(title_id="Pelatihan pemandu")
    db.session.commit()
    rows = read_table(client.get("/program.csv").data)
    assert [row[0] for row in rows] == ["kode", *sorted(row[0] for row in rows[1:])]
    assert b"'=Dermaga" in client.get("/program.csv").data
    assert len(read_table(client.get("/program.xlsx").data)) == len(rows)
    narrow = client.get(f"/program.csv?dinas={agency.slug}").data
    assert b"Pelatihan" not in narrow
    one = client.get(f"/program/{program.code}.csv")
    assert hidden.reference.encode() not in one.data
    assert one.headers["Content-Disposition"].startswith("attachment")
    assert client.get("/program/9.99.csv").status_code == 404


def test_a_search_without_a_find_leads_back_to_all_programs(client, db):
    page = client.get("/program?q=zzzz").text
    assert '<a class="text-link" href="/program">Lihat semua program</a>' in page


def test_the_list_narrows_by_level(client, agency, db):
    top = make.make_program(agency, title_id="Program besar sekali")
    make.make_program(agency, title_id="Kegiatan kecil saja", level=ProgramLevel.ACTIVITY, parent_id=top.id)
    db.session.commit()
    page = text(client, "/program?tingkat=kegiatan")
    assert "Kegiatan kecil saja" in page
    assert "Program besar sekali" not in page
    assert "Program besar sekali" in text(client, "/program?tingkat=entah")


def test_a_case_says_what_changed_since_it_was_sent(client, agency, head, db):
    program = make.make_program(agency)
    case = make.make_case(Status.ASSIGNED, agency=agency)
    programs.link(
        case,
        program,
        type=LinkType.ANSWERS,
        sentence="Lampu ini ikut diganti.",
        actor=make.triage(),
        at=MONDAY,
    )
    before = case.received_at - timedelta(days=3)
    programs.add_update(program, actor=head, at=before, text_id="Kabar sebelum kiriman.", progress=5)
    programs.add_update(
        program,
        actor=head,
        at=case.received_at + timedelta(hours=2),
        text_id="Lampu pertama menyala.",
        progress=40,
    )
    db.session.commit()
    page = text(client, f"/k/{case.reference}")
    assert "Apa yang berubah sejak kiriman ini" in page
    assert "Lampu pertama menyala." in page
    part = page.split("Apa yang berubah")[1].split("</section>")[0]
    assert "Kabar sebelum kiriman." not in part
    other = make.make_case(Status.ASSIGNED, agency=agency)
    db.session.commit()
    assert "Apa yang berubah" not in text(client, f"/k/{other.reference}")


def test_the_page_of_a_program_asks_a_bounded_number_of_questions(client, agency, head, db, count_queries):
    program = make.make_program(agency)
    for number in range(12):
        make.make_program(agency, level=ProgramLevel.ACTIVITY, parent_id=program.id)
        programs.save_indicator(program, Measure(f"Ukuran nomor {number}", 5), actor=head, at=MONDAY)
        programs.add_update(program, actor=head, at=MONDAY, text_id="Kabar kemajuan.", progress=1)
    db.session.commit()
    with count_queries() as asked:
        client.get(f"/program/{program.code}")
    assert len(asked) <= 16, asked
    with count_queries() as again:
        client.get(f"/program/{program.code}")
    assert len(again) <= 2


def test_what_was_kept_on_the_day_before_in_the_city_is_no_change(client, agency, db):
    # two at night on the tenth: the ninth, in UTC
    case = make.make_case(Status.ASSIGNED, agency=agency, received_at=make.at(10, 2))
    program = make.make_program(agency)
    programs.link(
        case,
        program,
        type=LinkType.ANSWERS,
        sentence="Lampu ini ikut diganti.",
        actor=make.triage(),
        at=MONDAY,
    )
    for day, title in ((9, "Tiang dipasang"), (10, "Lampu dipasang")):
        on = make.at(day).date()
        db.session.add(
            Milestone(program_id=program.id, title_id=title, title_en=title, due_on=on, done_on=on)
        )
    db.session.commit()
    db.session.expire_all()  # times come back from the database in UTC
    page = text(client, f"/k/{case.reference}")
    assert "Lampu dipasang" in page
    assert "Tiang dipasang" not in page


def test_the_page_reads_no_more_reports_than_it_shows(client, agency, db):
    program = make.make_program(agency)
    for number in range(40):
        at = MONDAY + timedelta(hours=number)
        db.session.add(ProgramUpdate(program_id=program.id, at=at, text_id=f"Kabar-{number}.", progress=1))
    db.session.commit()
    page = text(client, f"/program/{program.code}")
    assert "Kabar-39." in page
    assert "Kabar-30." in page
    assert "Kabar-29." not in page
    assert len(program_page.updates(program.id)) == program_page.MOST_UPDATES
    assert "Kabar-0." in client.get(f"/program/{program.code}.csv").text
