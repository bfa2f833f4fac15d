from portal.models import IdentityMode, Kind, Status
from portal.queries import submissions
from portal.queries.submissions import Filters
from tests import factories


def references(filters=None, after=None, size=20):
    return [row.reference for row in submissions.listed(filters or Filters(), after, size)]


def test_the_newest_submission_comes_first(db):
    older = factories.make_case(received_at=factories.at(9))
    newer = factories.make_case(received_at=factories.at(10))
    assert references() == [newer.reference, older.reference]


def test_pages_meet_every_case_once_even_when_received_at_the_same_moment(db):
    cases = [factories.make_case(received_at=factories.at(9)) for _ in range(7)]
    seen, after = [], None
    while True:
        page = submissions.listed(Filters(), after, 3)
        seen += [row.reference for row in page]
        after = page.next_cursor
        if after is None:
            break
    assert sorted(seen) == sorted(case.reference for case in cases)


def test_going_back_shows_the_first_page_again(db):
    for _ in range(5):
        factories.make_case()
    first = submissions.listed(Filters(), None, 2)
    second = submissions.listed(Filters(), first.next_cursor, 2)
    back = submissions.listed(Filters(), second.previous_cursor, 2)
    assert [row.id for row in back] == [row.id for row in first]


def test_a_secret_case_is_in_no_list_no_search_and_no_count(db):
    factories.make_case(secret=True, body="Pungutan liar di kantor lurah")
    assert references() == []
    assert references(Filters(words="pungutan")) == []
    assert submissions.count(Filters(words="pungutan")) == 0


def test_a_case_whose_text_is_not_public_yet_is_not_listed(db):
    factories.make_case(text_public=False)
    assert references() == []


def test_filters_combine(db):
    wanted = factories.make_case(kind=Kind.IDEA, status=Status.RECEIVED)
    factories.make_case(kind=Kind.PROBLEM, status=Status.RECEIVED)
    factories.make_case(kind=Kind.IDEA, status=Status.ASSIGNED)
    assert references(Filters(kind=Kind.IDEA, status=Status.RECEIVED)) == [wanted.reference]


def test_a_search_finds_other_forms_of_the_words(db):
    case = factories.make_case(title="Kerusakan jalan di depan pasar", body="Kerusakan jalan di depan pasar")
    factories.make_case(title="Terima kasih", body="Petugas ramah sekali hari ini")
    assert references(Filters(words="jalan rusak")) == [case.reference]


def test_a_search_that_can_find_nothing_is_empty_and_no_error(db):
    factories.make_case()
    for words in ("zzzqqq", "!!!", '" OR 1=1 --', "NEAR(", "a" * 200):
        assert references(Filters(words=words)) == []


def test_a_search_walks_its_pages_both_ways(db):
    for _ in range(5):
        factories.make_case(title="Lampu jalan mati", body="Lampu jalan mati sejak Senin")
    filters = Filters(words="lampu")
    first = submissions.listed(filters, None, 2)
    second = submissions.listed(filters, first.next_cursor, 2)
    third = submissions.listed(filters, second.next_cursor, 2)
    back = submissions.listed(filters, second.previous_cursor, 2)
    assert len({row.id for page in (first, second, third) for row in page}) == 5
    assert [row.id for row in back] == [row.id for row in first]


def test_a_count_stops_where_people_stop_reading(db, monkeypatch):
    monkeypatch.setattr(submissions, "COUNT_CAP", 2)
    for _ in range(4):
        factories.make_case()
    assert submissions.count(Filters()) == 3


def test_the_timeline_carries_no_internal_event(db):
    case = factories.make_case(status=Status.ASSIGNED)
    factories.make_note(case, factories.make_user(), "CANARY hanya petugas")
    assert all("CANARY" not in entry.statement for entry in submissions.timeline(case.id))


def test_a_draft_of_an_answer_is_no_official_answer(db):
    case = factories.make_case(status=Status.ASSIGNED)
    factories.make_answer(case, published_at=None)
    assert submissions.official_answers(submissions.timeline(case.id)) == []


def test_an_answered_case_shows_its_official_answer_once(db):
    case = factories.make_case(status=Status.ANSWERED)
    assert len(submissions.official_answers(submissions.timeline(case.id))) == 1


def test_newly_answered_leaves_out_what_is_secret(db):
    factories.make_case(status=Status.ANSWERED, secret=True)
    open_one = factories.make_case(status=Status.ANSWERED, identity_mode=IdentityMode.HIDDEN)
    assert [row.reference for row in submissions.newly_answered()] == [open_one.reference]
