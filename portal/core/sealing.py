"""Sealing: identities and contacts are encrypted with a key that lives outside the database."""

import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app


class SealBroken(Exception):
    """The sealed text was changed, or none of the keys made it."""


class Seal:
    """Encrypts with the first key, opens with any: put a new key in front to rotate.

    `keys` are Fernet keys (see `new_key`), newest first. Raises ValueError when there is none or one
    is malformed.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("at least one sealing key is needed")
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise ValueError("a sealing key must be 32 bytes in URL-safe base64") from error
        # Encryption and lookup never share a key, though both come from one secret.
        self._hash_keys = [hmac.digest(key.encode(), b"keyed hash", "sha256") for key in keys]

    def seal(self, text: str) -> str:
        """Return `text` encrypted and authenticated; different each time. ASCII."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, token: str) -> str:
        """Return the text inside. Raises SealBroken."""
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise SealBroken("the sealed text cannot be opened with these keys") from error

    def reseal(self, token: str) -> str:
        """Return the same text under the newest key. Raises SealBroken."""
        return self.seal(self.open(token))

    def keyed_hash(self, value: str) -> str:
        """Return 64 hexadecimal digits that stand for `value` in lookups and say nothing without the key.

        Give the canonical form: `normalise_phone(...)`, or the e-mail address in lower case.
        """
        return self.keyed_hashes(value)[0]

    def keyed_hashes(self, value: str) -> list[str]:
        """Return the hash under every key, newest first: look up with IN (...) during a rotation."""
        return [hmac.new(key, value.encode(), hashlib.sha256).hexdigest() for key in self._hash_keys]


def current_seal() -> Seal:
    """Return the seal of this application, for what follows from a change wherever that was made."""
    seal: Seal = current_app.extensions["seal"]
    return seal


def new_key() -> str:
    """Return a fresh random key."""
    return Fernet.generate_key().decode()


def load_or_create_key(path: Path) -> str:
    """Return the key in `path`, making it (mode 0600) when the file is not there.

    Two processes that start together get the same key, and a crash leaves no half-written file.
    Raises ValueError when the file holds no key: a damaged key must never be replaced silently.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(new_key())
                file.flush()
                os.fsync(file.fileno())
            # link() fails when the name is taken, unlike rename(): the first process wins.
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(path.parent)
    key = path.read_text().strip()
    try:
        Fernet(key)
    except ValueError as error:
        raise ValueError(f"{path} holds no sealing key; restore it from your copy") from error
    return key


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
