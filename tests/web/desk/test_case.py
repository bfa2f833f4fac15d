import re
from datetime import timedelta

import pytest

from portal.core import clock
from portal.models import AnswerKind, HideCode, IdentityMode, Kind, Proposal, Role, Status
from portal.services import cases
from portal.services.cases import Part
from tests.factories import (
    SECRET,
    actor,
    make_agency,
    make_answer,
    make_attachment,
    make_case,
    make_category,
    make_note,
    make_program,
    make_user,
)
from tests.support.html import text_of

EVERY_GET = ("", "?aksi=note", "?aksi=assign", "?aksi=reveal_identity", "?antrean=all")


def offered(response) -> set[str]:
    """Return the actions that a page offers, as a form or as a link to one."""
    page = response.get_data(as_text=True)
    return set(re.findall(r'(?:action|formaction)="/meja/k/[^/"]+/([a-z_]+)', page)) | set(
        re.findall(r"[?;]aksi=([a-z_]+)", page)
    )


@pytest.mark.parametrize("status", list(Status))
def test_a_case_in_every_state_has_its_page(triage, head, agency, status):
    into = make_case(Status.ASSIGNED) if status is Status.MERGED else None
    kind = Kind.PARTNERSHIP if status is Status.ACCEPTED else Kind.PROBLEM
    case = make_case(status, kind, agency=agency, into=into)
    for query in EVERY_GET:
        assert triage.open(case, query).status_code == 200
        assert head.open(case, query).status_code == 200


@pytest.mark.parametrize("query", EVERY_GET)
def test_a_case_of_another_agency_does_not_exist(officer, query):
    case = make_case(Status.ASSIGNED, agency=make_agency())
    assert officer.open(case, query).status_code == 404


def test_an_unassigned_case_does_not_exist_for_officers(officer):
    assert officer.open(make_case()).status_code == 404


