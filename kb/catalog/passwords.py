"""Passwords: what is accepted, how it is kept, how it is compared. Argon2id with the parameters of RFC 9106, 4."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from kb.catalog import breached
from kb.core.errors import Unavailable

SHORTEST: Final = 12
LONGEST: Final = 200
_FEWEST_LETTERS: Final = 5

# Each comparison takes 64 MiB and both cores; more at once would let guessing starve the readers.
_AT_ONCE: Final = threading.BoundedSemaphore(2)
_PATIENCE_SECONDS: Final = 5.0

_hasher = PasswordHasher()


def problem(password: str, *about: str) -> str:
    """Return the message key of what is wrong with a new password, "" for a good one.

    `about` are words that everybody knows of the person: their address, their name.
    """
    text = _plain(password)
    folded = text.casefold()
    known = {part for said in about for part in _plain(said).casefold().replace("@", " ").split() if len(part) > 3}
    if len(text) < SHORTEST:
        return "too-short"
    if len(text) > LONGEST:
        return "too-long"
    if len(set(folded)) < _FEWEST_LETTERS or _is_run(folded):
        return "too-simple"
    if any(part in folded for part in known):
        return "too-known"
    if breached.is_known(text):
        return "too-common"
    return ""


def digest(password: str) -> str:
    """Return what is kept of a password."""
    with _a_turn():
        return _hasher.hash(_plain(password))


def matches(kept: str, password: str) -> bool:
    """Tell whether the password is the one that was kept; with nothing kept, no, after the same time."""
    with _a_turn():
        try:
            return _hasher.verify(kept or _nobodys(), _plain(password[: LONGEST * 2])) and bool(kept)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Tell whether the password should be kept anew, by the parameters of today, at its next use."""
    return _hasher.check_needs_rehash(kept)


@contextmanager
def _a_turn() -> Iterator[None]:
    if not _AT_ONCE.acquire(timeout=_PATIENCE_SECONDS):
        raise Unavailable("too many sign-ins at once")
    try:
        yield
    finally:
        _AT_ONCE.release()


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


def _plain(text: str) -> str:
    """Return the text in NFKC: keyboards differ in how they send the same letters."""
    return unicodedata.normalize("NFKC", text)


def _is_run(text: str) -> bool:
    """Tell whether the letters only count up or down, as 123456789012 and abcdefghijkl do."""
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return len(steps) == 1
