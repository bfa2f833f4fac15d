"""A short message leaves once, through files or a service on the web, and every refusal is understood."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from portal.core import gateway
from portal.core.gateway import FileGateway, HttpGateway, ShortMessage, UnsafeGateway
from portal.core.mailer import NotAccepted

MESSAGE = ShortMessage("m1", "+6281234567890", "Kode masuk 123456.")


class Service(ThreadingHTTPServer):
    """A message service that answers as told and remembers what it got."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 202
        self.got: list[tuple[dict[str, str], dict[str, Any]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/kirim"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), json.loads(body)))
        self.send_response(self.server.status)
        if 300 <= self.server.status < 400:
            self.send_header("Location", self.server.url + "/lain")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def test_an_accepted_message_was_posted_with_its_id_and_our_token(service):
    HttpGateway(service.url, "rahasia").send(MESSAGE)
    ((headers, body),) = service.got
    assert body == {"id": "m1", "to": "+6281234567890", "text": "Kode masuk 123456."}
    assert headers["Authorization"] == "Bearer rahasia"
    assert headers["Idempotency-Key"] == "m1"


@pytest.mark.parametrize(
    ("status", "permanent", "server_down"),
    [
        (400, True, False),
        (422, True, False),
        (408, False, False),
        (429, False, False),
        (500, False, True),
        (503, False, True),
        (401, False, True),
        (403, False, True),
        (302, False, True),
    ],
)
def test_a_refusal_says_whether_to_try_again(service, status, permanent, server_down):
    service.status = status
    with pytest.raises(NotAccepted) as refused:
        HttpGateway(service.url, "t").send(MESSAGE)
    assert (refused.value.permanent, refused.value.server_down) == (permanent, server_down)
    assert len(service.got) == 1, "no redirect was followed"


def test_a_service_that_is_away_is_tried_again(service):
    service.server_close()
    with pytest.raises(NotAccepted) as refused:
        HttpGateway("http://127.0.0.1:9/", "t").send(MESSAGE)
    assert refused.value.server_down


def test_a_service_that_says_nothing_is_given_up_for_now(service, monkeypatch):
    monkeypatch.setattr(gateway, "TIMEOUT", (1, 0.2))
    monkeypatch.setattr(_Handler, "do_POST", lambda self: threading.Event().wait(1))
    with pytest.raises(NotAccepted) as refused:
        HttpGateway(service.url, "t").send(MESSAGE)
    assert refused.value.server_down


@pytest.mark.parametrize(
    "url", ["http://pesan.example/kirim", "ftp://127.0.0.1/", "//127.0.0.1/", "http://10.0.0.1/"]
)
def test_numbers_never_travel_in_the_clear(url):
    with pytest.raises(UnsafeGateway):
        HttpGateway(url, "t")


def test_without_a_service_development_writes_files_and_again_is_the_same_file(tmp_path: Path):
    for _ in range(2):
        FileGateway(tmp_path / "messages").send(MESSAGE)
    (file,) = (tmp_path / "messages").iterdir()
    assert file.read_text() == "+6281234567890\n\nKode masuk 123456.\n"


def test_without_a_service_production_sends_nothing(tmp_path: Path):
    config = {"SMS_GATEWAY_URL": "", "ENVIRONMENT": "production", "DATA_DIR": tmp_path}
    assert not gateway.is_ready(config, "sms")
    with pytest.raises(NotAccepted):
        gateway.gateway_for(config, "sms")
