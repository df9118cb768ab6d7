"""An ID token holds in every respect, or nobody is let in: against a provider that lies in one of them."""

import base64
import hmac
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from kb.core.errors import Unavailable
from kb.core.settings import Settings
from kb.services import provider
from kb.services.provider import Begun, Refused

CLIENT_SECRET = "a secret of the tests, long enough"
BACK = "http://testserver/sign-in/return"
BEGUN = Begun("", state="s" * 32, nonce="n" * 32, verifier="v" * 64)
BROUGHT = {"state": BEGUN.state, "code": "c"}
KEY, OTHER = RSAKey.generate_key(2048), RSAKey.generate_key(2048)


@dataclass
class Liar:
    """A provider whose every answer the test decides: by the path, an object, or bytes as they are."""

    issuer: str
    told: dict[str, object] = field(default_factory=dict)
    status: int = 200

    @property
    def settings(self) -> Settings:
        return Settings(
            oidc_issuer=self.issuer, oidc_client_id="rassid", oidc_client_secret=CLIENT_SECRET, oidc_claim="groups"
        )

    def claims(self, **changes: object) -> dict[str, object]:
        """What a good ID token says, with these changes; None leaves a claim out."""
        now = int(time.time())
        good = {"iss": self.issuer, "sub": "7", "aud": "rassid", "exp": now + 300, "iat": now, "nonce": BEGUN.nonce}
        good |= {"email": "boss@example.ma", "email_verified": True, "name": "المديرة", "groups": "chiefs"}
        return {name: value for name, value in (good | changes).items() if value is not None}

    def give(self, token: str) -> None:
        self.told["/token"] = {"access_token": "a", "token_type": "Bearer", "id_token": token}


@pytest.fixture
def liar() -> Iterator[Liar]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told = ours.told[self.path]
            body = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(ours.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        ours = Liar(f"http://127.0.0.1:{server.server_port}")
        names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
        ours.told["/.well-known/openid-configuration"] = {
            "issuer": ours.issuer,
            "jwks_uri": f"{ours.issuer}/keys",
            **{name: f"{ours.issuer}/{name.partition('_')[0]}" for name in names},
        }
        ours.told["/keys"] = {"keys": [KEY.as_dict(private=False)]}
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield ours
        server.shutdown()


def signed(claims: Mapping[str, Any], key: RSAKey = KEY) -> str:
    return jwt.encode({"alg": "RS256", "kid": KEY.thumbprint()}, dict(claims), key)


def _part(told: Mapping[str, object]) -> str:
    return _written(json.dumps(told).encode())


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_a_token_that_holds_says_who_it_is(liar: Liar) -> None:
    liar.give(signed(liar.claims()))
    who = provider.finish(liar.settings, BACK, BEGUN, BROUGHT)
    assert (who.email, who.verified, who.name, who.values) == (
        "boss@example.ma",
        True,
        "المديرة",
        frozenset({"chiefs"}),
    )


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://other.example"},
        {"aud": "other"},
        {"aud": ["rassid", "other"], "azp": "other"},
        {"exp": 1_000_000_000},
        {"iat": 99_999_999_999},
        {"nonce": "x" * 32},
        {"nonce": None},
        {"exp": None},
        {"aud": None},
        {"sub": None},
    ],
)
def test_a_token_that_is_wrong_in_one_respect_is_refused(liar: Liar, lie: dict[str, object]) -> None:
    liar.give(signed(liar.claims(**lie)))
    with pytest.raises(Refused):
        provider.finish(liar.settings, BACK, BEGUN, BROUGHT)


def test_a_token_of_another_key_is_refused(liar: Liar) -> None:
    liar.give(signed(liar.claims(), OTHER))
    with pytest.raises(Refused):
        provider.finish(liar.settings, BACK, BEGUN, BROUGHT)


def test_a_token_without_a_signature_is_refused(liar: Liar) -> None:
    liar.give(f"{_part({'alg': 'none'})}.{_part(liar.claims())}.")
    with pytest.raises(Refused):
        provider.finish(liar.settings, BACK, BEGUN, BROUGHT)


def test_a_token_signed_with_what_everybody_knows_is_refused(liar: Liar) -> None:
    """HS256 with the public key, or with the secret of the client."""
    for secret in (KEY.as_pem(private=False), CLIENT_SECRET.encode()):
        body = f"{_part({'alg': 'HS256', 'kid': KEY.thumbprint()})}.{_part(liar.claims())}"
        liar.give(f"{body}.{_written(hmac.digest(secret, body.encode(), 'sha256'))}")
        with pytest.raises(Refused):
            provider.finish(liar.settings, BACK, BEGUN, BROUGHT)


def test_a_provider_of_another_name_is_not_ours(liar: Liar) -> None:
    offer = liar.told["/.well-known/openid-configuration"]
    assert isinstance(offer, dict)
    offer["issuer"] = "https://other.example"
    with pytest.raises(Refused):
        provider.begin(liar.settings, BACK)


def test_what_is_told_of_somebody_else_is_refused(liar: Liar) -> None:
    liar.give(signed(liar.claims(email=None)))
    liar.told["/userinfo"] = {"sub": "8", "email": "boss@example.ma", "email_verified": True}
    with pytest.raises(Refused):
        provider.finish(liar.settings, BACK, BEGUN, BROUGHT)
    liar.told["/userinfo"] = {"sub": "7", "email": "boss@example.ma", "email_verified": True}
    assert provider.finish(liar.settings, BACK, BEGUN, BROUGHT).email == "boss@example.ma"


NO_IDENTITY = b'{"access_token": "a", "token_type": "Bearer"}'


@pytest.mark.parametrize("told", [b"no json", b"[]", b"{}", NO_IDENTITY, b'{"error": "x"}'])
def test_a_provider_that_talks_nonsense_lets_nobody_in(liar: Liar, told: bytes) -> None:
    liar.told["/token"] = told
    with pytest.raises((Refused, Unavailable)):
        provider.finish(liar.settings, BACK, BEGUN, BROUGHT)


def test_a_provider_that_fails_is_unavailable(liar: Liar) -> None:
    liar.status = 500
    with pytest.raises(Unavailable):
        provider.begin(liar.settings, BACK)


def test_a_verified_address_is_said_to_be_so_and_not_only_written(liar: Liar) -> None:
    liar.give(signed(liar.claims(email_verified="true")))
    assert not provider.finish(liar.settings, BACK, BEGUN, BROUGHT).verified
