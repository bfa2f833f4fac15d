"""A real SMTP server on this machine that keeps what it gets and misbehaves when asked to."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(slots=True)
class Delivered:
    """One accepted message with its envelope."""

    sender: str
    recipients: list[str]
    message: EmailMessage

    @property
    def text(self) -> str:
        """The plain text part."""
        part = self.message.get_body(("plain",))
        return part.get_content() if part else ""

    @property
    def html(self) -> str:
        """The HTML part."""
        part = self.message.get_body(("html",))
        return part.get_content() if part else ""


@dataclass(slots=True)
class MailServer:
    """`messages` holds what was accepted. Faults: `refuse`, `delay` and `after_accept`."""

    port: int = field(default_factory=free_port)
    messages: list[Delivered] = field(default_factory=list)
    #: A reply such as "451 try later" or "550 no such user" instead of accepting.
    refuse: str | None = None
    #: Seconds before every reply to DATA.
    delay: float = 0
    #: Called after a message was kept and before the client hears so; raising drops the connection.
    after_accept: Callable[[], None] | None = None
    _controller: Controller | None = None

    host = "127.0.0.1"

    def start(self) -> None:
        """Listen."""
        self._controller = Controller(self, hostname=self.host, port=self.port, ready_timeout=15)
        self._controller.start()

    def stop(self) -> None:
        """Stop listening; a later `start` uses the same port."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def to(self, address: str) -> list[Delivered]:
        """Return the messages for one address, oldest first."""
        return [mail for mail in self.messages if address in mail.recipients]

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        await asyncio.sleep(self.delay)
        if self.refuse:
            return self.refuse
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append(Delivered(envelope.mail_from, list(envelope.rcpt_tos), message))
        if self.after_accept:
            self.after_accept()
        return "250 kept"
