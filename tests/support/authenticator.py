"""A device that holds passkeys, as the browser hands its answers on."""

import hashlib
import json
import os
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as text

USER_PRESENT, USER_VERIFIED, HOLDS_KEY = 1, 4, 64


@dataclass
class Authenticator:
    """One key of one device on one site."""

    host: str
    origin: str
    counter: int = 0
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: str, **client: str) -> str:
        """Answer the wish for a new key."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        identity = len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._data(HOLDS_KEY) + bytes(16) + identity + cbor2.dumps(public)
        told = self._client("webauthn.create", options, client)
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(clientDataJSON=told, attestationObject=attested)

    def get(self, options: str, **client: str) -> str:
        """Answer the challenge of a sign-in."""
        if self.counter:
            self.counter += 1
        data, told = self._data(), self._client("webauthn.get", options, client)
        signed = self.key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=told, authenticatorData=data, signature=signed)

    def _data(self, flags: int = 0) -> bytes:
        seen = bytes([flags | USER_PRESENT | USER_VERIFIED])
        return hashlib.sha256(self.host.encode()).digest() + seen + self.counter.to_bytes(4, "big")

    def _client(self, kind: str, options: str, changes: dict[str, str]) -> bytes:
        challenge = json.loads(options)["challenge"]
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told | changes).encode()

    def _answer(self, **response: bytes) -> str:
        shown = text(self.credential_id)
        parts = {name: text(value) for name, value in response.items()}
        return json.dumps(
            {
                "id": shown,
                "rawId": shown,
                "type": "public-key",
                "response": parts,
                "clientExtensionResults": {},
            }
        )
