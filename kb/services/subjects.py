"""Themes: all of them with what they hold, and one with everything that leads on from it."""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from kb.catalog import listing
from kb.catalog.listing import Wanted
from kb.catalog.vocabulary import Term, labelled
from kb.core.errors import NotFound
from kb.services import shown
from kb.services.context import Services
from kb.services.listing import facet
from kb.services.views import Card, FacetValue, Said

PRACTICE: Final = "good_practice"
PRACTICES: Final = 3
LATEST: Final = 8


@dataclass(frozen=True, slots=True)
class Subject:
    """A theme; `note` says what is meant by it. `bodies` are those with most documents first."""

    code: str
    label: Said
    note: Said | None
    total: int
    broader: FacetValue | None
    narrower: tuple[FacetValue, ...]
    related: tuple[FacetValue, ...]
    types: tuple[FacetValue, ...]
    years: tuple[tuple[str, int], ...]
    practices: tuple[Card, ...]
    bodies: tuple[FacetValue, ...]
    latest: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class SubjectListed:
    """A theme in the list of all; one without documents is listed too, so that nobody looks for it in vain."""

    code: str
    label: str
    note: str
    count: int


def subjects(services: Services, audience: frozenset[str], language: str) -> tuple[SubjectListed, ...]:
    """Return all themes in the order of the vocabulary."""
    with services.database.reading() as session:
        counted = listing.counts(session, Wanted(), audience, "theme")
    return tuple(
        SubjectListed(
            code,
            labelled(term.label, language)[0],
            labelled(term.note, language)[0],
            counted.get(code, 0),
        )
        for code, term in services.vocabulary.themes.items()
    )


def subject(services: Services, code: str, audience: frozenset[str], language: str) -> Subject:
    """Return one theme, in as many queries whatever it holds. Raises NotFound."""
    term = services.vocabulary.themes.get(code)
    if term is None:
        raise NotFound(code)
    wanted = Wanted(themes=frozenset({code}), order="published")
    with services.database.reading() as session:
        latest = listing.listing(session, wanted, audience, LATEST)
        practices = replace(wanted, types=frozenset({PRACTICE}))
        kinds, bodies, years = _described(services, session, wanted, audience, language)
        counted = listing.counts(session, Wanted(), audience, "theme")
        return Subject(
            code=code,
            label=Said(*labelled(term.label, language)),
            note=Said(*labelled(term.note, language)) if term.note else None,
            total=latest.total,
            broader=next(iter(_terms(services, [term.broader], counted, language)), None),
            narrower=_terms(services, _narrower(services, code), counted, language),
            related=_terms(services, _related(services, term), counted, language),
            types=kinds,
            years=years,
            practices=tuple(
                shown.card(services, row, language)
                for row in listing.listing(session, practices, audience, PRACTICES).documents
            ),
            bodies=bodies,
            latest=tuple(shown.card(services, row, language) for row in latest.documents),
        )


def _described(
    services: Services, session: Session, wanted: Wanted, audience: frozenset[str], language: str
) -> tuple[tuple[FacetValue, ...], tuple[FacetValue, ...], tuple[tuple[str, int], ...]]:
    kinds = facet(services, session, wanted, audience, language, "type").values
    bodies = facet(services, session, wanted, audience, language, "organisation").values
    return kinds, bodies, tuple(listing.counts(session, wanted, audience, "year").items())


def _narrower(services: Services, code: str) -> list[str]:
    return [term.code for term in services.vocabulary.themes.values() if term.broader == code]


def _related(services: Services, term: Term) -> list[str]:
    """Return what either of two themes says of the other."""
    saying = [other.code for other in services.vocabulary.themes.values() if term.code in other.related]
    return list(dict.fromkeys((*term.related, *saying)))


def _terms(services: Services, codes: list[str], counted: dict[str, int], language: str) -> tuple[FacetValue, ...]:
    known = (services.vocabulary.themes.get(code) for code in codes)
    return tuple(
        FacetValue(term.code, labelled(term.label, language)[0], counted.get(term.code, 0)) for term in known if term
    )
