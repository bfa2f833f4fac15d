import html
import re

import pytest
import time_machine
from sqlalchemy import func, select

from portal.core.database import db
from portal.models import Answer, Event, HideCode, IdentityMode, Kind, OutboxMessage, Status
from tests.factories import MONDAY, events_of, make_agency, make_case, make_support

WORDS = "Empat lampu di depan pasar **sudah** kami ganti kemarin sore.\n\n- satu\n- dua"
MORE = {
    "answer": {},
    "promise": {"on": "2026-12-21"},
    "decline": {"code": "land"},
    "defer": {"code": "budget", "review_on": "2027-02-01"},
    "refer": {"institution": "Balai jalan nasional"},
    "finish": {},
    "accept": {},
}
FROM = {"finish": Status.ANSWERED}


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel("2026-11-24 03:00:00+00:00", tick=False):
        yield


def look(desk, case, action="answer", **data):
    return desk.post(
        f"/meja/k/{case.reference}/pratinjau/{action}", **{"version": case.version, "text": WORDS} | data
    )


def block(response) -> str:
    """Return the answer as it stands on a page."""
    return re.search(r'<section class="official-answer".*?</section>', response.get_data(as_text=True), re.S)[
        0
    ]


def mail(response) -> str:
    return html.unescape(re.search(r'srcdoc="([^"]*)"', response.get_data(as_text=True))[1])


def kept(response) -> dict[str, str]:
    page = response.get_data(as_text=True).split("<main")[1]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found if name != "csrf_token"}


def counts() -> list[int]:
    return [
        db.session.scalar(select(func.count()).select_from(one)) for one in (Answer, Event, OutboxMessage)
    ]


@pytest.mark.parametrize("action", sorted(MORE))
def test_the_public_page_shows_the_very_block_of_the_preview(head, client, agency, action):
    kind = Kind.PARTNERSHIP if action == "accept" else Kind.PROBLEM
    case = make_case(FROM.get(action, Status.ASSIGNED), kind, agency=agency)
    seen = look(head, case, action, **MORE[action])
    assert seen.status_code == 200
    assert head.post(f"/meja/k/{case.reference}/{action}", **kept(seen)).status_code == 303
    page = client.get(f"/k/{case.reference}")
    assert block(page) == block(seen)
    status = re.search(
        r'<span class="tag.*?</span></span>', page.get_data(as_text=True).split("<main")[1], re.S
    )[0]
    assert status in seen.get_data(as_text=True)


def test_a_second_answer_of_a_kind_is_numbered_as_on_the_page(head, client, agency):
    case = make_case(Status.IN_PROGRESS, agency=agency)
    seen = look(head, case, "promise", on="2026-12-21")
    head.post(f"/meja/k/{case.reference}/promise", **kept(seen))
    assert "(2)" in block(seen)
    assert block(client.get(f"/k/{case.reference}")) == block(seen)


def test_a_mended_answer_is_shown_with_its_earlier_wording(head, client, agency):
    case = make_case(Status.ANSWERED, agency=agency)
    answer = db.session.scalars(select(Answer).where(Answer.submission_id == case.id)).one()
    seen = look(head, case, "edit_answer", answer_id=answer.id)
    assert seen.status_code == 200
    head.post(f"/meja/k/{case.reference}/edit_answer", **kept(seen))
    assert block(client.get(f"/k/{case.reference}")) == block(seen)
    assert "Versi 1" in block(seen)


def test_the_mail_of_the_preview_is_the_mail_that_leaves(app, head, agency):
    from portal.queries import letters
    from portal.web import mails

    seal = app.extensions["seal"]
    case = make_case(Status.ASSIGNED, agency=agency, email="warga@contoh.example", seal=seal)
    seen = look(head, case, "promise", on="2026-12-21")
    head.post(f"/meja/k/{case.reference}/promise", **kept(seen))
    row = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.submission_id == case.id, OutboxMessage.kind == "promised")
    ).one()
    letter = letters.read(row, [], seal=seal, at=MONDAY)
    sent = mails.compose(letter, message_id="", kind=row.kind, queued_at=MONDAY)
    assert f"</b> {html.escape(sent.subject, quote=False)}</p>" in seen.get_data(as_text=True)
    # the way out of the mail is the recipient's own, made when it leaves
    shown = re.sub(r"<p[^>]*>Tidak mau e-mail.*?</p>\n", "", mail(seen))
    assert shown == sent.html
    text = html.unescape(re.search(r"<pre[^>]*>(.*?)</pre>", seen.get_data(as_text=True), re.S)[1])
    for line in sent.text.splitlines():
        assert line in text


