"""Feeds, cards and the list for other sites: what a page shows, and never more."""

import xml.etree.ElementTree as ET
from datetime import datetime

import feedparser
import pytest

from portal.models import HideCode, ProgramUpdate, Status
from portal.services import pages
from tests import factories as make
from tests.factories import MONDAY

ATOM = "{http://www.w3.org/2005/Atom}"
#: Elements that an Atom feed and an entry must have once, and those that they may have.
ONCE = {"id", "title", "updated"}
FEED = ONCE | {"author", "link", "generator", "entry"}
ENTRY = ONCE | {"author", "link", "published", "category", "content"}


def read(answer):
    """Return a feed as a reader understands it, after looking at it as RFC 4287 does."""
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.data)
    assert root.tag == f"{ATOM}feed"
    _check(root, FEED)
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    assert [one.get("rel") for one in root.findall(f"{ATOM}link")] == ["self", "alternate"]
    entries = root.findall(f"{ATOM}entry")
    for entry in entries:
        _check(entry, ENTRY)
        assert entry.find(f"{ATOM}content").get("type") == "text"
    ids = [one.findtext(f"{ATOM}id") for one in (root, *entries)]
    assert len(set(ids)) == len(ids) and all(one.startswith("tag:") for one in ids)
    found = feedparser.parse(answer.data, response_headers={"content-type": answer.headers["Content-Type"]})
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10" and len(found.entries) == len(entries)
    return found


def _check(element, allowed):
    names = [child.tag.removeprefix(ATOM) for child in element]
    assert set(names) <= allowed
    assert all(names.count(name) == 1 for name in ONCE)
    datetime.fromisoformat(element.findtext(f"{ATOM}updated"))


def test_the_feed_of_the_list_knows_its_filters(client, db):
    lamp = make.make_case(Status.ASSIGNED, title='Lampu <b>"padam"</b> & gelap ]]>')
    make.make_case(title="Sampah menumpuk", ward_code=None, place="unknown")
    assert len(read(client.get("/kiriman.atom")).entries) == 2
    found = read(client.get("/kiriman.atom?status=assigned"))
    assert [one.title for one in found.entries] == [lamp.title]
    assert found.entries[0].link.endswith(f"/k/{lamp.reference}")
    assert found.feed.links[0].href.endswith("/kiriman.atom?status=assigned")
    assert found.feed.links[1].href.endswith("/kiriman?status=assigned")
    assert 'href="/kiriman.atom?status=assigned"' in client.get("/kiriman?status=assigned").text


def test_an_empty_feed_is_a_feed(client, db):
    assert read(client.get("/kiriman.atom?q=tidakada&dari=%00zz&kelurahan=x")).entries == []
    assert read(client.get("/program.atom")).entries == []


@pytest.mark.parametrize(
    "trait",
    [
        {"secret": True},
        {"hidden_code": HideCode.INSULT},
        {"status": Status.WITHDRAWN},
        {"text_public": False},
    ],
)
def test_what_is_closed_is_in_no_feed_card_or_frame(client, db, trait):
    case = make.make_case(**trait, title="Kata yang tertutup")
    for path in ("/kiriman.atom", "/sematan/kiriman"):
        assert case.reference not in client.get(path).text
    assert client.get(f"/k/{case.reference}.atom").status_code == 404
    page = client.get(f"/k/{case.reference}").text
    assert "Kata yang tertutup" not in page and "data-share" not in page


def test_hiding_empties_the_feed_at_once(client, db):
    case = make.make_case()
    first = client.get("/kiriman.atom")
    assert case.title in first.text
    again = client.get("/kiriman.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    case = db.session.get(make.Submission, case.id)
    case.hidden_code, case.listed = HideCode.INSULT, False
    pages.touch()
    db.session.commit()
    assert case.title not in client.get("/kiriman.atom").text
    assert client.get(f"/k/{case.reference}.atom").status_code == 404


def test_the_feed_of_a_case_speaks_as_its_page_does(client, db):
    case = make.make_case(Status.ANSWERED)
    found = read(client.get(f"/k/{case.reference}.atom"))
    assert found.entries[0].title.startswith("Dijawab")
    assert "menjadwalkan perbaikan" in found.entries[0].content[0].value
    page = client.get(f"/k/{case.reference}").text
    assert all(entry.title in page for entry in found.entries)
    assert f'href="/k/{case.reference}.atom"' in page


def test_programs_have_feeds_of_their_own(client, db):
    program = make.make_program(make.make_agency())
    db.session.add(
        ProgramUpdate(program_id=program.id, at=MONDAY, text_id="Tiang sudah **berdiri**.", progress=40)
    )
    db.session.flush()
    assert read(client.get("/program.atom")).entries[0].link.endswith(f"/program/{program.code}")
    entry = read(client.get(f"/program/{program.code}.atom")).entries[0]
    assert (entry.title, entry.content[0].value) == ("Kemajuan 40%", "Tiang sudah berdiri.")
    assert client.get("/program/tidak-ada.atom").status_code == 404


def test_a_feed_costs_few_queries(client, db, count_queries):
    for _ in range(5):
        make.make_case()
    client.get("/kiriman")
    with count_queries() as queries:
        client.get("/kiriman.atom")
    assert len(queries) <= 4, queries


def test_other_programs_see_a_card_with_the_address_and_the_picture(client, db, app):
    case = make.make_case()
    page = client.get(f"/k/{case.reference}").text
    base = app.config["BASE_URL"]
    assert f'<link rel="canonical" href="{base}/k/{case.reference}">' in page
    assert f'<meta property="og:title" content="{case.title}">' in page
    assert f'<meta property="og:image" content="{base}/static/img/share.png">' in page
    assert f"https://wa.me/?text={case.title.split()[0]}" in page
    assert 'content="en_GB"' in client.get(f"/en/k/{case.reference}").text
    assert 'property="og:title"' in client.get("/").text


def test_only_the_list_for_other_sites_may_be_framed(client, db):
    case, program = make.make_case(), make.make_program(make.make_agency())
    gathering = make.make_gathering()
    framed = client.get("/sematan/kiriman?kelurahan=x")
    assert framed.status_code == 200 and case.title in framed.text
    assert "X-Frame-Options" not in framed.headers
    policy = framed.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy and "script" not in policy and "form-action 'none'" in policy
    assert framed.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "<script" not in framed.text and "<form" not in framed.text and "Set-Cookie" not in framed.headers
    for path in (
        "/",
        "/kiriman",
        f"/k/{case.reference}",
        "/sematan",
        "/program",
        f"/program/{program.code}",
        "/agenda",
        f"/agenda/{gathering.slug}",
        f"/agenda/{gathering.slug}/daftar",
        "/masuk",
        "/kiriman.atom",
        "/sematan/lain",
        "/peta",
    ):
        headers = client.get(path).headers
        assert headers["X-Frame-Options"] == "DENY", path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path


def test_a_frame_shows_ten_and_its_links_leave_it(client, db):
    for _ in range(12):
        make.make_case()
    page = client.get("/sematan/kiriman").text
    assert page.count("<li>") == 10
    assert page.count('target="_blank" rel="noopener"') == 11


def test_the_snippet_carries_the_filters_that_were_chosen(client, db, app):
    page = client.get("/sematan?jenis=problem&status=assigned").text
    address = f"{app.config['BASE_URL']}/sematan/kiriman?jenis=problem&amp;status=assigned"
    assert f'&lt;iframe src="{address}"' in page
    assert '"><script' not in client.get('/sematan?q="><script>').text
