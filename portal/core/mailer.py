"""Sending one message: over SMTP through Flask-Mail, or into a folder where there is no mail server."""

import contextlib
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from flask_mail import BadHeaderError, Connection, Mail, Message

from portal.core.formats import one_line

mail = Mail()


class NotAccepted(Exception):
    """The message did not leave. `reason` is a class of failure, never the server's own words."""

    def __init__(self, reason: str, *, permanent: bool = False, server_down: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        #: The server refused this message and will do so again.
        self.permanent = permanent
        #: The next message would fail just the same, so a batch ends here.
        self.server_down = server_down


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A finished message. `message_id` stays the same however often it is tried."""

    message_id: str
    kind: str
    queued_at: datetime
    address: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Envelope sender, where failures come back to; empty: the sender of the message.
    return_to: str = ""


class Transport(Protocol):
    """A way out for messages, open for one batch."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *error: Any) -> None: ...
    def send(self, outgoing: Outgoing) -> None:
        """Return when the message was accepted for good; raise `NotAccepted` otherwise."""


def transport_for(config: Mapping[str, Any]) -> Transport:
    """Return the transport that the configuration asks for.

    Without MAIL_SERVER messages land as .eml files in DATA_DIR/mail; in production they wait in the
    outbox instead, for a file on a server reaches nobody.
    """
    if config["MAIL_SERVER"]:
        return SmtpTransport(config)
    if config["ENVIRONMENT"] == "production":
        return NoTransport()
    return FileTransport(Path(config["DATA_DIR"]) / "mail")


def to_message(outgoing: Outgoing) -> Message:
    """Return the message as Flask-Mail knows it; header values cannot break out of their line."""
    message = Message(
        subject=one_line(outgoing.subject),
        recipients=[outgoing.address],
        body=outgoing.text,
        html=outgoing.html,
        extra_headers={name: one_line(value, 900) for name, value in outgoing.headers.items()},
    )
    # The domain is that of the sender, so receivers do not take the identifier for a forgery.
    domain = parseaddr(str(message.sender))[1].rpartition("@")[2] or "localhost"
    message.msgId = f"<{outgoing.message_id}@{domain}>"
    return message


class NoTransport:
    """Nothing leaves; everything waits."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        pass

    def send(self, outgoing: Outgoing) -> None:
        raise NotAccepted("no_server", server_down=True)


class FileTransport:
    """Writes each message into a folder, named so that sending it again replaces the file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        pass

    def send(self, outgoing: Outgoing) -> None:
        name = f"{outgoing.queued_at:%Y%m%d-%H%M%S}-{outgoing.kind}-{outgoing.message_id[:8]}.eml"
        draft = self.folder / f".{name}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_bytes(to_message(outgoing).as_bytes())
            draft.replace(self.folder / name)
        except OSError as error:
            raise NotAccepted("folder", server_down=True) from error


class _Connection(Connection):
    """Flask-Mail's connection with a time limit and checked certificates, which it has none of."""

    def __init__(self, state: Any, timeout: float) -> None:
        super().__init__(state)
        self.timeout = timeout

    def configure_host(self) -> smtplib.SMTP:
        server, port = self.mail.server, self.mail.port
        if self.mail.use_ssl:
            secure = ssl.create_default_context()
            host: smtplib.SMTP = smtplib.SMTP_SSL(server, port, timeout=self.timeout, context=secure)
        else:
            host = smtplib.SMTP(server, port, timeout=self.timeout)
        try:
            if self.mail.use_tls:
                host.starttls(context=ssl.create_default_context())
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        # A server that hangs up instead of saying goodbye has accepted what it accepted.
        if self.host is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self.host.quit()
            self.host = None


class SmtpTransport:
    """One SMTP connection for a batch, opened with the first message and anew after a fault."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._state = mail.init_mail(dict(config))
        # Whether mail leaves is decided by `transport_for`, not by Flask's TESTING.
        self._state.suppress = False
        self._timeout = float(config["MAIL_TIMEOUT"])
        self._connection: _Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self._close()

    def _close(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.__exit__(None, None, None)

    def _open(self) -> _Connection:
        if self._connection is None:
            self._connection = _Connection(self._state, self._timeout).__enter__()
        return self._connection

    def send(self, outgoing: Outgoing) -> None:
        message = to_message(outgoing)
        try:
            try:
                connection = self._open()
            except (smtplib.SMTPException, OSError) as error:
                raise NotAccepted(_class_of(error, "connection"), server_down=True) from error
            try:
                connection.send(message, envelope_from=outgoing.return_to or None)
            except (smtplib.SMTPException, OSError, ValueError, BadHeaderError) as error:
                raise _refusal(error) from error
        except NotAccepted:
            # whatever state the conversation is in, the next message begins a new one
            self._close()
            raise


def _class_of(error: Exception, otherwise: str) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "sign_in"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code // 100}xx"
    return otherwise


def _refusal(error: Exception) -> NotAccepted:
    """Say what a failure means for the message."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code = max(code for code, _ in error.recipients.values())
            return NotAccepted(f"{code // 100}xx", permanent=code >= 500)
        case smtplib.SMTPSenderRefused():
            # our own address is not welcome: the fault of the configuration, not of the message
            return NotAccepted("sender", server_down=True)
        case smtplib.SMTPResponseException():
            return NotAccepted(_class_of(error, ""), permanent=error.smtp_code >= 500)
        case smtplib.SMTPNotSupportedError() | ValueError() | BadHeaderError():
            return NotAccepted("address", permanent=True)
        case _:
            return NotAccepted("connection", server_down=True)
