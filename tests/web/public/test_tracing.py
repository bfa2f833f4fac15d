"""The line from an aspiration to its result: what everybody sees of it, and what nobody does."""

import pytest

from portal.models import (
    BudgetStage,
    HideCode,
    Kind,
    LinkType,
    Partnership,
    PartnershipStage,
    ProgramBudget,
    ProgramLevel,
    ProgramLink,
    Status,
)
from portal.services import pages
from tests import factories as make
from tests.support.html import text_of


@pytest.fixture
def linked(db):
    program = make.make_program()
    case = make.make_case(Status.IN_PROGRESS, ward=make.a_ward())
    db.session.add(
        ProgramLink(
            submission_id=case.id,
            program_id=program.id,
            type=LinkType.REASON_FOR,
            sentence="Karena kiriman ini.",
            created_at=make.at(16),
        )
    )
    db.session.commit()
    return case, program


def test_case_program_and_ward_tell_the_same_line(client, linked):
    case, program = linked
    paths = (f"kiriman/{case.reference}", f"program/{program.code}", f"kelurahan/{case.ward_code}")
    for path in paths:
        page = client.get(f"/jejak/{path}")
        assert page.status_code == 200, path
        assert program.title_id in text_of(page)
        assert "1 kiriman" in text_of(page)
        assert client.get(f"/en/jejak/{path}").status_code == 200


def test_a_partnership_has_its_line(db, client):
    partnership = make.make_partnership()
    db.session.commit()
    case = db.session.get_one(Partnership, partnership.id).submission_id
    reference = make.db.session.get_one(make.Submission, case).reference
    assert client.get(f"/jejak/kemitraan/{reference}").status_code == 200


def test_secret_and_hidden_cases_leave_no_trace(db, client, linked):
    _case, program = linked
    secret = make.make_case(Status.IN_PROGRESS, secret=True)
    hidden = make.make_case(Status.IN_PROGRESS, hidden_code=HideCode.INSULT)
    for case in (secret, hidden):
        link = {"type": LinkType.REASON_FOR, "sentence": "Sama.", "created_at": make.at(16)}
        db.session.add(ProgramLink(submission_id=case.id, program_id=program.id, **link))
    db.session.commit()
    for case in (secret, hidden):
        assert client.get(f"/jejak/kiriman/{case.reference}").status_code == 404
    assert "1 kiriman" in text_of(client.get(f"/jejak/program/{program.code}"))


@pytest.mark.parametrize("path", ["kiriman/SB-2611-XXXX", "program/tidak", "kemitraan/x", "kelurahan/0"])
def test_what_does_not_exist_is_not_found(db, client, path):
    assert client.get(f"/jejak/{path}").status_code == 404


def test_a_package_in_the_catalogue_is_a_result_until_it_is_taken_out(db, client):
    agency = make.make_agency()
    case = make.make_case(Status.ACCEPTED, Kind.TOURISM_PACKAGE, agency=agency)
    business = make.make_business(slug="perahu-contoh")
    package = make.make_package(business, case)
    db.session.add(
        Partnership(
            submission_id=case.id,
            business_id=business.id,
            agency_id=agency.id,
            stage=PartnershipStage.ACTIVE,
            purpose_id="Wisata bahari yang aman.",
            created_at=make.at(16),
        )
    )
    db.session.commit()
    address = f'href="/jelajah/{case.reference}"'
    page = client.get(f"/jejak/kiriman/{case.reference}").text
    assert "Wisata bahari yang aman." in page
    assert address in page
    package.listed = False
    pages.touch()
    db.session.commit()
    assert address not in client.get(f"/jejak/kiriman/{case.reference}").text


def test_what_is_done_in_a_ward_links_to_the_list_of_it(db, client):
    ward = make.a_ward()
    make.make_case(Status.DONE, ward=ward)
    page = client.get(f"/jejak/kelurahan/{ward.code}").text
    assert f"/kiriman?kelurahan={ward.code}&amp;status=done" in page
    assert client.get(f"/kiriman?kelurahan={ward.code}&status=done").text.count("SB-") > 0


def link(db, case, program):
    db.session.add(
        ProgramLink(
            submission_id=case.id,
            program_id=program.id,
            type=LinkType.REASON_FOR,
            sentence="Karena kiriman ini.",
            created_at=make.at(16),
        )
    )


def test_words_of_few_cannot_be_worked_out_from_what_is_done(db, client):
    program = make.make_program()
    words = [(Status.DONE, {"confirmed": True}, 3), (Status.DONE, {}, 6)]
    words.append((Status.IN_PROGRESS, {"confirmed": False, "reopened": 1}, 6))
    for status, fields, number in words:
        for _ in range(number):
            link(db, make.make_case(status, **fields), program)
    db.session.commit()
    said = text_of(client.get(f"/jejak/program/{program.code}"))
    assert "9 selesai" in said
    assert "Kata pelapor selesai:" not in said
    for _ in range(2):
        link(db, make.make_case(Status.DONE, confirmed=True), program)
    pages.touch()
    db.session.commit()
    said = text_of(client.get(f"/jejak/program/{program.code}"))
    assert "Kata pelapor selesai: 5, belum selesai: 6, belum menjawab: 6." in said


def test_the_numbers_count_all_programs_and_no_part_twice(db, client):
    case = make.make_case(Status.IN_PROGRESS)
    whole = make.make_program()
    part = make.make_program(level=ProgramLevel.ACTIVITY, parent_id=whole.id)
    beneath = make.make_program(level=ProgramLevel.SUB_ACTIVITY, parent_id=part.id)
    others = [make.make_program() for _ in range(11)]
    # the middle of the tree is not on the line: its own part is still in the money of the whole
    for program in (whole, beneath, *others):
        link(db, case, program)
        db.session.add(
            ProgramBudget(
                program_id=program.id,
                stage=BudgetStage.ENACTED,
                amount=1_000_000,
                as_of=make.day(make.MONDAY),
            )
        )
    db.session.commit()
    page = client.get(f"/jejak/kiriman/{case.reference}")
    assert "13 program" in text_of(page)
    assert "Rp 12 juta" in text_of(page)
    assert page.text.count("Anggaran Rp") == 10
