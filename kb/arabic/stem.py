"""Light stemming of one folded Arabic word: what inflection and joined particles add is taken off."""

_ARTICLES = ("وبال", "وكال", "ولل", "فلل", "وال", "بال", "كال", "فال", "ال", "لل")
_PRONOUNS = ("كما", "هما", "هم", "هن", "كم", "نا", "ها")
_ENDINGS = ("يات", "ات", "ان", "ون", "ين", "تين", "يه", "وا", "ه", "ي", "ا")
_PATTERNS = ("است", "يست", "تست", "مست", "نست", "سي", "ست", "مت", "ان", "اف", "ي", "ت", "م", "ن", "ا")
_WEAK = str.maketrans("", "", "اوييءئؤى")


def _without_prefix(word: str) -> str:
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= 3:
            return word[len(article) :]
    if word[0] in "وف" and len(word) >= 5 and not word.startswith("وا"):
        word = word[1:]
    if word[0] in "بلك" and len(word) >= 5 and word[1] != "ا":
        word = word[1:]
    return word


def _without_suffix(word: str) -> str:
    for pronoun in _PRONOUNS:
        if word.endswith(pronoun) and len(word) - len(pronoun) >= 3:
            word = word[: -len(pronoun)]
            if word.endswith("ت") and len(word) >= 4:
                return word[:-1]
            break
    for ending in _ENDINGS:
        least = 2 if ending == "ه" else 3
        if word.endswith(ending) and len(word) - len(ending) >= least:
            word = word[: -len(ending)]
    return word


def light(word: str) -> str:
    """Return the stem shared by a word, its article, its prepositions, its number and its pronouns."""
    return _without_suffix(_without_prefix(word)) if word else word


def skeleton(word: str) -> str:
    """Return the consonants of the stem, which broken plurals and verb patterns share: كتاب كتب كاتب give كتب."""
    stem = light(word)
    for pattern in _PATTERNS:
        if stem.startswith(pattern) and len(stem) - len(pattern) >= 3:
            stem = stem[len(pattern) :]
            break
    bones = stem[:1] + stem[1:].translate(_WEAK)
    return bones if len(bones) >= 2 else stem
