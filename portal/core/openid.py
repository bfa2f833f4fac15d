"""Asking an OpenID Connect provider who somebody is (authorization code with PKCE, RFC 9700).

Nothing an answer says is believed before its signature, its issuer, its audience, its nonce and its time
were checked. Only signatures by a published key count: what the provider says that it supports does not
widen that. Addresses are https except on this machine, and a redirect is never followed.
"""

import ipaddress
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import requests
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

#: To connect, and between two bytes of an answer, in seconds.
TIMEOUT = (3, 5)
#: For a whole answer, in seconds and in bytes.
LONGEST = 8
LARGEST = 256 * 1024
#: How long what a provider publishes about itself is believed, and how long it rests after a failure.
REMEMBERED = 60 * 60
REST = 20
#: Keys that nobody knows are asked for at most this often, in seconds.
NEW_KEYS_EVERY = 60
#: Clocks may differ by this many seconds.
LEEWAY = 60
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512")


class ProviderDown(Exception):
    """The provider cannot be reached, or answers what no provider answers. Says what for the log."""


class NotProved(Exception):
    """The provider's answer does not prove who somebody is. Says what for the log, never a value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the city agreed on with the provider."""

    issuer: str
    client_id: str
    client_secret: str
    #: Where the provider sends people back to.
    back: str


@dataclass(frozen=True, slots=True)
class Journey:
    """What is kept in somebody's browser while they are at the provider."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider proved. `email` is empty unless the provider says that it verified it."""

    issuer: str
    subject: str
    email: str


def new_journey() -> Journey:
    """Return fresh secrets for one sign-in."""
    return Journey(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))


