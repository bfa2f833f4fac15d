"""/keterbukaan/moderasi: the month of moderation for everybody, as a page and as CSV."""

import csv
import io

import pytest
import time_machine

from portal.models import HideCode, ModerationAct, ModerationDecision, Subject
from portal.services import pages
from tests import factories as make
from tests.factories import MONDAY
from tests.support.html import text_of

PAGE = "/keterbukaan/moderasi"


@pytest.fixture
def decide(db):
    def write(act, number, code=None, subject=Subject.COMMENT, at=MONDAY, sentence=""):
        for n in range(number):
            db.session.add(
                ModerationDecision(
                    at=at, act=act, subject=str(subject), subject_id=n + 1, code=code, sentence=sentence
                )
            )
        pages.touch()
        db.session.commit()

    return write


def rows_of(client, query=""):
    page = client.get(f"{PAGE}.csv{query}")
    rows = csv.DictReader(io.StringIO(page.text.lstrip("\ufeff")))
    return {(row["what"], row["of"]): row["number"] for row in rows}


@time_machine.travel(make.at(27, 10), tick=False)
def test_everybody_reads_what_was_hidden_and_why(client, decide):
    decide(ModerationAct.HIDE, 8, HideCode.INSULT)
    decide(ModerationAct.HIDE, 6, HideCode.ADVERTISING)
    words = text_of(client.get(PAGE))
    assert "Memuat penghinaan 8" in words
    assert "Berisi iklan 6" in words
    assert "disembunyikan 14" in words
    english = text_of(client.get(f"/en{PAGE}"))
    assert "14" in english


@time_machine.travel(make.at(27, 10), tick=False)
def test_small_numbers_are_not_said_on_the_page_nor_in_the_file(client, decide):
    decide(ModerationAct.BLOCK, 3, subject="user")
    decide(ModerationAct.HIDE, 2, HideCode.INSULT)
    words = text_of(client.get(PAGE))
    assert "orang diblokir sementara kurang dari 5" in words
    assert "Memuat penghinaan kurang dari 5" in words
    found = rows_of(client)
    assert found["blocked", ""] == found["hidden", ""] == found["hidden_by_reason", "insult"] == ""
    assert found["warned", ""] == found["hidden_by_reason", "advertising"] == "0"


@time_machine.travel(make.at(27, 10), tick=False)
def test_the_sentence_of_a_decision_is_not_in_the_summary(client, decide):
    decide(ModerationAct.HIDE, 7, HideCode.INSULT, sentence="Rahasia <b>Budi</b>")
    assert "Budi" not in client.get(PAGE).text
    assert "Budi" not in client.get(f"{PAGE}.csv").text


@time_machine.travel(make.at(27, 10), tick=False)
def test_another_month_has_numbers_of_its_own(client, decide):
    decide(ModerationAct.HIDE, 7, HideCode.INSULT)
    assert rows_of(client, "?bulan=2026-11")["hidden", ""] == "7"
    assert rows_of(client, "?bulan=2026-10")["hidden", ""] == "0"
    for odd in ("1900-01", "'", "%00", "2026-13"):
        assert client.get(f"{PAGE}?bulan={odd}").status_code == 200


def test_the_page_is_kept_sets_no_cookie_and_is_found_from_openness(client, db):
    page = client.get(PAGE)
    assert page.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in page.headers
    assert PAGE in client.get("/keterbukaan").text


def test_the_page_costs_three_queries_at_most(client, db, count_queries):
    client.get("/kiriman?q=x")
    with count_queries() as counted:
        client.get(PAGE)
    assert len(counted) <= 3
