"""Letters and marks by name, and the classes the analysis is built on; the only file that knows PyArabic.

Code points without a name there are taken from the Unicode blocks Arabic (0600), Arabic Supplement (0750),
Arabic Extended-A (08A0) and Arabic Presentation Forms A and B (FB50, FE70).
"""

import unicodedata
from itertools import chain

from pyarabic import araby

ALEF: str = araby.ALEF
BEH: str = araby.BEH
TEH: str = araby.TEH
JEEM: str = araby.JEEM
ZAIN: str = araby.ZAIN
SEEN: str = araby.SEEN
FEH: str = araby.FEH
QAF: str = araby.QAF
KAF: str = araby.KAF
LAM: str = araby.LAM
MEEM: str = araby.MEEM
NOON: str = araby.NOON
HEH: str = araby.HEH
WAW: str = araby.WAW
YEH: str = araby.YEH
HAMZA: str = araby.HAMZA
WAW_HAMZA: str = araby.WAW_HAMZA
YEH_HAMZA: str = araby.YEH_HAMZA
ALEF_MADDA: str = araby.ALEF_MADDA
ALEF_HAMZA_ABOVE: str = araby.ALEF_HAMZA_ABOVE
ALEF_HAMZA_BELOW: str = araby.ALEF_HAMZA_BELOW
ALEF_WASLA: str = araby.ALEF_WASLA
ALEF_MAKSURA: str = araby.ALEF_MAKSURA
TEH_MARBUTA: str = araby.TEH_MARBUTA
TATWEEL: str = araby.TATWEEL

ARTICLE = ALEF + LAM

VOWELS: str = "".join(araby.TASHKEEL)
"""The marks that a careful writer puts on a word: vowels, their doubles, sukun and shadda."""


def vocalized_like(one: str, other: str) -> bool:
    """Tell of two spellings whose letters are equal whether no mark of one contradicts the other."""
    return bool(araby.vocalizedlike(one, other))


def _run(first: int, last: int) -> str:
    return "".join(map(chr, range(first, last + 1)))


# Vowel marks, Quranic marks and tatweel: written on or between letters, never letters themselves.
MARKS = "".join(
    chain(
        TATWEEL,
        _run(0x0610, 0x061A),
        _run(0x064B, 0x065F),
        "\u0670",
        _run(0x06D6, 0x06DC),
        _run(0x06DF, 0x06E4),
        "\u06e7\u06e8",
        _run(0x06EA, 0x06ED),
        _run(0x08D3, 0x08E1),
        _run(0x08E3, 0x08FF),
    )
)
# Soft hyphen, joiners and the marks of direction: nothing to see, so nothing to search.
INVISIBLE = "\u00ad\u061c\u2060\ufeff" + _run(0x200B, 0x200F) + _run(0x202A, 0x202E) + _run(0x2066, 0x2069)
# Accents that Latin texts carry when they are not in NFC.
COMBINING = _run(0x0300, 0x036F)

# Variants of one letter: hamza and wasla seats of alef, Persian, Urdu and Maghrebi spellings of Arabic sounds.
VARIANTS = {
    ALEF: ALEF_MADDA + ALEF_HAMZA_ABOVE + ALEF_HAMZA_BELOW + ALEF_WASLA + "\u0672\u0673\u0675",
    YEH: ALEF_MAKSURA + "\u06cc\u06d2",
    HEH: TEH_MARBUTA + "\u06c0\u06c1\u06c2\u06c3\u06d5\u06be",
    KAF: "\u06a9\u06aa\u06af\u06ad\u0763",
    FEH: "\u06a4\u06a2\u06a5",
    BEH: "\u067e",
    JEEM: "\u0686",
    ZAIN: "\u0698",
    QAF: "\u06a7\u06a8",
}
ARABIC_DIGITS = _run(0x0660, 0x0669)
PERSIAN_DIGITS = _run(0x06F0, 0x06F9)
FULLWIDTH_DIGITS = _run(0xFF10, 0xFF19)


def _is_bare_mark(character: str) -> bool:
    """Tell a presentation form that shows a mark alone, on a space or on tatweel."""
    plain = unicodedata.normalize("NFKC", character)
    return plain != character and all(part.isspace() or part in MARKS for part in plain)


PRESENTATION = _run(0xFB50, 0xFDFF) + _run(0xFE70, 0xFEFC)
PRESENTATION_MARKS = "".join(filter(_is_bare_mark, PRESENTATION))
# Everything of the Arabic blocks that is a letter; digits, marks and punctuation of these blocks are not.
ARABIC_LETTERS = "".join(
    character
    for character in chain(_run(0x0600, 0x06FF), _run(0x0750, 0x077F), _run(0x0870, 0x08FF), PRESENTATION)
    if character.isalpha() and character not in MARKS and character not in PRESENTATION_MARKS
)
