import pytest

from portal.models import (
    Comment,
    CommentState,
    HideCode,
    IdentityMode,
    Premoderation,
    Role,
    Status,
    User,
)
from portal.services import ownership
from tests import factories as make

WORDS = "Di gang kami juga gelap sejak Minggu malam."
CANARY = "CANARY-kata-orang"


@pytest.fixture
def seal(app):
    return app.extensions["seal"]


@pytest.fixture
def citizen(db, seal, client):
    """Somebody with a name who is signed in."""
    user = make.make_citizen(seal, name="Ros")
    make.sign_in(client, user)
    return user


def written(db) -> list[Comment]:
    db.session.expire_all()
    return db.session.query(Comment).order_by(Comment.id).all()


def post(client, case, text=WORDS, **fields):
    return client.post(f"/k/{case.reference}/komentar", data={"text": text} | fields)


def prove(client, case):
    client.post("/lacak", data={"reference": case.reference, "code": make.tracking_code(case)})


# --- reading ------------------------------------------------------------------------------------------


def test_a_page_without_comments_invites_and_costs_no_query_for_them(client, db, count_queries):
    case = make.make_case()
    db.session.commit()
    with count_queries() as said:
        page = client.get(f"/k/{case.reference}").text
    assert "Belum ada komentar" in page
    assert not [one for one in said if "FROM comment" in one]


def test_a_discussion_costs_two_queries_and_sets_no_cookie(client, db, seal, count_queries):
    case, citizen = make.make_case(), make.make_citizen(seal)
    for _ in range(25):
        root = make.make_comment(case, citizen)
        make.make_comment(case, citizen, parent_id=root.id)
    db.session.commit()
    with count_queries() as said:
        answer = client.get(f"/k/{case.reference}")
    assert len([one for one in said if "FROM comment" in one]) == 2
    assert len([one for one in said if "search_document" not in one]) <= 5
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"].startswith("public")
    assert answer.text.count('class="card talk"') == 40


def test_the_order_stands_in_the_address_and_every_comment_is_on_one_page_only(client, db, seal):
    case, citizen = make.make_case(), make.make_citizen(seal)
    for number in range(45):
        make.make_comment(case, citizen, body=f"ucapan{number:02d}x", helpful_count=number % 3)
    for order in ("terbaru", "terlama", "berguna"):
        seen, url = [], f"/k/{case.reference}?urut={order}"
        while url:
            page = client.get(url).text
            seen += [word[:8] for word in page.split("ucapan")[1:]]
            after = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
            url = after.partition("#")[0].replace("&amp;", "&") if 'rel="next"' in page else ""
        assert len(seen) == len(set(seen)) == 45, order
        if order == "terlama":
            assert seen == sorted(seen)
        if order == "terbaru":
            assert seen == sorted(seen, reverse=True)


def test_three_replies_stand_below_and_the_rest_is_a_page_of_its_own(client, db, seal):
    case, citizen = make.make_case(), make.make_citizen(seal)
    root = make.make_comment(case, citizen)
    replies = [make.make_comment(case, citizen, parent_id=root.id, body=f"balas{n}x") for n in range(60)]
    page = client.get(f"/k/{case.reference}").text
    assert "Tampilkan 57 balasan lagi" in page
    assert ("balas2x" in page, "balas3x" in page) == (True, False)
    more = client.get(f"/komentar/{root.token}/balasan").text
    assert ("balas49x" in more, "balas50x" in more) == (True, False)
    link = client.get(f"/komentar/{replies[55].token}")
    assert f"/komentar/{root.token}/balasan?dari=" in link.location
    assert "balas55x" in client.get(link.location).text
    assert client.get(f"/komentar/{replies[0].token}/balasan").status_code == 404


def test_a_link_leads_to_the_page_on_which_a_comment_stands(client, db, seal):
    case, citizen = make.make_case(), make.make_citizen(seal)
    comments = [make.make_comment(case, citizen, body=f"ucapan{number:02d}x") for number in range(45)]
    for comment in (comments[0], comments[20], comments[44]):
        link = client.get(f"/komentar/{comment.token}")
        assert link.status_code == 303
        assert link.location.endswith(f"#k-{comment.token}")
        assert comment.body in client.get(link.location).text


