import pytest

from portal.core.uploads import FileRefused
from portal.models import Draft, Purpose
from portal.services import attachments, drafts
from tests.factories import MONDAY, make_case
from tests.support.pictures import jpeg, pdf, too_large


@pytest.fixture
def storage(app):
    return app.extensions["storage"]


def test_a_photo_is_stored_with_a_small_one_beside_it(storage):
    file = attachments.store_photo(jpeg(800, 600), "rumah saya.jpg", storage=storage)
    assert (file.mime, file.width, file.height) == ("image/webp", 800, 600)
    assert file.is_photo
    assert storage.get(file.storage_key)[8:12] == b"WEBP"
    assert len(storage.get(file.thumbnail_key)) < file.size


def test_a_document_is_stored_without_a_small_picture(storage):
    file = attachments.store_document(pdf(), "surat.pdf", storage=storage)
    assert (file.mime, file.thumbnail_key, file.is_photo) == ("application/pdf", "", False)
    assert storage.get(file.storage_key).startswith(b"%PDF")


def test_a_refused_file_leaves_nothing_behind(storage):
    with pytest.raises(FileRefused):
        attachments.store_photo(too_large(11), "besar.jpg", storage=storage)
    with pytest.raises(FileRefused):
        attachments.store_document(jpeg(), "foto.pdf", storage=storage)
    assert list(storage.files()) == []


def test_a_file_of_a_case_is_counted(db, storage):
    case = make_case()
    file = attachments.store_photo(jpeg(), "a.jpg", storage=storage)
    attached = attachments.attach(file, to=case, purpose=Purpose.REPLY, at=MONDAY)
    assert case.file_count == 1
    assert (attached.submission_id, attached.draft_id) == (case.id, None)


def test_every_file_has_an_unguessable_name_of_its_own(db, storage):
    draft: Draft = drafts.begin(drafts.ASPIRATION, at=MONDAY)[0]
    file = attachments.store_photo(jpeg(), "a.jpg", storage=storage)
    names = {attachments.attach(file, to=draft, purpose=Purpose.STORY, at=MONDAY).token for _ in range(5)}
    assert len(names) == 5
    assert {len(name) for name in names} == {40}


def test_discarding_removes_both_pictures(storage):
    file = attachments.store_photo(jpeg(), "a.jpg", storage=storage)
    attachments.discard([file], storage=storage)
    assert list(storage.files()) == []


def test_a_file_of_a_case_cannot_be_removed(db, storage):
    file = attachments.store_photo(jpeg(), "a.jpg", storage=storage)
    attached = attachments.attach(file, to=make_case(), purpose=Purpose.STORY, at=MONDAY)
    with pytest.raises(ValueError, match="history"):
        attachments.remove(attached, storage=storage)


def test_a_removal_that_is_rolled_back_keeps_the_bytes(db, storage):
    draft = drafts.begin(drafts.ASPIRATION, at=MONDAY)[0]
    file = attachments.store_photo(jpeg(), "a.jpg", storage=storage)
    attached = attachments.attach(file, to=draft, purpose=Purpose.STORY, at=MONDAY)
    db.session.commit()
    attachments.remove(attached, storage=storage)
    db.session.rollback()
    assert storage.exists(file.storage_key)
