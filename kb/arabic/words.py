"""Where words begin and end in the reader's own spelling, marks and invisible signs included."""

import re
from collections.abc import Iterator

from kb.arabic import letters

_INSIDE = letters.MARKS + letters.INVISIBLE + letters.COMBINING + letters.PRESENTATION_MARKS
_ARABIC = f"[{letters.ARABIC_LETTERS}]"
_OTHER = rf"[^\W\d_{letters.ARABIC_LETTERS}{_INSIDE}]"
_MARK = f"[{letters.MARKS}{letters.COMBINING}{letters.PRESENTATION_MARKS}]"

_BLANK = "[ \u00a0\u202f]{1,2}"
_BEFORE = letters.WAW + letters.FEH + letters.BEH + letters.KAF
_LLA = letters.LAM * 2 + letters.ALEF
# A blank slips in after the alef of the article («ا لإجراءات») or after «اللا» («اللا تمركز»). What stands before it is
# no word by itself, so it belongs to the next. «للا» is one, the title of a princess, and stays alone.
_TORN = "|".join(
    (
        f"[{_BEFORE}]?{letters.ALEF}{_BLANK}(?={letters.LAM}{_ARABIC}{{2}})",
        f"[{_BEFORE}]{{0,2}}[{letters.ALEF}{letters.LAM}]{_LLA}{_BLANK}(?={_ARABIC}{{3}})",
    )
)


def _run(letter: str) -> str:
    """Match letters with anything invisible between them, then the marks on the last; linear on any input."""
    return f"{letter}++(?:[{_INSIDE}]++{letter}++)*+{_MARK}*+"


_WORD = re.compile("|".join((f"(?:{_TORN})?+{_run(_ARABIC)}", _run(_OTHER), _run(r"\d"))))
_HEAD = re.compile(f"(?<!{_ARABIC})(?:{_TORN})")


def words(text: str) -> Iterator[re.Match[str]]:
    """Yield each word in order as a match: `start()`, `end()` and, by `group()`, the spelling as written.

    A word is a run of letters of the Arabic script, of letters of other scripts, or of digits; a change of kind
    ends it («الPDF», «م2»), and so does any other character, save a blank that has torn the head off a word.
    """
    return _WORD.finditer(text)


def holds_torn(text: str) -> bool:
    """Tell whether a blank may stand inside a word of the text, so that it cannot be read by runs between blanks."""
    return bool(_HEAD.search(text))
