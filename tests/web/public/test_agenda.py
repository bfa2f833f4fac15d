"""The city's calendar, as people and calendar programs see it."""

import re
from datetime import UTC, timedelta

import pytest
import vobject

from portal.core import clock
from portal.models import GatheringItem, GatheringSubmission, HideCode, OutboxMessage, Registration
from portal.services import gatherings
from tests import factories as make

NOW = clock.now().replace(microsecond=0)
SOON = {"starts_at": NOW + timedelta(days=9), "ends_at": NOW + timedelta(days=9, hours=2)}
LONG_AGO = {"starts_at": NOW - timedelta(days=9), "ends_at": NOW - timedelta(days=9) + timedelta(hours=2)}


@pytest.fixture
def citizen(app, db):
    return make.make_citizen(app.extensions["seal"])


def test_the_calendar_shows_what_comes_and_what_was_apart(client, db):
    coming, past = make.make_gathering(**SOON), make.make_gathering(**LONG_AGO)
    draft = make.make_gathering(**SOON, published_at=None)
    page, before = client.get("/agenda").text, client.get("/agenda?waktu=lalu").text
    assert coming.title_id in page and past.title_id not in page
    assert past.title_id in before and coming.title_id not in before
    assert draft.title_id not in page + before
    assert client.get(f"/agenda/{draft.slug}").status_code == 404
    assert client.get(f"/agenda/{draft.slug}.ics").status_code == 404
    assert client.get(f"/agenda/{draft.slug}/daftar").status_code == 404


def test_an_empty_calendar_says_so(client, db):
    assert "Belum ada pertemuan yang dijadwalkan" in client.get("/agenda").text
    assert "Belum ada pertemuan yang lewat" in client.get("/agenda?waktu=lalu").text
    assert client.get("/agenda?kelurahan=x&dinas=y&dari=zzz").status_code == 200


def test_a_meeting_shows_its_listed_submissions_only(client, db):
    gathering = make.make_gathering(**SOON, capacity=5)
    seen, hidden = make.make_case(), make.make_case(hidden_code=HideCode.INSULT, title="Tidak terlihat")
    for case in (seen, hidden):
        db.session.add(GatheringSubmission(gathering_id=gathering.id, submission_id=case.id))
    db.session.add(GatheringItem(gathering_id=gathering.id, position=1, text_id="Pembukaan"))
    page = client.get(f"/agenda/{gathering.slug}")
    assert seen.title in page.text and "Tidak terlihat" not in page.text
    assert "Pembukaan" in page.text and "Sisa 5 kursi" in page.text
    assert "Set-Cookie" not in page.headers


def test_a_meeting_costs_three_queries_and_then_none(client, db, count_queries):
    gathering = make.make_gathering(**SOON)
    client.get("/agenda")
    with count_queries() as queries:
        client.get(f"/agenda/{gathering.slug}")
    assert len(queries) <= 4, queries


def test_registering_gives_a_seat_and_cancelling_gives_it_back(client, db, citizen):
    gathering = make.make_gathering(**SOON, capacity=2)
    path = f"/agenda/{gathering.slug}/daftar"
    make.sign_in(client, citizen)
    answer = client.post(path, data={"kursi": "2", "kebutuhan": "bahasa isyarat"})
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    page = client.get(path).text
    assert "Anda terdaftar" in page and "bahasa isyarat" in page
    public = client.get(f"/agenda/{gathering.slug}").text
    assert "Kursi penuh" in public and "bahasa isyarat" not in public
    assert client.post(f"{path}/batal").status_code == 303
    assert "Sisa 2 kursi" in client.get(f"/agenda/{gathering.slug}").text
    assert client.post(f"{path}/batal").status_code == 404


def test_somebody_unknown_is_asked_who_they_are_and_nothing_typed_is_lost(client, db, citizen):
    gathering = make.make_gathering(**SOON)
    path = f"/agenda/{gathering.slug}/daftar"
    answer = client.post(path, data={"kursi": "3", "kebutuhan": "kursi roda"})
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/masuk")
    page = client.get(path).text
    assert "kursi roda" in page and '<option selected value="3">' in page
    assert db.session.query(Registration).count() == 0


@pytest.mark.parametrize("seats", ["0", "6", "-1", "x", "", "99999999999999999999"])
def test_a_wrong_number_of_seats_is_refused(client, db, citizen, seats):
    gathering = make.make_gathering(**SOON)
    make.sign_in(client, citizen)
    answer = client.post(f"/agenda/{gathering.slug}/daftar", data={"kursi": seats, "kebutuhan": "a"})
    assert answer.status_code == 422
    assert db.session.query(Registration).count() == 0


def test_what_is_closed_takes_nobody(client, db, citizen):
    gathering = make.make_gathering(**SOON, registration_until=NOW - timedelta(hours=1))
    make.sign_in(client, citizen)
    answer = client.post(f"/agenda/{gathering.slug}/daftar", data={"kursi": "1"})
    assert answer.status_code == 422 and "Pendaftaran sudah ditutup" in answer.text


# --- calendar files, read back by another library than the one that wrote them --------------------------


