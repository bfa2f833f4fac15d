"""What a proposal still needs: the business fills it, the city ticks its part, nobody else sees it."""

import io
from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.sealing import current_seal
from portal.models import (
    BusinessRole,
    ChangeState,
    Kind,
    Licence,
    OutboxMessage,
    Package,
    Proposal,
    ReadinessTask,
    Role,
    Status,
    Submission,
)
from portal.queries import packages as package_reading
from portal.queries import readiness as reading
from portal.rules import readiness as rules
from portal.services import cases, package_changes, packages, readiness
from portal.services.cases import handling
from tests import factories as make
from tests.support.pictures import jpeg


@pytest.fixture
def agency(db):
    return make.make_agency()


@pytest.fixture
def business(db):
    return make.make_business(slug="lancang-jaya")


@pytest.fixture
def case(agency, business, db):
    case = make.make_case(Status.ASSIGNED, Kind.TOURISM_PACKAGE, agency=agency)
    make.propose(case, business, data={"title": case.title, "guide": "Pak Hamdan"})
    readiness.refresh(case, at=clock.now())
    db.session.commit()
    return case


@pytest.fixture
def owner(client, business, db):
    user = make.make_citizen(current_seal())
    make.make_member(business, user)
    db.session.commit()
    make.sign_in(client, user)
    return user


def path(case, rest=""):
    return f"/akun/usaha/lancang-jaya/kesiapan/{case.reference}{rest}"


def test_gaps_become_tasks_once(case, db):
    before = db.session.query(ReadinessTask).count()
    readiness.refresh(case, at=clock.now())
    assert db.session.query(ReadinessTask).count() == before > 5
    tasks = reading.tasks(case.id)
    assert "guide" not in tasks
    assert tasks["safety_check"].agency_id == case.agency_id
    assert tasks["season"].agency_id is None
    assert all(task.due_on > make.day(clock.now()) for task in tasks.values())


def test_the_business_sees_its_progress_and_fills_a_gap(client, owner, case, db):
    page = client.get(path(case))
    assert "Tugas Anda" in page.text
    assert (
        client.post(path(case, "/isi/season"), data={"season": "Februari sampai September"}).status_code
        == 303
    )
    assert db.session.get(Proposal, case.id).data["season"] == "Februari sampai September"
    assert reading.tasks(case.id)["season"].done_at is not None
    assert make.events_of(case)[-1].action == "proposal_completed"


def test_an_empty_answer_says_what_to_do(client, owner, case):
    page = client.post(path(case, "/isi/season"), data={"season": " "})
    assert page.status_code == 422
    assert "Isi “Musim yang baik”" in page.text


@pytest.mark.parametrize("name", ["guide", "title"])
def test_what_is_there_is_never_overwritten(client, owner, case, name, db):
    assert client.post(path(case, f"/isi/{name}"), data={name: "Lain"}).status_code == 409
    assert db.session.get(Proposal, case.id).data["guide"] == "Pak Hamdan"


def test_no_other_answer_has_an_address(client, owner, case):
    assert client.post(path(case, "/isi/status"), data={"status": "accepted"}).status_code == 404


