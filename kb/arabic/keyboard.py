"""What was meant where somebody typed on with the keyboard set to the other script.

Layouts: Arabic (101) as Windows and X11 have it, US QWERTY and French AZERTY, the keyboards sold in Morocco.
"""

from collections.abc import Mapping
from typing import Final

# The keys of three rows, from left to right, as each layout names them.
_ARABIC: Final = ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرﻻىةوزظ")
_QWERTY: Final = ("qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./")
_AZERTY: Final = ("azertyuiop^$", "qsdfghjklmù", "wxcvbn,;:!")
_LAM_ALEF: Final = ("ﻻ", "لا")
# With the shift key, on the letters that both Latin layouts have in one place.
_SHIFTED: Final = {"H": "أ", "Y": "إ", "N": "آ", "G": "لأ", "T": "لإ", "B": "لآ"}


def _keys(latin: tuple[str, ...]) -> dict[str, str]:
    pairs = zip("".join(latin), "".join(_ARABIC), strict=True)
    return {key: letter.replace(*_LAM_ALEF) for key, letter in pairs}


_LAYOUTS: Final = (_keys(_QWERTY) | {"`": "ذ"}, _keys(_AZERTY) | {"²": "ذ"})
_TO_ARABIC: Final = tuple(layout | _SHIFTED for layout in _LAYOUTS)
_TO_LATIN: Final = tuple({letter: key for key, letter in layout.items()} for layout in _LAYOUTS)


def retyped(text: str) -> tuple[str, ...]:
    """Return the text as the same keys give it in the other script, once for each layout that differs.

    Empty where the text has letters of both scripts, or of neither, or some that no key of a layout gives: é.
    """
    arabic, latin = _is_arabic(text), _is_latin(text)
    if arabic == latin:
        return ()
    tables, left = (_TO_LATIN, _is_arabic) if arabic else (_TO_ARABIC, _is_latin)
    return tuple(other for other in dict.fromkeys(_typed(text, table) for table in tables) if not left(other))


def _is_arabic(text: str) -> bool:
    return any("\u0620" <= char <= "\u064a" for char in text)


def _is_latin(text: str) -> bool:
    return any("a" <= char.lower() <= "\u024f" and char.isalpha() for char in text)


def _typed(text: str, table: Mapping[str, str]) -> str:
    """Take lam-alef, one key that gives two letters, before lam."""
    found: list[str] = []
    place = 0
    while place < len(text):
        pair = text[place : place + 2]
        if len(pair) == 2 and pair in table:
            found.append(table[pair])
            place += 2
        else:
            char = text[place]
            found.append(table.get(char, table.get(char.lower(), char)))
            place += 1
    return "".join(found)
