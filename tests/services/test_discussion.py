from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal.core.database import transaction
from portal.models import (
    AuditEntry,
    Comment,
    CommentState,
    CommentVersion,
    HideCode,
    Premoderation,
    Role,
    Status,
    Thread,
)
from portal.queries import discussion as queries
from portal.queries.discussion import place_of_case, place_of_program
from portal.rules.discussion import Closing, Voice
from portal.services import discussion
from portal.services.errors import NotPermitted
from tests import factories as make
from tests.factories import MONDAY

WORDS = "Di gang kami juga gelap sejak Minggu malam."


@pytest.fixture
def seal(app):
    return app.extensions["seal"]


@pytest.fixture
def say(db, seal):
    """Write under a case or a program as a user."""

    def write(about, user, text=WORDS, *, at=MONDAY, parent=None, voice=None, reporter=False):
        place = place_of_case(about) if hasattr(about, "reference") else place_of_program(about)
        actor = make.actor(user, reporter_of=about if reporter else None) if user else make.reporter(about)
        if voice is None:
            voice = Voice.PERSON if user is not None and not reporter else Voice.REPORTER
        return discussion.comment(
            place, text, voice=voice, actor=actor, user=user, at=at, seal=seal, parent=parent
        )

    return write


def count_of(db, about) -> int:
    db.session.expire_all()
    return db.session.query(Thread).filter_by(subject_id=about.id).one().comment_count


def place_of(comment):
    return queries.place_of(queries.thread_by_id(comment.thread_id))


def test_a_comment_is_public_at_once_and_counted(db, seal, say):
    case, citizen = make.make_case(), make.make_citizen(seal, name="Ros")
    written = say(case, citizen)
    assert (written.state, written.author_name, written.body) == (CommentState.PUBLISHED, "Ros", WORDS)
    assert count_of(db, case) == 1


def test_the_same_press_twice_is_one_comment_and_the_same_words_later_are_another(db, seal, say):
    case, citizen = make.make_case(), make.make_citizen(seal)
    first = say(case, citizen)
    assert say(case, citizen, at=MONDAY + timedelta(minutes=9)) is first
    assert say(case, citizen, at=MONDAY + timedelta(minutes=25)) is not first
    assert say(case, make.make_citizen(seal)) is not first
    assert count_of(db, case) == 3


def test_twenty_presses_at_once_make_one_comment(app, db, seal):
    case, citizen = make.make_case(), make.make_citizen(seal)
    case_id, actor, user_id = case.id, make.actor(citizen), citizen.id
    db.session.commit()

    def press(_number):
        with app.app_context(), transaction():
            place = place_of_case(db.session.get(type(case), case_id))
            user = db.session.get(type(citizen), user_id)
            written = discussion.comment(
                place, WORDS, voice=Voice.PERSON, actor=actor, user=user, at=MONDAY, seal=seal
            )
            return written.id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(press, range(20)))
    assert len(ids) == 1
    assert count_of(db, case) == 1


def test_the_reporter_speaks_without_a_name_and_without_an_account(db, seal, say):
    case, citizen = make.make_case(), make.make_citizen(seal, name="Ros Canary")
    say(case, citizen, "Sebagai warga saya setuju.")
    spoken = say(case, citizen, voice=Voice.REPORTER, reporter=True)
    assert (spoken.by_reporter, spoken.author_id, spoken.author_name) == (True, None, "")
    # nothing in the row can be matched with the account, not even by trying all of them
    assert spoken.created_at.second == 0
    row = {column.key: getattr(spoken, column.key) for column in Comment.__table__.columns}
    assert "Canary" not in str(row)


def test_nobody_else_speaks_as_the_reporter(db, seal, say):
    case, citizen = make.make_case(), make.make_citizen(seal)
    with pytest.raises(NotPermitted):
        say(case, citizen, voice=Voice.REPORTER)


