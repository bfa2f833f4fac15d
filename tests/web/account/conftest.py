"""People with a password."""

from collections.abc import Callable

import pytest

from portal.models import Agency, Role, User
from portal.services import accounts
from tests import factories
from tests.factories import MONDAY
from tests.support.client import PageClient

PASSWORD = "ikan bakar Panyabungan"


@pytest.fixture
def person(db) -> Callable[..., User]:
    """Add somebody who can sign in: person(Role.OFFICER, agency)."""

    def add(role: Role | None = Role.TRIAGE, agency: Agency | None = None, **fields) -> User:
        user = factories.make_user(role, agency, **fields)
        accounts.set_password(user, PASSWORD, at=MONDAY)
        db.session.commit()
        return user

    return add


@pytest.fixture
def enter(client: PageClient) -> Callable:
    """Send the sign-in form."""

    def send(
        email: str, password: str = PASSWORD, path: str = "/masuk", by: PageClient | None = None, **more
    ):
        return (by or client).post(path, data={"email": email, "password": password} | more)

    return send
