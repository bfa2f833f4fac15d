"""Mail while programs die: what was committed leaves, and a second copy can be recognised."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.core import clock
from portal.core.database import db
from portal.models import OutboxMessage, OutboxState, Recipient
from portal.services import outbox
from tests import factories as make
from tests.support.mail import MailServer
from tests.support.server import Server
from tests.support.settings import ROOT

Worker = subprocess.Popen[bytes]


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Start `flask worker` on the database of a server, as its own process group."""
    started: list[Worker] = []

    def start(server: Server, *words: str) -> Worker:
        log = (tmp_path / f"worker{len(started)}.log").open("wb")
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "worker", *words],
                cwd=ROOT, env=server.environment, stdout=log, stderr=log, start_new_session=True,
            )
        )  # fmt: skip
        return started[-1]

    yield start
    for process in started:
        kill(process)


def kill(process: Worker) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def site(start_server: Callable[..., Server], smtp: MailServer) -> Server:
    """A site whose worker runs apart and whose mail goes to the test's server."""
    return start_server(WORKER="off", WEB_WORKERS="1", MAIL_SERVER=smtp.host, MAIL_PORT=str(smtp.port))


def queue_mails(server: Server, count: int) -> None:
    """Commit so many mails to a reporter, without telling any worker."""
    with server.arrange():
        case = make.make_case(email="warga@contoh.example", seal=server.app.extensions["seal"])
        for number in range(count):
            outbox.queue(
                "receipt", to=Recipient.REPORTER, recipient_id=case.id, case=case, at=clock.now(),
                dedupe_key=f"mail{number}",
            )  # fmt: skip
        db.session.info.pop("on_commit", None)


def states(server: Server) -> list[OutboxState]:
    with server.arrange():
        return list(db.session.scalars(select(OutboxMessage.state)))


def let_leases_run_out(server: Server) -> None:
    with server.arrange():
        db.session.execute(update(OutboxMessage).values(lease_until=clock.now()))


def wait_for(condition: Callable[[], Any], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_a_worker_killed_after_the_server_accepted_sends_the_same_message_id_again(
    site: Server, smtp: MailServer, worker: Callable[..., Worker]
) -> None:
    queue_mails(site, 1)
    doomed: list[Worker] = []

    def pull_the_plug() -> None:
        smtp.after_accept = None
        kill(doomed[0])

    smtp.after_accept = pull_the_plug
    doomed.append(worker(site, "--once"))
    wait_for(lambda: smtp.messages and doomed[0].poll() is not None)
    assert states(site) == [OutboxState.SENDING]
    let_leases_run_out(site)
    assert worker(site, "--once").wait(30) == 0
    first, second = smtp.messages
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.text == second.text
    assert states(site) == [OutboxState.SENT]


def test_two_workers_send_each_mail_once(
    site: Server, smtp: MailServer, worker: Callable[..., Worker]
) -> None:
    queue_mails(site, 12)
    smtp.delay = 0.05
    both = [worker(site, "--once"), worker(site, "--once")]
    assert [process.wait(60) for process in both] == [0, 0]
    identities = [mail.message["Message-ID"] for mail in smtp.messages]
    assert len(identities) == len(set(identities)) == 12
    assert set(states(site)) == {OutboxState.SENT}


def test_a_worker_that_is_asked_to_stop_finishes_its_mail(
    site: Server, smtp: MailServer, worker: Callable[..., Worker]
) -> None:
    smtp.delay = 1
    running = worker(site)
    queue_mails(site, 1)
    site.app.extensions["deliver"]([1])
    wait_for(lambda: OutboxState.SENDING in states(site))
    running.send_signal(signal.SIGTERM)
    assert running.wait(20) == 0
    assert states(site) == [OutboxState.SENT]


def test_a_killed_web_process_leaves_the_worker_to_the_next_one(
    start_server: Callable[..., Server], smtp: MailServer
) -> None:
    server = start_server(WEB_WORKERS="2", MAIL_SERVER=smtp.host, MAIL_PORT=str(smtp.port))
    holder = wait_for_holder(server)
    os.kill(holder, signal.SIGKILL)
    assert wait_for_holder(server, other_than=holder) != holder
    queue_mails(server, 1)
    with server.app.app_context():
        server.app.extensions["deliver"]([1])
    wait_for(lambda: states(server) == [OutboxState.SENT])
    assert len(smtp.messages) == 1


def wait_for_holder(server: Server, other_than: int = 0) -> int:
    """Return the process that holds the worker's lock."""
    lock = server.folder / "worker.lock"
    wait_for(lock.exists)
    inode = f":{lock.stat().st_ino} "

    def holder() -> int:
        for line in Path("/proc/locks").read_text().splitlines():
            if inode in line and "->" not in line:
                return int(line.split()[4])
        return 0

    wait_for(lambda: holder() not in {0, other_than})
    return holder()