def test_who_handles_the_case_speaks_for_the_agency_and_never_as_a_citizen(db, say):
    agency = make.make_agency()
    case = make.make_case(Status.ASSIGNED, agency=agency)
    for user in (make.make_user(Role.OFFICER, agency), make.make_user(Role.TRIAGE)):
        spoken = say(case, user, f"Kami cek besok pagi. {user.id}", voice=Voice.AGENCY)
        assert (spoken.agency_id, spoken.author_name) == (agency.id, "")
        with pytest.raises(NotPermitted):
            say(case, user, voice=Voice.PERSON)


def test_an_officer_elsewhere_is_a_citizen_here(db, say):
    case = make.make_case(Status.ASSIGNED, agency=make.make_agency())
    user = make.make_user(Role.OFFICER, make.make_agency())
    with pytest.raises(NotPermitted):
        say(case, user, voice=Voice.AGENCY)
    assert say(case, user).agency_id is None


def test_an_admin_speaks_for_no_agency(db, say):
    case = make.make_case(Status.ASSIGNED, agency=make.make_agency())
    with pytest.raises(NotPermitted):
        say(case, make.make_user(Role.ADMIN), voice=Voice.AGENCY)


@pytest.mark.parametrize(
    "text", ["Hubungi 0812 3456 7890 saja", "tulis ke ani@contoh.id", "NIK 1273014508900001"]
)
def test_personal_data_waits_for_a_person(db, seal, say, text):
    case = make.make_case()
    written = say(case, make.make_citizen(seal), text)
    assert written.state is CommentState.HELD
    assert not written.listed
    assert count_of(db, case) == 0


def test_a_flagged_word_is_marked_and_not_held(db, seal, say):
    written = say(make.make_case(), make.make_citizen(seal), "Dasar bangsat semua pejabat itu")
    assert (written.state, written.screen_codes) == (CommentState.PUBLISHED, "flagged_word")


def test_a_category_may_ask_for_a_look_at_newcomers_or_at_everybody(db, seal, say):
    newcomers = make.make_case(
        Status.IN_REVIEW, category=make.make_category(premoderation=Premoderation.FIRST_TIMERS)
    )
    everybody = make.make_case(Status.IN_REVIEW, category=make.make_category(premoderation=Premoderation.ALL))
    citizen = make.make_citizen(seal)
    first = say(newcomers, citizen)
    assert first.state is CommentState.HELD
    discussion.publish(first, at=MONDAY)
    assert say(newcomers, citizen, "Terima kasih sudah ditayangkan.").state is CommentState.PUBLISHED
    assert say(everybody, citizen).state is CommentState.HELD
    assert say(newcomers, None).state is CommentState.HELD


def test_a_reply_stands_below_a_comment_and_never_below_a_reply(db, seal, say):
    case, citizen = make.make_case(), make.make_citizen(seal)
    root = say(case, citizen)
    reply = say(case, citizen, "Betul sekali.", parent=root)
    db.session.refresh(root)
    assert (reply.parent_id, root.reply_count) == (root.id, 1)
    with pytest.raises(NotPermitted):
        say(case, citizen, "Saya juga.", parent=reply)


def test_a_reply_stays_in_its_thread(db, seal, say):
    root = say(make.make_case(), make.make_citizen(seal))
    with pytest.raises(NotPermitted):
        say(make.make_case(), make.make_citizen(seal), parent=root)


@pytest.mark.parametrize("state", [CommentState.HELD, CommentState.HIDDEN, CommentState.DELETED])
def test_nobody_replies_to_what_cannot_be_read(db, seal, say, state):
    case = make.make_case()
    root = make.make_comment(case, make.make_citizen(seal), state=state)
    with pytest.raises(NotPermitted):
        say(case, make.make_citizen(seal), parent=root)


