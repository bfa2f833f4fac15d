"""Codes of an authenticator app (TOTP, RFC 6238) and the codes that help when the telephone is lost."""

from datetime import datetime

import pyotp

#: Seconds a code lives (RFC 6238, 5.2), and how many steps a clock may be off.
STEP = 30
DRIFT = 1
#: Codes on paper, each good once.
RECOVERY_CODES = 10
_DIGITS = 6


def new_secret() -> str:
    """Return a secret of 160 bits in base32, as authenticator apps take it."""
    return pyotp.random_base32()


def address(secret: str, *, account: str, site: str) -> str:
    """Return the otpauth:// address that an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=site)


def step_of(secret: str, code: str, *, at: datetime, last_step: int) -> int | None:
    """Return the time step whose code this is, None for a wrong code.

    A step up to `last_step` was used already: a code opens once.
    """
    digits = "".join(char for char in code if char.isdigit())
    if len(digits) != _DIGITS:
        return None
    now = int(at.timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > last_step and pyotp.utils.strings_equal(totp.generate_otp(step), digits):
            return step
    return None
