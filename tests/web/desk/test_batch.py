"""Many cases at once, and taking it back, as the desk does it over HTTP."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from sqlalchemy import select

from portal.core import clock
from portal.models import DeskChange, Kind, OutboxMessage, Priority, Role, RoutingOutcome, Status
from portal.services.batch import MOST
from portal.web.desk.batch import BATCH
from tests.factories import events_of, make_agency, make_case, make_category, make_user
from tests.support.html import text_of


def picks(cases) -> list[str]:
    return [f"{case.reference}:{case.version}" for case in cases]


def look(desk, action: str, cases, **more):
    """Open the page before the deed."""
    query = urlencode([("aksi", action), *(("pilih", pick) for pick in picks(cases)), *more.items()])
    return desk.get(f"/meja/pilihan?{query}")


def press(desk, action: str, pick: list[str], query: str = "", **fields):
    """Confirm."""
    return desk.post(f"/meja/pilihan{query}", **{"aksi": action, "pilih": pick} | fields)


def follow(desk, answer) -> str:
    assert answer.status_code == 303, text_of(answer)
    return text_of(desk.get(answer.headers["Location"]))


def did(case) -> list[str]:
    return [event.action for event in events_of(case)]


@pytest.fixture
def three(agency):
    category = make_category(agency_id=agency.id)
    return [make_case(Status.IN_REVIEW, category=category) for _ in range(3)]


def test_rows_can_be_chosen_without_javascript(triage, three):
    page = triage.get("/meja/antrean/to_sort").get_data(as_text=True)
    for case in three:
        assert f'name="pilih" value="{case.reference}:{case.version}"' in page
    assert 'form id="pilihan"' in page
    assert page.count(" checked>") == 0
    everything = triage.get("/meja/antrean/to_sort?centang=semua").get_data(as_text=True)
    assert everything.count(" checked>") == 3


def test_an_officer_is_offered_what_officers_do(officer, agency):
    make_case(Status.ASSIGNED, agency=agency)
    page = officer.get("/meja/antrean/agency").get_data(as_text=True)
    assert set(re.findall(r'name="aksi" value="([a-z]+)"', page)) == {
        "take", "prioritise", "later", "merge", "export",
    }  # fmt: skip
    for action in ("assign", "classify", "answer", "promise", "bogus", ""):
        assert officer.get(f"/meja/pilihan?aksi={action}&pilih=SB-2611-AAAA").status_code == 404
        assert press(officer, action, ["SB-2611-AAAA:1"]).status_code == 404


@pytest.mark.parametrize("action", BATCH)
def test_nothing_published_is_done_to_many(action):
    from portal.rules.workflow import PUBLISHES

    assert action not in PUBLISHES


def test_looking_changes_nothing_and_says_who_takes_part_and_why_others_do_not(triage, three):
    moved, wrong = three[2], make_case(Status.ANSWERED, title="Sudah dijawab dahulu")
    drawn = picks([*three, wrong])
    triage.act(moved, "note", text="Catatan tidak mengubah apa pun.")
    triage.act(moved, "prioritise", priority="high")
    histories = [did(case) for case in three]
    page = triage.get("/meja/pilihan?" + urlencode([("aksi", "assign"), *(("pilih", one) for one in drawn)]))
    text = text_of(page)
    assert page.status_code == 200
    assert "Teruskan : 2 kiriman" in text or "Teruskan: 2 kiriman" in text
    assert "Dilewati (2)" in text
    assert "Sudah berubah sejak dipilih" in text
    assert "Statusnya tidak memungkinkan" in text
    assert [did(case) for case in three] == histories


def test_many_are_assigned_each_by_its_own_event(triage, three, agency, db):
    officer = make_user(Role.OFFICER, agency)
    page = look(triage, "assign", three).get_data(as_text=True)
    assert f'<option selected value="{agency.id}">' in page, "the agency of their common category"
    answer = press(triage, "assign", picks(three), agency_id=agency.id, officer_id=officer.id, category_id="")
    assert "3 diteruskan." in follow(triage, answer)
    for case in three:
        assert (case.status, case.agency_id, case.officer_id) == (Status.ASSIGNED, agency.id, officer.id)
        assert did(case).count("assign") == 1
    assert db.session.scalars(select(DeskChange.action)).all() == ["assign"]


def test_what_cannot_be_done_stops_no_other_and_is_named(triage, three, agency):
    bare, gone = make_case(title="Tanpa kategori sama sekali"), three[0]
    drawn = picks([*three, bare])
    triage.act(gone, "assign", agency_id=agency.id, category_id=gone.category_id)
    answer = press(triage, "assign", drawn, agency_id=agency.id)
    text = follow(triage, answer)
    assert "2 diteruskan, 2 dilewati." in text
    assert "Tanpa kategori sama sekali" in text
    assert "Belum berkategori" in text
    assert "Sudah berubah sejak dipilih" in text
    assert [case.status for case in three] == [Status.ASSIGNED] * 3
    assert bare.status is Status.RECEIVED


def test_a_second_press_does_nothing_and_says_the_same(triage, three, agency):
    drawn = picks(three)
    first = follow(triage, press(triage, "assign", drawn, agency_id=agency.id))
    again = follow(triage, press(triage, "assign", drawn, agency_id=agency.id))
    assert "3 diteruskan." in first
    assert "3 diteruskan." in again
    assert [did(case).count("assign") for case in three] == [1, 1, 1]


@pytest.mark.parametrize("pick", [[], ["", "x", "SB-2611"], ["SB-2611-ZZZZ:1"]])
def test_an_empty_selection_is_said(triage, pick):
    answer = press(triage, "prioritise", pick, priority="high")
    assert answer.status_code == 422
    said = "Belum ada kiriman yang dipilih." if "SB-2611-ZZZZ:1" not in pick else "tidak ditemukan"
    assert said in text_of(answer)
    query = urlencode([("aksi", "export"), *(("pilih", one) for one in pick)])
    assert triage.get(f"/meja/pilihan?{query}").status_code == 422


def test_more_than_fifty_are_refused_and_nothing_happens(triage):
    cases = [make_case() for _ in range(MOST + 1)]
    answer = press(triage, "prioritise", picks(cases), priority="high")
    assert answer.status_code == 422
    assert "Paling banyak 50 kiriman sekali jalan. Anda memilih 51." in text_of(answer)
    assert look(triage, "prioritise", cases).status_code == 422
    assert {case.priority for case in cases} == {Priority.NORMAL}


def test_cases_of_other_agencies_do_not_exist_in_a_selection(officer, head, agency):
    mine = make_case(Status.ASSIGNED, agency=agency)
    theirs = make_case(Status.ASSIGNED, agency=make_agency(), title="Milik dinas lain")
    named = make_case(Status.ASSIGNED, agency=agency, secret=True, named=officer.user, title="Menyebut dia")
    fresh = make_case(title="Belum diteruskan")
    everything = [mine, theirs, named, fresh]
    page = look(officer, "prioritise", everything)
    assert "1 kiriman" in text_of(page)
    assert "3 nomor tidak ditemukan." in text_of(page)
    answer = press(officer, "prioritise", picks(everything), priority="urgent")
    text = follow(officer, answer)
    assert "1 diubah prioritasnya." in text
    for hidden in (theirs, named, fresh):
        assert hidden.priority == Priority.NORMAL
        assert hidden.title not in text_of(page) + text
    left = urlencode([("lewat", f"{case.reference}:moved") for case in everything])
    result = text_of(officer.get(f"/meja/pilihan/hasil?{left}"))
    assert mine.title in result
    assert not any(hidden.title in result for hidden in (theirs, named, fresh))
    assert named.title in text_of(look(head, "prioritise", everything))


def test_versions_that_were_meddled_with_change_nothing(triage, three):
    for version in ("0", "-1", "99", "x", "", "9" * 30):
        answer = press(triage, "prioritise", [f"{three[0].reference}:{version}"], priority="high")
        assert "0 diubah prioritasnya, 1 dilewati." in follow(triage, answer)
    assert three[0].priority == Priority.NORMAL


def test_an_incomplete_form_keeps_the_selection(triage, three):
    answer = press(triage, "assign", picks(three), agency_id="", category_id="")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Galat: " in page
    assert page.count("Pilih dinas.") >= 2
    for pick in picks(three):
        assert f'name="pilih" value="{pick}"' in page


def test_officers_of_one_agency_are_given_no_case_of_another(triage, agency):
    here, there = make_case(Status.ASSIGNED, agency=agency), make_case(Status.ASSIGNED)
    officer = make_user(Role.OFFICER, agency)
    answer = press(triage, "take", picks([here, there]), officer_id=officer.id)
    assert "1 ditetapkan petugasnya, 1 dilewati." in follow(triage, answer)
    assert (here.officer_id, there.officer_id) == (officer.id, None)


def test_an_officer_takes_many(officer, agency):
    cases = [make_case(Status.ASSIGNED, agency=agency) for _ in range(2)]
    page = look(officer, "take", cases).get_data(as_text=True)
    assert f'<option selected value="{officer.user_id}">' in page
    press(officer, "take", picks(cases), officer_id=officer.user_id)
    assert {case.officer_id for case in cases} == {officer.user_id}


def test_many_get_a_category_and_keep_their_titles(triage, three):
    titles = [case.title for case in three]
    category = make_category()
    press(triage, "classify", picks(three), category_id=category.id)
    assert {case.category_id for case in three} == {category.id}
    assert [case.title for case in three] == titles


def test_many_wait_until_a_day_but_none_past_its_deadline(head, agency):
    at = clock.now()
    patient = make_case(Status.ASSIGNED, agency=agency, due_at=at + timedelta(days=40))
    urgent = make_case(Status.ASSIGNED, agency=agency, due_at=at + timedelta(hours=2))
    day = clock.city_date(at) + timedelta(days=10)
    answer = press(head, "later", picks([patient, urgent]), until="other", on=day.isoformat())
    text = follow(head, answer)
    assert "1 diatur “nanti”-nya, 1 dilewati." in text
    assert "Batas waktunya terlalu dekat." in text
    assert (patient.later_until, urgent.later_until) == (day, None)
    assert patient.title in text_of(head.get("/meja/antrean/later"))
    assert patient.title not in text_of(head.get("/meja/antrean/agency"))
    press(head, "later", picks([patient]), until="back")
    assert patient.later_until is None


def test_the_others_are_merged_into_the_one_chosen(triage, three):
    main = make_case(Status.ANSWERED, title="Sudah dijawab, tempat yang lain digabung")
    secret = make_case(secret=True, title="Rahasia tidak pernah digabung")
    page = look(triage, "merge", [*three, main, secret]).get_data(as_text=True)
    assert f'value="{main.reference}"' in page
    assert f'<option value="{secret.reference}"' not in page
    answer = press(triage, "merge", picks([*three, main]), into=main.reference)
    assert "3 digabung." in follow(triage, answer)
    assert {case.merged_into_id for case in three} == {main.id}
    assert main.status is Status.ANSWERED
    assert main.support_count == 3


def test_merging_needs_two(triage, three):
    assert "Pilih sedikitnya dua kiriman" in text_of(look(triage, "merge", three[:1]))


def test_the_target_of_a_merge_is_one_of_those_chosen(triage, three):
    stranger = make_case(Status.ASSIGNED)
    answer = press(triage, "merge", picks(three), into=stranger.reference)
    assert answer.status_code == 422
    assert {case.status for case in three} == {Status.IN_REVIEW}


def test_the_file_holds_what_was_chosen_and_nothing_else(triage, three):
    other = make_case(Status.IN_REVIEW)
    answer = look(triage, "export", three)
    assert answer.status_code == 303
    file = triage.get(answer.headers["Location"])
    assert file.mimetype == "text/csv"
    for case in three:
        assert case.reference in file.get_data(as_text=True)
    assert other.reference not in file.get_data(as_text=True)


def test_fifty_cases_cost_a_bounded_number_of_queries(triage, agency, count_queries):
    category = make_category(agency_id=agency.id)
    make_user(Role.HEAD, agency)
    cases = [make_case(Status.IN_REVIEW, category=category) for _ in range(MOST)]
    chosen, agency_id = picks(cases), agency.id
    url = "/meja/pilihan?" + urlencode([("aksi", "assign"), *(("pilih", pick) for pick in chosen)])
    triage.get(url)
    with count_queries() as seen:
        triage.get(url)
    assert len(seen) <= 8, seen
    with count_queries() as asked:
        press(triage, "assign", chosen, agency_id=agency_id)
    assert len([case for case in cases if case.status is Status.ASSIGNED]) == MOST
    assert len(asked) <= 12 * MOST + 20


# --- undo ---------------------------------------------------------------------------------------------


def undo_url(response) -> str | None:
    found = re.search(r'class="undo-bar" method="post" action="([^"]+)"', response.get_data(as_text=True))
    return found[1].replace("&amp;", "&") if found else None


def test_a_batch_is_taken_back_from_the_list(triage, three, agency, db):
    press(triage, "assign", picks(three), "?antrean=to_sort", agency_id=agency.id)
    page = triage.get("/meja/antrean/to_sort")
    assert "Terakhir : 3 diteruskan." in text_of(page) or "Terakhir: 3 diteruskan." in text_of(page)
    url = undo_url(page)
    assert "3 dikembalikan." in follow(triage, triage.post(url))
    assert [case.status for case in three] == [Status.IN_REVIEW] * 3
    assert [did(case)[-1] for case in three] == ["take_back"] * 3
    assert db.session.scalars(select(OutboxMessage)).all() == []
    assert undo_url(triage.get("/meja/antrean/to_sort")) is None
    again = follow(triage, triage.post(url))
    assert "Sudah dibatalkan, atau lewat 10 menit." in again
    assert [did(case)[-1] for case in three] == ["take_back"] * 3


def test_the_public_reads_that_an_assignment_was_taken_back(triage, client, three, agency):
    press(triage, "assign", picks(three[:1]), agency_id=agency.id)
    triage.post(undo_url(triage.get("/meja")))
    page = text_of(client.get(f"/k/{three[0].reference}"))
    assert "Disposisi ditarik kembali" in page


def test_what_moved_on_is_left_and_named(triage, at_desk, three, agency):
    press(triage, "assign", picks(three), agency_id=agency.id)
    url = undo_url(triage.get("/meja"))
    at_desk(Role.HEAD, agency).act(three[1], "answer", text="Sudah kami periksa dan perbaiki.")
    text = follow(triage, triage.post(url))
    assert "2 dikembalikan, 1 dilewati." in text
    assert f"Sudah berubah sejak itu: {three[1].reference}" in text
    assert three[1].status is Status.ANSWERED


def test_the_change_of_somebody_else_does_not_exist(triage, at_desk, three, agency):
    press(triage, "assign", picks(three), agency_id=agency.id)
    url = undo_url(triage.get("/meja"))
    other = at_desk(Role.TRIAGE)
    assert undo_url(other.get("/meja")) is None
    assert other.post(url).status_code == 404
    assert other.post("/meja/batal/999999").status_code == 404
    assert other.post(f"/meja/batal/{2**70}").status_code == 404
    assert {case.status for case in three} == {Status.ASSIGNED}


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("take", {"officer_id": "me"}),
        ("prioritise", {"priority": "urgent"}),
        ("later", {"until": "other", "on": (clock.now() + timedelta(days=9)).date().isoformat()}),
        ("classify", {"title": "Judul yang lain sama sekali", "category_id": "new"}),
        ("merge", {"into": "target"}),
        ("assign", {"agency_id": "here", "category_id": "new"}),
    ],
)
def test_a_single_press_is_taken_back(triage, agency, action, fields):
    status = Status.IN_REVIEW if action == "assign" else Status.ASSIGNED
    case = make_case(status, agency=agency, due_at=clock.now() + timedelta(days=40))
    values = {
        "me": make_user(Role.OFFICER, agency).id, "new": make_category().id, "here": agency.id,
        "target": make_case(Status.ASSIGNED).reference,
    }  # fmt: skip

    def state():
        return (
            case.status, case.officer_id, case.priority, case.later_until, case.title, case.category_id,
            case.merged_into_id,
        )  # fmt: skip

    before = state()
    answer = triage.act(case, action, **{key: values.get(value, value) for key, value in fields.items()})
    assert answer.status_code == 303
    assert state() != before
    answer = triage.post(undo_url(triage.get(answer.headers["Location"])))
    assert f"/meja/k/{case.reference}" in answer.headers["Location"]
    assert "1 dikembalikan." in follow(triage, answer)
    assert state() == before


def test_publishing_offers_no_way_back(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    answer = head.act(case, "answer", text="Sudah kami periksa dan perbaiki.")
    assert undo_url(head.get(answer.headers["Location"])) is None


def test_after_ten_minutes_nothing_is_offered_and_nothing_taken_back(triage, three, agency):
    start = clock.now()
    with time_machine.travel(start, tick=False) as time:
        press(triage, "assign", picks(three), agency_id=agency.id)
        url = undo_url(triage.get("/meja"))
        time.shift(timedelta(minutes=10, seconds=1))
        assert undo_url(triage.get("/meja")) is None
        assert "lewat 10 menit" in follow(triage, triage.post(url))
    assert {case.status for case in three} == {Status.ASSIGNED}


# --- priority and later on the page -------------------------------------------------------------------


def test_priority_is_a_word_and_a_shape_and_not_for_the_public(triage, client, agency):
    case = make_case(Status.ASSIGNED, agency=agency, kind=Kind.PROBLEM, priority=Priority.URGENT)
    for page in (triage.open(case), triage.get("/meja/antrean/all")):
        assert '<span aria-hidden="true">▲▲</span> Mendesak' in page.get_data(as_text=True)
    assert "Mendesak" not in client.get(f"/k/{case.reference}").get_data(as_text=True)


def test_a_case_put_off_says_so_and_can_be_taken_up_again(officer, agency):
    day = clock.city_date(clock.now()) + timedelta(days=3)
    case = make_case(Status.ASSIGNED, agency=agency, due_at=clock.now() + timedelta(days=30), later_until=day)
    assert "Nanti, sampai" in text_of(officer.open(case))
    assert "nanti, sampai" in text_of(officer.get("/meja/antrean/later"))
    answer = officer.act(case, "later", until="back")
    assert "Kembali di meja." in follow(officer, answer)
    assert case.later_until is None


def test_a_case_too_close_to_its_deadline_says_how_long_it_can_wait(officer, agency):
    at = clock.now()
    case = make_case(Status.ASSIGNED, agency=agency, due_at=at + timedelta(days=30))
    far = (clock.city_date(at) + timedelta(days=60)).isoformat()
    answer = officer.act(case, "later", until="other", on=far)
    assert answer.status_code == 422
    assert "paling lambat" in text_of(answer)
    assert case.later_until is None


def test_putting_off_and_deferring_have_names_of_their_own(head, agency):
    text = text_of(head.open(make_case(Status.ASSIGNED, agency=agency)))
    assert "Nanti saja (di meja)" in text
    assert "Nyatakan belum bisa dilakukan" in text
    page = head.open(make_case(Status.ASSIGNED, agency=agency)).get_data(as_text=True)
    assert re.search(r'aksi=later#aksi"[^>]*data-key="h"', page)
    assert page.count('data-key="h"') == 1


def test_what_was_suggested_for_each_is_not_measured_where_nobody_saw_it(triage, three, agency, db):
    press(triage, "assign", picks(three[:2]), agency_id=agency.id)
    triage.act(three[2], "assign", agency_id=agency.id, category_id=three[2].category_id)
    assert db.session.scalars(select(RoutingOutcome.submission_id)).all() == [three[2].id]