def test_a_photo_is_evidence_and_ticks_its_task(client, owner, case):
    data = {"file": (jpeg(), "perahu.jpg")}
    answer = client.post(path(case, "/unggah/photo"), data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert reading.tasks(case.id)["photo"].done_at is not None


def test_no_file_says_so(client, owner, case):
    page = client.post(path(case, "/unggah/photo"), data={}, content_type="multipart/form-data")
    assert page.status_code == 422
    assert '<a href="#file-photo">Pilih foto atau PDF.</a>' in page.text
    data = {"file": (io.BytesIO(b"catatan"), "catatan.txt")}
    page = client.post(path(case, "/unggah/photo"), data=data, content_type="multipart/form-data")
    assert "Pilih foto (JPEG, PNG, WebP) atau PDF." in page.text


@pytest.mark.parametrize("role", [None, BusinessRole.HELPER])
def test_others_do_not_fill(client, case, business, role, db):
    user = make.make_citizen(current_seal())
    make.make_member(
        business if role else make.make_business(slug="lain-9"), user, role or BusinessRole.OWNER
    )
    db.session.commit()
    make.sign_in(client, user)
    assert client.post(path(case, "/isi/season"), data={"season": "x"}).status_code == 404


def test_a_proposal_of_another_business_is_out_of_reach(client, owner, db):
    other = make.make_case(Status.ASSIGNED, Kind.TOURISM_PACKAGE, agency=make.make_agency())
    db.session.commit()
    assert client.get(path(other)).status_code == 404


def test_whoever_holds_the_code_sees_it_too(client, case):
    address = f"/lacak/{case.reference}/kesiapan"
    assert client.get(address).status_code == 404
    client.post("/lacak", data={"reference": case.reference, "code": make.tracking_code(case)})
    assert client.get(address).status_code == 200
    assert client.post(f"{address}/isi/season", data={"season": "Maret"}).status_code == 303


def test_the_city_ticks_its_task_and_the_package_says_when(client, agency, business, db):
    package = make.make_package(business)
    case = make.db.session.get(make.Submission, package.submission_id)
    readiness.refresh(case, at=clock.now())
    db.session.commit()
    make.sign_in(client, make.make_user(Role.OFFICER, make.db.session.get(make.Agency, case.agency_id)))
    address = f"/meja/k/{case.reference}/kesiapan"
    assert client.get(address).status_code == 200
    assert client.post(f"{address}/safety_check/selesai").status_code == 303
    db.session.refresh(package)
    assert package.safety_checked_on == make.day(clock.now())
    assert package.readiness > 0


def test_a_moved_day_keeps_the_first_promise(client, case, agency, db):
    make.sign_in(client, make.make_user(Role.HEAD, agency))
    task = reading.task(case.id, "safety_check")
    first, later = task.due_on, task.due_on + timedelta(days=7)
    data = {
        "version": task.version,
        "agency_id": agency.id,
        "program_id": "",
        "due_on": later.isoformat(),
        "note": "Kapal dinas rusak",
    }
    address = f"/meja/k/{case.reference}/kesiapan/safety_check"
    assert client.post(address, data=data).status_code == 303
    db.session.refresh(task)
    assert (task.due_on, task.first_due_on) == (later, first)
    page = client.post(address, data=data | {"note": "Lain"})
    assert page.status_code == 409
    assert "Lain" in page.text


def test_another_agency_sees_only_proposals_it_has_a_task_of(client, case, db):
    other = make.make_agency()
    make.sign_in(client, make.make_user(Role.OFFICER, other))
    address = f"/meja/k/{case.reference}/kesiapan"
    assert client.get(address).status_code == 404
    reading.task(case.id, "safety_check").agency_id = other.id
    db.session.commit()
    assert client.get(address).status_code == 200
    assert case.reference in client.get("/meja/kesiapan").text
    assert client.post(f"{address}/verification/selesai").status_code == 404
    assert client.post(f"{address}/safety_check/selesai").status_code == 303


def test_what_is_not_needed_is_dropped_with_its_reason(client, case, agency):
    make.sign_in(client, make.make_user(Role.HEAD, agency))
    address = f"/meja/k/{case.reference}/kesiapan/accessibility/lepas"
    assert client.post(address, data={"reason": "", "version": 1}).status_code == 422
    assert client.post(address, data={"reason": "Hanya untuk pendaki.", "version": 1}).status_code == 303
    assert "Hanya untuk pendaki." in client.get(f"/meja/k/{case.reference}/kesiapan").text


def test_who_drops_what_a_colleague_dropped_reads_it_first(client, case, agency):
    make.sign_in(client, make.make_user(Role.HEAD, agency))
    address = f"/meja/k/{case.reference}/kesiapan/accessibility/lepas"
    assert client.post(address, data={"reason": "Hanya untuk pendaki.", "version": 1}).status_code == 303
    late = client.post(address, data={"reason": "Jalannya tangga semua.", "version": 1})
    assert late.status_code == 409
    assert "Jalannya tangga semua." in late.text
    assert "Hanya untuk pendaki." in late.text
    assert reading.task(case.id, "accessibility").note == "Hanya untuk pendaki."
    assert client.post(address, data={"reason": "Jalannya tangga semua.", "version": 2}).status_code == 303


def test_a_late_task_tells_the_head_once(case, agency, db):
    head = make.make_user(Role.HEAD, agency)
    task = reading.task(case.id, "safety_check")
    task.due_on = make.day(clock.now()) - timedelta(days=1)
    db.session.commit()
    for _ in range(3):
        readiness.run_due(clock.now())
    told = db.session.query(OutboxMessage).filter_by(kind="staff_readiness", recipient_id=head.id).count()
    assert told == 1


def test_the_score_hides_no_package(client, business, db):
    package = make.make_package(business, readiness=0)
    db.session.commit()
    case = make.db.session.get(make.Submission, package.submission_id)
    assert case.reference in client.get("/jelajah").text


def missing(case):
    facts = reading.facts(case, today=make.day(clock.now()))
    return {item.code for item in rules.evaluate(facts).missing}


def test_what_ran_out_is_asked_for_again(case, business, db):
    at = clock.now()
    assert "verification" in missing(case)
    business.verified_until = make.day(at) + timedelta(days=5)
    readiness.refresh(case, at=at)
    assert "verification" not in missing(case)

    later = at + timedelta(days=7)
    business.verified_until = make.day(at) - timedelta(days=1)
    assert readiness.run_due(later) > 0
    assert "verification" in missing(case)
    task = reading.tasks(case.id)["verification"]
    assert task.done_at is None
    assert task.due_on > make.day(later)


def test_a_licence_that_ran_out_opens_its_task_by_itself(case, business, db):
    at = clock.now()
    for kind in rules.USUAL_LICENCES[business.kind]:
        db.session.add(Licence(business_id=business.id, kind=kind, valid_until=make.day(at), created_at=at))
    db.session.flush()
    readiness.refresh(case, at=at)
    assert reading.tasks(case.id)["licences"].done_at is not None

    readiness.run_due(at + timedelta(days=1))
    assert reading.tasks(case.id)["licences"].done_at is None


def test_evidence_stays_when_the_proposal_is_looked_at_anew(client, owner, case):
    client.post(
        path(case, "/unggah/photo"), data={"file": (jpeg(), "kapal.jpg")}, content_type="multipart/form-data"
    )
    readiness.refresh(case, at=clock.now())
    assert "photo" not in missing(case)


def test_what_is_filled_after_acceptance_waits_for_staff_and_is_kept_once(client, owner, business, db):
    package = make.make_package(business)
    case = db.session.get(Submission, package.submission_id)
    readiness.refresh(case, at=clock.now())
    db.session.commit()

    page = client.post(path(case, "/isi/guide"), data={"guide": "Pak Hamdan"}, follow_redirects=True)
    assert "Tampil setelah petugas menerimanya." in page.text
    assert "Menunggu petugas" in page.text
    change = package_reading.changes(package.id)[0]
    assert (change.data, change.state, change.proposed_by_id) == (
        {"guide": "Pak Hamdan"},
        ChangeState.WAITING,
        owner.id,
    )
    assert "guide" in missing(case)
    assert client.post(path(case, "/isi/guide"), data={"guide": "Pak Lain"}).status_code == 409

    staff = make.actor(make.make_user(Role.TRIAGE))
    packages.decide(change, accepted=True, actor=staff, at=clock.now())
    assert package.data["guide"] == "Pak Hamdan"
    assert "guide" not in missing(case)


def test_more_changes_than_staff_have_read_are_refused_in_words(client, owner, business, db):
    package = make.make_package(business)
    case = db.session.get(Submission, package.submission_id)
    for number in range(package_changes.MOST_WAITING):
        package_changes.put(package, {"food": f"Ikan {number}"}, by_id=owner.id, at=clock.now())
    db.session.commit()
    page = client.post(path(case, "/isi/guide"), data={"guide": "Pak Hamdan"})
    assert page.status_code == 422
    assert "perubahan yang menunggu petugas" in page.text
    assert "Pak Hamdan" in page.text


def test_a_newer_licence_does_not_keep_the_clock_busy(case, business, db):
    at = clock.now()
    for kind in rules.USUAL_LICENCES[business.kind]:
        for days in (0, 400):
            until = make.day(at) + timedelta(days=days)
            db.session.add(Licence(business_id=business.id, kind=kind, valid_until=until, created_at=at))
    db.session.flush()
    readiness.refresh(case, at=at)
    assert readiness.run_due(at + timedelta(days=1)) == 0
    assert reading.tasks(case.id)["licences"].done_at is not None


@pytest.mark.parametrize(
    ("field", "text"), [("season", "NIK 1273010101900001"), ("season", "wa 0812-3456-7890")]
)
def test_what_the_public_reads_at_once_is_screened(client, owner, case, field, text, db):
    page = client.post(path(case, f"/isi/{field}"), data={field: text})
    assert page.status_code == 422
    assert "Ini langsung tampil untuk umum" in page.text
    assert text in page.text
    assert "season" not in db.session.get(Proposal, case.id).data


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.DECLINED, Status.REFERRED])
def test_nothing_is_added_to_a_proposal_that_is_over(client, owner, case, status, db):
    case.status = status
    db.session.commit()
    assert client.post(path(case, "/isi/season"), data={"season": "Maret"}).status_code == 409


