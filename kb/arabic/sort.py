"""The order of titles: one key, computed here, so that every database lists them alike."""

from kb.arabic import letters
from kb.arabic.fold import fold
from kb.arabic.vocabulary import vocabulary
from kb.arabic.words import words

_SEATS = str.maketrans({letters.WAW_HAMZA: letters.WAW, letters.YEH_HAMZA: letters.YEH, letters.HAMZA: None})
# Numbers sort by value up to this many digits.
_DIGITS = 10


def sort_key(text: str) -> str:
    """Return a key to be compared by code points (on PostgreSQL: COLLATE "C").

    The article, marks, hamza, accents, case and punctuation are ignored; digits come before Latin, Latin before
    Arabic. Text without any letter or digit is its own key.
    """
    parts = [_part(word.group()) for word in words(fold(text))]
    return " ".join(filter(None, parts)) or text.strip()


def _part(word: str) -> str:
    if word.isdecimal():
        return word.zfill(_DIGITS)
    rest = word.removeprefix(letters.ARTICLE)
    if rest != word and len(rest) > 1 and vocabulary().base(word) is None:
        word = rest
    return word.translate(_SEATS)
