"""The provider of identities of the administration, by OpenID Connect. The only file that knows Authlib.

Authorisation code with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636, RFC 9207). Nothing of the provider's
is kept: what it offers and its keys are asked for at each sign-in, which are few.
"""

import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kb.core.errors import KbError, Unavailable
from kb.core.settings import Settings

SCOPE: Final = "openid email profile"
# Only signatures that take the provider's own key to make: with HS256 its public key would do, with none nothing.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LEEWAY_SECONDS: Final = 60
_MOST_BYTES: Final = 1024 * 1024
_WELL_KNOWN: Final = "/.well-known/openid-configuration"


class Refused(KbError):
    """The provider said no, or what it said does not hold."""

    code = "provider-refused"


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in on its way: where the browser is sent, and three secrets of this browser."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider vouches for. `values` are those of the claim that the settings name."""

    email: str
    verified: bool
    name: str
    values: frozenset[str]


def is_set(settings: Settings) -> bool:
    return bool(settings.oidc_issuer and settings.oidc_client_id)


def begin(settings: Settings, back: str) -> Begun:
    """Return where to send the browser, which is to come back to the address `back`. Raises Unavailable, Refused."""
    with _asking(settings, back) as (client, offer):
        verifier, state, nonce = generate_token(64), generate_token(32), generate_token(32)
        address, _ = client.create_authorization_url(
            _endpoint(offer, "authorization_endpoint", settings), state=state, nonce=nonce, code_verifier=verifier
        )
        return Begun(address, state, nonce, verifier)


def finish(settings: Settings, back: str, begun: Begun, brought: Mapping[str, str]) -> Identity:
    """Return who came back, with what the provider gave them for us (`brought`). Raises Unavailable, Refused."""
    if not hmac.compare_digest(begun.state.encode(), brought.get("state", "").encode()):
        raise Refused("another state came back")
    if "error" in brought or not brought.get("code"):
        raise Refused(f"the provider answered {brought.get('error', 'without a code')[:80]!r}")
    with _asking(settings, back) as (client, offer):
        _demand_issuer(settings, offer, brought)
        token = client.fetch_token(
            _endpoint(offer, "token_endpoint", settings), code=brought["code"], code_verifier=begun.verifier
        )
        claims = _claims(settings, client, offer, token, begun.nonce)
        if "email" not in claims and "userinfo_endpoint" in offer:
            told = _get(client, _endpoint(offer, "userinfo_endpoint", settings))
            if told.get("sub") != claims["sub"]:
                raise Refused("the provider told of somebody else")
            claims = {**told, **claims}
    return _identity(settings, claims)


def leaving(settings: Settings, onward: str) -> str:
    """Return the address at which a person signs out of the provider too, "" where it has none or does not answer."""
    if not is_set(settings):
        return ""
    try:
        with _asking(settings, onward) as (_, offer):
            address = _endpoint(offer, "end_session_endpoint", settings)
    except KbError:
        return ""
    return f"{address}?{urlencode({'client_id': settings.oidc_client_id, 'post_logout_redirect_uri': onward})}"


@contextmanager
def _asking(settings: Settings, back: str) -> Iterator[tuple[OAuth2Client, Mapping[str, Any]]]:
    """Open a client for the provider, with what it offers. Its errors become ours."""
    try:
        with OAuth2Client(
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            scope=SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=settings.oidc_seconds,
        ) as client:
            offer = _get(client, settings.oidc_issuer.rstrip("/") + _WELL_KNOWN, signed=False)
            if offer.get("issuer") != settings.oidc_issuer:
                raise Refused("the provider calls itself otherwise than KB_OIDC_ISSUER does")
            client.token_endpoint_auth_method = _method(settings, offer)
            yield client, offer
    except httpx2.HTTPError as error:
        raise Unavailable(f"the provider of identities: {type(error).__name__}") from error
    except (AuthlibBaseError, JoseError, ValueError) as error:
        raise Refused(f"the provider of identities: {type(error).__name__} {getattr(error, 'error', '')}") from error


def _get(client: OAuth2Client, address: str, *, signed: bool = True) -> dict[str, Any]:
    answer = client.request("GET", address, withhold_token=not signed)
    if answer.status_code != httpx2.codes.OK:
        raise Unavailable(f"the provider of identities answered {answer.status_code}")
    if len(answer.content) > _MOST_BYTES:
        raise Refused("the provider told too much")
    try:
        told = answer.json()
    except ValueError as error:
        raise Refused("the provider told no JSON") from error
    if not isinstance(told, dict):
        raise Refused("the provider told no object")
    return told


def _endpoint(offer: Mapping[str, Any], name: str, settings: Settings) -> str:
    """Return an address that the provider names; over TLS if the provider is."""
    address = offer.get(name)
    if not isinstance(address, str) or urlsplit(address).scheme not in {"https", urlsplit(settings.oidc_issuer).scheme}:
        raise Refused(f"the provider has no {name}")
    return address


def _method(settings: Settings, offer: Mapping[str, Any]) -> str:
    """How we show the provider that we are ourselves."""
    if not settings.oidc_client_secret:
        return "none"
    known = offer.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return "client_secret_basic" if "client_secret_basic" in known else "client_secret_post"


def _demand_issuer(settings: Settings, offer: Mapping[str, Any], brought: Mapping[str, str]) -> None:
    """The code must be this provider's, where it says whose (RFC 9207)."""
    said = brought.get("iss")
    if said is None and offer.get("authorization_response_iss_parameter_supported") is not True:
        return
    if said != settings.oidc_issuer:
        raise Refused("the code is of another provider")


def _claims(
    settings: Settings, client: OAuth2Client, offer: Mapping[str, Any], token: Mapping[str, Any], nonce: str
) -> dict[str, Any]:
    """Return what the ID token says, once it holds: signature, issuer, audience, times, nonce. Raises JoseError."""
    if not isinstance(token.get("id_token"), str):
        raise Refused("the provider gave no ID token")
    keys = KeySet.import_key_set(_get(client, _endpoint(offer, "jwks_uri", settings), signed=False))  # type: ignore[arg-type]
    read = jwt.decode(token["id_token"], keys, algorithms=list(ALGORITHMS))
    claims = CodeIDToken(
        read.claims,
        read.header,
        options={
            "iss": {"essential": True, "value": settings.oidc_issuer},
            "aud": {"essential": True, "value": settings.oidc_client_id},
        },
        params={"nonce": nonce, "client_id": settings.oidc_client_id, "access_token": token.get("access_token")},
    )
    claims.validate(leeway=_LEEWAY_SECONDS)
    return dict(claims)


def _identity(settings: Settings, claims: Mapping[str, Any]) -> Identity:
    said = claims.get(settings.oidc_claim) if settings.oidc_claim else None
    values = said if isinstance(said, list) else [said]
    email, name = claims.get("email"), claims.get("name")
    return Identity(
        email=email if isinstance(email, str) else "",
        verified=claims.get("email_verified") is True,
        name=name if isinstance(name, str) else "",
        values=frozenset(value for value in values if isinstance(value, str)),
    )
