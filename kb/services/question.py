"""From what a reader typed, chose and filled in to a clause."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

from kb.catalog import organisations
from kb.catalog.fields import Label
from kb.search.parse import Typed, compose, read
from kb.search.query import All, And, Clause, Has, Or, Precision
from kb.services import widening
from kb.services.answers import Ask, Form
from kb.services.context import Services

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Question:
    """`loosened` is the same with phrases as words, where there are phrases. `notices` are message keys."""

    clause: Clause
    loosened: Clause | None
    notices: tuple[str, ...]


def ask_for(services: Services, ask: Ask, audience: frozenset[str]) -> Question:
    """Read the box and the form. What is longer than the settings allow is cut, with a notice."""
    notices: list[str] = []

    def cut(typed: str) -> str:
        text, whole = _cut(services, typed)
        notices.extend([] if whole or "query-cut" in notices else ["query-cut"])
        return text

    labels = _Labels(services, audience)
    typed = read(cut(ask.q), labels.clause)
    form = Form(**{part.name: cut(getattr(ask.form, part.name)) for part in fields(Form)})
    filled = compose(form.every, form.some, form.none, form.phrase)
    loose = compose(form.every, f"{form.some} {form.phrase}", form.none) if form.phrase else None
    if labels.unknown:
        notices.append("field-unknown")
    return Question(_both(typed.clause, filled), _loosened(typed, filled, loose), tuple(notices))


def widened(
    services: Services, clause: Clause, ask: Ask, audience: frozenset[str], *, every_word: bool = False
) -> Clause:
    """Give the clause the other words that this search looks for too, if it does."""
    if not ask.widen or ask.precision is not Precision.NEAR:
        return clause
    widener = services.widener()
    return widening.widen(widener, services.engine, clause, audience, ask.without, every_word=every_word)


def looser(
    services: Services, question: Question, ask: Ask, audience: frozenset[str]
) -> Iterator[tuple[tuple[str, ...], Clause]]:
    """Yield what is asked where the question finds nothing, each with its notices.

    Phrases as words, then each word translated by itself.
    """
    if question.loosened:
        yield ("phrase-loosened",), question.loosened
    wide = widened(services, question.clause, ask, audience, every_word=True)
    if wide != question.clause:
        yield (), wide


def _both(typed: Clause, filled: Clause | None) -> Clause:
    if filled is None:
        return typed
    return filled if isinstance(typed, All) else And((typed, filled))


def _loosened(typed: Typed, filled: Clause | None, loose: Clause | None) -> Clause | None:
    if typed.loosened is None and loose is None:
        return None
    return _both(typed.loosened or typed.clause, loose or filled)


def _cut(services: Services, typed: str) -> tuple[str, bool]:
    """Return the text as it may be asked, and whether that is the whole of it."""
    settings = services.settings
    text = unicodedata.normalize("NFC", typed[: settings.max_query_chars])
    words = text.split()
    if len(typed) <= settings.max_query_chars and len(words) <= settings.max_query_words:
        return text, True
    return " ".join(words[: settings.max_query_words]), False


class _Labels:
    """Finds what is meant by the value of a field: a code, or a label in any language."""

    def __init__(self, services: Services, audience: frozenset[str]) -> None:
        self._services = services
        self._audience = audience
        self.unknown = False

    def clause(self, name: str, value: str) -> Clause | None:
        """Return what the field asks for; None, and remember it, where no code and no label is like the value."""
        found = self._type(value) if name == "type" else self._has(name, value)
        self.unknown = self.unknown or found is None
        return found

    def _type(self, value: str) -> Clause | None:
        """A content type, or a kind that types part into: «دليل» is a kind of publication, «قانون» of a legal text."""
        types = self._services.types.values()
        labels = [("type", t.name, label) for t in types for label in (t.label, t.plural)]
        kinds = [("kind", code, label) for t in types for code, label in t.kinds.items()]
        found = self._meant(value, [((name, code), code, label) for name, code, label in (*labels, *kinds)])
        parts = [
            Has(name, codes) for name in ("type", "kind") if (codes := frozenset(c for n, c in found if n == name))
        ]
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _has(self, name: str, value: str) -> Clause | None:
        vocabulary = self._services.vocabulary
        match name:
            case "theme":
                codes = self._like(value, [(theme.code, theme.label) for theme in vocabulary.themes.values()])
            case "language":
                codes = self._like(value, vocabulary.languages.items())
            case _:
                body = vocabulary.find_organisation(value)
                codes = frozenset({body}) if body else self._like(value, self._bodies())
        return Has(name, codes) if codes else None

    def _bodies(self) -> Iterator[tuple[str, Label]]:
        """Yield each body with all its names, and the names printed on documents."""
        for body in self._services.vocabulary.organisations.values():
            yield body.id, {str(n): name.text for n, name in enumerate(body.names)}
        with self._services.database.reading() as session:
            yield from ((name, {}) for name in organisations.printed(session, self._audience))

    def _like(self, value: str, named: Iterable[tuple[str, Label]]) -> frozenset[str]:
        return self._meant(value, [(code, code, label) for code, label in named])

    def _meant(self, value: str, named: Sequence[tuple[K, str, Label]]) -> frozenset[K]:
        """Return the keys with this code or label; else those with a label that holds all its words."""
        wanted = self._words(value)
        called = [(key, self._words(name)) for key, code, labels in named for name in (code, *labels.values())]
        exact = frozenset(key for key, words in called if words == wanted)
        return exact or frozenset(key for key, words in called if wanted and wanted <= words)

    def _words(self, text: str) -> frozenset[str]:
        tokens = (token.terms for token in self._services.analyzer.tokens(text))
        return frozenset(term for word in tokens for term in word.light[:1] or (word.exact,))
