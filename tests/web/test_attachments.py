import pytest

from portal.models import Attachment, Purpose, Status
from portal.services import attachments
from tests.factories import MONDAY, make_case, tracking_code
from tests.support.pictures import jpeg, pdf


@pytest.fixture
def attach(app, db):
    """Store a real file as part of a case."""

    def attach(case, purpose=Purpose.STORY, document=False, **fields) -> Attachment:
        storage = app.extensions["storage"]
        if document:
            stored = attachments.store_document(pdf(), "surat ani.pdf", storage=storage)
        else:
            stored = attachments.store_photo(jpeg(800, 600), "rumah ani.jpg", storage=storage)
        return attachments.attach(stored, to=case, purpose=purpose, at=MONDAY, **fields)

    return attach


def open_own(client, case):
    data = {"reference": case.reference, "code": tracking_code(case)}
    assert client.post("/lacak", data=data).status_code == 303


def test_a_public_photo_is_served_as_what_the_database_says(client, db, attach):
    file = attach(make_case(Status.IN_REVIEW))
    answer = client.get(f"/berkas/{file.token}")
    assert answer.status_code == 200
    assert answer.mimetype == "image/webp"
    assert answer.content_length == file.size == len(answer.data)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline;")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "ani" not in answer.headers["Content-Disposition"]


def test_a_public_photo_touches_no_cookie_and_may_be_kept_if_asked_about(client, db, attach):
    file = attach(make_case(Status.IN_REVIEW))
    answer = client.get(f"/berkas/{file.token}")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert "Set-Cookie" not in answer.headers


def test_an_unchanged_photo_costs_no_second_transfer(client, db, attach):
    file = attach(make_case(Status.IN_REVIEW))
    etag = client.get(f"/berkas/{file.token}").headers["ETag"]
    answer = client.get(f"/berkas/{file.token}", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")
    small = client.get(f"/berkas/{file.token}?ukuran=kecil", headers={"If-None-Match": etag})
    assert small.status_code == 200


def test_a_photo_that_was_closed_is_gone_even_for_whoever_kept_it(client, db, attach):
    case = make_case(Status.IN_REVIEW)
    file = attach(case)
    etag = client.get(f"/berkas/{file.token}").headers["ETag"]
    case.files_public = False
    answer = client.get(f"/berkas/{file.token}", headers={"If-None-Match": etag})
    assert answer.status_code == 404


def test_the_small_picture_is_smaller(client, db, attach):
    file = attach(make_case(Status.IN_REVIEW))
    small = client.get(f"/berkas/{file.token}?ukuran=kecil")
    assert small.status_code == 200
    assert 0 < len(small.data) < file.size
    assert small.content_length == len(small.data)


def test_a_document_is_downloaded_never_opened_in_the_page(client, db, attach):
    file = attach(make_case(Status.IN_REVIEW), document=True)
    answer = client.get(f"/berkas/{file.token}?ukuran=kecil")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("case", "file"),
    [
        ({}, {}),
        ({"status": Status.IN_REVIEW, "secret": True}, {}),
        ({"status": Status.WITHDRAWN, "files_public": True}, {}),
        ({"status": Status.IN_REVIEW}, {"purpose": Purpose.REPLY}),
        ({"status": Status.IN_REVIEW}, {"purpose": Purpose.NOTE}),
        ({"status": Status.IN_REVIEW}, {"proprietary": True}),
        ({"status": Status.IN_REVIEW}, {"cleared": False}),
    ],
)
def test_a_closed_file_does_not_exist_for_a_visitor(client, db, attach, case, file):
    token = attach(make_case(**case), **file).token
    for address in (f"/berkas/{token}", f"/berkas/{token}?ukuran=kecil"):
        assert client.get(address).status_code == 404
        assert client.head(address).status_code == 404


def test_the_reporter_sees_their_own_and_nobody_keeps_it(client, db, attach):
    case = make_case(secret=True)
    file = attach(case)
    open_own(client, case)
    answer = client.get(f"/berkas/{file.token}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_reporter_of_another_case_does_not(client, db, attach):
    file = attach(make_case(secret=True))
    open_own(client, make_case())
    assert client.get(f"/berkas/{file.token}").status_code == 404


def test_a_note_of_the_staff_is_not_the_reporters(client, db, attach):
    case = make_case()
    file = attach(case, Purpose.NOTE)
    open_own(client, case)
    assert client.get(f"/berkas/{file.token}").status_code == 404


def test_a_file_of_a_draft_is_seen_by_whoever_writes_it(client, new_client, db):
    client.post("/kirim/1", data={"photos": (jpeg(), "a.jpg")})
    token = db.session.query(Attachment).one().token
    assert client.get(f"/berkas/{token}?ukuran=kecil").status_code == 200
    assert new_client().get(f"/berkas/{token}").status_code == 404


def test_a_row_without_its_bytes_does_not_exist(app, client, db, attach):
    file = attach(make_case(Status.IN_REVIEW))
    app.extensions["storage"].delete(file.storage_key)
    assert client.get(f"/berkas/{file.token}").status_code == 404


@pytest.mark.parametrize("token", ["x", "..%2f..%2fetc%2fpasswd", "%00", "a" * 500])
def test_a_made_up_name_does_not_exist(client, db, token):
    assert client.get(f"/berkas/{token}").status_code == 404