def unfolded(content: bytes) -> list[str]:
    assert content.endswith(b"\r\n") and b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    return content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def values(lines: list[str], name: str) -> list[str]:
    return [line.partition(":")[2] for line in lines if re.match(rf"{name}[;:]", line)]


AWKWARD = 'Rapat; warga, "dermaga" \\ baru — ' + "panjang " * 20


def test_a_calendar_file_holds_what_rfc_5545_asks_for(client, db):
    gathering = make.make_gathering(
        **SOON,
        title_id=AWKWARD[:160].strip(),
        text_id="Baris satu.\n\n- **tebal**",
        latitude=1.74,
        longitude=98.78,
    )
    answer = client.get(f"/agenda/{gathering.slug}.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    lines = unfolded(answer.data)
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    for name in ("PRODID", "VERSION", "METHOD", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"):
        assert len(values(lines, name)) == 1, name
    assert values(lines, "METHOD") == ["PUBLISH"]
    assert values(lines, "SEQUENCE") == [str(gathering.version)]
    assert values(lines, "GEO") == ["1.74;98.78"]
    assert values(lines, "STATUS") == ["CONFIRMED"]
    assert "\\n" in values(lines, "DESCRIPTION")[0] and "**" not in values(lines, "DESCRIPTION")[0]


def test_another_parser_reads_the_same_meeting(client, db):
    gathering = make.make_gathering(**SOON, title_id=AWKWARD[:160].strip())
    content = client.get(f"/agenda/{gathering.slug}.ics").data
    event = vobject.readOne(content.decode()).vevent
    assert event.summary.value == gathering.title_id
    assert event.dtstart.value == gathering.starts_at.astimezone(UTC)
    assert event.dtend.value == gathering.ends_at.astimezone(UTC)
    assert event.uid.value.startswith(f"{gathering.slug}@")
    assert event.url.value.endswith(f"/agenda/{gathering.slug}")


def test_the_same_meeting_keeps_its_uid_and_its_bytes_and_counts_its_changes(client, db):
    agency = make.make_agency()
    gathering, head = make.make_gathering(agency, **SOON), make.head(agency)
    path = f"/agenda/{gathering.slug}.ics"
    first = client.get(path)
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    gatherings.cancel(gathering, actor=head, at=NOW, reason="Banjir")
    after = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert after.status_code == 200
    old, new = unfolded(first.data), unfolded(after.data)
    assert values(old, "UID") == values(new, "UID")
    assert int(values(new, "SEQUENCE")[0]) > int(values(old, "SEQUENCE")[0])
    assert values(new, "STATUS") == ["CANCELLED"] and "Banjir" in values(new, "DESCRIPTION")[0]


def test_the_city_calendar_is_a_feed_that_says_how_often_to_ask(client, db):
    shown = [make.make_gathering(**SOON), make.make_gathering(**LONG_AGO)]
    make.make_gathering(**SOON, published_at=None)
    lines = unfolded(client.get("/agenda.ics").data)
    assert values(lines, "REFRESH-INTERVAL") == ["PT6H"] and values(lines, "X-WR-CALNAME")
    uids = values(lines, "UID")
    assert sorted(uid.partition("@")[0] for uid in uids) == sorted(one.slug for one in shown)


def test_every_mail_of_a_meeting_has_its_words(app, db, citizen):
    from portal.queries import letters
    from portal.web import mails

    seal = app.extensions["seal"]
    agency = make.make_agency()
    gathering, head = make.make_gathering(agency, **SOON, capacity=1), make.head(agency)
    first = make.make_citizen(seal)
    gatherings.register(gathering, first, seats=1, needs="rahasia", at=NOW, seal=seal)
    gatherings.register(gathering, citizen, seats=1, needs="", at=NOW, seal=seal)
    gatherings.unregister(gathering, first, at=NOW)
    moved = {"place": "Gedung Nasional"}
    gatherings.edit(gathering, actor=head, at=NOW, version=1, fields=moved)
    day_before = clock.midnight(clock.city_date(gathering.starts_at)) - timedelta(hours=12)
    gatherings.remind(day_before)
    said = {}
    for row in db.session.query(OutboxMessage).filter_by(recipient_id=citizen.id).order_by(OutboxMessage.id):
        letter = letters.read(row, [], seal=seal, at=NOW)
        out = mails.compose(letter, message_id="<1@x>", kind=row.kind, queued_at=NOW)
        said[row.kind] = f"{out.subject}\n{out.text}"
    assert list(said) == [
        "gathering_registered",
        "gathering_moved_up",
        "gathering_changed",
        "gathering_reminder",
    ]
    assert all(f"/agenda/{gathering.slug}" in text for text in said.values())
    assert "Gedung Nasional" in said["gathering_changed"] and ".ics" in said["gathering_moved_up"]
    assert "rahasia" not in str(said)
    gatherings.cancel(gathering, actor=head, at=NOW, reason="Aula kebanjiran")
    row = db.session.query(OutboxMessage).filter_by(kind="gathering_cancelled").one()
    text = mails.compose(
        letters.read(row, [], seal=seal, at=NOW), message_id="<1@x>", kind=row.kind, queued_at=NOW
    ).text
    assert "Aula kebanjiran" in text and "dibatalkan" in text
