"""My page and the lists behind it: what is mine is there, what is not mine does not exist."""

from datetime import timedelta

import pytest

from portal.core.clock import now
from portal.models import (
    Attachment,
    Draft,
    DraftOwner,
    Follow,
    IdentityMode,
    Pace,
    Status,
    Subject,
    Submission,
    Support,
    Topic,
)
from portal.queries import choices
from portal.services import drafts, ownership
from portal.services import mine as deeds
from tests import factories as make


@pytest.fixture
def seal(app):
    return app.extensions["seal"]


@pytest.fixture
def me(db, client, seal):
    user = make.make_citizen(seal, "rosma@contoh.example", name="Rosma")
    make.sign_in(client, user)
    return user


def own(user, seal, *args, **fields):
    case = make.make_case(*args, **fields)
    ownership.own(case.id, user, at=make.MONDAY, seal=seal)
    return case


def test_an_empty_page_says_so_in_every_list(client, me):
    page = client.get("/akun").text
    assert "Tidak ada. Kami memberi tahu Anda bila ada pertanyaan." in page
    assert "Belum ada kiriman di akun ini." in page
    assert "Peran Anda" not in page
    assert "rosma@contoh.example" not in page, "on a shared phone others look on"
    for path, words in {
        "kiriman": "Belum ada kiriman",
        "draf": "Tidak ada draf",
        "dukungan": "Belum ada dukungan",
        "ikuti": "belum mengikuti apa pun",
    }.items():
        assert words in client.get(f"/akun/{path}").text


def test_what_waits_for_me_comes_first_with_its_last_day(client, db, me, seal):
    asked = own(me, seal, Status.NEEDS_INFO, title="Lampu padam di gang")
    done = own(me, seal, Status.DONE, title="Jalan sudah ditambal", contest_until=now() + timedelta(days=3))
    db.session.commit()
    page = client.get("/akun").text
    assert page.index("Di depan rumah nomor berapa?") < page.index("Kiriman terbaru")
    assert "Jawab paling lambat" in page
    assert "Dinas menyatakan ini selesai. Benarkah?" in page
    for case in (asked, done):
        assert f'href="/lacak/{case.reference}"' in page
        assert client.get(f"/lacak/{case.reference}").status_code == 200


def test_my_secret_and_shielded_cases_are_in_my_list_and_nobody_elses(client, db, me, seal, new_client):
    own(me, seal, secret=True, title="Yang rahasia")
    own(me, seal, identity_mode=IdentityMode.SHIELDED, title="Yang anonim")
    make.make_case(title="Milik orang lain")
    db.session.commit()
    page = client.get("/akun/kiriman").text
    assert "Yang rahasia" in page
    assert "Yang anonim" in page
    assert "Milik orang lain" not in page
    stranger = new_client()
    make.sign_in(stranger, make.make_citizen(seal))
    assert "Yang rahasia" not in stranger.get("/akun/kiriman").text


def test_my_cases_come_in_pages(client, db, me, seal):
    for number in range(23):
        own(me, seal, title=f"Kiriman nomor {number:02d}")
    db.session.commit()
    first = client.get("/akun/kiriman").text
    assert "Kiriman nomor 22" in first
    assert "Kiriman nomor 02" not in first
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "Kiriman nomor 00" in client.get(older).text
    assert client.get("/akun/kiriman?dari=bukan-kursor").status_code == 200


def test_my_contact_is_filled_in_before_i_send(client, me, new_client):
    address = "rosma@contoh.example"
    visitor = new_client()
    for who, seen in ((client, True), (visitor, False)):
        who.post("/kirim/1", data={"kind": "problem", "text": "Selokan di depan rumah tersumbat sampah."})
        who.post("/kirim/2", data={"ward": "unknown", "category": ""})
        assert (address in who.get("/kirim/3").text) is seen


def test_a_draft_that_i_began_is_mine_until_it_is_sent(client, db, me):
    client.post("/kirim/1", data={"kind": "problem", "text": "Selokan di depan rumah tersumbat sampah."})
    assert "Selokan di depan rumah" in client.get("/akun/draf").text
    assert db.session.query(DraftOwner).one().user_id == me.id
    client.post("/kirim/2", data={"ward": "unknown", "category": ""})
    with client.session_transaction() as session:
        session["told"] = True
    sent = client.post("/kirim/3", data={"identity": "hidden", "keep": "y"})
    if sent.status_code != 303:  # the form wants a second press from a fast hand
        sent = client.post("/kirim/3", data={"identity": "hidden", "keep": "y"})
    assert sent.status_code == 303
    assert db.session.query(DraftOwner).count() == 0, "a sent draft names its case"
    assert "Selokan di depan rumah" in client.get("/akun/kiriman").text
    assert "Tidak ada draf" in client.get("/akun/draf").text


def test_i_go_on_with_a_draft_on_another_device(client, db, me, new_client):
    client.post("/kirim/1", data={"kind": "idea", "text": "Taman baca di dekat pelabuhan, tolong."})
    other = new_client()
    make.sign_in(other, me)
    draft = db.session.query(Draft).one()
    answer = other.post(f"/akun/draf/{draft.id}/lanjut")
    assert answer.headers["Location"] == "/kirim/1"
    assert "Taman baca" in other.get("/kirim/1").text
    assert "Taman baca" not in client.get("/kirim/1").text, "two devices must not overwrite each other"