def test_a_business_is_verified_by_a_visit_and_not_by_a_tick(client, case, agency):
    make.sign_in(client, make.make_user(Role.OFFICER, agency))
    address = f"/meja/k/{case.reference}/kesiapan"
    assert (
        f'href="/meja/usaha/{package_reading.proposal_of(case.id).business.slug}"' in client.get(address).text
    )
    assert client.post(f"{address}/verification/selesai").status_code == 404


def test_a_tick_of_the_city_is_taken_back_from_the_package_too(client, agency, business, db):
    package = make.make_package(business)
    case = db.session.get(Submission, package.submission_id)
    readiness.refresh(case, at=clock.now())
    db.session.commit()
    make.sign_in(client, make.make_user(Role.OFFICER, make.db.session.get(make.Agency, case.agency_id)))
    address = f"/meja/k/{case.reference}/kesiapan"
    assert client.post(f"{address}/safety_check/belum").status_code == 404
    client.post(f"{address}/safety_check/selesai")
    assert "Cabut centang" in client.get(address).text
    assert client.post(f"{address}/safety_check/belum").status_code == 303
    db.session.refresh(package)
    assert package.safety_checked_on is None
    assert reading.tasks(case.id)["safety_check"].done_at is None


def test_what_was_checked_before_acceptance_stands_in_the_catalogue(case, agency, db):
    head = make.head(agency)
    readiness.tick(case, "safety_check", actor=head, at=clock.now())
    cases.accept(case, text="Kami terima usulan ini.", actor=head, at=clock.now())
    package = db.session.query(Package).one()
    assert package.safety_checked_on == make.day(clock.now())
    assert package.safety_checked_by_id == agency.id


