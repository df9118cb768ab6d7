"""The two impure facts, kept in one place so that tests can replace them."""

import datetime as dt
import secrets

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_ID_LENGTH = 10


def now() -> dt.datetime:
    """Return the present moment in UTC, with its zone."""
    return dt.datetime.now(dt.UTC)


def new_id() -> str:
    """Return an opaque identifier of ten lower-case letters and digits, without the look-alikes l o 0 1."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))