@pytest.mark.parametrize(
    "fields",
    [
        {"secret": True},
        {"hidden_code": HideCode.INSULT},
        {"text_public": False},
        {"status": Status.WITHDRAWN},
    ],
)
def test_comments_of_a_case_that_nobody_reads_are_nowhere(client, db, seal, fields):
    case, citizen = make.make_case(**fields), make.make_citizen(seal)
    comment = make.make_comment(case, citizen, body=CANARY, edited_at=make.MONDAY)
    assert CANARY not in client.get(f"/k/{case.reference}").text
    assert "Diskusi warga (1)" not in client.get(f"/k/{case.reference}").text
    make.sign_in(client, citizen)
    for end in ("", "/balasan", "/versi", "/balas", "/berguna", "/saya", "/ubah"):
        assert client.get(f"/komentar/{comment.token}{end}").status_code == 404, end
    for end in ("/balas", "/berguna", "/ubah", "/hapus"):
        assert client.post(f"/komentar/{comment.token}{end}", data={"text": "x y"}).status_code == 404, end
    assert client.get(f"/k/{case.reference}/komentar").status_code == 404
    assert post(client, case).status_code == 404


def test_a_page_says_in_words_why_nobody_can_write(client, db, seal):
    target = make.make_case()
    merged = make.make_case(Status.MERGED, into=target)
    comment = make.make_comment(merged, make.make_citizen(seal))
    page = client.get(f"/k/{merged.reference}").text
    assert f"digabung ke {target.reference}" in page
    assert comment.body in page
    assert 'name="text"' not in page
    hidden = make.make_case(hidden_code=HideCode.INSULT)
    assert (
        "Diskusi ditutup karena isi kiriman ini disembunyikan." in client.get(f"/k/{hidden.reference}").text
    )
    withdrawn = make.make_case(Status.WITHDRAWN)
    assert "karena pelapor menarik kiriman ini" in client.get(f"/k/{withdrawn.reference}").text


@pytest.mark.parametrize("state", [CommentState.HELD, CommentState.DELETED])
def test_what_waits_or_was_deleted_is_nowhere(client, db, seal, state):
    case = make.make_case()
    comment = make.make_comment(case, make.make_citizen(seal), body=CANARY, author_name=CANARY, state=state)
    assert CANARY not in client.get(f"/k/{case.reference}").text
    assert client.get(f"/komentar/{comment.token}").status_code == 404


def test_a_hidden_comment_leaves_its_reason_and_nothing_of_its_words(client, db, seal):
    case = make.make_case()
    make.make_comment(
        case,
        make.make_citizen(seal),
        body=CANARY,
        author_name=CANARY,
        state=CommentState.HIDDEN,
        listed=True,
        hidden_code=HideCode.ACCUSATION,
        hidden_reason="Menuduh tanpa bukti.",
    )
    page = client.get(f"/k/{case.reference}").text
    assert CANARY not in page
    assert "Memuat tuduhan kepada orang tertentu" in page
    assert "Menuduh tanpa bukti." in page


def test_the_city_the_reporter_and_a_citizen_are_told_apart(client, db, seal):
    agency = make.make_agency(name_id="Dinas Terang")
    case = make.make_case(Status.ASSIGNED, agency=agency)
    make.make_comment(case, make.make_user(Role.OFFICER, agency), agency_id=agency.id, author_name="")
    make.make_comment(case)
    make.make_comment(case, make.make_citizen(seal, name="Ros"))
    page = client.get(f"/k/{case.reference}").text
    assert "<b>Dinas Terang</b>" in page
    assert "Petugas resmi" in page
    assert "<span>Pelapor</span>" in page
    assert "<b>Ros</b>" in page


def test_an_erased_author_has_no_name(client, db, seal):
    case = make.make_case()
    make.make_comment(case, None, by_reporter=False)
    assert "Warga (akun dihapus)" in client.get(f"/k/{case.reference}").text


