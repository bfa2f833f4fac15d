"""/meja/pimpinan: heads see their agency, leaders the city, and nobody reads a case there."""

import pytest
import time_machine

from portal.models import LinkType, PartnershipStage, ProgramLink, Role, Status
from tests import factories as make
from tests.factories import MONDAY
from tests.support.html import text_of

BOARD = "/meja/pimpinan"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.at(27, 10), tick=False):
        yield


@pytest.fixture
def leader(at_desk):
    return at_desk(Role.EXECUTIVE)


@pytest.fixture
def late(db, agency):
    """A late case of the head's agency and one of another."""
    mine = make.make_case(Status.ASSIGNED, agency=agency, title="Tiang lampu miring", due_at=MONDAY)
    other = make.make_case(Status.ASSIGNED, title="Talud pantai retak", due_at=MONDAY)
    return mine, other


def test_the_board_of_a_city_with_nothing_to_tell_says_so(leader):
    words = text_of(leader.get(BOARD))
    assert "Tidak ada yang lewat batas." in words
    assert "Belum ada kemitraan." in words
    assert "Belum ada usulan tertulis." in words


def test_a_head_sees_what_is_late_in_their_agency_only(head, late):
    mine, other = late
    page = head.get(BOARD)
    assert f'href="/meja/k/{mine.reference}"' in page.text
    assert other.reference not in page.text
    assert "Talud pantai retak" not in page.text


def test_leaders_and_triage_see_the_whole_city(leader, triage, late):
    for desk in (leader, triage):
        words = text_of(desk.get(BOARD))
        assert all(case.reference in words and case.title in words for case in late)


def test_what_a_leader_is_led_to_is_what_everybody_reads(leader, late, client):
    page = leader.get(BOARD)
    assert "/meja/k/" not in page.text
    assert f'href="/k/{late[0].reference}"' in page.text
    assert client.get(f"/k/{late[0].reference}").status_code == 200


def test_no_board_holds_a_secret_case(leader, head, agency):
    case = make.make_case(
        Status.ASSIGNED, agency=agency, secret=True, title="Rahasia nelayan", due_at=MONDAY, support_count=30
    )
    for desk in (leader, head):
        page = desk.get(BOARD)
        assert case.reference not in page.text
        assert "Rahasia nelayan" not in page.text
        assert "Tidak ada yang lewat batas." in page.text


@pytest.mark.parametrize(
    "path", ["/meja", "/meja/antrean/all", "/meja/k/{}", "/meja/usulan", "/meja/kemitraan", "/admin"]
)
def test_the_board_opens_no_other_door_to_a_leader(leader, late, path):
    assert leader.get(path.format(late[0].reference)).status_code == 404


@pytest.mark.parametrize("role", [Role.OFFICER, Role.COMPETENCY, Role.ADMIN])
def test_others_do_not_find_the_board(at_desk, agency, role):
    desk = at_desk(role, agency if role is Role.OFFICER else None)
    assert desk.get(BOARD).status_code == 404


def test_a_leader_bound_to_an_agency_is_no_leader_of_the_city(at_desk, agency):
    assert at_desk(Role.EXECUTIVE, agency).get(BOARD).status_code == 404


def test_a_visitor_is_asked_who_they_are(client):
    answer = client.get(BOARD)
    assert answer.status_code in (302, 303)
    assert "/masuk" in answer.location


def test_programs_and_partnerships_of_other_agencies_are_not_on_the_board_of_a_head(head, agency, db):
    mine, other = make.make_program(agency), make.make_program()
    for program in (mine, other):
        case = make.make_case(Status.ASSIGNED, agency=agency)
        db.session.add(
            ProgramLink(
                submission_id=case.id,
                program_id=program.id,
                type=LinkType.ANSWERS,
                sentence="Dikerjakan lewat program ini.",
                created_at=MONDAY,
            )
        )
    make.make_partnership(stage=PartnershipStage.ACTIVE)
    db.session.commit()
    words = text_of(head.get(BOARD))
    assert mine.code in words
    assert other.code not in words
    assert "Belum ada kemitraan." in words


def test_the_board_costs_the_same_few_queries_however_much_there_is(head, agency, late, db, count_queries):
    head.get(BOARD)  # reference data comes into memory
    with count_queries() as few:
        head.get(BOARD)
    for _ in range(8):
        make.make_case(Status.ASSIGNED, agency=agency, due_at=MONDAY)
        make.make_partnership(agency, stage=PartnershipStage.ACTIVE)
    db.session.commit()
    head.get(BOARD)
    with count_queries() as many:
        head.get(BOARD)
    assert len(few) == len(many) <= 11
