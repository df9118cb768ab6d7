"""Words that the end of a line cut in two, in French and other languages of Latin letters."""

import re

from kb.ingest import lexicon

_HYPHENS = "-\u2010\u2011"
_LETTERS = "A-Za-z\u00c0-\u024f"
_LAST = re.compile(rf"([{_LETTERS}]+)[{_HYPHENS}]$")
_FIRST = re.compile(rf"[{_LETTERS}]+")
_SHORT = 2  # letters: too few to be in the list of words


def joined(last: str, first: str) -> str:
    """Return the one word whose halves end a line and begin the next; "" where these are two words.

    The hyphen goes where the whole is a known word, and stays where both halves are words of their own.
    """
    head, tail = _LAST.search(last), _FIRST.match(first)
    if not head or not tail:
        return ""
    if tail[0][0].isupper() and not head[1].isupper():
        return last + first
    whole = head[1] + tail[0]
    if not _is_word(whole) and all(len(half) <= _SHORT or _is_word(half) for half in (head[1], tail[0])):
        return last + first
    return last[:-1] + first


def _is_word(text: str) -> bool:
    return lexicon.rate_latin(text).known == 1
