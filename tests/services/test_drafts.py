from datetime import timedelta

import pytest

from portal.core.storage import Storage
from portal.models import Attachment, Draft, Kind, Place
from portal.queries import drafts as queries
from portal.services import attachments, drafts
from tests.factories import MONDAY
from tests.support.pictures import jpeg, pdf

COMPLETE = {"kind": "problem", "text": "Lampu dermaga mati sejak Senin.", "place": "unknown"}


@pytest.fixture
def storage(app):
    return app.extensions["storage"]


@pytest.fixture
def draft(db) -> Draft:
    return drafts.begin(drafts.ASPIRATION, at=MONDAY)[0]


def stored(storage: Storage, count: int = 1):
    return [attachments.store_photo(jpeg(), f"{n}.jpg", storage=storage) for n in range(count)]


def test_a_draft_is_found_by_its_token_only(db):
    draft, token = drafts.begin(drafts.ASPIRATION, at=MONDAY)
    assert queries.by_token(token, drafts.ASPIRATION, at=MONDAY) is draft
    assert queries.by_token(draft.token_hash, drafts.ASPIRATION, at=MONDAY) is None
    assert queries.by_token(token, drafts.PROPOSAL, at=MONDAY) is None


def test_a_draft_lives_thirty_days_from_its_last_change(db):
    draft, token = drafts.begin(drafts.ASPIRATION, at=MONDAY)
    drafts.save(draft, {"text": "Halo"}, at=MONDAY + timedelta(days=20))
    assert queries.by_token(token, drafts.ASPIRATION, at=MONDAY + timedelta(days=49))
    assert queries.by_token(token, drafts.ASPIRATION, at=MONDAY + timedelta(days=50)) is None


def test_saving_keeps_other_values_and_none_takes_one_away(draft):
    drafts.save(draft, {"text": "Halo", "kind": "idea"}, at=MONDAY)
    drafts.save(draft, {"text": None, "landmark": "masjid"}, at=MONDAY)
    assert draft.data == {"kind": "idea", "landmark": "masjid"}


def test_what_was_sent_cannot_be_changed(draft):
    draft.data = {"sent": 1}
    with pytest.raises(ValueError, match="was sent"):
        drafts.save(draft, {"text": "Halo"}, at=MONDAY)


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ({}, 1),
        ({"kind": "partnership"}, 1),
        ({"text": "\u200b" * 40}, 1),
        ({"text": "123 456 7"}, 1),
        ({"text": "a" * 5001}, 1),
        ({"place": None}, 2),
        ({"place": "moon"}, 2),
        ({"place": "ward"}, 2),
        ({"place": "ward", "ward_code": "12.73.01.1001"}, None),
    ],
)
def test_steps_cannot_be_skipped(draft, values, step):
    complete = {} if not values else COMPLETE
    drafts.save(draft, {**complete, **values}, at=MONDAY)
    assert drafts.missing_step(draft) == step


def test_without_a_draft_the_first_step_is_missing():
    assert drafts.missing_step(None) == 1


def test_a_story_at_sea_has_no_ward(draft):
    drafts.save(draft, {**COMPLETE, "place": "sea", "ward_code": "12.73.01.1001"}, at=MONDAY)
    story = drafts.story(draft)
    assert (story.kind, story.place, story.ward_code) == (Kind.PROBLEM, Place.SEA, None)


def test_at_most_five_photos_and_one_document_find_room(draft, storage):
    files = [*stored(storage, 6), attachments.store_document(pdf(), "surat.pdf", storage=storage)]
    left_over = drafts.add_files(draft, files, at=MONDAY, storage=storage)
    assert left_over == [files[5]]
    assert len(queries.files(draft.id)) == 6
    assert not storage.exists(files[5].storage_key)
    assert not storage.exists(files[5].thumbnail_key)


def test_a_removed_file_is_gone_from_the_storage_after_the_commit(db, draft, storage):
    drafts.add_files(draft, stored(storage), at=MONDAY, storage=storage)
    file = queries.files(draft.id)[0]
    drafts.remove_file(draft, file.token, storage=storage)
    assert storage.exists(file.storage_key)
    db.session.commit()
    assert not storage.exists(file.storage_key)
    assert not storage.exists(file.thumbnail_key)


def test_a_draft_cannot_remove_the_file_of_another(db, draft, storage):
    other, _ = drafts.begin(drafts.ASPIRATION, at=MONDAY)
    drafts.add_files(other, stored(storage), at=MONDAY, storage=storage)
    file = queries.files(other.id)[0]
    drafts.remove_file(draft, file.token, storage=storage)
    db.session.commit()
    assert queries.files(other.id) == [file]


def test_deleting_a_draft_takes_its_files_along(db, draft, storage):
    drafts.add_files(draft, stored(storage), at=MONDAY, storage=storage)
    key = queries.files(draft.id)[0].storage_key
    drafts.delete(draft, storage=storage)
    db.session.commit()
    assert db.session.query(Draft).count() == db.session.query(Attachment).count() == 0
    assert not storage.exists(key)


def test_old_drafts_are_purged_with_their_files_and_young_ones_stay(db, draft, storage):
    drafts.add_files(draft, stored(storage), at=MONDAY, storage=storage)
    key = queries.files(draft.id)[0].storage_key
    young, _ = drafts.begin(drafts.ASPIRATION, at=MONDAY + timedelta(days=5))
    later = MONDAY + timedelta(days=31)
    assert drafts.purge(at=later, storage=storage) == 1
    db.session.commit()
    assert db.session.query(Draft).all() == [young]
    assert not storage.exists(key)
    assert drafts.purge(at=later, storage=storage) == 0
