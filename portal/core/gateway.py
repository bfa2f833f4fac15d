"""Sending one short message, by SMS or WhatsApp, through whatever service the city has.

One small interface and two drivers: files where there is no service (development), and HTTP.

The HTTP driver posts to the configured address:

    POST <address>
    Authorization: Bearer <token>
    Idempotency-Key: <id>
    {"id": "<id>", "to": "+6281234567890", "text": "..."}

Any 2xx means accepted for good. 401 and 403 mean that our token is wrong: everything waits. Other 4xx mean
that this message will never be taken, 408, 429 and 5xx that it may be tried again. The same id is the same
message: a service that got it twice sends it once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import requests

from portal.core.mailer import NotAccepted
from portal.core.openid import is_confidential

#: To connect, and between two bytes of the answer, in seconds.
TIMEOUT = (5, 15)
#: Of an answer nothing but its status is read.
_NEVER_AGAIN = range(400, 500)
_AGAIN = frozenset({408, 425, 429})
_OUR_FAULT = frozenset({401, 403, 404, 405})


class UnsafeGateway(ValueError):
    """The address of a gateway would carry telephone numbers in the clear."""


@dataclass(frozen=True, slots=True)
class ShortMessage:
    """A finished message. `to` in E.164; `message_id` stays the same however often it is tried."""

    message_id: str
    to: str
    text: str


class Gateway(Protocol):
    """A way out for short messages."""

    def send(self, message: ShortMessage) -> None:
        """Return when the message was accepted for good; raise `NotAccepted` otherwise."""


def is_ready(config: Mapping[str, Any], route: str) -> bool:
    """Tell whether messages can leave by a route ("sms", "whatsapp")."""
    return bool(config[f"{route.upper()}_GATEWAY_URL"]) or config["ENVIRONMENT"] != "production"


def gateway_for(config: Mapping[str, Any], route: str) -> Gateway:
    """Return the gateway of a route. Raises `UnsafeGateway`, and `NotAccepted` where there is none."""
    url = config[f"{route.upper()}_GATEWAY_URL"]
    if url:
        return HttpGateway(url, config[f"{route.upper()}_GATEWAY_TOKEN"])
    if config["ENVIRONMENT"] == "production":
        raise NotAccepted("no_gateway", server_down=True)
    return FileGateway(Path(config["DATA_DIR"]) / "messages")


class FileGateway:
    """Writes each message into a folder, named so that sending it again replaces the file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: ShortMessage) -> None:
        """Write the message; raise `NotAccepted` when the folder takes none."""
        draft = self.folder / f".{message.message_id}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_text(f"{message.to}\n\n{message.text}\n", encoding="utf-8")
            draft.replace(self.folder / f"{message.message_id}.txt")
        except OSError as error:
            raise NotAccepted("folder", server_down=True) from error


class HttpGateway:
    """Hands each message to a service on the web. Raises `UnsafeGateway` for http beyond this machine."""

    def __init__(self, url: str, token: str) -> None:
        if not is_confidential(url):
            raise UnsafeGateway("a gateway's address begins with https://")
        self.url = url
        self.token = token

    def send(self, message: ShortMessage) -> None:
        """Post the message; a redirect is refused, since it could lead anywhere."""
        try:
            answer = requests.post(
                self.url,
                json={"id": message.message_id, "to": message.to, "text": message.text},
                headers={"Authorization": f"Bearer {self.token}", "Idempotency-Key": message.message_id},
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            )
        except requests.RequestException as error:
            raise NotAccepted("connection", server_down=True) from error
        status = answer.status_code
        answer.close()
        if 200 <= status < 300:
            return
        if status in _OUR_FAULT or 300 <= status < 400:
            raise NotAccepted("gateway_setup", server_down=True)
        permanent = status in _NEVER_AGAIN and status not in _AGAIN
        raise NotAccepted(f"{status // 100}xx", permanent=permanent, server_down=status >= 500)