@pytest.mark.parametrize(
    ("fields", "closing"),
    [
        ({"status": Status.WITHDRAWN}, Closing.WITHDRAWN),
        ({"hidden_code": HideCode.INSULT}, Closing.HIDDEN),
        ({"text_public": False}, Closing.UNVERIFIED),
        ({"secret": True}, Closing.UNVERIFIED),
    ],
)
def test_nobody_writes_under_a_case_that_nobody_reads(db, seal, say, fields, closing):
    with pytest.raises(discussion.DiscussionClosed) as refused:
        say(make.make_case(**fields), make.make_citizen(seal))
    assert refused.value.closing is closing


def test_staff_close_a_discussion_with_a_reason_and_open_it_again(db, seal, say):
    agency = make.make_agency()
    case, citizen = make.make_case(Status.ASSIGNED, agency=agency), make.make_citizen(seal)
    place, officer = place_of_case(case), make.officer(agency)
    with pytest.raises(NotPermitted):
        discussion.close(place, reason="Sudah dijawab.", actor=make.actor(citizen), at=MONDAY)
    with pytest.raises(NotPermitted):
        discussion.close(place, reason="x", actor=make.officer(make.make_agency()), at=MONDAY)
    discussion.close(place, reason="Sudah dijawab.", actor=officer, at=MONDAY)
    with pytest.raises(discussion.DiscussionClosed):
        say(case, citizen)
    discussion.reopen(place, actor=officer, at=MONDAY)
    assert say(case, citizen).state is CommentState.PUBLISHED
    assert [row.action for row in db.session.query(AuditEntry).order_by(AuditEntry.id)] == [
        "close_thread",
        "open_thread",
    ]


def test_who_is_blocked_is_told_until_when(db, seal, say):
    until = MONDAY + timedelta(days=3)
    citizen = make.make_citizen(seal, blocked_until=until)
    with pytest.raises(discussion.Blocked) as refused:
        say(make.make_case(), citizen)
    assert refused.value.until == until
    assert say(make.make_case(), citizen, at=until) is not None


def test_hiding_and_restoring_move_the_counters_once(db, seal, say):
    case, citizen = make.make_case(), make.make_citizen(seal)
    root = say(case, citizen)
    reply = say(case, citizen, "Betul.", parent=root)
    assert discussion.hide(reply, code=HideCode.INSULT, reason="Menghina tetangga.", at=MONDAY)
    assert not discussion.hide(reply, code=HideCode.INSULT, reason="", at=MONDAY)
    assert count_of(db, case) == 1
    assert (root.reply_count, reply.listed) == (0, True)
    assert discussion.restore(reply, at=MONDAY)
    assert not discussion.restore(reply, at=MONDAY)
    assert count_of(db, case) == 2
    assert (root.reply_count, reply.hidden_code) == (1, None)


def test_what_waited_and_is_hidden_leaves_no_mark(db, seal, say):
    held = say(make.make_case(), make.make_citizen(seal), "Telepon 081234567890")
    discussion.hide(held, code=HideCode.PERSONAL_DATA, reason="", at=MONDAY)
    assert not held.listed


def test_words_change_for_fifteen_minutes_and_the_old_ones_stay_readable(db, seal, say):
    case, citizen = make.make_case(), make.make_citizen(seal)
    written = say(case, citizen)
    late = MONDAY + timedelta(minutes=15)
    discussion.edit(
        written, "Kini **terang** lagi.", place_of(written), actor=make.actor(citizen), user=citizen,
        at=late - timedelta(seconds=1),
    )  # fmt: skip
    assert [one.body for one in queries.versions(written.id)] == [WORDS]
    assert (written.body, written.version) == ("Kini **terang** lagi.", 2)
    with pytest.raises(discussion.TooLate):
        discussion.edit(
            written, "Lain lagi.", place_of(written), actor=make.actor(citizen), user=citizen, at=late
        )


