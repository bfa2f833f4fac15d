"""What all tests rely on: they stay on this machine, apart from each other, and see what the site sees."""

import socket

import pytest
from sqlalchemy import func, select, text

from portal.core import clock
from portal.core.database import db as database
from portal.models import Agency, Event, IdentityMode, Kind, Place, Status, Submission
from tests.conftest import OutsideWorld
from tests.support.database import Database


def test_a_connection_to_another_machine_is_refused():
    with pytest.raises(OutsideWorld):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_a_look_up_of_another_machine_is_refused():
    with pytest.raises(OutsideWorld):
        socket.getaddrinfo("example.com", 80)


def test_everything_a_test_commits_is_taken_back(db, site_database: Database):
    before = _contents()
    submission = Submission(
        reference="SB-2611-AAAA",
        tracking_hash="x",
        idempotency_hash="x",
        kind=Kind.PROBLEM,
        status=Status.RECEIVED,
        title="Lampu jalan mati",
        body="Lampu jalan mati",
        place=Place.UNKNOWN,
        identity_mode=IdentityMode.HIDDEN,
        received_at=clock.now(),
        updated_at=clock.now(),
    )
    database.session.add(submission)
    database.session.flush()  # need the id
    database.session.add(
        Event(submission_id=submission.id, at=clock.now(), action="send", actor_kind="reporter")
    )
    for agency in database.session.scalars(select(Agency)):
        agency.name_id = "Diubah"
    database.session.commit()
    assert _contents() != before

    database.session.remove()
    site_database.reset()

    assert _contents() == before


def test_after_a_reset_ids_start_anew(db, site_database: Database):
    first = _add_agency()
    database.session.remove()
    site_database.reset()

    assert _add_agency() == first


def test_the_site_sees_what_the_test_arranged(db, client):
    database.session.add(
        Agency(code="9.99", slug="uji", name_id="Uji", name_en="Uji", short_id="Uji", short_en="Uji")
    )

    client.get("/healthz")

    with database.engine.connect() as other:
        assert other.scalar(select(func.count()).where(Agency.code == "9.99")) == 1


def test_two_visitors_share_no_cookies(new_client):
    one, other = new_client(), new_client()

    one.set_cookie("bekas", "satu")

    assert other.get_cookie("bekas") is None


def _add_agency() -> int:
    agency = Agency(code="9.99", slug="uji", name_id="Uji", name_en="Uji", short_id="Uji", short_en="Uji")
    database.session.add(agency)
    database.session.commit()
    return agency.id


def _contents() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table that a person could have changed."""
    tables = [table.name for table in database.metadata.sorted_tables]
    rows = {name: database.session.execute(text(f'SELECT * FROM "{name}"')).all() for name in tables}
    return {name: sorted(map(tuple, found), key=str) for name, found in rows.items()}
