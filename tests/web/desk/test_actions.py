"""Every action of the desk: done (303), not one's own (404), too late (409), incomplete (422)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db as database
from portal.models import (
    AccessLog,
    Answer,
    Attachment,
    HideCode,
    Kind,
    NamedStaff,
    Note,
    ProgramLink,
    Role,
    Status,
    Submission,
)
from portal.rules.workflow import Action
from portal.web.desk.table import ACTIONS
from tests.factories import (
    events_of,
    make_agency,
    make_answer,
    make_attachment,
    make_case,
    make_category,
    make_program,
    make_user,
)
from tests.support.html import text_of
from tests.support.pictures import jpeg

LATER = (clock.city_date(clock.now()) + timedelta(days=30)).isoformat()
WORDS = "Kalimat panjang yang ditulis petugas dengan susah payah."


@dataclass(frozen=True)
class Try:
    """How an action is tried: who does it, on which case, with which fields, and what is then missing."""

    who: str
    status: Status
    data: Callable[[Submission], dict[str, Any]] = field(default=lambda case: {})
    #: Fields to empty, and what the page then says.
    wrong: tuple[dict[str, Any], str] | None = None
    after: Status | None = None
    kind: Kind = Kind.PROBLEM
    make: dict[str, Any] = field(default_factory=dict)


def _file(case: Submission) -> dict[str, Any]:
    return {"attachment_id": make_attachment(case, cleared=False).id}


def _published(case: Submission) -> dict[str, Any]:
    return {"answer_id": make_answer(case).id, "text": WORDS}


def _drafted(case: Submission) -> dict[str, Any]:
    return {"answer_id": make_answer(case, published_at=None).id, "text": WORDS}


def _linked(case: Submission) -> dict[str, Any]:
    program = make_program()
    database.session.add(
        ProgramLink(
            submission_id=case.id,
            program_id=program.id,
            type="answers",
            sentence="Ya.",
            created_at=clock.now(),
        )
    )
    return {"program_id": program.id}


TRIES: dict[Action, Try] = {
    Action.VERIFY: Try(
        "triage", Status.RECEIVED, lambda case: {"category_id": make_category().id, "title": WORDS},
        ({"category_id": ""}, "Pilih kategori."), Status.IN_REVIEW,
    ),
    Action.ASK: Try(
        "triage", Status.RECEIVED, lambda case: {"text": WORDS},
        ({"text": " \u200b "}, "Tulis pertanyaan, minimal 10 huruf."), Status.NEEDS_INFO,
    ),
    Action.ASSIGN: Try(
        "triage", Status.RECEIVED,
        lambda case: {"category_id": make_category().id, "agency_id": make_agency().id, "officer_id": ""},
        ({"agency_id": ""}, "Pilih dinas."), Status.ASSIGNED,
    ),
    Action.HAND_OVER: Try(
        "head", Status.ASSIGNED, lambda case: {"agency_id": make_agency().id, "reason": WORDS},
        ({"agency_id": ""}, "Pilih dinas."), Status.ASSIGNED,
    ),
    Action.TAKE: Try(
        "officer", Status.ASSIGNED, lambda case: {"officer_id": ""},
        ({"officer_id": "999999"}, "Pilih salah satu dari daftar."), Status.ASSIGNED,
    ),
    Action.ANSWER: Try(
        "publisher", Status.ASSIGNED, lambda case: {"text": WORDS},
        ({"text": "pendek"}, "Tulis kalimat untuk publik, minimal 10 huruf."), Status.ANSWERED,
    ),
    Action.PROMISE: Try(
        "publisher", Status.ASSIGNED, lambda case: {"text": WORDS, "on": LATER},
        ({"on": "2020-01-01"}, "Pilih hari setelah hari ini."), Status.IN_PROGRESS,
    ),
    Action.FINISH: Try(
        "publisher", Status.ANSWERED, lambda case: {"text": WORDS},
        ({"text": ""}, "Tulis kalimat untuk publik, minimal 10 huruf."), Status.DONE,
    ),
    Action.ACCEPT: Try(
        "head", Status.ASSIGNED, lambda case: {"text": WORDS},
        ({"text": ""}, "Tulis kalimat untuk publik, minimal 10 huruf."), Status.ACCEPTED, Kind.PARTNERSHIP,
    ),
    Action.DECLINE: Try(
        "publisher", Status.ASSIGNED, lambda case: {"code": "regulation", "text": WORDS},
        ({"code": ""}, "Pilih alasan."), Status.DECLINED,
    ),
    Action.DEFER: Try(
        "publisher", Status.ASSIGNED, lambda case: {"code": "budget", "text": WORDS, "review_on": LATER},
        ({"review_on": ""}, "Pilih tanggal tinjauan."), Status.DEFERRED,
    ),
    Action.REFER: Try(
        "triage", Status.IN_REVIEW, lambda case: {"institution": "PLN Sibolga", "text": WORDS},
        ({"institution": ""}, "Tulis nama lembaga."), Status.REFERRED,
    ),
    Action.MERGE: Try(
        "triage", Status.RECEIVED, lambda case: {"into": make_case(Status.ASSIGNED).reference.lower()},
        ({"into": "SB-2611-XXXX"}, "Nomor kiriman tidak ditemukan. Contoh: SB-2611-K7RM"), Status.MERGED,
    ),
    Action.UNMERGE: Try(
        "triage", Status.MERGED, lambda case: {"reason": WORDS},
        ({"reason": ""}, "Tulis alasan, minimal 5 huruf."), Status.ASSIGNED,
    ),
    Action.REVIEW: Try("triage", Status.DEFERRED, after=Status.IN_REVIEW),
    Action.NOTE: Try(
        "officer", Status.ASSIGNED, lambda case: {"text": WORDS},
        ({"text": ""}, "Tulis catatan lebih dahulu."), Status.ASSIGNED,
    ),
    Action.DRAFT_ANSWER: Try(
        "officer", Status.ASSIGNED, lambda case: {"kind": "promise", "text": WORDS},
        ({"kind": "bogus"}, "Pilih salah satu dari daftar."), Status.ASSIGNED,
    ),
    Action.RETURN_DRAFT: Try(
        "publisher", Status.ASSIGNED, _drafted,
        ({"text": ""}, "Tulis apa yang perlu diperbaiki, minimal 5 huruf."), Status.ASSIGNED,
    ),
    Action.EDIT_ANSWER: Try(
        "publisher", Status.ANSWERED, _published,
        ({"text": ""}, "Tulis kalimat untuk publik, minimal 10 huruf."), Status.ANSWERED,
    ),
    Action.CLASSIFY: Try(
        "triage", Status.ASSIGNED, lambda case: {"category_id": make_category().id, "title": WORDS},
        ({"title": "a"}, "Tulis judul, minimal 5 huruf."), Status.ASSIGNED,
    ),
    Action.PRIORITISE: Try(
        "officer", Status.ASSIGNED, lambda case: {"priority": "urgent"},
        ({"priority": "2"}, "Pilih salah satu dari daftar."), Status.ASSIGNED,
    ),
    Action.LATER: Try(
        "officer", Status.ASSIGNED, lambda case: {"until": "other", "on": LATER},
        ({"on": ""}, "Pilih sampai hari apa."), Status.ASSIGNED,
        make={"due_at": clock.now() + timedelta(days=60)},
    ),
    Action.HIDE: Try(
        "triage", Status.ASSIGNED, lambda case: {"code": "insult", "text": WORDS},
        ({"code": "<b>"}, "Pilih salah satu dari daftar."), Status.ASSIGNED,
    ),
    Action.UNHIDE: Try(
        "triage", Status.ASSIGNED, lambda case: {"text": WORDS},
        ({"text": ""}, "Tulis kalimat untuk publik, minimal 10 huruf."), Status.ASSIGNED,
        make={"hidden_code": HideCode.INSULT},
    ),
    Action.CLEAR_FILE: Try("triage", Status.ASSIGNED, _file, after=Status.ASSIGNED),
    Action.NAME_STAFF: Try(
        "triage", Status.ASSIGNED, lambda case: {"user_id": make_user(Role.OFFICER, make_agency()).id},
        ({"user_id": ""}, "Pilih rekan."), Status.ASSIGNED, make={"secret": True},
    ),
    Action.LINK: Try(
        "officer", Status.ASSIGNED,
        lambda case: {"program_id": make_program().id, "type": "answers", "sentence": WORDS},
        ({"program_id": ""}, "Pilih program."), Status.ASSIGNED,
    ),
    Action.UNLINK: Try("officer", Status.ASSIGNED, _linked, after=Status.ASSIGNED),
}  # fmt: skip


@pytest.fixture
def people(triage, officer, publisher, head):
    return {"triage": triage, "officer": officer, "publisher": publisher, "head": head}


def arrange(attempt: Try, agency) -> tuple[Submission, dict[str, Any]]:
    if attempt.status is Status.MERGED:
        case = make_case(attempt.status, agency=agency, into=make_case(Status.ASSIGNED), **attempt.make)
    else:
        given = {} if attempt.status in {Status.RECEIVED, Status.IN_REVIEW} else {"agency": agency}
        case = make_case(attempt.status, attempt.kind, **given, **attempt.make)
    return case, attempt.data(case)


def typed(data: dict[str, Any]) -> list[str]:
    return [value for value in data.values() if isinstance(value, str) and len(value) > 12]


def test_every_action_of_the_desk_is_tried_here():
    assert set(TRIES) | {Action.REVEAL_IDENTITY} == set(ACTIONS)


@pytest.mark.parametrize("action", TRIES)
def test_an_action_is_done_and_leads_on(people, agency, action):
    attempt = TRIES[action]
    case, data = arrange(attempt, agency)
    before = len(events_of(case))
    answer = people[attempt.who].act(case, action, **data)
    assert answer.status_code == 303, text_of(answer)
    assert case.status is attempt.after
    assert events_of(case)[before].action == action
    assert events_of(case)[before].actor_id == people[attempt.who].user_id
    assert people[attempt.who].get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("action", TRIES)
def test_an_action_on_a_case_of_another_agency_does_not_exist(people, at_desk, agency, action):
    attempt = TRIES[action]
    case, data = arrange(attempt, agency)
    before = len(events_of(case))
    elsewhere = make_agency()
    strangers = [
        at_desk(Role.OFFICER, elsewhere, publisher=True),
        at_desk(Role.HEAD, elsewhere),
        at_desk(Role.ADMIN),
        at_desk(Role.COMPETENCY),
    ]
    for stranger in strangers:
        assert stranger.act(case, action, **data).status_code == 404
        assert stranger.act(case, action, version=0).status_code == 404
    assert len(events_of(case)) == before


@pytest.mark.parametrize("action", TRIES)
def test_a_visitor_is_led_to_sign_in(client, agency, action):
    case, data = arrange(TRIES[action], agency)
    answer = client.post(f"/meja/k/{case.reference}/{action}", data=data)
    assert answer.status_code == 303
    assert "sign_in" in answer.headers["Location"] or "/masuk" in answer.headers["Location"]


#: Who reads the case and still may not do this.
NOT_THEIRS = {
    Action.VERIFY: "head", Action.ASSIGN: "head", Action.HAND_OVER: "publisher", Action.ANSWER: "officer",
    Action.PROMISE: "triage", Action.FINISH: "officer", Action.ACCEPT: "publisher", Action.DECLINE: "officer",
    Action.DEFER: "triage", Action.REFER: "officer", Action.UNMERGE: "officer", Action.REVIEW: "head",
    Action.EDIT_ANSWER: "triage", Action.CLASSIFY: "head", Action.HIDE: "head", Action.UNHIDE: "head",
    Action.CLEAR_FILE: "head", Action.NAME_STAFF: "head", Action.RETURN_DRAFT: "officer",
}  # fmt: skip


@pytest.mark.parametrize("action", NOT_THEIRS)
def test_an_action_of_somebody_elses_role_does_not_exist(people, agency, action):
    attempt = TRIES[action]
    case, data = arrange(attempt, agency)
    if case.agency_id is None:
        case.agency_id = agency.id
    before = len(events_of(case))
    assert people[NOT_THEIRS[action]].act(case, action, **data).status_code == 404
    assert people[NOT_THEIRS[action]].act(case, action, **data, version=case.version - 1).status_code == 404
    assert len(events_of(case)) == before


@pytest.mark.parametrize("action", [action for action, attempt in TRIES.items() if attempt.wrong])
def test_an_incomplete_form_comes_back_with_everything_kept(people, agency, action):
    attempt = TRIES[action]
    case, data = arrange(attempt, agency)
    before = len(events_of(case))
    changes, said = attempt.wrong
    answer = people[attempt.who].act(case, action, **data | changes)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Galat: " in page
    assert page.count(said) >= 2, "in the summary and at the field"
    for value in typed(data | changes):
        if value not in str(changes.values()):
            assert value in page
    assert len(events_of(case)) == before


@pytest.mark.parametrize("action", TRIES)
def test_a_stale_form_is_answered_with_both_texts(people, agency, triage, action):
    attempt = TRIES[action]
    case, data = arrange(attempt, agency)
    drawn_from = case.version
    newer = make_category(name_id="Kategori yang baru saja dipilih")
    triage.act(case, "classify", title="Judul yang baru saja ditulis", category_id=newer.id)
    before = len(events_of(case))
    answer = people[attempt.who].act(case, action, version=drawn_from, **data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409, text_of(answer)
    assert "Judul yang baru saja ditulis" in page
    assert "Kategori yang baru saja dipilih" in page
    assert (
        f'<input id="{action.replace("_", "-")}-version" name="version" type="hidden" value="{case.version}">'
        in page
    )
    for value in typed(data):
        assert value in page or value.upper() in page
    assert len(events_of(case)) == before


def test_what_was_typed_too_late_can_be_kept_as_a_note(publisher, head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    drawn_from = case.version
    head.act(case, "decline", code="budget", text="Anggaran tahun ini belum ada untuk itu.")
    answer = publisher.act(case, "answer", version=drawn_from, text=WORDS)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Anggaran tahun ini belum ada untuk itu." in page
    assert WORDS in page
    assert f'action="/meja/k/{case.reference}/note"' in page
    assert f'action="/meja/k/{case.reference}/answer"' not in page
    assert case.status is Status.DECLINED


def test_the_conflict_page_escapes_what_was_typed(publisher, triage, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    drawn_from = case.version
    triage.act(case, "classify", title="<img src=x onerror=alert(1)>", category_id=make_category().id)
    answer = publisher.act(case, "answer", version=drawn_from, text="</textarea><script>alert(1)</script>")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


def test_the_same_form_can_be_sent_again_from_the_conflict_page(publisher, triage, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    drawn_from = case.version
    triage.act(case, "classify", title="Judul baru dari triase", category_id=make_category().id)
    page = publisher.act(case, "answer", version=drawn_from, text=WORDS).get_data(as_text=True)
    version = re.search(r'name="version" type="hidden" value="(\d+)"', page).group(1)
    assert publisher.act(case, "answer", version=version, text=WORDS).status_code == 303
    assert case.status is Status.ANSWERED


def test_a_second_press_does_nothing_twice(publisher, agency, db):
    case = make_case(Status.ASSIGNED, agency=agency)
    version = case.version
    assert publisher.act(case, "answer", version=version, text=WORDS).status_code == 303
    assert publisher.act(case, "answer", version=version, text=WORDS).status_code == 303
    assert db.session.scalars(select(Answer.text).where(Answer.submission_id == case.id)).all() == [WORDS]


def test_a_note_pressed_twice_is_written_once(officer, agency, db):
    case = make_case(Status.ASSIGNED, agency=agency)
    for _ in range(2):
        assert officer.act(case, "note", text=WORDS).status_code == 303
    assert db.session.scalars(select(Note.body)).all() == [WORDS]


def test_a_form_without_a_version_is_refused(officer, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    answer = officer.post(f"/meja/k/{case.reference}/note", text=WORDS)
    assert answer.status_code == 422
    assert WORDS in answer.get_data(as_text=True)


@pytest.mark.parametrize("action", ["send", "expire", "withdraw", "confirm", "read", "nonsense", "%00"])
def test_what_is_no_action_of_the_desk_does_not_exist(triage, action):
    case = make_case()
    assert triage.act(case, action).status_code == 404


def test_a_get_of_an_action_does_not_exist(triage):
    assert triage.get(f"/meja/k/{make_case().reference}/verify").status_code == 404


def test_another_site_cannot_press_a_button(triage):
    case = make_case()
    answer = triage.client.post(
        f"/meja/k/{case.reference}/review", data={"version": 1}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


def test_extra_fields_change_nothing(officer, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    other = make_agency()
    officer.act(case, "note", text=WORDS, agency_id=other.id, status="done", secret="1", id="1")
    assert (case.agency_id, case.status, case.secret) == (agency.id, Status.ASSIGNED, False)


def test_an_officer_of_another_agency_cannot_be_put_in_charge(triage, agency):
    case = make_case()
    stranger = make_user(Role.OFFICER, make_agency())
    answer = triage.act(
        case, "assign", category_id=make_category().id, agency_id=agency.id, officer_id=stranger.id
    )
    assert answer.status_code == 422
    assert "Petugas ini bukan dari dinas yang dipilih." in answer.get_data(as_text=True)


def test_a_colleague_whom_a_secret_case_names_cannot_be_put_in_charge(head, officer, agency):
    case = make_case(Status.ASSIGNED, agency=agency, secret=True, named=officer.user)
    assert head.act(case, "take", officer_id=officer.user_id).status_code == 422
    assert head.act(case, "take", officer_id=head.user_id).status_code == 303


def test_an_officer_takes_a_case(officer, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    officer.act(case, "take", officer_id=officer.user_id)
    assert case.officer_id == officer.user_id


def test_triage_declines_for_two_reasons_only(triage):
    case = make_case(Status.IN_REVIEW)
    assert "Anggaran belum ada" not in triage.open(case, "?aksi=decline").get_data(as_text=True)
    assert triage.act(case, "decline", code="budget", text=WORDS).status_code == 422
    assert triage.act(case, "decline", code="against_rules", text=WORDS).status_code == 303


@pytest.mark.parametrize(
    "change", [{"secret": True}, {"hidden_code": HideCode.INSULT}, {"status": Status.WITHDRAWN}]
)
def test_a_case_that_cannot_be_followed_is_no_merge_target(triage, change):
    target = make_case(**change)
    case = make_case()
    answer = triage.act(case, "merge", into=target.reference)
    assert answer.status_code == 422
    assert target.reference in answer.get_data(as_text=True), "what was typed is kept"
    assert case.status is Status.RECEIVED


def test_an_officer_learns_nothing_of_a_secret_case_elsewhere_by_merging(officer, agency):
    secret = make_case(Status.ASSIGNED, agency=make_agency(), secret=True)
    case = make_case(Status.ASSIGNED, agency=agency)
    unknown = text_of(officer.act(case, "merge", into="SB-2611-XXXX"))
    hidden = text_of(officer.act(case, "merge", into=secret.reference))
    assert "Nomor kiriman tidak ditemukan" in unknown
    assert "Nomor kiriman tidak ditemukan" in hidden
    assert hidden.replace(secret.reference, "SB-2611-XXXX") == unknown


def test_finishing_promised_work_needs_a_photo(publisher, agency, db):
    case = make_case(Status.IN_PROGRESS, agency=agency)
    answer = publisher.act(case, "finish", text=WORDS)
    assert answer.status_code == 422
    assert "Lampirkan foto bukti" in answer.get_data(as_text=True)
    assert WORDS in answer.get_data(as_text=True)
    answer = publisher.act(case, "finish", text=WORDS, evidence=[(jpeg(), "bukti.jpg")])
    assert answer.status_code == 303, text_of(answer)
    file = db.session.scalars(select(Attachment)).one()
    assert (file.submission_id, file.purpose, file.cleared) == (case.id, "evidence", True)
    assert case.status is Status.DONE


def test_a_file_that_is_no_photo_is_refused_and_leaves_nothing(publisher, agency, app):
    case = make_case(Status.IN_PROGRESS, agency=agency)
    files = [(jpeg(), "baik.jpg"), (BytesIO(b"<html>bukan foto</html>"), "foto.gif")]
    answer = publisher.act(case, "finish", text=WORDS, evidence=files)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "bukan foto" in page
    assert WORDS in page
    kept = (app.config["DATA_DIR"] / "files").rglob("*")
    assert [path for path in kept if path.is_file()] == []


def test_a_reporter_is_revealed_to_triage_and_masked_to_officers(triage, officer, agency, app, db):
    seal = app.extensions["seal"]
    case = make_case(
        Status.ASSIGNED, agency=agency, name="Budi Santoso", email="budi@contoh.example",
        phone="+6281234567890", seal=seal,
    )  # fmt: skip
    answer = triage.act(case, "reveal_identity", reason="Menelepon untuk alamat")
    assert answer.status_code == 200
    assert "Budi Santoso" in answer.get_data(as_text=True)
    assert "no-store" in answer.headers["Cache-Control"]
    masked = officer.act(case, "reveal_identity", reason="Menelepon untuk alamat").get_data(as_text=True)
    assert "B*** S***" in masked
    assert "Budi Santoso" not in masked
    assert "Budi Santoso" not in triage.open(case).get_data(as_text=True)
    logged = db.session.scalars(select(AccessLog).order_by(AccessLog.id)).all()
    assert [(row.user_id, row.reason) for row in logged] == [
        (triage.user_id, "Menelepon untuk alamat"),
        (officer.user_id, "Menelepon untuk alamat"),
    ]


def test_revealing_without_a_reason_shows_and_logs_nothing(triage, app, db):
    case = make_case(name="Budi Santoso", seal=app.extensions["seal"])
    answer = triage.act(case, "reveal_identity", reason=" ")
    assert answer.status_code == 422
    assert "Budi Santoso" not in answer.get_data(as_text=True)
    assert db.session.scalars(select(AccessLog)).all() == []


def test_a_shielded_reporter_is_revealed_to_nobody(triage, app, db):
    case = make_case(identity_mode="shielded", name="Budi Santoso", seal=app.extensions["seal"])
    assert triage.act(case, "reveal_identity", reason="Ingin tahu saja").status_code == 404
    assert db.session.scalars(select(AccessLog)).all() == []


def test_the_next_case_opens_after_one_leaves_the_queue(triage, agency):
    now = clock.now()
    first, second, third = (make_case(due_at=now + timedelta(days=day)) for day in (1, 2, 3))
    category = make_category()
    given = {"category_id": category.id, "agency_id": agency.id}
    answer = triage.act(second, "assign", "?antrean=to_sort", **given)
    assert answer.headers["Location"] == f"/meja/k/{third.reference}?antrean=to_sort"
    answer = triage.act(third, "assign", "?antrean=to_sort", **given)
    assert answer.headers["Location"] == f"/meja/k/{first.reference}?antrean=to_sort"
    answer = triage.act(first, "assign", "?antrean=to_sort", **given)
    assert answer.headers["Location"] == "/meja/antrean/to_sort"
    page = triage.get(answer.headers["Location"]).get_data(as_text=True)
    assert f"{first.reference}: Kiriman diteruskan." in page


def test_the_filters_of_the_queue_are_kept(triage, agency):
    make_case(title="Lampu padam satu", due_at=clock.now() + timedelta(days=1))
    case = make_case(title="Lampu padam dua", due_at=clock.now() + timedelta(days=2))
    page = triage.open(case, "?antrean=to_sort&q=lampu").get_data(as_text=True)
    assert "/note?antrean=to_sort&amp;q=lampu" in page


def test_a_case_handed_over_leads_back_to_the_queue(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    answer = head.act(case, "hand_over", agency_id=make_agency().id, reason=WORDS)
    assert answer.headers["Location"].startswith("/meja/antrean/")
    assert head.open(case).status_code == 404


def test_a_named_colleague_loses_the_case_at_once(triage, officer, agency, db):
    case = make_case(Status.ASSIGNED, agency=agency, secret=True, officer=officer.user)
    assert officer.open(case).status_code == 200
    triage.act(case, "name_staff", user_id=officer.user_id)
    assert officer.open(case).status_code == 404
    assert db.session.scalars(select(NamedStaff.user_id)).all() == [officer.user_id]


def test_the_second_button_of_the_composer_keeps_a_draft(publisher, agency, db):
    case = make_case(Status.ASSIGNED, agency=agency)
    assert publisher.act(case, "draft_answer", text=WORDS).status_code == 303
    draft = db.session.scalars(select(Answer)).one()
    assert (draft.text, draft.kind, draft.published_at) == (WORDS, "answer", None)


def test_a_role_that_was_taken_away_is_gone_at_once(officer, agency, db):
    case = make_case(Status.ASSIGNED, agency=agency)
    assert officer.open(case).status_code == 200
    for membership in list(db.session.merge(officer.user).memberships):
        db.session.delete(membership)
    assert officer.open(case).status_code == 404
    assert officer.act(case, "note", text=WORDS).status_code == 404


@pytest.mark.parametrize(
    "text", ["a" * 70_000, "x\u0301" * 32_000, "\x00\u200b\u202e", "' OR 1=1 --", "%s %d {0} {{ x }}"]
)
def test_hostile_text_is_answered_clearly(officer, agency, text):
    case = make_case(Status.ASSIGNED, agency=agency)
    assert officer.act(case, "note", text=text).status_code in {303, 422}
    assert officer.open(case).status_code == 200