def test_a_change_that_brings_personal_data_waits_and_a_change_that_takes_it_out_appears(db, seal, say):
    case, citizen = make.make_case(), make.make_citizen(seal)
    actor = make.actor(citizen)
    public = say(case, citizen)
    discussion.edit(public, "Telepon 081234567890", place_of(public), actor=actor, user=citizen, at=MONDAY)
    assert (public.state, count_of(db, case)) == (CommentState.HELD, 0)
    held = say(case, citizen, "Tulis ke ani@contoh.id")
    discussion.edit(held, "Tulis kepada saya.", place_of(held), actor=actor, user=citizen, at=MONDAY)
    assert (held.state, count_of(db, case)) == (CommentState.PUBLISHED, 1)
    assert queries.versions(held.id) == []


def test_where_everything_is_read_first_a_change_is_too(db, seal, say):
    category = make.make_category(premoderation=Premoderation.ALL)
    case, citizen = make.make_case(Status.IN_REVIEW, category=category), make.make_citizen(seal)
    written = say(case, citizen)
    discussion.publish(written, at=MONDAY)
    discussion.edit(
        written, "Sesuatu yang lain.", place_of(written), actor=make.actor(citizen), user=citizen, at=MONDAY
    )
    assert written.state is CommentState.HELD


def test_only_its_author_changes_or_deletes_a_comment(db, seal, say):
    case, citizen, other = make.make_case(), make.make_citizen(seal), make.make_citizen(seal)
    written = say(case, citizen)
    spoken = say(case, None, "Saya pelapornya.")
    for comment, actor in (
        (written, make.actor(other)),
        (written, make.triage()),
        (spoken, make.actor(citizen)),
    ):
        with pytest.raises(NotPermitted):
            discussion.edit(comment, "Diubah.", place_of(comment), actor=actor, user=other, at=MONDAY)
        with pytest.raises(NotPermitted):
            discussion.withdraw(comment, place_of(comment), actor=actor, at=MONDAY)
    discussion.edit(spoken, "Diubah.", place_of(spoken), actor=make.reporter(case), user=None, at=MONDAY)
    discussion.withdraw(spoken, place_of(spoken), actor=make.reporter(case), at=MONDAY)


def test_who_left_the_agency_no_longer_changes_its_word(db, say):
    agency = make.make_agency()
    case, user = make.make_case(Status.ASSIGNED, agency=agency), make.make_user(Role.OFFICER, agency)
    spoken = say(case, user, voice=Voice.AGENCY)
    user.memberships.clear()
    with pytest.raises(NotPermitted):
        discussion.withdraw(spoken, place_of(spoken), actor=make.actor(user), at=MONDAY)


def test_a_deleted_comment_leaves_nothing_but_a_mark_where_others_replied(db, seal, say):
    case, citizen = make.make_case(), make.make_citizen(seal, name="Ros Canary")
    actor = make.actor(citizen)
    root = say(case, citizen, "CANARY kata pertama")
    discussion.edit(root, "CANARY kata kedua", place_of(root), actor=actor, user=citizen, at=MONDAY)
    reply = say(case, make.make_citizen(seal), "Saya setuju.", parent=root)
    discussion.withdraw(root, place_of(root), actor=actor, at=MONDAY)
    assert (root.body, root.author_id, root.author_name, root.listed) == ("", None, "", True)
    assert db.session.query(CommentVersion).count() == 0
    assert count_of(db, case) == 1
    author = db.session.get(make.User, reply.author_id)
    discussion.withdraw(reply, place_of(reply), actor=make.actor(author), at=MONDAY)
    assert not root.listed
    assert count_of(db, case) == 0


def test_what_was_deleted_can_be_said_again(db, seal, say):
    case, citizen = make.make_case(), make.make_citizen(seal)
    written = say(case, citizen)
    discussion.withdraw(written, place_of(written), actor=make.actor(citizen), at=MONDAY)
    assert say(case, citizen).id != written.id


