import re
from datetime import timedelta

import pytest

from portal.core import clock
from portal.models import IdentityMode, Role, Status
from tests.factories import make_agency, make_case, make_category, make_user


def titles(response) -> list[str]:
    page = response.get_data(as_text=True)
    return re.findall(r'<div class="case-title"><a href="[^"]+">([^<]+)</a>', page)


def rail(response) -> dict[str, int | None]:
    page = response.get_data(as_text=True)
    nav = page.split('<nav class="rail"')[1].split("</nav>")[0]
    found = re.findall(r"<a [^>]+>([^<]+?)(?: <b>([\d.]+)</b>)?</a>", nav)
    return {label: int(count) if count else None for label, count in found}


def test_the_day_of_triage_begins_with_what_is_to_be_sorted(triage):
    make_case(title="Belum dipilah sama sekali")
    answer = triage.get("/meja")
    assert answer.status_code == 200
    assert "<h1>Perlu dipilah</h1>" in answer.get_data(as_text=True)
    assert titles(answer) == ["Belum dipilah sama sekali"]


def test_counts_are_limited_to_what_the_officer_may_see(officer, agency):
    other = make_agency()
    make_case(Status.ASSIGNED, agency=agency, officer=officer.user)
    make_case(Status.ASSIGNED, agency=agency)
    for _ in range(3):
        make_case(Status.ASSIGNED, agency=other)
    make_case()
    found = rail(officer.get("/meja"))
    assert found["Milik saya"] == 1
    assert found["Dinas saya"] == 2
    assert "Perlu dipilah" not in found


def test_a_case_of_another_agency_is_in_no_list_of_the_officer(officer):
    make_case(Status.ASSIGNED, agency=make_agency(), title="Milik dinas lain")
    for queue in ("mine", "agency", "overdue", "waiting", "deferred", "done", "all"):
        answer = officer.get(f"/meja/antrean/{queue}")
        assert answer.status_code == 200
        assert "Milik dinas lain" not in answer.get_data(as_text=True)
    assert "Milik dinas lain" not in officer.get("/meja?q=dinas").get_data(as_text=True)


def test_the_queue_to_sort_does_not_exist_for_officers(officer):
    assert officer.get("/meja/antrean/to_sort").status_code == 404


def test_an_unknown_queue_does_not_exist(triage):
    assert triage.get("/meja/antrean/rahasia").status_code == 404


def test_a_secret_case_is_hidden_from_the_colleague_it_names(agency, officer, head):
    make_case(Status.ASSIGNED, agency=agency, secret=True, title="Tentang petugas", named=officer.user)
    assert titles(officer.get("/meja/antrean/agency")) == []
    assert rail(officer.get("/meja"))["Dinas saya"] == 0
    assert titles(head.get("/meja/antrean/agency")) == ["Tentang petugas"]


def test_the_admin_has_no_desk(at_desk):
    assert at_desk(Role.ADMIN).get("/meja").status_code == 404


def test_a_visitor_is_led_to_the_sign_in_page(client):
    answer = client.get("/meja")
    assert answer.status_code == 303
    assert "sign_in" in answer.headers["Location"] or "/masuk" in answer.headers["Location"]


def test_the_most_urgent_comes_first(triage):
    now = clock.now()
    make_case(title="Masih lama", due_at=now + timedelta(days=9))
    make_case(title="Sudah lewat", due_at=now - timedelta(days=9))
    make_case(title="Tanpa batas", due_at=None)
    assert titles(triage.get("/meja/antrean/to_sort")) == ["Sudah lewat", "Masih lama", "Tanpa batas"]
    assert titles(triage.get("/meja/antrean/overdue")) == ["Sudah lewat"]


def test_a_deadline_is_said_in_words(triage):
    make_case(title="Sudah lewat", due_at=clock.now() - timedelta(days=30))
    make_case(Status.NEEDS_INFO)
    assert re.search(r"Lewat \d+ hari", triage.get("/meja/antrean/to_sort").get_data(as_text=True))
    assert "Jeda" in triage.get("/meja/antrean/waiting").get_data(as_text=True)


def test_filters_in_the_address_narrow_the_list(triage):
    category = make_category(slug="lampu")
    make_case(title="Lampu padam di dermaga", category=category)
    make_case(title="Sampah di tangga", category=make_category())
    answer = triage.get("/meja/antrean/all?kategori=lampu")
    assert titles(answer) == ["Lampu padam di dermaga"]
    assert 'class="chip is-on"' in answer.get_data(as_text=True)
    assert titles(triage.get("/meja/antrean/all?q=sampah")) == ["Sampah di tangga"]
    assert len(titles(triage.get("/meja/antrean/all?kategori=tidak-ada&jenis=aneh"))) == 2


def test_a_reference_in_the_search_box_opens_the_case(triage):
    case = make_case()
    answer = triage.get(f"/meja?q={case.reference.lower()}")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"/meja/k/{case.reference}")


def test_a_reference_of_another_agency_finds_nothing(officer):
    case = make_case(Status.ASSIGNED, agency=make_agency())
    answer = officer.get(f"/meja?q={case.reference}")
    assert answer.status_code == 200
    assert titles(answer) == []


def test_pages_reach_every_case_once(triage):
    for number in range(65):
        make_case(title=f"Kiriman nomor {number}", due_at=clock.now() + timedelta(hours=number % 7))
    seen, address = [], "/meja/antrean/to_sort"
    while address:
        answer = triage.get(address)
        seen += titles(answer)
        after = re.search(
            r'<a class="button button-secondary" href="([^"]+)" rel="next"', answer.get_data(as_text=True)
        )
        address = after.group(1).replace("&amp;", "&") if after else ""
    assert len(seen) == 65 == len(set(seen))


def test_an_empty_queue_says_so(triage):
    assert "Semua sudah dipilah." in triage.get("/meja/antrean/to_sort").get_data(as_text=True)


def test_finished_this_week_is_counted_from_what_happened(triage, agency):
    now = clock.now()
    make_case(Status.ANSWERED, agency=agency, received_at=now - timedelta(days=3), title="Baru dijawab")
    make_case(Status.ANSWERED, agency=agency, received_at=now - timedelta(days=90), title="Dulu dijawab")
    answer = triage.get("/meja/antrean/done")
    assert rail(answer)["Selesai minggu ini"] == len(titles(answer)) <= 1
    assert "Dulu dijawab" not in titles(answer)


def test_a_queue_costs_few_queries(triage, count_queries):
    for _ in range(12):
        make_case(officer=make_user(), identity_mode=IdentityMode.SHIELDED)
    triage.get("/meja/antrean/to_sort")
    with count_queries() as few:
        triage.get("/meja/antrean/to_sort")
    for _ in range(12):
        make_case(officer=make_user())
    triage.get("/meja/antrean/to_sort")  # reads changed reference data into memory
    with count_queries() as many:
        triage.get("/meja/antrean/to_sort")
    assert len(many) == len(few) <= 6, many


@pytest.mark.parametrize(
    "query", ["dari=xxxx", "dari=WzAsMSwxXQ", "q=%00%E2%80%8B", "q=" + "a" * 3000, "q=%27%22--"]
)
def test_nonsense_in_the_address_is_no_error(triage, query):
    make_case()
    assert triage.get(f"/meja/antrean/to_sort?{query}").status_code == 200
    assert triage.get(f"/meja/antrean/all?{query}").status_code == 200
