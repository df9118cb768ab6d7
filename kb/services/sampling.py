"""A handful of searches by which a library is known again: asked before a backup, and after it is restored."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from kb.catalog import documents, searched
from kb.catalog.access import PUBLIC
from kb.catalog.translated import pick
from kb.core.errors import Unavailable
from kb.services.answers import Ask
from kb.services.context import Services
from kb.services.find import find

MOST: Final = 50
_BEST: Final = 10


@dataclass(frozen=True, slots=True)
class Answers:
    """What the public found: of each question how many documents, and the best of them in order."""

    found: dict[str, tuple[int, list[str]]]

    def differences(self, other: "Answers") -> list[str]:
        """Return the questions that find other documents there.

        The order of the best is not compared: an index that has been written to for long counts rare parts of words a
        little otherwise than a new one, until its parts are merged.
        """
        return [q for q, answer in self.found.items() if _set(other.found.get(q, (0, []))) != _set(answer)]


def _set(answer: tuple[int, list[str]]) -> tuple[int, frozenset[str]]:
    total, best = answer
    return total, frozenset(best if total <= _BEST else best[: _BEST // 2])


def ask(services: Services, questions: list[str] | None = None) -> Answers:
    """Ask these questions, or the most frequent ones and the titles of the newest documents; nobody counts them.

    Empty where the index does not answer: then there is nothing to compare with.
    """
    try:
        return Answers({q: _found(services, q) for q in (questions if questions is not None else _typical(services))})
    except Unavailable:
        return Answers({})


def _typical(services: Services) -> list[str]:
    with services.database.reading() as session:
        frequent = [total.terms for total in searched.totals(session, dt.date.min, empty=False, limit=MOST // 2)]
        newest = documents.latest(session, PUBLIC, MOST)
        titles = [pick(document.title, document.language)[0] for document in newest]
    return list(dict.fromkeys(text for text in (*frequent, *titles) if text.strip()))[:MOST]


def _found(services: Services, question: str) -> tuple[int, list[str]]:
    answer = find(services, Ask(q=question, size=_BEST), PUBLIC, "ar")
    return answer.total, [found.card.id for found in answer.found]
