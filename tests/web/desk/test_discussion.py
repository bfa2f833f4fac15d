from portal.models import AuditEntry, Role, Status
from portal.queries.discussion import place_of_case
from portal.services import discussion
from tests import factories as make
from tests.factories import MONDAY

REASON = "Pekerjaan sudah selesai dan dipastikan pelapor."


def test_an_officer_closes_a_discussion_for_a_reason_that_everybody_reads_and_opens_it_again(client, db):
    agency = make.make_agency()
    case = make.make_case(Status.ASSIGNED, agency=agency)
    make.sign_in(client, make.make_user(Role.OFFICER, agency))
    url = f"/meja/diskusi/k/{case.reference}"
    assert url in client.get(f"/meja/k/{case.reference}").text
    assert client.post(url, data={"ubah": "tutup", "reason": "x"}).status_code == 422
    assert client.post(url, data={"ubah": "tutup", "reason": REASON}).status_code == 303
    assert "Buka lagi" in client.get(url).text
    assert REASON in client.get(f"/k/{case.reference}").text
    client.post(url, data={"ubah": "buka"})
    assert REASON not in client.get(f"/k/{case.reference}").text


def test_a_reason_is_text(client, db):
    case = make.make_case(Status.ASSIGNED)
    make.sign_in(client, make.make_user(Role.TRIAGE))
    client.post(f"/meja/diskusi/k/{case.reference}", data={"reason": "<img src=x onerror=a()> selesai semua"})
    assert "<img src=x" not in client.get(f"/k/{case.reference}").text


def test_an_agency_closes_only_what_is_its_own(client, db):
    agency = make.make_agency()
    make.sign_in(client, make.make_user(Role.HEAD, agency))
    own, foreign = make.make_program(agency), make.make_program()
    assert client.get(f"/meja/diskusi/program/{own.code}").status_code == 200
    assert client.get(f"/meja/diskusi/program/{foreign.code}").status_code == 404
    answer = client.post(f"/meja/diskusi/program/{foreign.code}", data={"reason": REASON})
    assert answer.status_code == 404


def test_there_is_no_discussion_of_a_secret_case(client, db):
    case = make.make_case(Status.ASSIGNED, secret=True)
    make.sign_in(client, make.make_user(Role.TRIAGE))
    assert client.get(f"/meja/diskusi/k/{case.reference}").status_code == 404


def test_a_merged_case_is_closed_by_itself(client, db):
    case = make.make_case(Status.MERGED, into=make.make_case())
    make.sign_in(client, make.make_user(Role.TRIAGE))
    page = client.get(f"/meja/diskusi/k/{case.reference}").text
    assert "digabung ke" in page
    assert "Tutup diskusi" not in page


def test_who_closes_is_noted_and_nothing_they_wrote(db):
    case, triage = make.make_case(), make.triage()
    discussion.close(place_of_case(case), reason=REASON, actor=triage, at=MONDAY)
    entry = db.session.query(AuditEntry).one()
    assert (entry.actor_id, entry.action) == (triage.user_id, "close_thread")
    assert REASON not in entry.data