def test_what_moderation_hid_stays_until_it_is_settled(db, seal, say):
    case, citizen = make.make_case(), make.make_citizen(seal)
    written = say(case, citizen)
    discussion.hide(written, code=HideCode.INSULT, reason="", at=MONDAY)
    with pytest.raises(NotPermitted):
        discussion.withdraw(written, place_of(written), actor=make.actor(citizen), at=MONDAY)


def test_helpful_counts_once_a_person_and_can_be_taken_back(db, seal, say):
    case, reader = make.make_case(), make.make_citizen(seal)
    written = say(case, make.make_citizen(seal))
    place, actor = place_of_case(case), make.actor(reader)
    assert discussion.find_helpful(written, place, actor=actor, at=MONDAY)
    assert not discussion.find_helpful(written, place, actor=actor, at=MONDAY)
    assert written.helpful_count == 1
    assert discussion.take_back(written, actor=actor)
    assert not discussion.take_back(written, actor=actor)
    assert written.helpful_count == 0


def test_one_does_not_find_oneself_helpful(db, seal, say):
    case, citizen = make.make_case(), make.make_citizen(seal)
    own, spoken = say(case, citizen), say(case, None, "Saya pelapornya.")
    with pytest.raises(NotPermitted):
        discussion.find_helpful(own, place_of(own), actor=make.actor(citizen), at=MONDAY)
    with pytest.raises(NotPermitted):
        actor = make.actor(citizen, reporter_of=case)
        discussion.find_helpful(spoken, place_of(spoken), actor=actor, at=MONDAY)


def test_twenty_presses_at_once_find_it_helpful_once(app, db, seal, say):
    case, reader = make.make_case(), make.make_citizen(seal)
    written = say(case, make.make_citizen(seal))
    comment_id, actor = written.id, make.actor(reader)
    db.session.commit()

    def press(_number):
        with app.app_context(), transaction():
            comment = db.session.get(Comment, comment_id)
            return discussion.find_helpful(comment, place_of(comment), actor=actor, at=MONDAY)

    with ThreadPoolExecutor(8) as pool:
        counted = sum(pool.map(press, range(20)))
    db.session.expire_all()
    assert (counted, db.session.get(Comment, comment_id).helpful_count) == (1, 1)


def test_who_gave_no_name_has_always_the_same_one_that_leads_nowhere(db, seal, say):
    nameless, other = make.make_citizen(seal, name=""), make.make_citizen(seal, name="")
    name = discussion.alias(nameless, seal)
    assert name.startswith("Warga ")
    assert str(nameless.id) not in name
    assert name == say(make.make_case(), nameless).author_name
    assert name != discussion.alias(other, seal)


def test_nobody_is_called_like_the_city(db, seal, say):
    for name in ("Admin Pemko", "Petugas PUPR", "WALI KOTA Sibolga"):
        assert say(make.make_case(), make.make_citizen(seal, name=name)).author_name.startswith("Warga ")
    assert (
        say(make.make_case(), make.make_citizen(seal, name="Mustafa Resmiati")).author_name
        == "Mustafa Resmiati"
    )


def test_an_erased_author_leaves_the_words_without_a_name(db, seal, say):
    citizen = make.make_citizen(seal, name="Ros Canary")
    written = say(make.make_case(), citizen)
    discussion.forget_author(citizen.id)
    db.session.expire_all()
    assert (written.author_id, written.author_name, written.body) == (None, "", WORDS)


@pytest.mark.parametrize("text", ["", "a", "\u200b\u200b\u200b", "...", "x" * 2001, "\u0301" * 64_000])
def test_too_little_and_too_much_is_refused_below_the_forms_too(db, seal, say, text):
    with pytest.raises(ValueError, match="2 visible letters"):
        say(make.make_case(), make.make_citizen(seal), text)


def test_a_program_is_talked_about_too(db, seal, say):
    program = make.make_program()
    assert say(program, make.make_citizen(seal)).state is CommentState.PUBLISHED
    assert count_of(db, program) == 1
