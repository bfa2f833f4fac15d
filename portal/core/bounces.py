"""Reading what a mail server sends back: delivery status notifications (RFC 3464).

Only the machine-readable part is believed, and only where the address it came to carries a token of ours;
the words for people are never looked at.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

#: Headers that name where the notification went, as servers write them.
_ADDRESSED = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
#: A notification is short; of a longer one the rest is not looked at.
MOST_BYTES = 1024 * 1024
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class Report:
    """What came back. `status` is the enhanced code (RFC 3463) of the first recipient that failed."""

    tokens: tuple[str, ...]
    status: str

    @property
    def is_hard(self) -> bool:
        """Tell whether the address does not exist (class 5.1)."""
        return self.status.startswith("5.1.")


def return_address(address: str, token: str) -> str:
    """Return the envelope sender that carries a token: bounces@host -> bounces+token@host."""
    local, _, host = address.rpartition("@")
    return f"{local}+{token}@{host}"


def read(raw: bytes, address: str, recipient: str = "") -> Report | None:
    """Return what a message says went wrong; None where it is no such notification or nothing failed.

    `address` is where notifications go, without token; `recipient` what the server says of the envelope.
    """
    message = message_from_bytes(raw[:MOST_BYTES])
    tokens = _tokens(message, address, recipient)
    if not tokens or message.get_content_type() != "multipart/report":
        return None
    status = next((one for part in message.walk() if (one := _failure(part))), "")
    return Report(tokens, status) if status else None


def _tokens(message: Message, address: str, recipient: str) -> tuple[str, ...]:
    local, _, host = address.lower().rpartition("@")
    ours = re.compile(rf"{re.escape(local)}\+([0-9a-f]+-[0-9a-f]+)@{re.escape(host)}")
    headers = [str(value) for name in _ADDRESSED for value in message.get_all(name, [])]
    found = [one.lower() for _, one in getaddresses([recipient, *headers])]
    return tuple(dict.fromkeys(match[1] for one in found if (match := ours.fullmatch(one))))


def _failure(part: Message) -> str:
    """Return the status of the first recipient in a delivery-status part that was given up."""
    blocks = part.get_payload() if part.get_content_type() == "message/delivery-status" else None
    if not isinstance(blocks, list):
        return ""
    for block in blocks:
        if not isinstance(block, Message) or str(block.get("Action", "")).strip().lower() != "failed":
            continue
        status = _STATUS.match(str(block.get("Status", "")).strip())
        if status is not None:
            return status[0]
    return ""
