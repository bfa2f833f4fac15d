"""A small real OpenID Connect provider on this machine, honest or with one fault."""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "portal", "rahasia & kuat/1"


class OpenIdProvider:
    """Signs everybody in as `person` at once. `fault` names what it does wrong."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {
            "sub": "warga-1", "email": "Dewi@Contoh.example", "email_verified": True,
        }  # fmt: skip
        self.fault = ""
        self.key = RSAKey.generate_key(2048, {"kid": "satu"})
        self.signing_key = self.key
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner._get(self)

            def do_POST(self) -> None:
                owner._post(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()

    def authorize(self, address: str) -> dict[str, str]:
        """Do what a browser and a person do at the provider; return the query of the way back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return dict(self._grant(query))

    def _grant(self, query: dict[str, str]) -> dict[str, str]:
        assert query["client_id"] == CLIENT
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = f"kode{len(self.codes)}"
        self.codes[code] = query
        issuer = "https://lain.example" if self.fault == "mixed up" else self.issuer
        return {"code": code, "state": query["state"], "iss": issuer}

    def _get(self, request: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(request.path)
        self.asked.append(parts.path)
        if self.fault == "down":
            return _answer(request, {"error": "no"}, 500)
        if parts.path == "/.well-known/openid-configuration":
            issuer = "https://lain.example" if self.fault == "other issuer" else self.issuer
            token = "http://lain.example/token" if self.fault == "in the clear" else f"{self.issuer}/token"
            return _answer(
                request,
                {
                    "issuer": issuer,
                    "authorization_endpoint": f"{self.issuer}/auth",
                    "token_endpoint": token,
                    "jwks_uri": f"{self.issuer}/jwks",
                    "userinfo_endpoint": f"{self.issuer}/me",
                    "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                    "authorization_response_iss_parameter_supported": True,
                },
            )
        if parts.path == "/jwks":
            return _answer(request, {"keys": [self.key.as_dict(private=False)]})
        if parts.path == "/auth":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            request.send_response(302)
            request.send_header(
                "Location", f"/hop?{urlencode(self._grant(query))}&to={query['redirect_uri']}"
            )
            return request.end_headers()
        if parts.path == "/hop":  # once more over another origin, as providers that ask others do
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            there = query.pop("to")
            request.send_response(302)
            if "again" not in query:
                port = self.server.server_port
                again = urlencode({**query, "again": "1", "to": there})
                request.send_header("Location", f"http://localhost:{port}/hop?{again}")
            else:
                del query["again"]
                request.send_header("Location", f"{there}?{urlencode(query)}")
            return request.end_headers()
        if parts.path == "/me" and request.headers["Authorization"] == "Bearer akses":
            person = {**self.person, "sub": "orang-lain"} if self.fault == "swapped" else self.person
            return _answer(request, person)
        return _answer(request, {"error": "not_found"}, 404)

    def _post(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(request.path)
        body = request.rfile.read(int(request.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        basic = base64.b64decode(request.headers.get("Authorization", "")[6:]).decode()
        client, _, secret = basic.partition(":")
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        if (
            asked is None
            or (unquote(client), unquote(secret)) != (CLIENT, SECRET)
            or asked["redirect_uri"] != form["redirect_uri"]
            or asked["code_challenge"] != challenge.decode().rstrip("=")
        ):
            return _answer(request, {"error": "invalid_grant"}, 400)
        return _answer(
            request,
            {"access_token": "akses", "token_type": "Bearer", "id_token": self._id_token(asked["nonce"])},
        )

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        late = 3600 if self.fault == "expired" else 0
        claims: dict[str, Any] = {
            "iss": "https://lain.example" if self.fault == "wrong issuer" else self.issuer,
            "sub": self.person["sub"],
            "aud": "lain" if self.fault == "wrong audience" else CLIENT,
            "iat": now - late,
            "exp": now + 300 - late,
            "nonce": "lain" if self.fault == "wrong nonce" else nonce,
        }
        if self.fault == "two audiences":
            claims |= {"aud": [CLIENT, "lain"], "azp": "lain"}
        if self.fault == "unsigned":
            parts = [{"alg": "none", "kid": "satu"}, claims]
            return ".".join(_base64(json.dumps(part).encode()) for part in parts) + "."
        if self.fault == "signed with the secret":
            head = f"{_base64(json.dumps({'alg': 'HS256', 'kid': 'satu'}).encode())}"
            signed = f"{head}.{_base64(json.dumps(claims).encode())}"
            mac = hmac.new(self.key.as_pem(private=False), signed.encode(), "sha256").digest()
            return f"{signed}.{_base64(mac)}"
        key = RSAKey.generate_key(2048, {"kid": "satu"}) if self.fault == "forged" else self.signing_key
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _answer(request: BaseHTTPRequestHandler, data: dict[str, Any], status: int = 200) -> None:
    body = json.dumps(data).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
