"""People at their desks."""

from collections.abc import Callable

import pytest

from portal.core import clock
from portal.models import Agency, Role, User
from portal.services import sessions
from tests import factories
from tests.support.client import PageClient


class Desk:
    """A signed-in member of staff with a browser of their own."""

    def __init__(self, client: PageClient, user: User) -> None:
        self.client = client
        self.user = user
        self.user_id = user.id

    def get(self, path: str, **kwargs):
        return self.client.get(path, **kwargs)

    def post(self, path: str, **data):
        return self.client.post(path, data=data)

    def open(self, case, query: str = ""):
        return self.get(f"/meja/k/{case.reference}{query}")

    def act(self, case, action: str, query: str = "", **data):
        """Press the button of an action on the page as it is now."""
        return self.post(f"/meja/k/{case.reference}/{action}{query}", **{"version": case.version} | data)


@pytest.fixture
def at_desk(db, new_client: Callable[[], PageClient]) -> Callable[..., Desk]:
    """Sit somebody down: at_desk(Role.OFFICER, agency, publisher=True)."""

    def sit(role: Role, agency: Agency | None = None, *, publisher: bool = False, **fields) -> Desk:
        user = factories.make_user(role, agency, publisher=publisher, **fields)
        token = sessions.start(user, at=clock.now(), hours=1)
        db.session.commit()
        client = new_client()
        with client.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return Desk(client, user)

    return sit


@pytest.fixture
def triage(at_desk) -> Desk:
    return at_desk(Role.TRIAGE)


@pytest.fixture
def agency(db) -> Agency:
    return factories.make_agency()


@pytest.fixture
def officer(at_desk, agency) -> Desk:
    return at_desk(Role.OFFICER, agency)


@pytest.fixture
def publisher(at_desk, agency) -> Desk:
    return at_desk(Role.OFFICER, agency, publisher=True)


@pytest.fixture
def head(at_desk, agency) -> Desk:
    return at_desk(Role.HEAD, agency)


@pytest.fixture
def hotman(at_desk, agency) -> Desk:
    """One of two colleagues who know each other by name."""
    return at_desk(Role.OFFICER, agency, publisher=True, name="Hotman")


@pytest.fixture
def tiur(at_desk, agency) -> Desk:
    return at_desk(Role.OFFICER, agency, publisher=True, name="Tiur")
