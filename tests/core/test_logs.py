import io
import json
import logging
import sys

import structlog
from flask import Flask

from portal.core import logs


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]


def test_a_logged_exception_says_where_but_never_what_it_carried(capsys):
    structlog.reset_defaults()
    logs.configure_logs()
    try:
        story = "Nama saya Canary, HP 0812"  # noqa: F841 (a local variable that must not be logged)
        raise ValueError("Canary in the message")
    except ValueError:
        structlog.get_logger().exception("unhandled")
    (line,) = lines(capsys)
    assert line["error"] == "ValueError"
    assert any("test_logs.py" in place for place in line["trace"])
    assert "Canary" not in json.dumps(line)


def test_a_request_is_logged_by_name_without_its_words(capsys):
    structlog.reset_defaults()
    logs.configure_logs()
    app = Flask("small")
    app.add_url_rule("/k/<word>", "page", lambda word: word)
    logs.init_request_log(app)
    app.test_client().get("/k/canary?q=canary", headers={"User-Agent": "canary"})
    (line,) = lines(capsys)
    assert (line["endpoint"], line["status"]) == ("page", 200)
    assert "canary" not in json.dumps(line)


def test_a_line_goes_where_standard_error_is_now(monkeypatch, capsys):
    gone = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", gone)
        logs.configure_logs()
        early = structlog.get_logger("early")
        early.info("first")
    gone.close()
    early.info("second")
    structlog.get_logger("late").warning("third")
    logging.getLogger("library").warning("fourth")
    assert [line["event"] for line in lines(capsys)] == ["second", "third", "fourth"]
