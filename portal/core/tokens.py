"""Random tokens, of which only the digest is stored."""

import hashlib
import secrets


def new_token() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what the database keeps of a token (64 hex digits). Tokens are random: no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
