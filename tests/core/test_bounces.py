"""Notifications as mail servers write them (RFC 3464), and what is none."""

import pytest

from portal.core.bounces import read, return_address

TO = "bounces@kota.example"
TOKEN = "1f-" + "a" * 24


def dsn(status: str, action: str = "failed", to: str = return_address(TO, TOKEN)) -> bytes:
    """Return a notification as Postfix writes it."""
    return f"""\
Return-Path: <>
Delivered-To: {to}
From: MAILER-DAEMON@mx.contoh.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B0UND"

--B0UND
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

<ani@contoh.example>: host mx.contoh.example said: 550 5.1.1 no such user

--B0UND
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.contoh.example
X-Postfix-Queue-ID: 4Q1AbC2dEf
Arrival-Date: Thu, 12 Nov 2026 17:00:03 +0700 (WIB)

Final-Recipient: rfc822; ani@contoh.example
Original-Recipient: rfc822;ani@contoh.example
Action: {action}
Status: {status}
Remote-MTA: dns; mx.contoh.example
Diagnostic-Code: smtp; {status[0]}50 {status} <ani@contoh.example> said so

--B0UND
Content-Type: text/rfc822-headers

Subject: kabar
Message-ID: <abc@kota.example>

--B0UND--
""".encode()


@pytest.mark.parametrize(("status", "hard"), [("5.1.1", True), ("5.2.2", False), ("4.4.1", False)])
def test_a_notification_names_token_and_status(status: str, hard: bool) -> None:
    report = read(dsn(status), TO)
    assert report is not None
    assert (report.tokens, report.status, report.is_hard) == ((TOKEN,), status, hard)


def test_the_token_may_stand_in_the_envelope_alone() -> None:
    report = read(
        dsn("5.1.1", to="bounces@kota.example"), TO, recipient=f"BOUNCES+{TOKEN.upper()}@Kota.Example"
    )
    assert report is not None
    assert report.tokens == (TOKEN,)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00" * 50,
        dsn("4.2.0", action="delayed"),
        dsn("2.0.0", action="delivered"),
        dsn("5.1.1", to="bounces@kota.example"),
        dsn("5.1.1", to=f"bounces+{TOKEN}@lain.example"),
        f"To: bounces+{TOKEN}@kota.example\nSubject: 550 5.1.1 no such user\n\nStatus: 5.1.1".encode(),
        dsn("kacau"),
    ],
)
def test_what_is_no_failure_of_a_mail_of_ours_says_nothing(raw: bytes) -> None:
    assert read(raw, TO) is None