def test_a_preview_writes_nothing(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    before = (*counts(), case.version, case.status)
    assert look(head, case).status_code == 200
    db.session.expire_all()
    assert (*counts(), case.version, case.status) == before


def test_everything_typed_comes_back_to_the_form(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    seen = look(head, case, "defer", code="budget", review_on="2027-02-01")
    again = head.post(f"/meja/k/{case.reference}/tulis/defer", **kept(seen))
    page = again.get_data(as_text=True)
    assert again.status_code == 200
    assert "Empat lampu di depan pasar **sudah** kami ganti" in page
    assert 'value="2027-02-01"' in page
    assert '<option selected value="budget">' in page
    assert "Galat" not in page


@pytest.mark.parametrize("mode", list(IdentityMode))
def test_nobodys_name_or_address_is_in_a_preview(app, head, agency, mode):
    case = make_case(
        Status.ASSIGNED,
        agency=agency,
        identity_mode=mode,
        name="Nama Rahasia",
        email="rahasia@contoh.example",
        phone="+6281234567890",
        shown_name="Nama Rahasia" if mode is IdentityMode.SHIELDED else "",
        seal=app.extensions["seal"],
    )
    page = look(head, case).get_data(as_text=True)
    for words in ("Nama Rahasia", "rahasia@", "81234567"):
        assert words not in page


def test_the_mail_about_a_secret_case_says_nothing_of_it(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency, secret=True, title="Judul yang rahasia")
    seen = look(head, case)
    page = seen.get_data(as_text=True)
    assert "hanya dikirim ke pelapor" in page
    assert "Halaman pribadi pelapor" in page
    assert "Empat lampu" in block(seen)
    assert "Empat lampu" not in mail(seen)
    assert "Judul yang rahasia" not in mail(seen)


def test_a_hidden_case_says_that_nobody_will_see_it(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency, hidden_code=HideCode.INSULT, title="Judul kasar")
    page = look(head, case).get_data(as_text=True)
    assert "Isi kiriman disembunyikan" in page
    assert '<p class="preview-title">Masalah' in page


def test_a_text_that_may_not_be_published_is_refused_before(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    answer = look(head, case, text="Selesai [tanggal].")
    assert answer.status_code == 422
    assert "[tanggal]" in answer.get_data(as_text=True)
    assert look(head, case, "promise").status_code == 422


def test_a_case_that_moved_on_has_no_preview(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    stale = look(head, case, version=case.version - 1)
    assert stale.status_code == 409
    assert "Empat lampu" in stale.get_data(as_text=True)
    assert look(head, make_case(Status.DECLINED, agency=agency)).status_code == 409


@pytest.mark.parametrize("action", ["note", "ask", "draft_answer", "assign", "nonsense"])
def test_only_what_is_published_has_a_preview(head, agency, action):
    assert look(head, make_case(Status.ASSIGNED, agency=agency), action).status_code == 404


def test_officers_without_the_right_and_other_agencies_get_none(officer, head, agency):
    assert look(officer, make_case(Status.ASSIGNED, agency=agency)).status_code == 404
    assert look(head, make_case(Status.ASSIGNED, agency=make_agency())).status_code == 404


def test_an_answer_of_another_case_cannot_be_looked_at(head, agency):
    case, other = make_case(Status.ANSWERED, agency=agency), make_case(Status.ANSWERED, agency=agency)
    answer = db.session.scalars(select(Answer).where(Answer.submission_id == other.id)).one()
    assert look(head, case, "edit_answer", answer_id=answer.id).status_code == 404


def test_photos_of_a_finished_work_are_chosen_again(head, agency):
    page = look(head, make_case(Status.IN_PROGRESS, agency=agency), "finish").get_data(as_text=True)
    assert "Pilih fotonya di sini" in page
    assert 'enctype="multipart/form-data"' in page


def test_markup_in_a_text_stays_text_in_page_and_mail(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    seen = look(head, case, text='<script>alert(1)</script> "><img src=x onerror=alert(2)> sudah selesai')
    page = seen.get_data(as_text=True)
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<script>alert" not in mail(seen)
    assert "<img src=x" not in mail(seen)
    assert "script-src 'self'" in seen.headers["Content-Security-Policy"]


# --- whom it reaches, and a colleague's last word -----------------------------------------------------


def test_the_line_above_counts_supporters_and_merged_reporters(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    for number in range(3):
        make_support(case, mail_stopped=number == 0)
    make_support(case, confirmed=False)
    for _ in range(2):
        make_support(make_case(Status.MERGED, into=case))
    words = "AKAN TAYANG UNTUK PUBLIK dan dikirim ke pelapor + 4 pendukung + 2 pelapor kiriman yang digabung"
    for page in (head.open(case), head.open(case, "?aksi=decline"), look(head, case)):
        assert words in page.get_data(as_text=True)


def test_a_colleagues_note_as_last_word_warns_whoever_writes_for_everybody(head, triage, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    triage.act(case, "note", text="Jangan disampaikan dulu ke warga.")
    warning = f"Entri terakhir adalah catatan internal dari {triage.user.name}."
    assert warning in head.open(case).get_data(as_text=True)
    assert warning in look(head, case).get_data(as_text=True)
    assert head.act(case, "answer", text=WORDS).status_code == 303


def test_ones_own_note_or_a_later_step_warns_nobody(head, triage, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    head.act(case, "note", text="Catatan saya sendiri.")
    assert "Entri terakhir adalah" not in head.open(case).get_data(as_text=True)
    triage.act(case, "note", text="Catatan rekan.")
    head.act(case, "draft_answer", text="Draf sesudah catatan itu.")
    assert events_of(case)[-1].action == "draft_answer"
    assert "Entri terakhir adalah" not in head.open(case).get_data(as_text=True)
