"""The folded words that were met, with the terms they stand for: a word is analysed once, not once a question."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kb.languages.analyzer import Analyzer
from kb.search.units import STOP, View, clip

_MOST = 1 << 18
"""Words remembered, all languages together; then they are met anew."""

Forms = tuple[tuple[str, ...], tuple[str, ...]]

Inverse = Mapping[tuple[View, str, str], Sequence[str]]
"""By view, language and term."""


class Vocabulary:
    """Words as Unit.words has them. Any number of threads may ask."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._forms: dict[str, dict[str, Forms | None]] = defaultdict(dict)
        self._inverse: dict[tuple[View, str, str], list[str]] = defaultdict(list)
        self._met: dict[str, set[str]] = defaultdict(set)
        self._lock = threading.Lock()

    def forms(self, word: str, language: str) -> Forms | None:
        """Return the light and the skeleton terms of a word of a text; None where its folded spelling does not tell."""
        known = self._forms[language]
        try:
            return known[word]
        except KeyError:
            if len(known) >= _MOST:
                known.clear()
            forms = known[word] = self._analyse(word, language)
            return forms

    def meet(self, words: Iterable[str], language: str) -> Inverse:
        """Return which words hold a light or skeleton term, once for each time: of these words, and of more."""
        with self._lock:
            if sum(map(len, self._met.values())) > _MOST:
                self._met, self._inverse = defaultdict(set), defaultdict(list)
            met = self._met[language]
            for word in [word for word in words if word not in met]:
                met.add(word)
                light, skeleton = self.forms(word, language) or ((), ())
                for term in light:
                    self._inverse[View.LIGHT, language, term].append(word)
                for term in skeleton:
                    self._inverse[View.SKELETON, language, term].append(word)
            return self._inverse

    def _analyse(self, word: str, language: str) -> Forms | None:
        if word.startswith(STOP):
            return (), ()
        tokens = list(self._analyzer.tokens(word, language))
        if len(tokens) != 1 or tokens[0].terms.exact != word:
            return None
        terms = tokens[0].terms
        return tuple(map(clip, terms.light)), tuple(map(clip, terms.skeleton))
