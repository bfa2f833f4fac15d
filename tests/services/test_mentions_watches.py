"""Naming a colleague in a note, and watching a case: who hears of it, and who must not."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.models import Mention, OutboxMessage, OutboxState, Role, Status, Watch
from portal.queries import mentions
from portal.services import cases, watches
from portal.services.errors import NotPermitted
from tests import factories as make
from tests.factories import at
from tests.support.jobs import send_due, use
from tests.support.mail import MailServer


@pytest.fixture
def agency(db: Any) -> Any:
    return make.make_agency()


@pytest.fixture
def case(agency: Any) -> Any:
    return make.make_case(Status.ASSIGNED, agency=agency)


def note(case: Any, text: str, *, by: Any = None, **words: Any) -> Any:
    return cases.note(case, text=text, actor=by or make.triage(), at=at(12), **words)


def queued(db: Any, kind: str) -> list[int]:
    query = select(OutboxMessage.recipient_id).where(OutboxMessage.kind == kind)
    return list(db.session.scalars(query.order_by(OutboxMessage.recipient_id)))


def test_a_colleague_who_is_named_is_told_at_once(db: Any, agency: Any, case: Any) -> None:
    tiur = make.make_user(Role.OFFICER, agency, name="Tiur")
    written = note(case, "Tolong periksa, @Tiur.")
    assert db.session.scalars(select(Mention.user_id)).all() == [tiur.id]
    assert make.events_of(case)[-1].data == {"note_id": written.id, "mention_ids": [tiur.id]}
    (row,) = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "staff_mention"))
    assert (row.recipient_id, row.digest) == (tiur.id, False)


def test_a_colleague_chosen_from_the_list_is_told_like_one_named_in_the_text(
    db: Any, agency: Any, case: Any
) -> None:
    tiur, hotman = (make.make_user(Role.OFFICER, agency, name=name) for name in ("Tiur", "Hotman"))
    note(case, "Tolong periksa, @Tiur.", mention_ids=[hotman.id, tiur.id])
    assert queued(db, "staff_mention") == sorted([tiur.id, hotman.id])


def test_nobody_is_told_of_naming_themselves(db: Any, agency: Any, case: Any) -> None:
    tiur = make.make_user(Role.OFFICER, agency, name="Tiur")
    note(case, "Catatan untuk @Tiur.", by=make.actor(tiur))
    assert queued(db, "staff_mention") == []
    assert "mention_ids" not in make.events_of(case)[-1].data


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD, Role.ADMIN, Role.COMPETENCY])
def test_somebody_who_may_not_read_the_case_cannot_be_named(
    db: Any, agency: Any, case: Any, role: Role
) -> None:
    elsewhere = make.make_agency() if role in {Role.OFFICER, Role.HEAD} else None
    stranger = make.make_user(role, elsewhere, name="Orang Lain")
    note(case, "Untuk @Orang Lain.")
    assert queued(db, "staff_mention") == []
    with pytest.raises(NotPermitted):
        note(case, "Untuk dia.", mention_ids=[stranger.id])


def test_whom_a_secret_case_names_cannot_be_named_in_its_notes(db: Any, agency: Any) -> None:
    subject = make.make_user(Role.OFFICER, agency, name="Tiur")
    case = make.make_case(Status.ASSIGNED, agency=agency, secret=True, named=subject)
    note(case, "Ini tentang @Tiur.")
    assert queued(db, "staff_mention") == []
    assert db.session.scalars(select(Mention.user_id)).all() == []


def test_a_deactivated_colleague_is_not_offered(db: Any, agency: Any, case: Any) -> None:
    make.make_user(Role.OFFICER, agency, name="Tiur", active=False)
    assert mentions.colleagues(case) == []


def test_notes_that_name_me_are_listed_while_i_may_read_their_case(db: Any, agency: Any, case: Any) -> None:
    tiur = make.make_user(Role.OFFICER, agency, name="Tiur")
    note(case, "Pertama, @Tiur.")
    note(case, "Kedua, @Tiur.")
    note(case, "Tanpa nama.")
    assert [row.body for row in mentions.of(make.actor(tiur))] == ["Kedua, @Tiur.", "Pertama, @Tiur."]
    case.agency_id = make.make_agency().id
    db.session.flush()
    assert mentions.of(make.actor(tiur)) == []


# --- watching -----------------------------------------------------------------------------------------


def test_watching_twice_is_watching_once_and_it_can_end(db: Any, case: Any) -> None:
    triage = make.triage()
    for _ in range(2):
        watches.watch(case, actor=triage, at=at(12))
    assert len(db.session.scalars(select(Watch)).all()) == 1
    watches.unwatch(case, actor=triage)
    assert db.session.scalars(select(Watch)).all() == []


def test_a_case_that_is_not_mine_to_read_is_not_mine_to_watch(db: Any, case: Any) -> None:
    with pytest.raises(NotPermitted):
        watches.watch(case, actor=make.officer(make.make_agency()), at=at(12))


def test_a_watcher_hears_of_what_others_do_in_the_daily_mail(db: Any, agency: Any, case: Any) -> None:
    watcher = make.make_user(Role.HEAD, agency)
    watches.watch(case, actor=make.actor(watcher), at=at(12))
    cases.promise(case, text="Kami kerjakan besok.", on=make.day(at(20)), actor=make.head(agency), at=at(12))
    (row,) = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "staff_watch"))
    assert (row.recipient_id, row.digest, row.due_at) == (watcher.id, True, at(12, 17))


def test_a_watcher_does_not_hear_of_what_they_did_or_of_internal_steps(
    db: Any, agency: Any, case: Any
) -> None:
    watcher = make.head(agency)
    watches.watch(case, actor=watcher, at=at(12))
    cases.answer(case, text="Sudah kami perbaiki.", actor=watcher, at=at(12))
    note(case, "Catatan saja.")
    assert queued(db, "staff_watch") == []


def test_whoever_is_told_anyway_is_not_told_twice(db: Any, agency: Any) -> None:
    head = make.make_user(Role.HEAD, agency)
    case = make.make_case(Status.ASSIGNED, agency=make.make_agency())
    db.session.add(Watch(user_id=head.id, submission_id=case.id, created_at=at(11)))
    cases.hand_over(case, agency_id=agency.id, reason="Salah alamat.", actor=make.triage(), at=at(12))
    assert queued(db, "staff_assigned") == [head.id]
    assert queued(db, "staff_watch") == []


def test_watching_ends_silently_when_the_case_moves_to_another_agency(
    app: Flask, db: Any, smtp: MailServer, agency: Any, case: Any
) -> None:
    use(app, smtp)
    watcher = make.make_user(Role.OFFICER, agency, email="pemantau@contoh.example")
    watches.watch(case, actor=make.actor(watcher), at=at(12))
    new = make.make_agency()
    cases.hand_over(case, agency_id=new.id, reason="Bukan tugas kami.", actor=make.head(agency), at=at(12))
    cases.answer(case, text="Sudah kami perbaiki.", actor=make.head(new), at=at(12, 10))
    assert queued(db, "staff_watch") == [watcher.id, watcher.id]
    send_due(app, at(12, 17))
    assert smtp.to("pemantau@contoh.example") == []
    states = db.session.scalars(select(OutboxMessage.state).where(OutboxMessage.kind == "staff_watch")).all()
    assert set(states) == {OutboxState.NO_ADDRESS}


def test_several_pieces_of_news_of_a_day_are_one_mail(
    app: Flask, db: Any, smtp: MailServer, agency: Any, case: Any
) -> None:
    use(app, smtp)
    watcher = make.make_user(Role.OFFICER, agency, email="pemantau@contoh.example")
    watches.watch(case, actor=make.actor(watcher), at=at(12))
    head = make.head(agency)
    cases.answer(case, text="Sudah kami periksa.", actor=head, at=at(12, 10))
    cases.promise(case, text="Kami kerjakan besok.", on=make.day(at(20)), actor=head, at=at(12, 11))
    send_due(app, at(12, 17))
    (mail,) = smtp.to("pemantau@contoh.example")
    assert "jawaban terbit" in mail.text
    assert "pekerjaan dijanjikan" in mail.text


def test_a_mail_about_a_secret_case_says_no_word_of_it(
    app: Flask, db: Any, smtp: MailServer, agency: Any
) -> None:
    use(app, smtp)
    case = make.make_case(Status.ASSIGNED, agency=agency, secret=True, title="KENARIJUDUL")
    tiur = make.make_user(Role.OFFICER, agency, name="Tiur", email="tiur@contoh.example")
    note(case, "KENARICATATAN untuk @Tiur.")
    watches.watch(case, actor=make.actor(tiur), at=at(12))
    cases.answer(case, text="KENARIJAWABAN panjang.", actor=make.head(agency), at=at(12))
    send_due(app, at(12))
    send_due(app, at(12, 17))
    mails = smtp.to("tiur@contoh.example")
    assert len(mails) == 2
    assert not [mail for mail in mails if "KENARI" in f"{mail.message['Subject']}{mail.text}{mail.html}"]
