"""The reporter's word on an answer: useful or not."""

import re

import pytest
from sqlalchemy import select

from portal.core.database import db as database
from portal.models import Answer, AnswerVote, HideCode, IdentityMode, Role, Status
from tests.factories import (
    events_of,
    make_agency,
    make_answer,
    make_case,
    make_template,
    make_user,
    sign_in,
    tracking_code,
)

pytestmark = pytest.mark.usefixtures("db")


def answer_of(case) -> Answer:
    return database.session.scalars(select(Answer).where(Answer.submission_id == case.id)).first()


def prove(client, case) -> None:
    client.post("/lacak", data={"reference": case.reference, "code": tracking_code(case)})


def press(client, case, answer, word="ya"):
    return client.post(f"/lacak/{case.reference}/nilai", data={"answer_id": answer.id, "berguna": word})


def votes() -> list[tuple[int, int, bool]]:
    rows = database.session.scalars(select(AnswerVote).order_by(AnswerVote.submission_id))
    return [(row.answer_id, row.submission_id, row.useful) for row in rows]


def test_a_reporter_says_yes_and_then_no_and_counts_once(client):
    case = make_case(Status.ANSWERED)
    answer, version = answer_of(case), case.version
    prove(client, case)
    assert "Jawaban ini bermanfaat?" in client.get(f"/lacak/{case.reference}").get_data(as_text=True)
    assert press(client, case, answer).headers["Location"] == f"/lacak/{case.reference}?baru=nilai"
    assert votes() == [(answer.id, case.id, True)]
    assert press(client, case, answer, "tidak").status_code == 303
    database.session.expire_all()
    assert votes() == [(answer.id, case.id, False)]
    told = [event for event in events_of(case) if event.action == "rate"]
    assert [(one.public, one.actor_id, one.data) for one in told] == [(False, None, {"answer_id": answer.id})]
    assert case.version == version
    page = client.get(f"/lacak/{case.reference}?baru=nilai").get_data(as_text=True)
    assert "Anda memilih Tidak. Boleh diubah." in page
    assert "Terima kasih. Penilaian Anda" in page


def test_the_reporter_of_a_merged_case_judges_the_answer_of_the_other(client):
    into = make_case(Status.ANSWERED)
    middle = make_case(Status.MERGED, into=into)
    own = make_case(Status.MERGED, into=middle)
    answer = answer_of(into)
    prove(client, own)
    page = client.get(f"/lacak/{own.reference}").get_data(as_text=True)
    assert answer.text in page
    assert press(client, own, answer).status_code == 303
    assert votes() == [(answer.id, own.id, True)]
    assert events_of(into)[-1].action == "rate"


@pytest.mark.parametrize("hidden", [{"secret": True}, {"hidden_code": HideCode.INSULT}])
def test_a_case_that_closed_shows_its_followers_nothing(client, hidden):
    into = make_case(Status.ANSWERED, **hidden)
    own = make_case(Status.MERGED, into=into)
    prove(client, own)
    assert answer_of(into).text not in client.get(f"/lacak/{own.reference}").get_data(as_text=True)
    assert press(client, own, answer_of(into)).status_code == 404
    assert votes() == []


def test_without_the_code_nobody_votes(client, new_client):
    case = make_case(Status.ANSWERED)
    assert press(client, case, answer_of(case)).headers["Location"].startswith("/lacak?nomor=")
    staff = new_client()
    sign_in(staff, make_user(Role.TRIAGE))
    assert press(staff, case, answer_of(case)).headers["Location"].startswith("/lacak?nomor=")
    assert votes() == []


@pytest.mark.parametrize(
    "data", [{}, {"answer_id": "x", "berguna": "ya"}, {"answer_id": "9" * 30, "berguna": "ya"}]
)
def test_nonsense_is_404(client, data):
    case = make_case(Status.ANSWERED)
    prove(client, case)
    assert client.post(f"/lacak/{case.reference}/nilai", data=data).status_code == 404


def test_drafts_and_answers_of_other_cases_are_not_judged(client):
    case, other = make_case(Status.ANSWERED), make_case(Status.ANSWERED)
    prove(client, case)
    draft = make_answer(case, published_at=None)
    for answer, word in ((draft, "ya"), (answer_of(other), "ya"), (answer_of(case), "mungkin")):
        assert press(client, case, answer, word).status_code == 404
    assert votes() == []


def test_before_an_answer_there_is_nothing_to_judge(client):
    case = make_case(Status.ASSIGNED)
    prove(client, case)
    assert "bermanfaat" not in client.get(f"/lacak/{case.reference}").get_data(as_text=True)


def test_of_a_shielded_reporter_only_the_hour_is_kept(client):
    case = make_case(Status.ANSWERED, identity_mode=IdentityMode.SHIELDED)
    prove(client, case)
    press(client, case, answer_of(case))
    at = database.session.scalars(select(AnswerVote.at)).one()
    assert (at.minute, at.second, at.microsecond) == (0, 0, 0)


def test_the_desk_sees_numbers_and_never_who(new_client, client):
    agency = make_agency()
    case = make_case(Status.ANSWERED, agency=agency)
    answer = answer_of(case)
    for number in range(4):
        own = case if number == 0 else make_case(Status.MERGED, into=case)
        database.session.add(
            AnswerVote(answer_id=answer.id, submission_id=own.id, useful=number > 0, at=case.updated_at)
        )
    head = new_client()
    sign_in(head, make_user(Role.HEAD, agency))
    assert "3 dari 4 merasa terbantu" in head.get(f"/meja/k/{case.reference}").get_data(as_text=True)


@pytest.mark.parametrize(("count", "shown"), [(4, False), (5, True)])
def test_a_template_shows_its_usefulness_from_five_votes_on(new_client, count, shown):
    agency = make_agency()
    row = make_template(agency)
    for number in range(count):
        case = make_case(Status.ANSWERED, agency=agency)
        answer = answer_of(case)
        answer.template_id = row.id
        database.session.add(
            AnswerVote(answer_id=answer.id, submission_id=case.id, useful=number > 1, at=case.updated_at)
        )
    head = new_client()
    sign_in(head, make_user(Role.HEAD, agency))
    page = re.sub(r"\s+", " ", head.get("/meja/templat").get_data(as_text=True))
    assert ("3 dari 5 merasa terbantu" in page) is shown
    assert ("belum cukup suara" in page) is not shown


def test_what_changed_between_versions_is_shown_and_stays_text(new_client):
    agency = make_agency()
    case = make_case(Status.ANSWERED, agency=agency)
    user = make_user(Role.HEAD, agency)
    head = new_client()
    sign_in(head, user)
    answer = answer_of(case)
    for text in (
        "Lampu <script>alert(1)</script> dipasang Senin.",
        "Lampu <img src=x onerror=1> dipasang Rabu.",
    ):
        database.session.refresh(case)
        answer_text = head.post(
            f"/meja/k/{case.reference}/edit_answer",
            data={"version": case.version, "answer_id": answer.id, "text": text},
        )
        assert answer_text.status_code == 303
    page = head.get(f"/meja/k/{case.reference}").get_data(as_text=True)
    assert (
        "<del>&lt;script&gt;alert(1)&lt;/script&gt; </del><ins>&lt;img src=x onerror=1&gt; </ins>dipasang"
        in page
    )
    assert "<del>Senin.</del><ins>Rabu.</ins>" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    public = new_client().get(f"/k/{case.reference}").get_data(as_text=True)
    assert "Versi 2, berlaku sampai" in public
    assert "<script>alert" not in public
