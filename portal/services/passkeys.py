"""Passkeys (WebAuthn): a device proves that it holds the key of an account. Nobody needs one.

A challenge lies in the signed cookie of the browser that asked. That it opens only once is kept here: a key
takes no answer to a challenge that is older than its last use, so a copied cookie and answer are worthless.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    bytes_to_base64url,
    parse_authentication_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.core.database import db
from portal.core.sealing import Seal
from portal.models import Passkey, User
from portal.queries import passkeys
from portal.services import audit

#: How long a challenge can be answered.
CHALLENGE_LIFETIME = timedelta(minutes=5)
#: Characters of the longest answer that is read; devices send about 1,500.
LONGEST_ANSWER = 16_000


class Refused(Exception):
    """The answer proves nothing."""


class TooMany(Exception):
    """The account has as many passkeys as it may have."""


@dataclass(frozen=True, slots=True)
class Site:
    """What a key is bound to: it works on no other site."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the device has to sign, and since when. `user_id` is 0 for signing in."""

    value: str
    at: int
    user_id: int = 0


def site(base_url: str, name: str) -> Site:
    """Return the site that keys are made for from its public address."""
    parts = urlsplit(base_url)
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}", name)


def ask_to_add(user: User, label: str, *, here: Site, at: datetime, seal: Seal) -> tuple[str, Challenge]:
    """Return what the browser needs (JSON) to make a key for an account, and the challenge to remember.

    `label` is what the device shows beside the key. The device learns no number of the account.
    """
    options = generate_registration_options(
        rp_id=here.host,
        rp_name=here.name,
        user_name=label,
        user_display_name=label,
        user_id=bytes.fromhex(seal.keyed_hash(f"passkey:{user.id}")),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(value))
            for value in passkeys.credential_ids(user.id)
        ],
    )
    return options_to_json(options), Challenge(_text(options.challenge), _stamp(at), user.id)


def ask_to_sign_in(*, here: Site, at: datetime) -> tuple[str, Challenge]:
    """Return what the browser needs (JSON) to sign in with any key of this site, and the challenge."""
    options = generate_authentication_options(
        rp_id=here.host, user_verification=UserVerificationRequirement.PREFERRED
    )
    return options_to_json(options), Challenge(_text(options.challenge), _stamp(at))


def add(user: User, answer: str, name: str, asked: Challenge, *, here: Site, at: datetime) -> None:
    """Keep the key that a device made. Raise `Refused`, `TooMany`."""
    _require_open(asked, user.id, answer, at)
    try:
        proved = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(asked.value),
            expected_rp_id=here.host,
            expected_origin=here.origin,
        )
    except Exception as error:  # whatever a stranger makes the parsers stumble over is no proof
        raise Refused from error
    # Two presses at once must not add one more than there may be.
    db.session.scalar(select(User.id).where(User.id == user.id).with_for_update())
    count = select(func.count()).select_from(Passkey).where(Passkey.user_id == user.id)
    if (db.session.scalar(count) or 0) >= passkeys.MOST:
        raise TooMany
    row = Passkey(
        user_id=user.id,
        credential_id=_text(proved.credential_id),
        public_key=_text(proved.credential_public_key),
        sign_count=proved.sign_count,
        name=name[: passkeys.LONGEST_NAME],
        created_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # the same answer once more
        raise Refused from None
    audit.note("passkey_added", "user", user.id, actor=None, at=at, data={})


def enter(answer: str, asked: Challenge, *, here: Site, at: datetime) -> tuple[User, bool]:
    """Return the active user whose key signed the challenge, and whether the device looked at its holder.

    Raise `Refused`.
    """
    _require_open(asked, 0, answer, at)
    try:
        credential_id = parse_authentication_credential_json(answer).id
    except Exception as error:  # as above
        raise Refused from error
    row = db.session.scalar(select(Passkey).where(Passkey.credential_id == credential_id))
    user = None if row is None else db.session.get(User, row.user_id)
    if row is None or user is None or not user.active:
        raise Refused
    try:
        proved = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(asked.value),
            expected_rp_id=here.host,
            expected_origin=here.origin,
            credential_public_key=base64url_to_bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
        )
    except Exception as error:  # as above
        raise Refused from error
    since = datetime.fromtimestamp(asked.at / 1_000_000, UTC)
    used = db.session.scalar(
        update(Passkey)
        .where(
            Passkey.id == row.id,
            Passkey.sign_count == row.sign_count,
            or_(Passkey.used_at.is_(None), Passkey.used_at < since),
        )
        .values(sign_count=proved.new_sign_count, used_at=at)
        .returning(Passkey.id)
    )
    if used is None:
        raise Refused
    return user, proved.user_verified


def rename(user: User, passkey_id: int, name: str) -> bool:
    """Name a key; False where the account has no such key."""
    own = (Passkey.id == passkey_id, Passkey.user_id == user.id)
    values = {"name": name[: passkeys.LONGEST_NAME]}
    return db.session.scalar(update(Passkey).where(*own).values(values).returning(Passkey.id)) is not None


def remove(user: User, passkey_id: int, *, at: datetime) -> bool:
    """Let go of a key, which then opens nothing any more; False where the account has no such key."""
    own = (Passkey.id == passkey_id, Passkey.user_id == user.id)
    if db.session.scalar(delete(Passkey).where(*own).returning(Passkey.id)) is None:
        return False
    audit.note("passkey_removed", "user", user.id, actor=None, at=at, data={})
    return True


def remove_all(user: User) -> None:
    """Let go of every key: whoever changed how the account is reached may have added one."""
    db.session.execute(delete(Passkey).where(Passkey.user_id == user.id))


def _require_open(asked: Challenge, user_id: int, answer: str, at: datetime) -> None:
    age = timedelta(microseconds=_stamp(at) - asked.at)
    in_time = timedelta(0) <= age <= CHALLENGE_LIFETIME
    if asked.user_id != user_id or not in_time or len(answer) > LONGEST_ANSWER:
        raise Refused


def _text(value: bytes) -> str:
    return bytes_to_base64url(value)


def _stamp(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)