def is_confidential(url: str) -> bool:
    """Tell whether nobody between here and an address can read along: https, or on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            return bool(host)
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
    return parts.scheme == "http" and local


@dataclass(slots=True)
class _Published:
    """What a provider says about itself, as this process remembers it."""

    metadata: dict[str, Any] = field(default_factory=dict)
    keys: KeySet | None = None
    read_at: float = float("-inf")
    keys_at: float = float("-inf")
    failed_at: float = float("-inf")


class Provider:
    """One OpenID Connect provider. Made once for each process; safe for threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._published = _Published()
        self._lock = threading.Lock()

    def address(self, journey: Journey, *, locale: str) -> str:
        """Return where to send somebody. Raises `ProviderDown`."""
        metadata = self._metadata()
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.settings.back,
            "scope": "openid email",
            "state": journey.state,
            "nonce": journey.nonce,
            "code_challenge": create_s256_code_challenge(journey.verifier),
            "code_challenge_method": "S256",
            "ui_locales": locale,
        }
        url = str(metadata["authorization_endpoint"])
        return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(query)}"

    def identity(self, code: str, journey: Journey, *, issuer: str) -> Identity:
        """Exchange a code for the identity it stands for. Raises `ProviderDown` and `NotProved`.

        `issuer` is what the way back said of itself (RFC 9207), or empty.
        """
        metadata = self._metadata()
        if issuer:
            if issuer != metadata["issuer"]:
                raise NotProved("another issuer sent the answer")
        elif metadata.get("authorization_response_iss_parameter_supported") is True:
            raise NotProved("the answer does not say who sent it")
        tokens = self._tokens(code, journey)
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise NotProved("no ID token")
        claims: dict[str, Any] = self._claims(id_token, access_token, journey.nonce)
        subject = claims["sub"]
        if not isinstance(subject, str) or not 1 <= len(subject) <= 255:
            raise NotProved("no subject")
        if "email" not in claims and "userinfo_endpoint" in metadata:
            headers = {"Authorization": f"Bearer {access_token}"}
            more = _ask("GET", str(metadata["userinfo_endpoint"]), headers=headers)
            if more.get("sub") != subject:
                raise NotProved("userinfo of somebody else")
            claims = more
        email = claims.get("email")
        verified = claims.get("email_verified") is True and isinstance(email, str)
        return Identity(str(metadata["issuer"]), subject, str(email) if verified else "")

    def _tokens(self, code: str, journey: Journey) -> dict[str, Any]:
        metadata, settings = self._metadata(), self.settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": settings.back,
            "code_verifier": journey.verifier,
        }
        ways = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        auth = None
        if settings.client_secret and "client_secret_basic" in ways:
            # Each part is written as in a form first (RFC 6749, 2.3.1).
            auth = (quote(settings.client_id, safe=""), quote(settings.client_secret, safe=""))
        else:
            form["client_id"] = settings.client_id
            if settings.client_secret:
                form["client_secret"] = settings.client_secret
        return _ask("POST", str(metadata["token_endpoint"]), form=form, auth=auth, refusal=NotProved)

    def _claims(self, id_token: str, access_token: str, nonce: str) -> CodeIDToken:
        settings, issuer = self.settings, self._metadata()["issuer"]
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        try:
            try:
                token = jwt.decode(id_token, self._keys(), registry=registry)
            except InvalidKeyIdError:  # the provider changed its keys
                token = jwt.decode(id_token, self._keys(newer=True), registry=registry)
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": issuer},
                    "aud": {"essential": True, "value": settings.client_id},
                },
                {"nonce": nonce, "client_id": settings.client_id, "access_token": access_token},
            )
            claims.validate(now=int(time.time()), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotProved(f"ID token: {type(error).__name__}") from error
        return claims

    def _metadata(self) -> dict[str, Any]:
        with self._lock:
            return self._read().metadata

    def _keys(self, *, newer: bool = False) -> KeySet:
        with self._lock:
            published = self._read()
            age = time.monotonic() - published.keys_at
            if published.keys is None or age > REMEMBERED or (newer and age > NEW_KEYS_EVERY):
                try:
                    keys = KeySet.import_key_set(_ask("GET", str(published.metadata["jwks_uri"])))  # type: ignore[arg-type]
                except (JoseError, ValueError, TypeError, KeyError) as error:
                    raise ProviderDown("no keys") from error
                published.keys, published.keys_at = keys, time.monotonic()
            return published.keys

    def _read(self) -> _Published:
        published, now = self._published, time.monotonic()
        if now - published.read_at < REMEMBERED:
            return published
        # One visitor waits for a provider that is down, not everybody after them.
        if now - published.failed_at < REST:
            raise ProviderDown("failed a moment ago")
        try:
            issuer = self.settings.issuer.rstrip("/")
            metadata = _ask("GET", f"{issuer}/.well-known/openid-configuration")
            _check(metadata, issuer)
        except ProviderDown:
            published.failed_at = time.monotonic()
            raise
        published.metadata, published.read_at = metadata, time.monotonic()
        return published


def _check(metadata: Mapping[str, Any], issuer: str) -> None:
    """Refuse what a provider publishes about somebody else, or in the clear."""
    if str(metadata.get("issuer", "")).rstrip("/") != issuer:
        raise ProviderDown("published for another issuer")
    names = ["authorization_endpoint", "token_endpoint", "jwks_uri"]
    if "userinfo_endpoint" in metadata:
        names.append("userinfo_endpoint")
    for name in names:
        if not is_confidential(str(metadata.get(name, ""))):
            raise ProviderDown(f"{name} is no https address")


def _ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    refusal: type[Exception] = ProviderDown,
) -> dict[str, Any]:
    """Return the JSON object at an address; `refusal` is raised where it answers 4xx."""
    if not is_confidential(url):
        raise ProviderDown("no https address")
    until = time.monotonic() + LONGEST
    try:
        with requests.request(
            method,
            url,
            headers={"Accept": "application/json", **(headers or {})},
            data=form,
            auth=auth,
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code != 200:
                kind = refusal if 400 <= answer.status_code < 500 else ProviderDown
                raise kind(f"answers {answer.status_code}")
            body = b""
            for part in answer.iter_content(8192):
                body += part
                if len(body) > LARGEST or time.monotonic() > until:
                    raise ProviderDown("too much or too slow")
        found = json.loads(body)
    except (requests.RequestException, ValueError) as error:
        raise ProviderDown(type(error).__name__) from error
    if not isinstance(found, dict):
        raise ProviderDown("no JSON object")
    return found
