"""Running background jobs at a moment of the test's choice."""

from collections.abc import Callable
from datetime import datetime
from unittest.mock import patch

from flask import Flask

from portal import jobs
from portal.core import clock
from portal.core.database import db
from tests.support.mail import MailServer


def run(app: Flask, job: Callable[[], None], at: datetime) -> None:
    """Run a job as a worker would at that moment, after committing what the test arranged."""
    db.session.commit()
    with patch.object(clock, "now", lambda: at), app.app_context():
        job()
    db.session.expire_all()


def send_due(app: Flask, at: datetime) -> None:
    """Send the mail that is due at that moment."""
    run(app, jobs.sweep, at)


def use(app: Flask, server: MailServer) -> None:
    """Let the application send through that server."""
    app.config |= {"MAIL_SERVER": server.host, "MAIL_PORT": server.port, "MAIL_TIMEOUT": 2}
