"""My data as a file: complete, readable by people and machines, and nobody else's."""

import io
import json
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
import time_machine

from portal.core.clock import now
from portal.models import (
    AccessLog,
    Comment,
    CommentState,
    CommentVersion,
    Follow,
    Pace,
    Purpose,
    Recipient,
    Status,
    Subject,
    Thread,
    Topic,
)
from portal.queries import takeout
from portal.services import attachments, choices, drafts, outbox, ownership
from portal.services import mine as deeds
from tests import factories as make
from tests.support import pictures


@pytest.fixture
def seal(app):
    return app.extensions["seal"]


@pytest.fixture
def me(db, client, seal):
    user = make.make_citizen(seal, "rosma@contoh.example", name="Rosma")
    make.sign_in(client, user)
    return user


def opened(client, path: str = "/akun/unduh/data.zip") -> zipfile.ZipFile:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "private, no-store"
    return zipfile.ZipFile(io.BytesIO(answer.data))


def read(archive: zipfile.ZipFile, name: str) -> list:
    return json.loads(archive.read(f"data/{name}.json"))


def test_an_empty_account_gives_a_whole_file(client, me):
    archive = opened(client)
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    assert (manifest["format"], manifest["version"]) == ("suara-takeout", 1)
    for name in manifest["files"]:
        if name.startswith("data/"):
            json.loads(archive.read(name))
    account = read(archive, "account")[0]
    assert account["contacts"] == [{"kind": "email", "value": "rosma@contoh.example", "preferred": True}]
    assert "Tidak ada." in archive.read("baca-saya.html").decode()


def test_everything_of_mine_is_in_it(app, client, db, me, seal):
    case = make.make_case(
        Status.ANSWERED, secret=True, title="Kiriman rahasia saya", email="rosma@contoh.example", seal=seal
    )
    ownership.own(case.id, me, at=make.MONDAY, seal=seal)
    make.make_question(case, reply="Nomor lima", replied_at=make.MONDAY)
    stored = attachments.store_photo(pictures.jpeg(), "foto.jpg", storage=app.extensions["storage"])
    attachments.attach(stored, to=case, purpose=Purpose.STORY, at=make.MONDAY)
    officer = make.make_user(make.Role.TRIAGE, name="Petugas Yang Membuka")
    db.session.add(
        AccessLog(
            at=make.MONDAY, user_id=officer.id, submission_id=case.id, what="identity", reason="Perlu alamat"
        )
    )
    draft, _token = drafts.begin(drafts.ASPIRATION, at=now())
    drafts.save(draft, {"text": "Draf saya yang belum selesai"}, at=now())
    deeds.own_draft(draft, me)
    other = make.make_case(title="Milik orang lain")
    make.make_support(other, user=me)
    db.session.add(
        Follow(user_id=me.id, subject=Subject.SUBMISSION, subject_id=other.id, created_at=make.MONDAY)
    )
    choices.choose(me, {Topic.PROGRESS: Pace.NEVER})
    thread = Thread(subject=Subject.SUBMISSION, subject_id=other.id, comment_count=1)
    db.session.add(thread)
    db.session.flush()
    comment = Comment(
        token="komentar0001", thread_id=thread.id, author_id=me.id, body="Setuju sekali",
        state=CommentState.PUBLISHED, created_at=make.MONDAY, idempotency_hash="1" * 64,
    )  # fmt: skip
    db.session.add(comment)
    db.session.flush()
    db.session.add(CommentVersion(comment_id=comment.id, number=1, body="Setuju", replaced_at=make.MONDAY))
    outbox.queue("receipt", to=Recipient.REPORTER, recipient_id=case.id, case=case, at=make.MONDAY)
    db.session.commit()
    archive = opened(client)
    found = read(archive, "cases")[0]
    assert found["title"] == "Kiriman rahasia saya"
    assert found["reporter"]["email"] == "rosma@contoh.example"
    assert found["questions"][0]["reply"] == "Nomor lima"
    assert found["answers"]
    assert archive.read(found["files"][0])[:4] == b"RIFF"
    assert read(archive, "drafts")[0]["data"]["text"] == "Draf saya yang belum selesai"
    assert read(archive, "supports")[0]["reference"] == other.reference
    assert read(archive, "follows")[0]["reference"] == other.reference
    assert read(archive, "comments")[0]["earlier"][0]["body"] == "Setuju"
    assert read(archive, "account")[0]["news"]["progress"] == "never"
    assert read(archive, "mails")[0]["kind"] == "receipt"
    assert read(archive, "who_saw")[0]["reason"] == "Perlu alamat"
    page = archive.read("baca-saya.html").decode()
    assert "Kiriman rahasia saya" in page
    assert "Kiriman saya" in page
    assert "Petugas Yang Membuka" not in page


def test_nothing_of_anybody_else_is_in_it(client, db, me, seal):
    other = make.make_citizen(seal, "orang-lain@contoh.example", name="Orang Lain")
    theirs = make.make_case(
        title="Rahasia orang lain",
        secret=True,
        name="Orang Lain",
        email="orang-lain@contoh.example",
        seal=seal,
    )
    ownership.own(theirs.id, other, at=make.MONDAY, seal=seal)
    db.session.add(
        Follow(user_id=me.id, subject=Subject.SUBMISSION, subject_id=theirs.id, created_at=make.MONDAY)
    )
    db.session.commit()
    archive = opened(client)
    whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for foreign in ("Orang Lain", "orang-lain@", "Rahasia orang lain", theirs.reference):
        assert foreign not in whole


def test_it_takes_a_fresh_proof(client, db, me):
    with time_machine.travel(now() + timedelta(minutes=16), tick=False):
        for path in ("/akun/unduh", "/akun/unduh/data.zip"):
            page = client.get(path)
            assert "Masuk sekali lagi" in page.text
        answer = client.post("/akun/buktikan/akun/unduh")
        assert answer.headers["Location"] == "/masuk?next=/akun/unduh"
        assert client.get("/akun").status_code == 303, "this browser is signed out"


def test_the_proof_leads_nowhere_else(client, me):
    answer = client.post("/akun/buktikan//jahat.example")
    assert "//jahat" not in answer.headers.get("Location", "")


def test_the_english_file_speaks_english_of_dates(client, me):
    assert '<html lang="en">' in opened(client, "/en/akun/unduh/data.zip").read("baca-saya.html").decode()


def test_much_data_takes_little_memory(app, client, db, me, seal):
    for number in range(60):
        case = make.make_case(body=f"Cerita {number} " + "panjang sekali " * 3000, seal=seal)
        ownership.own(case.id, me, at=make.MONDAY, seal=seal)
    db.session.commit()
    db.session.remove()
    with app.app_context():
        tracemalloc.start()
        size = sum(len(str(entry)) for entry in takeout.sections(me.id, seal=seal)["cases"]())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert size > 2_500_000
    assert peak < 1_500_000
