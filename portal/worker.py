"""The consumer of background jobs: inside the web process (WORKER=web) or apart (`flask worker`)."""

import atexit
import fcntl
import os
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

import structlog
from flask import Flask
from huey.consumer import Consumer

from portal.core import clock, heartbeat

log = structlog.get_logger("worker")

#: How often a process that has no worker looks whether the one that had it is gone, in seconds.
RETRY_SECONDS = 2.0
#: How long a stopping process waits for the running job; the lease takes care of the rest.
STOP_SECONDS = 15


class _Consumer(Consumer):  # type: ignore[misc]
    """Says from time to time that it lives."""

    def __init__(self, app: Flask, **options: Any) -> None:
        self.app = app
        self._next_beat = 0.0
        super().__init__(
            app.extensions["jobs"], workers=1, max_delay=1.0, shutdown_timeout=STOP_SECONDS,
            graceful_signal="TERM", **options,
        )  # fmt: skip

    def loop(self, health_check_ts: float | None = None) -> float | None:
        if time.monotonic() >= self._next_beat:
            self._next_beat = time.monotonic() + heartbeat.EVERY.total_seconds()
            try:
                heartbeat.beat(self.app.extensions["jobs"].storage, at=clock.now())
            except Exception as error:  # the queue's storage is away; so is the work
                log.warning("heartbeat_failed", error=type(error).__name__)
        following: float | None = super().loop(health_check_ts)
        return following


class _Guest(_Consumer):
    """A consumer in a process that is not its own: the signals belong to the web server."""

    def _set_signal_handlers(self) -> None:
        pass


def init_worker(app: Flask) -> None:
    """Start the consumer in this process when it serves the site and WORKER=web."""
    if app.config["WORKER"] not in {"web", "apart", "off"}:
        raise ValueError("WORKER must be web, apart or off")
    if app.config["WORKER"] == "web" and _serves():
        InWeb(app).start()


def _serves() -> bool:
    """Tell a web server from commands and tests, which import the same application."""
    if "gunicorn.arbiter" in sys.modules:
        return True
    return os.environ.get("FLASK_RUN_FROM_CLI") == "true" and "run" in sys.argv[1:]


def run(app: Flask) -> None:
    """Be the worker until SIGTERM or Ctrl-C; the running job is finished first."""
    _Consumer(app).run()


class InWeb:
    """The worker of all web processes of this machine: whoever holds the lock runs it.

    The kernel gives the lock back when a process dies, however it dies, and the next one takes over.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.lock = Path(app.config["DATA_DIR"]) / "worker.lock"
        self._stop = threading.Event()
        self._consumer: _Guest | None = None
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Begin to try for the lock."""
        self._thread.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Let the running job finish, within limits."""
        self._stop.set()
        consumer = self._consumer
        if consumer is not None:
            consumer.stop(graceful=True)
        self._thread.join(timeout=STOP_SECONDS)

    def _run(self) -> None:
        with self.lock.open("a") as file:
            while not self._stop.is_set():
                if self._take(file):
                    self._work()
                self._stop.wait(RETRY_SECONDS)

    def _take(self, file: IO[str]) -> bool:
        try:
            # lockf and not flock: a child that a request forks must not keep the lock alive
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _work(self) -> None:
        try:
            self._consumer = _Guest(self.app)
            if not self._stop.is_set():  # asked only now, so that `stop` misses no consumer
                self._consumer.run()
        except Exception as error:
            # such as a queue whose server is away: stay, and try again
            log.error("worker_stopped", exc_info=error)
        finally:
            self._consumer = None