def test_a_case_that_was_handed_over_is_gone(officer, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    assert officer.open(case).status_code == 200
    case.agency_id = make_agency().id
    assert officer.open(case).status_code == 404


def test_a_colleague_whom_a_secret_case_names_cannot_open_it(officer, head, agency):
    case = make_case(Status.ASSIGNED, agency=agency, secret=True, named=officer.user)
    assert officer.open(case).status_code == 404
    assert head.open(case).status_code == 200


@pytest.mark.parametrize("role", [Role.ADMIN, Role.COMPETENCY])
def test_admin_and_competency_see_no_case(at_desk, role):
    case = make_case()
    assert at_desk(role).open(case).status_code == 404


def test_an_unknown_number_does_not_exist(triage):
    assert triage.get("/meja/k/SB-2611-ZZZZ").status_code == 404
    assert triage.get("/meja/k/%00").status_code == 404


def test_a_number_in_another_spelling_leads_to_the_case(triage):
    case = make_case()
    answer = triage.get(f"/meja/k/{case.reference.lower()}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/meja/k/{case.reference}")


def test_the_page_says_how_much_time_is_left(triage):
    late = make_case(due_at=clock.now() - timedelta(days=30))
    assert re.search(r"Lewat \d+ hari · batas", text_of(triage.open(late)))


def test_triage_is_offered_what_the_table_allows_for_a_new_case(triage):
    found = offered(triage.open(make_case()))
    assert {"verify", "ask", "assign", "merge", "note", "draft_answer", "hide", "classify", "link"} <= found
    assert not {"answer", "promise", "finish", "accept", "unhide", "unmerge", "review", "take"} & found


def test_an_officer_may_draft_but_not_publish(officer, publisher, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    assert {"draft_answer", "note", "ask", "take"} <= offered(officer.open(case))
    assert not {"answer", "decline", "defer", "promise", "hand_over"} & offered(officer.open(case))
    assert {"answer", "decline", "defer", "promise", "refer"} <= offered(publisher.open(case))


def test_only_the_head_may_hand_over_and_only_the_first_time(head, publisher, agency):
    first = make_case(Status.ASSIGNED, agency=agency)
    second = make_case(Status.ASSIGNED, agency=agency, handovers=1)
    assert "hand_over" in offered(head.open(first))
    assert "hand_over" not in offered(publisher.open(first))
    assert "hand_over" not in offered(head.open(second))


def test_a_hidden_case_can_be_shown_again_and_not_hidden_twice(triage):
    found = offered(triage.open(make_case(hidden_code=HideCode.INSULT)))
    assert "unhide" in found
    assert "hide" not in found


@pytest.mark.parametrize("action", ["verify", "ask", "merge", "hide", "classify", "link", "reveal_identity"])
def test_a_link_opens_the_form_of_an_action(triage, action):
    answer = triage.open(make_case(), f"?aksi={action}")
    assert 'id="aksi"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("action", ["answer", "unhide", "send", "expire", "nonsense", "reply"])
def test_no_form_opens_for_what_is_not_allowed(triage, action):
    answer = triage.open(make_case(), f"?aksi={action}")
    assert answer.status_code == 200
    assert 'id="aksi"' not in answer.get_data(as_text=True)


def test_internal_notes_are_in_the_thread_with_their_author(triage):
    case = make_case()
    triage.act(case, "note", text="Sudah saya telepon kantor lurah.")
    page = triage.open(case).get_data(as_text=True)
    note = page.split('<div class="note">')[1].split("</li>")[0]
    assert "CATATAN INTERNAL" in note
    assert triage.user.name in note
    assert "Sudah saya telepon kantor lurah." in note


def test_the_name_of_a_hidden_reporter_is_nowhere(triage, app):
    seal = app.extensions["seal"]
    case = make_case(
        name="Nama Rahasia Warga", email="warga@contoh.example", phone="+6281234567890", seal=seal
    )
    page = triage.open(case).get_data(as_text=True)
    for word in ("Nama Rahasia", "warga@", "81234"):
        assert word not in page
    assert "nama disembunyikan" in page


def test_a_shielded_reporter_cannot_be_revealed(triage):
    answer = triage.open(make_case(identity_mode=IdentityMode.SHIELDED))
    assert "Identitas disegel" in answer.get_data(as_text=True)
    assert "reveal_identity" not in offered(answer)


def test_what_the_screen_found_is_told(triage):
    case = make_case(screen_codes=["phone", "flagged_word"], text_public=False)
    assert "nomor telepon, kata yang perlu diperiksa" in text_of(triage.open(case))


def test_text_of_citizens_is_never_markup(triage):
    case = make_case(
        title="<script>alert(1)</script>", body="**tebal** <b>bold</b>\n\n{{ 7*7 }}", landmark="<img>"
    )
    page = triage.open(case).get_data(as_text=True)
    assert "<script>alert" not in page
    assert "**tebal** &lt;b&gt;bold&lt;/b&gt;" in page
    assert "{{ 7*7 }}" in page


def test_files_are_shown_and_a_closed_one_only_to_triage(triage, officer, agency):
    case = make_case(Status.ASSIGNED, agency=agency, identity_mode=IdentityMode.SHIELDED)
    file = make_attachment(case, cleared=False, thumbnail_key="00/00/x.webp")
    assert file.token in triage.open(case).get_data(as_text=True)
    assert "clear_file" in offered(triage.open(case))
    seen = officer.open(case)
    assert file.token not in seen.get_data(as_text=True)
    assert "tertutup" in text_of(seen)
    assert "clear_file" not in offered(seen)


def test_a_colleagues_draft_fills_the_composer(publisher, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    make_answer(case, AnswerKind.ANSWER, "Draf dari rekan saya.", published_at=None)
    page = publisher.open(case).get_data(as_text=True)
    composer = page.split('class="composer-answer"')[1].split("</form>")[0]
    assert "Draf dari rekan saya." in composer
    assert "AKAN TAYANG UNTUK PUBLIK dan dikirim ke pelapor + 0 pendukung" in composer


def test_a_published_answer_can_be_mended_and_shows_its_versions(publisher, agency):
    case = make_case(Status.ANSWERED, agency=agency)
    page = publisher.open(case).get_data(as_text=True)
    number = re.search(r"aksi=edit_answer&amp;jawaban=(\d+)", page).group(1)
    answer = publisher.open(case, f"?aksi=edit_answer&jawaban={number}")
    assert (
        "Kami sudah memeriksa tempatnya"
        in answer.get_data(as_text=True).split('id="aksi"')[1].split("</form>")[0]
    )
    publisher.act(case, "edit_answer", answer_id=number, text="Kami sudah memeriksa ulang tempatnya.")
    assert "Versi lama (1)" in text_of(publisher.open(case))


def test_the_answer_of_another_agency_cannot_be_mended(publisher, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    make_answer(case, agency_id=make_agency().id)
    assert "edit_answer" not in offered(publisher.open(case))


def test_similar_cases_can_be_merged_with_one_press(triage):
    body = "Jembatan gantung di Aek Habil putus talinya dan anak sekolah takut lewat."
    category = make_case(Status.ASSIGNED, body=body, title="Jembatan gantung putus")
    case = make_case(body=body, title="Jembatan gantung rusak", category_id=category.category_id)
    page = triage.open(case).get_data(as_text=True)
    assert "Mungkin kiriman yang sama" in page
    assert f"Gabung ke {category.reference}" in page


def test_a_secret_merge_target_is_not_named(officer, agency):
    target = make_case(Status.ASSIGNED, agency=make_agency(), secret=True)
    case = make_case(Status.MERGED, agency=agency, into=target, secret=True)
    page = officer.open(case).get_data(as_text=True)
    head = page.split('class="case-head"')[1].split("</h1>")[0]
    assert target.reference not in head


def test_linked_programs_are_listed(officer, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    program = make_program(agency)
    officer.act(case, "link", program_id=program.id, type="answers", sentence="Program ini menjawab Anda.")
    page = officer.open(case).get_data(as_text=True)
    assert program.title_id in page
    assert "Program ini menjawab Anda." in page
    assert f"Lepaskan {program.code}" in page


def test_a_proposal_shows_its_fields_and_marks_proprietary_ones(triage, db):
    case = make_case(kind=Kind.TOURISM_PACKAGE)
    proposal = db.session.get_one(Proposal, case.id)
    proposal.data = {
        "old_field": "Isian lama",
        "price_per_person": 250_000,
        "route": [{"time": "18:00", "place": "Dermaga"}],
        "title": "Wisata bagan malam",
    }
    proposal.proprietary = ["price_per_person"]
    page = text_of(triage.open(case))
    assert "Wisata bagan malam" in page
    assert "Rp 250.000" in page
    assert "Dermaga" in page
    assert page.index("Wisata bagan malam") < page.index("Isian lama"), "in the order of the catalogue"
    assert page.count("Rahasia usaha") == 1


def test_a_case_page_costs_few_queries_however_long_it_is(triage, agency, count_queries):
    case = make_case(Status.ASSIGNED, agency=agency)
    for _ in range(3):
        make_note(case, make_user())
        make_attachment(case)
    make_case(Status.ASSIGNED, agency=agency)  # one that resembles it
    triage.act(case, "note", text="Catatan pertama.")
    triage.open(case)
    with count_queries() as few:
        triage.open(case)
    for number in range(20):
        make_case(Status.ASSIGNED, agency=agency)
        triage.act(case, "note", text=f"Catatan nomor {number}.")
        make_attachment(case)
    triage.open(case)
    with count_queries() as many:
        triage.open(case)
    assert len(many) == len(few), many
    assert len([statement for statement in few if statement != "BEGIN"]) <= 24, few


def test_the_page_in_english_keeps_its_addresses(triage):
    case = make_case()
    page = triage.get(f"/en/meja/k/{case.reference}?antrean=to_sort").get_data(as_text=True)
    assert f'action="/en/meja/k/{case.reference}/note?antrean=to_sort"' in page


def test_a_secret_part_that_sits_in_another_agency_is_not_named(officer, triage, agency):
    body = "Petugas loket minta uang. Mandornya juga ikut serta."
    case = make_case(Status.IN_REVIEW, secret=True, body=body)
    part = Part("Mandor ikut serta", "Mandornya juga ikut serta.")
    (child,) = cases.split(case, [part], secret=SECRET, actor=actor(triage.user), at=clock.now())
    for one, where in ((case, agency), (child, make_agency())):
        cases.assign(
            one, agency_id=where.id, category_id=make_category().id, actor=actor(triage.user), at=clock.now()
        )
    page = officer.open(case).get_data(as_text=True)
    assert "Sebagian menjadi kiriman sendiri" in page
    assert child.reference not in page
    assert child.reference in triage.open(case).get_data(as_text=True)


def test_a_part_that_everybody_can_open_is_named(officer, triage, agency):
    case = make_case(Status.ASSIGNED, agency=agency, body="Lampu padam. Parit di sekolah tersumbat.")
    part = Part("Parit tersumbat", "Parit di sekolah tersumbat.")
    (child,) = cases.split(case, [part], secret=SECRET, actor=actor(triage.user), at=clock.now())
    assert child.reference in officer.open(case).get_data(as_text=True)
