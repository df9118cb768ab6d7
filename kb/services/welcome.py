"""The home page: true figures, what is new, and where to begin."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from kb.catalog import documents, listing
from kb.catalog.listing import Wanted
from kb.catalog.vocabulary import labelled
from kb.core.errors import Unavailable
from kb.services import shown
from kb.services.answers import Suggestion
from kb.services.context import Services
from kb.services.suggest import frequent
from kb.services.views import Card, FacetValue

LATEST: Final = 6
PRACTICES: Final = 3
PRACTICE: Final = "good_practice"
QUESTIONS: Final = 4


@dataclass(frozen=True, slots=True)
class Welcome:
    """Types and themes that have documents; `organisations` and `languages` count those that documents have."""

    total: int
    types: tuple[FacetValue, ...]
    themes: tuple[FacetValue, ...]
    organisations: int
    languages: int
    practices: tuple[Card, ...]
    latest: tuple[Card, ...]
    questions: tuple[Suggestion, ...]


def welcome(services: Services, audience: frozenset[str], language: str) -> Welcome:
    """Return the home page's content, in as many queries for a large library as for a small one."""
    with services.database.reading() as session:
        counts = documents.counts(session, audience)
        practices = documents.latest(session, audience, PRACTICES, PRACTICE)
        latest = documents.latest(session, audience, LATEST)
        return Welcome(
            total=counts.total,
            types=tuple(
                FacetValue(name, labelled(kind.plural, language)[0], counts.types[name])
                for name, kind in services.types.items()
                if counts.types.get(name)
            ),
            themes=tuple(
                FacetValue(code, labelled(term.label, language)[0], counts.themes[code])
                for code, term in services.vocabulary.themes.items()
                if counts.themes.get(code)
            ),
            organisations=len(counts.organisations),
            languages=len(listing.counts(session, Wanted(), audience, "language")),
            practices=tuple(shown.card(services, row, language) for row in practices),
            latest=tuple(shown.card(services, row, language) for row in latest),
            questions=asked_often(services, session, audience, QUESTIONS),
        )


def asked_often(services: Services, session: Session, audience: frozenset[str], most: int) -> tuple[Suggestion, ...]:
    """Return what is asked most often; nothing where the index does not answer, for pages stand without it."""
    try:
        return frequent(services, session, audience, most)
    except Unavailable:
        return ()
