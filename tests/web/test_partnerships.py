"""The pages of partnerships: staff move them, everybody reads the open part, strangers find nothing."""

import pytest

from portal.models import HideCode, Kind, PartnershipStage, Role, Status
from portal.rules.partnerships import SIGNATURE_ITEMS
from portal.services import pages
from tests import factories as make

S = PartnershipStage


@pytest.fixture
def agency(db):
    return make.make_agency()


@pytest.fixture
def partnership(agency, db):
    row = make.make_partnership(agency, purpose_id="Malam di bagan bersama nelayan.")
    db.session.commit()
    return row


@pytest.fixture
def reference(partnership, db):
    return make.db.session.get(make.Submission, partnership.submission_id).reference


@pytest.fixture
def head(client, agency):
    user = make.make_user(Role.HEAD, agency)
    make.sign_in(client, user)
    return user


def test_a_head_starts_the_discussion(client, head, partnership, reference, db):
    page = client.get(f"/meja/kemitraan/{reference}")
    assert "Mulai pembahasan" in page.text
    answer = client.post(f"/meja/kemitraan/{reference}/tahap/discuss", data={"version": partnership.version})
    assert answer.status_code == 303
    db.session.refresh(partnership)
    assert partnership.stage is S.DISCUSSION


def test_a_stale_form_keeps_what_was_typed(client, head, reference):
    data = {"version": "99", "text": "Penjelasan saya yang panjang."}
    page = client.post(f"/meja/kemitraan/{reference}/tahap/discuss", data=data)
    assert page.status_code == 409
    assert "Penjelasan saya yang panjang." in page.text


def test_what_is_missing_is_said_at_the_field(client, head, partnership, reference):
    data = {"version": partnership.version, "code": "budget", "text": ""}
    page = client.post(f"/meja/kemitraan/{reference}/tahap/decline", data=data)
    assert page.status_code == 422
    assert "Tulis penjelasan untuk publik." in page.text


def test_an_act_out_of_its_stage_is_a_conflict(client, head, partnership, reference):
    page = client.post(f"/meja/kemitraan/{reference}/tahap/stop", data={"version": partnership.version})
    assert page.status_code == 409


@pytest.mark.parametrize("act", ["fliegen", "read", "write"])
def test_no_other_act_has_an_address(client, head, reference, act):
    assert client.post(f"/meja/kemitraan/{reference}/tahap/{act}", data={}).status_code == 404


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD])
def test_another_agency_finds_no_partnership(client, reference, role, db):
    make.sign_in(client, make.make_user(role, make.make_agency()))
    assert client.get(f"/meja/kemitraan/{reference}").status_code == 404
    assert client.post(f"/meja/kemitraan/{reference}/tahap/discuss", data={"version": 1}).status_code == 404
    assert reference not in client.get("/meja/kemitraan").text


def test_an_invited_agency_reads_but_does_not_move(client, partnership, reference, db):
    invited = make.make_agency()
    make.sign_in(client, make.make_user(Role.HEAD, make.db.session.get(make.Agency, partnership.agency_id)))
    assert client.post(f"/meja/kemitraan/{reference}/undang", data={"agency": invited.id}).status_code == 303
    make.sign_in(client, make.make_user(Role.HEAD, invited))
    assert client.get(f"/meja/kemitraan/{reference}").status_code == 200
    assert client.post(f"/meja/kemitraan/{reference}/tahap/discuss", data={"version": 2}).status_code == 404


def test_the_public_sees_stage_parties_and_purpose(client, reference):
    page = client.get(f"/kemitraan/{reference}")
    assert page.status_code == 200
    assert "Malam di bagan bersama nelayan." in page.text
    assert "Baru diterima" in page.text
    assert reference in client.get("/kemitraan").text


@pytest.mark.parametrize("closed", [{"secret": True}, {"hidden_code": HideCode.ACCUSATION}])
def test_a_partnership_of_a_closed_proposal_does_not_exist_for_the_public(client, agency, db, closed):
    case = make.make_case(Status.ACCEPTED, Kind.PARTNERSHIP, agency=agency, **closed)
    make.make_partnership(case=case)
    db.session.commit()
    assert client.get(f"/kemitraan/{case.reference}").status_code == 404
    assert case.reference not in client.get("/kemitraan").text


def test_proprietary_fields_are_nowhere_on_the_public_page(client, partnership, db):
    case = make.db.session.get(make.Submission, partnership.submission_id)
    proposal = make.db.session.get(make.Proposal, case.id)
    proposal.data = {"title": case.title, "funding": "KENARIRAHASIA"}
    proposal.proprietary = ["funding"]
    db.session.commit()
    pages.touch()
    assert "KENARIRAHASIA" not in client.get(f"/kemitraan/{case.reference}").text


def test_the_signature_list_is_ticked_point_by_point(client, head, partnership, reference, db):
    partnership.stage = S.SIGNATURE
    db.session.commit()
    for item in SIGNATURE_ITEMS:
        assert (
            client.post(f"/meja/kemitraan/{reference}/tanda-tangan/{item}", data={"done": "1"}).status_code
            == 303
        )
    assert client.get(f"/meja/kemitraan/{reference}").text.count(">Belum<") == len(SIGNATURE_ITEMS)
    assert (
        client.post(f"/meja/kemitraan/{reference}/tanda-tangan/lain", data={"done": "1"}).status_code == 404
    )


def test_an_examination_out_of_order_says_so(client, head, partnership, reference):
    data = {"result": "passed", "reason": "Berguna bagi warga."}
    page = client.post(f"/meja/kemitraan/{reference}/periksa/selection", data=data)
    assert page.status_code == 422
    assert "Isi langkah sebelumnya dulu." in page.text
    assert client.post(f"/meja/kemitraan/{reference}/periksa/public_interest", data=data).status_code == 303


@pytest.mark.parametrize("query", ["?tahap=ngawur", "?dari=xyz", "?tahap=active&dari=AAAA"])
def test_meddled_addresses_of_the_lists_answer(client, head, query):
    assert client.get(f"/kemitraan{query}").status_code == 200
    assert client.get(f"/meja/kemitraan{query}").status_code == 200
