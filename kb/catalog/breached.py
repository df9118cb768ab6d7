"""Passwords that everybody who guesses tries first: those of breaches, and common words with digits around them.

No password is in the package, only the beginnings of their digests, sorted: of one in sixteen million others it is
wrongly said that it is known. Nothing is asked of anybody.
"""

import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

SHORTEST_KNOWN: Final = 12
"""Shorter ones are left out: they are refused for their length."""

_MAGIC: Final = b"passwords/1\n"
_BYTES: Final = 5
_ENDS: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")

# Words of this house and its readers, which guessing begins with here.
_HERE: Final = """
    rassid رصيد raseed administration administrateur administrator administratrice ministere ministère ministry idara
    الإدارة الادارة إدارة ادارة وزارة الوزارة المملكة المغرب المغربية maroc marocaine morocco maghrib lmaghrib rabat
    الرباط casablanca الدارالبيضاء motdepasse كلمةالسر كلمةالمرور بسمالله السلامعليكم secret سري bienvenue welcome
    مرحبا bonjour
"""
OURS: Final = frozenset(_HERE.split())


class _Digests(NamedTuple):
    """Two runs of sorted beginnings of digests: of whole passwords, and of words that many passwords are made of."""

    whole: bytes
    words: bytes


def is_known(password: str) -> bool:
    """Tell whether the password was in a breach, or is one common word, repeated or between digits and signs."""
    folded = password.casefold()
    core = _ENDS.sub("", folded)
    unit = core[: (core + core).find(core, 1)] if core else ""
    known = _known()
    return _within(known.whole, folded) or unit in OURS or bool(unit and _within(known.words, unit))


def packed(whole: set[str], words: set[str]) -> bytes:
    """Return the file of these passwords and words, which `is_known` reads."""
    runs = [b"".join(sorted({_begun(text.casefold()) for text in texts})) for texts in (whole, words)]
    return _MAGIC + b"%d\n" % len(runs[0]) + b"".join(runs)


@cache
def _known() -> _Digests:
    data = (files("kb.catalog") / "breached.dat").read_bytes()
    assert data.startswith(_MAGIC), "made by another version of scripts/breached.py"
    length, _, runs = data.removeprefix(_MAGIC).partition(b"\n")
    return _Digests(runs[: int(length)], runs[int(length) :])


def _begun(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_BYTES]


def _within(run: bytes, text: str) -> bool:
    """Look for the text by halves."""
    sought, low, high = _begun(text), 0, len(run) // _BYTES
    while low < high:
        middle = (low + high) // 2
        found = run[middle * _BYTES : (middle + 1) * _BYTES]
        if found == sought:
            return True
        low, high = (middle + 1, high) if found < sought else (low, middle)
    return False
