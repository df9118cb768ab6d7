"""Codes of six digits that change every thirty seconds (TOTP, RFC 6238), and how their secrets are kept.

The only file that knows `cryptography`.
"""

import base64
import binascii
import datetime as dt
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from kb.core.errors import KbError, refused_by_disk

STEP_SECONDS: Final = 30
DIGITS: Final = 6
_SECRET_BYTES: Final = 20  # what RFC 4226 advises for SHA-1
_BESIDE: Final = (0, -1, 1)
"""A clock may be a step behind or ahead of ours."""


class Unsealed(KbError):
    """What was sealed cannot be opened: by another key, changed on its way, or too old."""

    code = "unsealed"


def fresh() -> str:
    """Return a new secret, written as applications take it: 32 letters and digits of base32."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def address(secret: str, person: str, house: str) -> str:
    """Return the address that applications read from a square: for whom the codes are, and where."""
    return _codes(secret).get_provisioning_uri(person, house).replace("+", "%20")  # as in addresses, not in forms


def code_at(secret: str, moment: dt.datetime) -> str:
    """Return the code of that moment."""
    return _at(secret, _step(moment))


def step_of(secret: str, code: str, moment: dt.datetime) -> int | None:
    """Return the step of time to which the code belongs, one beside that of the moment at most; None for none.

    The code is whatever was typed.
    """
    if not code.isascii():
        return None
    now = _step(moment)
    found = [now + beside for beside in _BESIDE if hmac.compare_digest(_at(secret, now + beside), code)]
    return found[0] if found else None


def _step(moment: dt.datetime) -> int:
    return int(moment.timestamp()) // STEP_SECONDS


def _at(secret: str, step: int) -> str:
    return _codes(secret).generate(step * STEP_SECONDS).decode()


def _codes(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - what applications know


class Seal:
    """Closes texts with the key of a file, which is made when it is first needed, and opens them again."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def close(self, text: str) -> str:
        """Raises Unavailable where the key can be neither read nor made."""
        if not self._path.exists():
            self._make()
        return Fernet(self._key()).encrypt(text.encode()).decode()

    def open(self, sealed: str, most_seconds: int | None = None) -> str:
        """Raises Unsealed, also for what was sealed more than `most_seconds` ago, and Unavailable."""
        try:
            return Fernet(self._key()).decrypt(sealed.encode(), ttl=most_seconds).decode()
        except InvalidToken:
            raise Unsealed from None

    def _key(self) -> bytes:
        try:
            key = self._path.read_bytes().strip()
        except FileNotFoundError:
            raise Unsealed(f"{self._path} is not there") from None
        except OSError as error:
            raise refused_by_disk(str(self._path), error) from error
        with suppress(binascii.Error):
            if len(base64.urlsafe_b64decode(key)) == 2 * 16:
                return key
        raise Unsealed(f"{self._path} holds no key")

    def _make(self) -> None:
        """Of processes that come at once the first one's key is kept: a link is never made over another."""
        part = self._path.with_name(f"{self._path.name}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(Fernet.generate_key())
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(part, self._path)
            part.unlink()
        except OSError as error:
            raise refused_by_disk(str(self._path), error) from error
