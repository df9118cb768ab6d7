"""Names that are written in two scripts: whichever stands in the text, the other finds it."""

from functools import cache

from kb.arabic.fold import fold
from kb.arabic.lists import lines
from kb.arabic.stem import light


@cache
def _names() -> dict[str, str]:
    """Latin spellings, folded, and Arabic ones, as light stems, to the light stem that stands for the name."""
    found: dict[str, str] = {}
    for latin, *arabic in lines("kb.languages", "names.txt"):
        stems = [light(fold(spelling)) for spelling in arabic]
        found.update(dict.fromkeys((fold(latin), *stems), stems[0]))
    return found


def in_arabic(word: str) -> str:
    """Return the light stem of the Arabic name that a folded Latin word or a light stem spells, else ""."""
    return _names().get(word, "")
