"""The pages of partnerships: staff move them, everybody reads the open part, strangers find nothing."""

from datetime import date

import pytest

from portal.models import BusinessRole, HideCode, Kind, OutboxMessage, PartnershipStage, Role, Status
from portal.rules.partnerships import SIGNATURE_ITEMS, Act
from portal.services import pages
from portal.services.partnerships import life
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


def test_steps_onward_stand_before_steps_back_and_ends(client, head, partnership, reference, db):
    partnership.stage = S.SIGNATURE
    db.session.commit()
    page = client.get(f"/meja/kemitraan/{reference}").text
    names = ("Nyatakan berlaku", "Kembali menyusun perjanjian", "Tidak dilanjutkan")
    found = [page.index(f"<summary>{name}</summary>") for name in names]
    assert found == sorted(found)
    assert '<details class="disclosure" open><summary>Nyatakan berlaku' in page
    assert "Daftar tanda tangan belum lengkap." in page
    assert "Semua sudah ditandatangani." not in page


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
    assert client.get(f"/meja/kemitraan/{reference}").text.count(">Tandai belum<") == len(SIGNATURE_ITEMS)
    assert (
        client.post(f"/meja/kemitraan/{reference}/tanda-tangan/lain", data={"done": "1"}).status_code == 404
    )


def test_an_examination_out_of_order_says_so(client, head, partnership, reference):
    data = {"version": partnership.version, "result": "passed", "reason": "Berguna bagi warga."}
    page = client.post(f"/meja/kemitraan/{reference}/periksa/selection", data=data)
    assert page.status_code == 422
    assert "Isi langkah sebelumnya dulu." in page.text
    assert client.post(f"/meja/kemitraan/{reference}/periksa/public_interest", data=data).status_code == 303


@pytest.mark.parametrize("query", ["?tahap=ngawur", "?dari=xyz", "?tahap=active&dari=AAAA"])
def test_meddled_addresses_of_the_lists_answer(client, head, query):
    assert client.get(f"/kemitraan{query}").status_code == 200
    assert client.get(f"/meja/kemitraan{query}").status_code == 200


# --- on the pages of the proposal, in feeds, and for the business -----------------------------------------


def test_the_proposal_leads_to_its_partnership_everywhere(client, head, partnership, reference, db):
    case = db.session.get(make.Submission, partnership.submission_id)
    assert f"/kemitraan/{reference}" in client.get(f"/k/{reference}").text
    assert f"/meja/kemitraan/{reference}" in client.get(f"/meja/k/{reference}").text
    client.post("/lacak", data={"reference": reference, "code": make.tracking_code(case)})
    assert "Tahap: Baru diterima" in client.get(f"/lacak/{reference}").text


def test_a_proposal_without_a_partnership_speaks_of_none(client, db):
    case = make.make_case(Status.ASSIGNED, Kind.PARTNERSHIP, agency=make.make_agency())
    db.session.commit()
    assert "Menjadi kemitraan" not in client.get(f"/k/{case.reference}").text


def test_a_closed_proposal_does_not_tell_of_its_partnership(client, partnership, reference, db):
    case = db.session.get(make.Submission, partnership.submission_id)
    case.hidden_code = HideCode.ACCUSATION
    db.session.commit()
    pages.touch()
    assert "Menjadi kemitraan" not in client.get(f"/k/{reference}").text


def test_the_feeds_tell_the_stages_and_their_sentences(client, head, partnership, reference, db):
    data = {"version": partnership.version, "text": "Kami bertemu bulan depan."}
    client.post(f"/meja/kemitraan/{reference}/tahap/discuss", data=data)
    for path in ("/kemitraan.atom", "/kemitraan.atom?tahap=discussion", f"/kemitraan/{reference}.atom"):
        feed = client.get(path)
        assert feed.mimetype == "application/atom+xml"
        assert "Kami bertemu bulan depan." in feed.text
    assert reference not in client.get("/kemitraan.atom?tahap=active").text


@pytest.mark.parametrize("closed", [{"secret": True}, {"hidden_code": HideCode.ACCUSATION}])
def test_no_feed_tells_of_a_closed_proposal(client, agency, db, closed):
    case = make.make_case(Status.ACCEPTED, Kind.PARTNERSHIP, agency=agency, **closed)
    row = make.make_partnership(case=case)
    life.move(row, Act.DISCUSS, actor=make.actor(make.make_user(Role.HEAD, agency)), at=make.MONDAY)
    db.session.commit()
    assert client.get(f"/kemitraan/{case.reference}.atom").status_code == 404
    assert case.reference not in client.get("/kemitraan.atom").text


@pytest.mark.parametrize("path", ["/kemitraan/SB-2611-ZZZZ", "/kemitraan/apa", "/kemitraan/apa.atom"])
def test_what_does_not_exist_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_a_text_whose_stage_is_over_is_given_back(client, head, partnership, reference, db):
    partnership.stage = S.ACTIVE
    db.session.commit()
    data = {"version": partnership.version, "text": "Bahan belum lengkap.", "code": "budget"}
    page = client.post(f"/meja/kemitraan/{reference}/tahap/decline", data=data)
    assert page.status_code == 409
    assert "Bahan belum lengkap." in page.text


