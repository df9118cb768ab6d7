"""Keys that order titles alike in every database: the article, marks and hamza do not count."""

from kb.arabic.fold import fold

_ARTICLE = "ال"


def sort_key(text: str, language: str = "") -> str:
    """Return a string whose plain comparison orders `text`."""
    del language
    words = fold(text).split()
    return " ".join(w.removeprefix(_ARTICLE) if len(w) > len(_ARTICLE) + 1 else w for w in words)