ATTACKS = [
    "<script>alert(1)</script> halo",
    "<img src=x onerror=alert(1)> halo",
    "[klik](javascript:alert(1)) halo",
    "[klik](https://contoh.id@jahat.example/) halo",
    '[klik](https://jahat.example/"onmouseover="alert(1)) halo',
    "![x](https://jahat.example/x.png) halo",
    "# judul besar\n\nhalo",
    "<https://jahat.example/<script>> halo",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_nobody_gets_markup_into_a_page(client, db, citizen, text):
    case = make.make_case()
    token = post(client, case, text).location.split("/")[-2]
    client.post(f"/komentar/{token}/ubah", data={"text": f"{text} lagi"})
    for path in (f"/k/{case.reference}", f"/komentar/{token}/saya", f"/komentar/{token}/versi",
                 f"/komentar/{token}/balasan", f"/komentar/{token}/balas", "/akun/komentar"):  # fmt: skip
        page = client.get(path).text.partition("<main")[2].partition("</main>")[0]
        for bad in (
            "<script",
            "<img",
            'javascript:alert(1)"',
            'onmouseover="alert',
            "jahat.example@",
            "<h1>judul",
        ):
            assert bad not in page, path
        assert 'href="https://contoh.id@jahat' not in page


def test_a_link_in_a_comment_is_not_vouched_for(client, db, citizen):
    case = make.make_case()
    post(client, case, "Baca [di sini](https://contoh.id/berita).")
    assert (
        'href="https://contoh.id/berita" rel="nofollow noopener ugc"'
        in client.get(f"/k/{case.reference}").text
    )


def test_a_name_with_markup_is_a_name(client, db, seal):
    case = make.make_case()
    make.make_comment(case, make.make_citizen(seal, name="<b onclick=x>Ros</b>"))
    page = client.get(f"/k/{case.reference}").text
    assert "<b onclick" not in page
    assert "&lt;b onclick=x&gt;" in page


# --- writing ------------------------------------------------------------------------------------------


def test_one_press_of_somebody_known_writes_and_tells_what_became_of_it(client, db, citizen):
    case = make.make_case()
    answer = post(client, case)
    assert answer.status_code == 303
    assert "Komentar Anda sudah tayang." in client.get(answer.location).text
    assert WORDS in client.get(f"/k/{case.reference}").text
    assert [one.author_id for one in written(db)] == [citizen.id]


def test_the_text_of_somebody_unknown_is_kept_over_signing_in(client, db, seal):
    case = make.make_case()
    answer = post(client, case)
    assert answer.status_code == 303
    assert "/masuk" in answer.location
    assert written(db) == []
    assert WORDS not in answer.location
    with client.session_transaction() as session:
        held = session["held"]
    make.sign_in(client, make.make_citizen(seal, name="Ros"))
    with client.session_transaction() as session:
        session["held"] = held
    assert WORDS in client.get(f"/k/{case.reference}/komentar").text
    assert post(client, case, asked="1").status_code == 303
    assert len(written(db)) == 1


def test_too_short_a_text_comes_back_with_all_that_was_typed(client, db, citizen):
    case = make.make_case()
    answer = post(client, case, "?")
    assert answer.status_code == 422
    assert "Tulis komentar Anda, minimal 2 huruf." in answer.text
    assert ">?</textarea>" in answer.text.replace("\r", "").replace("\n", "")
    assert post(client, case, "\u200b\x00\u0301" * 10).status_code == 422
    assert post(client, case, "a" + "\u0301" * 60_000).status_code == 422
    assert post(client, case, "x" * 2001).status_code == 422


def test_who_has_no_name_is_asked_once_and_may_stay_without(client, db, seal):
    case, user = make.make_case(), make.make_citizen(seal, name="")
    make.sign_in(client, user)
    asked = post(client, case)
    assert asked.status_code == 200
    assert "Nama yang tampil" in asked.text
    assert WORDS in asked.text
    assert post(client, case, asked="1", name="Petugas Pemko").status_code == 422
    assert post(client, case, asked="1", name="0812 3456 7890").status_code == 422
    assert post(client, case, asked="1", name="Mak Ros").status_code == 303
    assert "<b>Mak Ros</b>" in client.get(f"/k/{case.reference}").text
    assert post(client, case, "Yang kedua kali.").status_code == 303


def test_nobody_changes_their_name_by_an_extra_field(client, db, citizen):
    post(client, make.make_case(), asked="1", name="Orang Lain")
    db.session.expire_all()
    assert db.session.get(User, citizen.id).name == "Ros"


@pytest.mark.parametrize(
    "extra",
    [
        {"voice": "reporter"},
        {"voice": "agency"},
        {"voice": "person", "by_reporter": "1", "agency_id": "1", "author_id": "1", "state": "published"},
        {"asked": "1", "voice": "agency", "agency_id": "1"},
    ],
)
def test_extra_fields_make_nobody_somebody_else(client, db, citizen, extra):
    case = make.make_case(Status.ASSIGNED, agency=make.make_agency())
    post(client, case, **extra)
    for one in written(db):
        assert (one.by_reporter, one.agency_id, one.author_id) == (False, None, citizen.id)


def test_a_reporter_is_asked_as_who_they_speak_and_told_what_is_kept(client, db, seal, citizen):
    case = make.make_case(identity_mode=IdentityMode.SHIELDED)
    ownership.own(case.id, citizen, at=make.MONDAY, seal=seal)
    asked = post(client, case)
    assert asked.status_code == 200
    assert "Nama dan akun Anda tidak disimpan bersama komentar ini." in asked.text
    assert post(client, case, asked="1", voice="reporter").status_code == 303
    (spoken,) = written(db)
    assert (spoken.by_reporter, spoken.author_id, spoken.author_name) == (True, None, "")
    assert client.get(f"/komentar/{spoken.token}/saya").status_code == 200
    assert spoken.body not in client.get("/akun/komentar").text
    assert f"/komentar/{spoken.token}/saya" in client.get(f"/k/{case.reference}/komentar").text


def test_who_proved_the_tracking_code_speaks_as_the_reporter_without_an_account(client, db):
    case = make.make_case()
    prove(client, case)
    assert post(client, case, asked="1", voice="reporter").status_code == 303
    assert written(db)[0].by_reporter


def test_an_officer_is_shown_as_who_they_speak_before_it_is_sent(client, db):
    agency = make.make_agency(name_id="Dinas Terang")
    case = make.make_case(Status.ASSIGNED, agency=agency)
    make.sign_in(client, make.make_user(Role.OFFICER, agency))
    asked = post(client, case)
    assert asked.status_code == 200
    assert "Anda berbicara sebagai Dinas Terang" in asked.text
    assert post(client, case, asked="1").status_code == 303
    assert written(db)[0].agency_id == agency.id


def test_a_text_that_waits_is_said_to_wait_and_shown_to_its_author_only(client, new_client, db, citizen):
    case = make.make_case()
    answer = post(client, case, f"{CANARY} telepon 0812 3456 7890")
    page = client.get(answer.location).text
    assert "belum tayang" in page
    assert CANARY in page
    assert CANARY not in new_client().get(f"/k/{case.reference}").text
    assert new_client().get(answer.location).status_code == 404
    assert CANARY in client.get("/akun/komentar").text


def test_where_everything_is_read_first_the_writer_is_told(client, db, citizen):
    category = make.make_category(premoderation=Premoderation.ALL)
    answer = post(client, make.make_case(Status.IN_REVIEW, category=category))
    assert "Di sini petugas membaca komentar lebih dulu." in client.get(answer.location).text


def test_who_is_blocked_reads_until_when_and_keeps_the_text(client, db, citizen):
    citizen.blocked_until = make.at(1, year=2030)
    answer = post(client, make.make_case())
    assert answer.status_code == 422
    assert "Anda belum bisa menulis di ruang publik sampai 1 Nov 2030" in answer.text
    assert WORDS in answer.text


def test_a_closed_discussion_takes_nothing_and_says_why(client, db, citizen):
    case = make.make_case()
    comment = make.make_comment(case, citizen)
    thread = db.session.get(make.Thread, comment.thread_id)
    thread.closed_at, thread.closed_reason = make.MONDAY, "Sudah terjawab di atas."
    answer = post(client, case, "Masih ada yang lain.")
    assert answer.status_code == 409
    assert "Sudah terjawab di atas." in answer.text
    page = client.get(f"/k/{case.reference}").text
    assert "Sudah terjawab di atas." in page
    assert 'name="text"' not in page
    assert client.post(f"/komentar/{comment.token}/balas", data={"text": WORDS}).status_code == 409


def test_too_many_comments_are_stopped_with_the_text_kept(client, app, db, citizen):
    app.config["LIMIT_COMMENT_PER_PERSON"] = "1/hour"
    case = make.make_case()
    post(client, case)
    answer = post(client, case, "Yang kedua dalam semenit.")
    assert answer.status_code == 429
    assert "Yang kedua dalam semenit." in answer.text


def test_a_machine_that_fills_every_field_writes_nothing(client, db, citizen):
    assert post(client, make.make_case(), website="https://x.example").status_code == 303
    assert written(db) == []


def test_a_foreign_page_cannot_write(client, db, citizen):
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    assert post(client, make.make_case()).status_code == 403


def test_a_reply_is_written_below_and_only_below_a_comment(client, db, citizen):
    case = make.make_case()
    root = make.make_comment(case, citizen)
    assert "Balas komentar" in client.get(f"/komentar/{root.token}/balas").text
    assert client.post(f"/komentar/{root.token}/balas", data={"text": WORDS}).status_code == 303
    reply = written(db)[-1]
    assert reply.parent_id == root.id
    assert client.get(f"/komentar/{reply.token}/balas").status_code == 404
    assert client.post(f"/komentar/{reply.token}/balas", data={"text": WORDS}).status_code == 404


def test_a_program_has_a_discussion_too(client, db, citizen):
    program = make.make_program()
    assert client.post(f"/program/{program.code}/komentar", data={"text": WORDS}).status_code == 303
    assert WORDS in client.get(f"/program/{program.code}").text


def test_a_consultation_has_a_discussion_until_it_is_archived(client, db, citizen):
    consultation = make.make_consultation()
    url = f"/konsultasi/{consultation.slug}"
    assert client.post(f"{url}/komentar", data={"text": WORDS}).status_code == 303
    assert WORDS in client.get(url).text
    token = written(db)[0].token
    assert client.get(f"/komentar/{token}").location.endswith(f"{url}#k-{token}")
    consultation.outcome_at = consultation.archived_at = make.MONDAY
    db.session.commit()
    assert client.post(f"{url}/komentar", data={"text": "Masih ada yang lain."}).status_code == 409
    consultation.published_at = None
    db.session.commit()
    assert client.post(f"{url}/komentar", data={"text": WORDS}).status_code == 404
    assert client.get(f"/komentar/{token}").status_code == 404


# --- one's own ----------------------------------------------------------------------------------------


def test_nobody_opens_changes_or_deletes_what_another_wrote(client, new_client, db, seal, citizen):
    case = make.make_case()
    comment = make.make_comment(case, citizen)
    spoken = make.make_comment(case)
    stranger, visitor = new_client(), new_client()
    make.sign_in(stranger, make.make_citizen(seal))
    for token in (comment.token, spoken.token):
        for who in (stranger, visitor):
            assert who.get(f"/komentar/{token}/saya").status_code == 404
            assert who.get(f"/komentar/{token}/ubah").status_code == 404
            assert who.post(f"/komentar/{token}/ubah", data={"text": "diubah"}).status_code == 404
            assert who.post(f"/komentar/{token}/hapus").status_code == 404
    assert client.get(f"/komentar/{spoken.token}/saya").status_code == 404


def test_a_change_shows_and_its_history_can_be_read(client, db, citizen):
    case = make.make_case()
    token = post(client, case).location.split("/")[-2]
    assert client.post(f"/komentar/{token}/ubah", data={"text": "Kini terang lagi."}).status_code == 303
    page = client.get(f"/k/{case.reference}").text
    assert "Kini terang lagi." in page
    assert f"/komentar/{token}/versi" in page
    assert WORDS in client.get(f"/komentar/{token}/versi").text


def test_a_late_change_is_refused_and_nothing_typed_is_lost(client, db, citizen):
    comment = make.make_comment(make.make_case(), citizen)
    answer = client.post(f"/komentar/{comment.token}/ubah", data={"text": "Terlambat sekali."})
    assert answer.status_code == 409
    assert "Terlambat sekali." in answer.text


def test_a_deleted_comment_is_gone(client, db, citizen):
    case = make.make_case()
    token = post(client, case).location.split("/")[-2]
    assert client.post(f"/komentar/{token}/hapus").status_code == 303
    assert WORDS not in client.get(f"/k/{case.reference}").text
    assert client.get(f"/komentar/{token}/saya").status_code == 404


def test_helpful_is_counted_by_one_press_and_taken_back_by_another(client, db, seal, citizen):
    case = make.make_case()
    comment = make.make_comment(case, make.make_citizen(seal))
    url = f"/komentar/{comment.token}/berguna"
    assert f"#k-{comment.token}" in client.post(url).location
    assert "Berguna (1)" in client.get(f"/k/{case.reference}").text
    assert client.post(url).location.endswith(url)
    assert "Tarik kembali" in client.get(url).text
    client.post(url, data={"batal": "1"})
    assert "Berguna (" not in client.get(f"/k/{case.reference}").text


def test_looking_at_the_button_counts_nothing_and_an_unknown_reader_signs_in_first(client, db, seal):
    comment = make.make_comment(make.make_case(), make.make_citizen(seal))
    for answer in (
        client.get(f"/komentar/{comment.token}/berguna"),
        client.post(f"/komentar/{comment.token}/berguna"),
    ):
        assert answer.status_code == 303
        assert "/masuk" in answer.location
    db.session.expire_all()
    assert comment.helpful_count == 0


def test_ones_own_is_not_counted(client, db, citizen):
    comment = make.make_comment(make.make_case(), citizen)
    answer = client.post(f"/komentar/{comment.token}/berguna", follow_redirects=True)
    assert "Ini komentar Anda sendiri" in answer.text
    db.session.expire_all()
    assert comment.helpful_count == 0