def test_nobody_goes_on_with_or_deletes_a_foreign_draft(client, db, me, new_client, seal):
    client.post("/kirim/1", data={"kind": "idea", "text": "Taman baca di dekat pelabuhan, tolong."})
    draft = db.session.query(Draft).one()
    stranger = new_client()
    make.sign_in(stranger, make.make_citizen(seal))
    for deed in ("lanjut", "hapus"):
        assert stranger.post(f"/akun/draf/{draft.id}/{deed}").status_code == 404
        assert stranger.post(f"/akun/draf/{10**12}/{deed}").status_code == 404
    assert db.session.query(Draft).count() == 1


def test_i_delete_a_draft_with_its_files(client, db, me):
    draft, _token = drafts.begin(drafts.ASPIRATION, at=now())
    drafts.save(draft, {"text": "Draf yang tidak jadi"}, at=now())
    deeds.own_draft(draft, me)
    make.make_attachment(draft_id=draft.id)
    db.session.commit()
    assert client.post(f"/akun/draf/{draft.id}/hapus").status_code == 303
    assert db.session.query(Draft).count() == db.session.query(Attachment).count() == 0


def test_i_take_a_support_back_and_the_counter_falls_once(client, db, me):
    case = make.make_case(title="Pasar gelap sekali")
    support_id = make.make_support(case, user=me).id
    make.make_support(case)
    db.session.commit()
    assert "Pasar gelap sekali" in client.get("/akun/dukungan").text
    for _ in range(2):
        assert client.post(f"/akun/dukungan/{support_id}/tarik").status_code == 303
    db.session.expire_all()
    assert db.session.get(Submission, case.id).support_count == 1
    assert db.session.query(Support).count() == 1


def test_nobody_takes_a_foreign_support_back(client, db, me, seal):
    case = make.make_case()
    support = make.make_support(case, user=make.make_citizen(seal))
    db.session.commit()
    client.post(f"/akun/dukungan/{support.id}/tarik")
    db.session.expire_all()
    assert db.session.get(Submission, case.id).support_count == 1


def test_a_case_that_became_secret_is_gone_from_my_supports_and_its_title_from_my_follows(client, db, me):
    case = make.make_case(Status.IN_REVIEW, secret=True, title="Judul rahasia")
    make.make_support(case, user=me)
    db.session.add(
        Follow(user_id=me.id, subject=Subject.SUBMISSION, subject_id=case.id, created_at=make.MONDAY)
    )
    db.session.commit()
    for path in ("/akun", "/akun/dukungan", "/akun/ikuti"):
        page = client.get(path).text
        assert "Judul rahasia" not in page
        assert case.reference not in page
    assert "Tidak tersedia lagi untuk umum" in client.get("/akun/ikuti").text


def test_i_stop_following_and_only_mine_stops(client, db, me, seal):
    program = make.make_program(title_id="Lampu untuk semua gang")
    other = make.make_citizen(seal)
    for user in (me, other):
        db.session.add(
            Follow(user_id=user.id, subject=Subject.PROGRAM, subject_id=program.id, created_at=make.MONDAY)
        )
    db.session.commit()
    mine, foreign = db.session.query(Follow).order_by(Follow.id)
    assert "Lampu untuk semua gang" in client.get("/akun/ikuti").text
    client.post(f"/akun/ikuti/{foreign.id}/berhenti")
    client.post(f"/akun/ikuti/{mine.id}/berhenti")
    assert [row.user_id for row in db.session.query(Follow)] == [other.id]


def news_of(**changes):
    usual = {"question": "now", "outcome": "now", "progress": "daily", "discussion": "daily"}
    return usual | {"invitation": "weekly"} | changes


def test_i_choose_how_soon_i_hear(client, db, me):
    assert client.post("/akun/kabar", data=news_of(progress="never")).status_code == 303
    assert choices.pace(me.id, Topic.PROGRESS) is Pace.NEVER
    assert "Pilihan kabar disimpan." in client.get("/akun/kabar").text


@pytest.mark.parametrize("bad", [{"question": "never"}, {"progress": "besok"}, {"outcome": ""}])
def test_a_pace_that_is_not_offered_is_refused_and_nothing_changes(client, db, me, bad):
    page = client.post("/akun/kabar", data=news_of(invitation="never") | bad)
    assert page.status_code == 422
    assert "Pilih salah satu dari daftar." in page.text
    assert choices.pace(me.id, Topic.INVITATION) is Pace.WEEKLY


def test_i_change_my_name_and_ward(client, db, me):
    ward = make.a_ward()
    assert client.post("/akun/nama", data={"name": "Rosma S.", "ward": ward.code}).status_code == 303
    db.session.refresh(me)
    assert (me.name, me.ward_code) == ("Rosma S.", ward.code)
    assert client.post("/akun/nama", data={"name": "x" * 121, "ward": "99"}).status_code == 422


def test_staff_do_not_rename_themselves(client, db):
    user = make.make_user(make.Role.TRIAGE, name="Hotman")
    make.sign_in(client, user)
    client.post("/akun/nama", data={"name": "Wali Kota", "ward": ""})
    db.session.refresh(user)
    assert user.name == "Hotman"


def test_the_overview_stays_within_its_questions(client, db, me, seal, count_queries):
    for _ in range(5):
        own(me, seal)
    db.session.commit()
    client.get("/akun")
    with count_queries() as said:
        client.get("/akun")
    assert len(said) <= 12  # the last one: cases sent with a contact of the account