@pytest.mark.parametrize(
    "status", [Status.DECLINED, Status.MERGED, Status.REFERRED, Status.WITHDRAWN, Status.DEFERRED]
)
def test_nothing_is_asked_of_what_rests_or_ended(agency, business, status, db):
    make.make_user(Role.HEAD, agency)
    case = make.make_case(status, Kind.TOURISM_PACKAGE, agency=agency)
    make.propose(case, business)
    day = make.day(clock.now()) - timedelta(days=1)
    db.session.add(
        ReadinessTask(
            submission_id=case.id,
            item="safety_check",
            agency_id=agency.id,
            due_on=day,
            created_at=make.MONDAY,
        )
    )
    db.session.flush()
    readiness.run_due(clock.now())
    assert db.session.query(OutboxMessage).filter_by(kind="staff_readiness").count() == 0
    assert reading.open_tasks(None) == []


def test_open_tasks_of_the_city_go_with_a_case_to_its_new_agency(case, agency, db):
    new, third = make.make_agency(), make.make_agency()
    ours, theirs = reading.task(case.id, "safety_check"), reading.task(case.id, "accessibility")
    assert (ours.agency_id, theirs.agency_id) == (agency.id, None)
    values = {"actor": make.triage(), "at": clock.now()}
    handling.hand_over(case, agency_id=new.id, reason="Bukan urusan kami, dinas lain.", **values)
    assert (ours.agency_id, theirs.agency_id) == (new.id, None)
    # what another agency was asked for stays with it
    ours.agency_id = third.id
    handling.hand_over(case, agency_id=agency.id, reason="Kembali ke dinas semula.", **values)
    assert ours.agency_id == third.id
