"""gunicorn settings for `make run` and for production; the environment overrides what differs by machine."""

import os
import signal
from pathlib import Path
from types import FrameType
from typing import Any

bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or '5000'}"

# Two processes keep two cores busy. More threads only lengthened the slowest answers when measured.
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or "2")
threads = int(os.environ.get("WEB_THREADS") or "4")

# An upload of 64 MB over a slow line is buffered by nginx, so no request holds a thread for long.
timeout = 60
graceful_timeout = 30
keepalive = 15

# gunicorn would open a control socket in the home folder; nobody uses it, so it stays shut.
control_socket_disable = True

# The heartbeat file in memory: on a busy disk a worker would look dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108

# The application writes its own structured request log without addresses or tokens.
accesslog = None
errorlog = "-"
loglevel = os.environ.get("GUNICORN_LOG_LEVEL") or "warning"

# Only the reverse proxy on this machine may say who the client is.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS") or "127.0.0.1,::1"

proc_name = "suara-web"


def when_ready(server: Any) -> None:
    """Make the first Ctrl-C finish the open requests, as SIGTERM does; a second one stops at once."""

    def stop_gracefully(_signal: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, server.signal)
        server.signal(signal.SIGTERM, frame)

    signal.signal(signal.SIGINT, stop_gracefully)


def post_worker_init(worker: Any) -> None:
    """Let only the master act on Ctrl-C: the terminal sends it to every process at once."""
    del worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
