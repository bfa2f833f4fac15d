"""What every test may ask for. Helpers that know the domain (actors, cases) live in `tests/factories.py`."""

import ipaddress
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import event

from config import Environment, from_environment
from portal import create_app
from portal.core.database import db as database_extension
from portal.core.database import writing
from portal.core.pagecache import PageCache
from portal.core.throttle import limiter
from portal.queries import reference
from tests.support import browser as chromium
from tests.support import database as databases
from tests.support.client import PageClient, alone
from tests.support.database import Database
from tests.support.mail import MailServer
from tests.support.server import Server
from tests.support.settings import DATABASE_SERVER, REDIS_SERVER, environment


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by folder, and skip what this machine or run cannot do, with the reason."""
    without_browser = (
        None if chromium.chromium() else pytest.mark.skip(reason="no Chromium (apt-get install chromium)")
    )
    for item in items:
        folders = item.path.relative_to(item.config.rootpath).parts
        for name in ("browser", "faults"):
            if name in folders:
                item.add_marker(name)
        if item.get_closest_marker("postgres") and not DATABASE_SERVER:
            item.add_marker(pytest.mark.skip(reason="TEST_DATABASE_URL names no PostgreSQL server"))
        if item.get_closest_marker("redis") and not REDIS_SERVER:
            item.add_marker(pytest.mark.skip(reason="TEST_REDIS_URL names no Redis server"))
        if without_browser and item.get_closest_marker("browser"):
            item.add_marker(without_browser)


# --- this machine only --------------------------------------------------------------------------------


class OutsideWorld(Exception):
    """A test tried to reach another machine."""


@pytest.fixture(scope="session", autouse=True)
def only_this_machine() -> Iterator[None]:
    """Refuse every connection and every look-up of a name that leads off this machine."""
    real_connect, real_connect_ex, real_look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def connect(self: socket.socket, address: Any) -> None:
        _require_loopback(self.family, address)
        real_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        _require_loopback(self.family, address)
        return real_connect_ex(self, address)

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host:
            _require_loopback(socket.AF_INET, (host,))
        return real_look_up(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket.socket, "connect_ex", connect_ex)
        patch.setattr(socket, "getaddrinfo", look_up)
        yield


def _require_loopback(family: int, address: Any) -> None:
    if family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = address[0].decode() if isinstance(address[0], bytes) else str(address[0])
    if host in ("", "localhost", socket.gethostname()):
        return
    try:
        local = ipaddress.ip_address(host.partition("%")[0]).is_loopback or host in ("0.0.0.0", "::")
    except ValueError:
        local = False
    if not local:
        raise OutsideWorld(f"tests stay on this machine, this one asked for {host}")


# --- the application in this process ------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all test processes of this run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def process_name() -> str:
    """A name for this test process: "gw0", "gw1", ... or "main"."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def site_database(
    shared_folder: Path, tmp_path_factory: pytest.TempPathFactory, process_name: str
) -> Iterator[Database]:
    """The database of this test process, migrated and with reference data."""
    made = databases.create(shared_folder, tmp_path_factory.mktemp("database"), process_name)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def whole_app(site_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application, made once. Tests ask for `app`, which cleans up behind them."""
    env = environment(site_database.url, tmp_path_factory.mktemp("data"))
    application = create_app(from_environment(Environment(env)))
    application.test_client_class = PageClient
    yield application
    with application.app_context():
        database_extension.engine.dispose()


@pytest.fixture
def app(whole_app: Flask, site_database: Database) -> Iterator[Flask]:
    """The application with an empty database; afterwards everything the test left is taken back."""
    before = dict(whole_app.config)
    yield whole_app
    whole_app.config.clear()
    whole_app.config.update(before)
    with whole_app.app_context():
        database_extension.session.remove()
    site_database.reset()
    # What this process remembers of the database is about rows that are gone.
    reference.forget()
    limiter.reset()
    whole_app.extensions["pages"] = PageCache(whole_app.extensions["pages"].limit)
    shutil.rmtree(whole_app.config["DATA_DIR"] / "files", ignore_errors=True)
    for folder in ("mail", "messages"):
        shutil.rmtree(whole_app.config["DATA_DIR"] / folder, ignore_errors=True)


@pytest.fixture
def db(app: Flask) -> Iterator[SQLAlchemy]:
    """The database inside an application context, for services and queries. Requests see it at once."""
    with app.app_context(), writing():
        yield database_extension
        database_extension.session.remove()


@pytest.fixture
def new_client(app: Flask) -> Callable[[], PageClient]:
    """Make a visitor with a browser of their own; call it twice for two people."""

    def make() -> PageClient:
        visitor = app.test_client()
        assert isinstance(visitor, PageClient)
        # What every current browser says of a form on our own page; a test of forgery changes it.
        visitor.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return visitor

    return make


@pytest.fixture
def client(new_client: Callable[[], PageClient]) -> PageClient:
    """One visitor. Every page they get is checked for valid HTML, labels and the like."""
    return new_client()


@pytest.fixture
def count_queries(db: SQLAlchemy) -> Callable[[], AbstractContextManager[list[str]]]:
    """Collect the statements that the database is asked within a block (without BEGIN).

    The page version, read on a plain connection, is not among them: every public page costs that one more.
    """

    @contextmanager
    def collect() -> Iterator[list[str]]:
        said: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith("BEGIN"):
                said.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield said
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return collect


@pytest.fixture
def run_command(app: Flask) -> Callable[..., Result]:
    """Run a command as `flask` would: run_command("demo", "load")."""

    def run(*words: str) -> Result:
        return alone(app.test_cli_runner().invoke, args=list(words))

    return run


# --- servers ------------------------------------------------------------------------------------------


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    """A mail server on this machine; `smtp.messages` are the messages it accepted."""
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def running_server(
    shared_folder: Path, tmp_path_factory: pytest.TempPathFactory, process_name: str
) -> Iterator[Server]:
    """One gunicorn for this test process. Tests ask for `live_server`, which cleans up behind them."""
    folder = tmp_path_factory.mktemp("live")
    server = Server(databases.create(shared_folder, folder, f"{process_name}_live"), folder)
    server.start()
    yield server
    server.close()


@pytest.fixture
def live_server(running_server: Server) -> Iterator[Server]:
    """A real server with an empty database: `.url`, `.arrange()`."""
    yield running_server
    running_server.reset()


@pytest.fixture
def start_server(shared_folder: Path, tmp_path: Path, process_name: str) -> Iterator[Callable[..., Server]]:
    """Start a server of the test's own, to be killed or set up differently: start_server(WEB_WORKERS="2")."""
    started: list[Server] = []

    def start(**changes: str) -> Server:
        folder = tmp_path / f"server{len(started)}"
        folder.mkdir()
        own = databases.create(shared_folder, folder, f"{process_name}_own{len(started)}")
        started.append(Server(own, folder, **changes))
        started[-1].start()
        return started[-1]

    yield start
    for server in started:
        server.close()


# --- a real browser -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.chromium(), args=chromium.ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def new_page(browser: Browser, live_server: Server) -> Iterator[Callable[..., Page]]:
    """Open a page in a fresh profile: new_page(java_script_enabled=False, viewport={"width": 360, ...})."""
    opened: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        options = {
            "base_url": live_server.url,
            "viewport": {"width": 360, "height": 740},
            "locale": "id-ID",
            "service_workers": "block",  # tests of the worker allow it
        } | options
        opened.append(browser.new_context(**options))
        opened[-1].set_default_timeout(15_000)
        return opened[-1].new_page()

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A phone-sized page on the live server."""
    return new_page()


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """Return what axe (WCAG 2.2 AA and best practice) finds on a page."""
    return chromium.axe_faults


# --- leaving ------------------------------------------------------------------------------------------


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove the template database of this run; the process that started the others leaves last."""
    if DATABASE_SERVER and "PYTEST_XDIST_WORKER" not in os.environ:
        factory = getattr(session.config, "_tmp_path_factory", None)
        if factory is not None:
            databases.drop_template(factory.getbasetemp())
