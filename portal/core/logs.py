"""Structured logs: one JSON line per event, without addresses, names, queries or paths that carry tokens."""

import json
import logging
import sys
import time
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any, TextIO, cast

import structlog
from flask import Flask, Response, g, request


def _where_only(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its type and the places it came through.

    Its message and the local variables may hold what a citizen wrote (a database quotes the offending row).
    """
    given = line.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        line["error"] = type(error).__qualname__
        line["trace"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)[-12:]
        ]
    return line


class _StandardError:
    """Standard error as it is when a line is written: what was there at the start may have been closed."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure_logs(json_lines: bool = True) -> None:
    """Send everything, other libraries' loggers included, to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _where_only,
    ]
    renderer: Any = structlog.processors.JSONRenderer() if json_lines else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _StandardError())),
        cache_logger_on_first_use=True,
    )
    handler: logging.Handler = logging.StreamHandler(_StandardError())
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def init_request_log(app: Flask) -> None:
    """Log one line per request: what was asked for by name, never the words in it."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        if request.endpoint != "static":
            line = {
                "method": request.method,
                "endpoint": request.endpoint or "unknown",
                "status": response.status_code,
                "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
                "event": "request",
                "level": "info",
                "timestamp": datetime.fromtimestamp(time.time(), UTC).isoformat(),
            }
            # Written directly: the processors of structlog cost a quarter of a page from memory.
            sys.stderr.write(json.dumps(line) + "\n")
        return response
