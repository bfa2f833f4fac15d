"""Filters in the address, in the form and in the search box."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from portal.core import clock
from portal.core.database import db
from portal.models import Role, Status, Watch
from portal.queries.cases import Due, Filters, Sort
from portal.rules.permissions import Actor
from portal.web.desk import filtering
from tests import factories
from tests.factories import make_agency, make_case, make_category, make_user

pytestmark = pytest.mark.usefixtures("db")


def titles(response) -> list[str]:
    page = response.get_data(as_text=True)
    return re.findall(r'<div class="case-title"><a href="[^"]+">([^<]+)</a>', page)


def chips(response) -> list[str]:
    page = response.get_data(as_text=True).split('<div class="list-head">')[1].split("</div>")[0]
    return [unescape(one).strip() for one in re.findall(r"</span>([^<]+)<svg", page)]


def read(app, actor: Actor, **args) -> filtering.Asked:
    db.session.commit()  # reference data is read on a connection of its own
    with app.test_request_context():
        return filtering.read(MultiDict(args), actor)


def test_the_words_of_the_address_become_filters_in_one_spelling(app, agency):
    one = factories.officer(agency)
    category = make_category(slug="lampu")
    asked = read(
        app, one, urut="TERBARU", petugas="kosong,saya", kategori="lampu", q="  padam  ", dinas=agency.slug,
        tenggat="lewat,hari_ini", dukungan="5", berkas="ya", status="done,assigned",
    )  # fmt: skip
    assert list(asked.args.items()) == [
        ("q", "padam"), ("status", "done,assigned"), ("kategori", "lampu"), ("dinas", agency.slug),
        ("petugas", "kosong,saya"), ("tenggat", "lewat,hari_ini"), ("berkas", "ya"), ("dukungan", "5"),
        ("urut", "terbaru"),
    ]  # fmt: skip
    assert asked.filters == Filters(
        words="padam", statuses=frozenset({Status.DONE, Status.ASSIGNED}),
        category_ids=frozenset({category.id}), agency_ids=frozenset({agency.id}),
        officer_ids=frozenset({one.user_id}), without_officer=True,
        due=frozenset({Due.OVERDUE, Due.TODAY}), with_files=True, least_supports=5, sort=Sort.NEWEST,
    )  # fmt: skip
    assert asked.unknown == ()


@pytest.mark.parametrize(
    ("typed", "args"),
    [
        ("status:assigned lampu", {"q": "lampu", "status": "assigned"}),
        ("status:ditangani", {}),
        ('status:"Sedang ditangani"', {"status": "assigned"}),
        ('status:"sudah dijawab" status:done', {"status": "answered,done"}),
        ("kelurahan:laut", {"kelurahan": "laut"}),
        ("tenggat:LEWAT due:paused", {"tenggat": "lewat,jeda"}),
        ("prioritas:urgent", {"prioritas": "mendesak"}),
        ("kanal:loket", {"kanal": "counter"}),
        ("dukungan:3 urut:dukungan", {"dukungan": "3", "urut": "dukungan"}),
        ("nomor:sb2611aaaa", {"nomor": "SB-2611-AAAA"}),
    ],
)
def test_typed_words_become_the_same_filters(app, typed, args):
    asked = read(app, factories.triage(), q=typed)
    assert asked.args == args
    assert bool(asked.unknown) == (not args)


def test_names_are_found_in_both_languages_and_by_the_only_beginning_that_fits(app):
    make_category(slug="suar-laut", name_id="Suar pelabuhan", name_en="Harbour beacons")
    make_category(slug="suar-dua", name_id="Suara bising", name_en="Noise")
    agency = make_agency(slug="dinas-suar", short_id="Dinas Mercu", code="MRC")
    ward = factories.a_ward()
    one = factories.triage()
    for typed in ('kategori:"suar pelabuhan"', 'kategori:"Harbour Beacons"', "kategori:suar-l"):
        assert read(app, one, q=typed).args == {"kategori": "suar-laut"}
    assert read(app, one, q="kategori:suar").unknown == ("kategori:suar",)
    assert read(app, one, kategori="suar-l").unknown == ("kategori:suar-l",)
    for typed in ("dinas:mrc", 'dinas:"dinas mercu"', "agency:dinas-su"):
        assert read(app, one, q=typed).args == {"dinas": agency.slug}
    assert read(app, one, q=f'kelurahan:"{ward.name.upper()}"').args == {"kelurahan": ward.code}


def test_colleagues_are_found_by_name_only_within_ones_own_agencies(app, agency):
    mine = make_user(Role.OFFICER, agency, name="Dewi Siregar, S.T.")
    other = make_user(Role.OFFICER, make_agency(), name="Hotman Sinaga")
    one, city = factories.officer(agency), factories.triage()
    assert read(app, one, petugas="Dewi Siregar, S.T.").args == {"petugas": str(mine.id)}
    for value in (str(other.id), "Hotman Sinaga"):
        asked = read(app, one, petugas=value)
        assert (asked.args, asked.filters.officer_ids) == ({}, frozenset())
        assert asked.unknown == (f"petugas:{value}",)
        assert read(app, city, petugas=value).args == {"petugas": str(other.id)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(filtering.FIELDS),
        st.text(max_size=60) | st.from_regex(r"\A[a-z_,:\" ]{0,40}\Z"),
        max_size=6,
    )
)
def test_any_address_is_read_and_its_one_spelling_reads_back_the_same(app, args):
    one = Actor(user_id=1)
    asked = read(app, one, **args)
    again = read(app, one, **asked.args)
    assert (again.args, again.filters, again.unknown) == (asked.args, asked.filters, ())


def test_the_search_box_leads_to_the_address_of_the_filters(triage):
    answer = triage.get("/meja?q=status:assigned kelurahan:laut lampu")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/meja/antrean/all?q=lampu&status=assigned&kelurahan=laut"


def test_the_form_leads_to_the_short_address(triage):
    answer = triage.get(
        "/meja/antrean/overdue?saring=1&q=&status=done&status=assigned&petugas=&urut=&berkas=ya"
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/meja/antrean/overdue?status=done,assigned&berkas=ya"


def test_the_form_holds_what_is_on(triage, agency):
    colleague = make_user(Role.OFFICER, agency, name="Dewi Siregar, S.T.")
    answer = triage.get(
        f"/meja/antrean/all?status=done,assigned&petugas=saya,{colleague.id}&berkas=ya&urut=terlama"
    )
    page = answer.get_data(as_text=True)
    assert set(re.findall(r'name="status" value="(\w+)" checked', page)) == {"done", "assigned"}
    assert 'name="petugas" value="saya, Dewi Siregar, S.T."' in page
    assert 'name="berkas" value="ya" checked' in page
    assert '<option value="terlama" selected>' in page


def test_every_filter_has_a_chip_that_takes_only_it_away(triage):
    answer = triage.get("/meja/antrean/all?q=lampu&status=done,assigned&tenggat=jeda&pantau=ya&dukungan=3")
    assert chips(answer) == [
        "“lampu”", "Selesai", "Sedang ditangani", "jeda, menunggu warga", "paling sedikit 3 dukungan",
        "saya pantau",
    ]  # fmt: skip
    head = answer.get_data(as_text=True).split('<div class="list-head">')[1]
    links = [unescape(link) for link in re.findall(r'class="chip is-on" href="([^"]+)"', head)][:6]
    left = [parse_qs(urlsplit(link).query) for link in links]
    assert "q" not in left[0]
    assert left[1]["status"] == ["assigned"]
    assert left[2]["status"] == ["done"]
    assert "dukungan" not in left[4]
    assert all(len(one) >= 4 for one in left)


def test_what_nobody_knows_is_said_and_not_used(triage):
    make_case(title="Lampu di dermaga")
    answer = triage.get("/meja/antrean/all?kategori=sudah-dihapus&petugas=99999&status=<b>x")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert titles(answer) == ["Lampu di dermaga"]
    assert "kategori:sudah-dihapus" in page
    assert "petugas:99999" in page
    assert "status:&lt;b&gt;x" in page


def test_an_empty_list_says_what_to_let_go(triage):
    page = triage.get("/meja/antrean/overdue?status=done&berkas=ya").get_data(as_text=True)
    empty = page.split('class="empty"')[1].split("</div>")[0]
    assert "Tidak ada yang cocok dengan saringan ini." in empty
    assert empty.count('class="chip is-on"') == 2
    assert 'href="/meja/antrean/all?status=done&amp;berkas=ya"' in empty


def test_filters_stay_while_a_case_is_open(triage):
    case = make_case()
    address = unescape(
        re.search(
            r'class="case-title"><a href="([^"]+)"',
            triage.get("/meja/antrean/all?status=received,done").get_data(as_text=True),
        )[1]
    )
    assert address == f"/meja/k/{case.reference}?antrean=all&status=received,done"
    assert 'href="/meja/antrean/all?status=received,done"' in triage.get(address).get_data(as_text=True)


def test_watched_means_by_me(triage, at_desk):
    case = make_case(title="Saya pantau ini")
    make_case(title="Tidak dipantau")
    db.session.add(Watch(user_id=triage.user_id, submission_id=case.id, created_at=clock.now()))
    db.session.commit()
    assert titles(triage.get("/meja/antrean/all?pantau=ya")) == ["Saya pantau ini"]
    assert titles(at_desk(Role.TRIAGE).get("/meja/antrean/all?pantau=ya")) == []


@pytest.mark.parametrize("name", filtering.FIELDS)
@pytest.mark.parametrize(
    "value", ["%00", ",,,", "-1", "9" * 40, "%F0%9F%90%9F", "a" * 3000, '"', "ya,ya", "١٢"]
)
def test_nonsense_in_any_field_is_no_error(triage, name, value):
    assert triage.get(f"/meja/antrean/all?{name}={value}").status_code == 200


def test_a_filtered_list_costs_no_query_more_than_a_plain_one(triage, count_queries):
    make_case(Status.ASSIGNED)
    triage.get("/meja/antrean/all")
    with count_queries() as plain:
        triage.get("/meja/antrean/all")
    with count_queries() as narrowed:
        triage.get(
            "/meja/antrean/all?status=assigned&petugas=saya&urut=dukungan&tenggat=lewat&q=lampu&pantau=ya&kanal=web"
        )
    assert len(narrowed) == len(plain)