def test_a_stale_plan_shows_both_texts(client, head, partnership, reference):
    data = {"version": "99", "purpose_id": "Tujuan yang saya tulis."}
    page = client.post(f"/meja/kemitraan/{reference}/rencana", data=data)
    assert page.status_code == 409
    assert "Tujuan yang saya tulis." in page.text
    assert "Tersimpan sekarang: Malam di bagan bersama nelayan." in " ".join(page.text.split())


def test_purpose_and_term_are_written(client, head, partnership, reference, db):
    data = {
        "version": partnership.version,
        "purpose_id": "Wisata malam.",
        "starts_on": "2027-01-01",
        "ends_on": "2026-01-01",
    }
    wrong = client.post(f"/meja/kemitraan/{reference}/rencana", data=data)
    assert wrong.status_code == 422
    assert "Wisata malam." in wrong.text
    data["ends_on"] = "2027-12-31"
    assert client.post(f"/meja/kemitraan/{reference}/rencana", data=data).status_code == 303
    db.session.refresh(partnership)
    assert (partnership.purpose_id, partnership.ends_on.year) == ("Wisata malam.", 2027)


def test_a_term_in_force_is_not_asked_for(client, head, partnership, reference, db):
    partnership.stage = S.ACTIVE
    partnership.starts_on, partnership.ends_on = date(2027, 1, 1), date(2027, 12, 31)
    db.session.commit()
    assert 'name="ends_on"' not in client.get(f"/meja/kemitraan/{reference}").text
    data = {"version": partnership.version, "purpose_id": "Lain.", "ends_on": "2040-01-01"}
    assert client.post(f"/meja/kemitraan/{reference}/rencana", data=data).status_code == 303
    db.session.refresh(partnership)
    assert partnership.ends_on == date(2027, 12, 31)


@pytest.fixture
def owned(agency, client, db):
    """Return the address at which an owner, who is signed in, takes the partnership back."""
    business, user = make.make_business(slug="bagan-malam"), make.make_user()
    make.make_member(business, user)
    row = make.make_partnership(agency, business, stage=S.DISCUSSION)
    db.session.commit()
    make.sign_in(client, user)
    case = db.session.get(make.Submission, row.submission_id)
    return row, business, f"/akun/usaha/bagan-malam/kemitraan/{case.reference}/tarik"


def test_an_owner_takes_the_partnership_back_with_a_reason_for_everybody(client, owned, db):
    row, _business, path = owned
    assert client.get(path).status_code == 200
    empty = client.post(path, data={"version": row.version, "text": " "})
    assert empty.status_code == 422
    stale = client.post(path, data={"version": 77, "text": "Kapal kami dijual."})
    assert stale.status_code == 409
    assert "Kapal kami dijual." in stale.text
    answer = client.post(path, data={"version": row.version, "text": "Kapal kami dijual."})
    assert answer.status_code == 303
    assert "Kapal kami dijual." in client.get(answer.location).text
    db.session.refresh(row)
    assert row.stage is S.DECLINED
    again = client.post(path, data={"version": row.version, "text": "Sekali lagi."})
    assert again.status_code == 409


@pytest.mark.parametrize("role", [BusinessRole.HELPER, None])
def test_helpers_and_strangers_take_nothing_back(client, owned, db, role):
    row, business, path = owned
    user = make.make_user()
    if role is not None:
        make.make_member(business, user, role)
    db.session.commit()
    make.sign_in(client, user)
    assert client.get(path).status_code == 404
    assert client.post(path, data={"version": row.version, "text": "Iseng."}).status_code == 404


def test_the_address_of_another_business_opens_nothing(client, owned, db):
    _row, _business, path = owned
    other, user = make.make_business(slug="usaha-lain"), make.make_user()
    make.make_member(other, user)
    db.session.commit()
    make.sign_in(client, user)
    assert client.get(path.replace("bagan-malam", "usaha-lain")).status_code == 404


def test_whom_a_secret_case_is_about_finds_no_partnership(client, agency, db):
    named, other = make.make_user(Role.HEAD, agency), make.make_user(Role.HEAD, agency)
    case = make.make_case(
        Status.ACCEPTED, Kind.PARTNERSHIP, agency=agency, title="KENARI", secret=True, named=named
    )
    row = make.make_partnership(agency, case=case)
    db.session.commit()
    make.sign_in(client, named)
    assert client.get(f"/meja/kemitraan/{case.reference}").status_code == 404
    assert "KENARI" not in client.get("/meja/kemitraan").text
    make.sign_in(client, other)
    assert "KENARI" in client.get("/meja/kemitraan").text
    life.move(row, Act.DISCUSS, actor=make.triage(), at=make.MONDAY)
    told = {one.recipient_id for one in db.session.query(OutboxMessage).filter_by(kind="staff_partnership")}
    assert other.id in told
    assert named.id not in told


def test_a_finding_from_an_older_page_is_kept_on_the_screen(client, head, partnership, reference, db):
    path = f"/meja/kemitraan/{reference}/periksa/public_interest"
    sent = {"version": partnership.version, "result": "passed", "reason": "Berguna bagi warga."}
    assert client.post(path, data=sent).status_code == 303
    page = client.post(path, data=sent | {"result": "failed", "reason": "Tidak sejalan rencana."})
    assert page.status_code == 409
    assert "Tidak sejalan rencana." in page.text
    assert "Berguna bagi warga." in page.text
