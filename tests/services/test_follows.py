"""Following: once however often one presses, and never a row beside a case of one's own."""

from typing import Any

from flask import Flask

from portal.core.database import db as database
from portal.core.database import transaction
from portal.models import HideCode, OutboxMessage, Status, Subject, Submission, Support, User
from portal.queries import follows as following
from portal.services import follows, supports
from tests import factories as make
from tests.factories import MONDAY
from tests.support.parallel import at_once


def test_twenty_presses_at_once_follow_once(app: Flask) -> None:
    with app.app_context(), transaction():
        case_id, user_id = make.make_case().id, make.make_user().id

    def press(_number: int) -> str:
        user = database.session.get(User, user_id)
        return str(follows.follow(user, Subject.SUBMISSION, case_id, at=MONDAY))

    assert at_once(app, press) == {"True": 1, "False": 19}


def test_following_lists_the_newest_first_and_stopping_takes_it_off(db: Any) -> None:
    user, case, program = make.make_user(), make.make_case(), make.make_program()
    follows.follow(user, Subject.SUBMISSION, case.id, at=MONDAY)
    follows.follow(user, Subject.PROGRAM, program.id, at=MONDAY)
    assert [(one.subject, one.address) for one in following.of_user(user.id)] == [
        (Subject.PROGRAM, program.code),
        (Subject.SUBMISSION, case.reference),
    ]
    assert follows.unfollow(user, Subject.PROGRAM, program.id)
    assert not follows.unfollow(user, Subject.PROGRAM, program.id)
    assert not following.is_following(user.id, Subject.PROGRAM, program.id)


def test_a_case_that_became_secret_or_hidden_shows_no_title_in_the_list(db: Any) -> None:
    user = make.make_user()
    hidden = make.make_case(Status.IN_REVIEW, hidden_code=HideCode.INSULT)
    secret = make.make_case(Status.IN_REVIEW, secret=True)
    for case in (hidden, secret):
        follows.follow(user, Subject.SUBMISSION, case.id, at=MONDAY)
    assert [(one.address, one.title_id) for one in following.of_user(user.id)] == [(hidden.reference, "")]


def test_stopping_a_case_quiets_the_support_of_the_same_person(db: Any) -> None:
    user, case = make.make_user(), make.make_case()
    support = make.make_support(case, user=user)
    assert follows.unfollow(user, Subject.SUBMISSION, case.id)
    assert support.mail_stopped
    assert case.support_count == 1


# --- supports of one person ---------------------------------------------------------------------------


def test_twenty_supports_of_an_account_at_once_count_one(app: Flask) -> None:
    seal = app.extensions["seal"]
    with app.app_context(), transaction():
        case_id, user_id = make.make_case().id, make.make_citizen(seal).id

    def press(_number: int) -> str:
        case, user = database.session.get(Submission, case_id), database.session.get(User, user_id)
        return str(supports.support_as_user(case, user, MONDAY, seal=seal))

    assert at_once(app, press) == {"True": 1, "False": 19}
    with app.app_context():
        assert database.session.get(Submission, case_id).support_count == 1


def test_twenty_presses_by_link_and_by_account_of_one_person_count_one(app: Flask) -> None:
    seal = app.extensions["seal"]
    with app.app_context(), transaction():
        case, user = make.make_case(), make.make_citizen(seal, "ani@contoh.example")
        supports.request(case, "ani@contoh.example", "id", MONDAY, seal)
        raw = seal.open(_newest_mail().data["token"])
        case_id, user_id = case.id, user.id

    def press(number: int) -> str:
        case, user = database.session.get(Submission, case_id), database.session.get(User, user_id)
        if number % 2:
            supports.support_as_user(case, user, MONDAY, seal=seal)
        else:
            supports.confirm(raw, MONDAY)
        return ""

    at_once(app, press)
    with app.app_context():
        assert database.session.get(Submission, case_id).support_count == 1
        assert database.session.query(Support).count() == 1


def _newest_mail() -> Any:
    return database.session.query(OutboxMessage).order_by(OutboxMessage.id.desc()).first()


def test_who_supported_by_mail_and_has_an_account_now_counts_no_second_time(db: Any, app: Flask) -> None:
    seal = app.extensions["seal"]
    case = make.make_case()
    supports.request(case, "ani@contoh.example", "id", MONDAY, seal)
    supports.confirm(seal.open(_newest_mail().data["token"]), MONDAY)
    user = make.make_citizen(seal, "ani@contoh.example")
    assert not supports.support_as_user(case, user, MONDAY, seal=seal)
    assert case.support_count == 1


def test_the_second_address_of_an_account_counts_no_second_time(db: Any, app: Flask) -> None:
    seal = app.extensions["seal"]
    case, user = make.make_case(), make.make_citizen(seal, "+6281234567890")
    supports.request(case, "dua@contoh.example", "id", MONDAY, seal)
    raw = seal.open(_newest_mail().data["token"])
    make.add_contact(seal, user, "dua@contoh.example")
    # the support waits under the address that only now is theirs
    other = make.make_case()
    assert supports.support_as_user(other, user, MONDAY, seal=seal)
    assert supports.support_as_user(case, user, MONDAY, seal=seal)
    assert supports.confirm(raw, MONDAY) is case
    assert case.support_count == 1


def test_two_accounts_with_only_a_telephone_are_two_people(db: Any, app: Flask) -> None:
    seal = app.extensions["seal"]
    case = make.make_case()
    for number in ("+6281234567890", "+6281234567891"):
        assert supports.support_as_user(case, make.make_citizen(seal, number), MONDAY, seal=seal)
    assert case.support_count == 2


def test_without_the_tick_a_support_counts_and_brings_no_mail(db: Any, app: Flask) -> None:
    seal = app.extensions["seal"]
    case, user = make.make_case(), make.make_citizen(seal)
    supports.support_as_user(case, user, MONDAY, seal=seal, news=False)
    assert (case.support_count, db.session.query(Support).one().mail_stopped) == (1, True)


def test_withdrawing_counts_down_once(db: Any, app: Flask) -> None:
    seal = app.extensions["seal"]
    case, user = make.make_case(), make.make_citizen(seal)
    make.make_support(case)
    supports.support_as_user(case, user, MONDAY, seal=seal)
    assert supports.withdraw(case, user, seal=seal)
    assert not supports.withdraw(case, user, seal=seal)
    db.session.refresh(case)
    assert case.support_count == 1


def test_twenty_withdrawals_at_once_count_down_once(app: Flask) -> None:
    seal = app.extensions["seal"]
    with app.app_context(), transaction():
        case, user = make.make_case(), make.make_citizen(seal)
        make.make_support(case)
        supports.support_as_user(case, user, MONDAY, seal=seal)
        case_id, user_id = case.id, user.id

    def press(_number: int) -> str:
        case, user = database.session.get(Submission, case_id), database.session.get(User, user_id)
        return str(supports.withdraw(case, user, seal=seal))

    assert at_once(app, press) == {"True": 1, "False": 19}
    with app.app_context():
        assert database.session.get(Submission, case_id).support_count == 1
