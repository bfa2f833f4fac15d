"""The site as its users meet it: gunicorn as a program of its own, on a free port, with its own database."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from config import Environment, from_environment
from portal import create_app
from portal.core.database import db, transaction
from tests.support.database import Database
from tests.support.mail import free_port
from tests.support.settings import ROOT, environment

START_SECONDS = 90
STOP_SECONDS = 15


class Server:
    """A running site. `arrange()` writes into its database from the test's own process."""

    def __init__(self, database: Database, folder: Path, **changes: str) -> None:
        self.database = database
        self.port = int(changes.pop("PORT", 0)) or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        own = {"PORT": str(self.port), "BASE_URL": self.url, "WORKER": "web"}
        self.environment = environment(database.url, folder, **{**own, **changes})
        self.log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._app: Flask | None = None
        self._resets = 0

    @property
    def app(self) -> Flask:
        """The same application in the test's process, for services and queries on the server's database."""
        if self._app is None:
            self._app = create_app(from_environment(Environment(self.environment)))
        return self._app

    @contextmanager
    def arrange(self) -> Iterator[None]:
        """Run the enclosed code against the server's database and commit it."""
        with self.app.app_context(), transaction():
            yield

    def start(
        self, command: tuple[str, ...] = ("gunicorn", "-c", "deploy/gunicorn.conf.py", "wsgi:app")
    ) -> None:
        """Start and wait until the site answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the site did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> int:
        """Ask for a graceful stop and return the exit status."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError(f"the site did not stop:\n{self.log.read_text()[-4000:]}") from None
        finally:
            self.process = None

    def kill(self) -> None:
        """Pull the plug: SIGKILL to the master and every worker."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def reset(self) -> None:
        """Empty the database between two tests; the pages the server still keeps become stale."""
        self.database.reset()
        self._resets += 1
        with self.arrange():
            number = 100_000 * self._resets  # higher than any version a page was kept under
            db.session.execute(
                text("UPDATE page_version SET number = :n, reference_number = :n"), {"n": number}
            )

    def close(self) -> None:
        """Stop, and let go of the database."""
        if self._app is not None:
            with self._app.app_context():
                db.engine.dispose()
        self.stop()
        self.database.drop()
