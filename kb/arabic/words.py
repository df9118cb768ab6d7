"""Where words begin and end in the reader's own spelling, marks and invisible signs included."""

import re
from collections.abc import Iterator

from kb.arabic import letters

_INSIDE = letters.MARKS + letters.INVISIBLE + letters.COMBINING + letters.PRESENTATION_MARKS
_ARABIC = f"[{letters.ARABIC_LETTERS}]"
_OTHER = rf"[^\W\d_{letters.ARABIC_LETTERS}{_INSIDE}]"
_MARK = f"[{letters.MARKS}{letters.COMBINING}{letters.PRESENTATION_MARKS}]"


def _run(letter: str) -> str:
    """Match letters with anything invisible between them, then the marks on the last; linear on any input."""
    return f"{letter}++(?:[{_INSIDE}]++{letter}++)*+{_MARK}*+"


_WORD = re.compile("|".join(_run(kind) for kind in (_ARABIC, _OTHER, r"\d")))


def words(text: str) -> Iterator[re.Match[str]]:
    """Yield each word in order as a match: `start()`, `end()` and, by `group()`, the spelling as written.

    A word is a run of letters of the Arabic script, of letters of other scripts, or of digits; a change of kind
    ends it («الPDF», «م2»), and so does any other character.
    """
    return _WORD.finditer(text)
