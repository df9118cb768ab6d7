"""Which addresses a search engine is told of: of each document one, and of each list of documents that holds some."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from kb.catalog import listing, sitemap
from kb.catalog.listing import Wanted
from kb.catalog.sitemap import Leaf
from kb.services.context import Services

PART: Final = 2000
"""Documents of one part of the sitemap: with three languages each 6,000 addresses, of the 50,000 that are allowed."""


@dataclass(frozen=True, slots=True)
class Outline:
    """When each part last changed, and the codes of the themes and bodies that have documents."""

    parts: tuple[dt.datetime, ...]
    themes: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()


def outline(services: Services, audience: frozenset[str]) -> Outline:
    with services.database.reading() as session:
        themes = listing.counts(session, Wanted(), audience, "theme")
        bodies = listing.counts(session, Wanted(), audience, "organisation")
        return Outline(
            tuple(sitemap.parts(session, audience, PART)),
            tuple(code for code in services.vocabulary.themes if code in themes),
            tuple(code for code in services.vocabulary.organisations if code in bodies),
        )


def part(services: Services, audience: frozenset[str], number: int) -> list[Leaf]:
    """Return the documents of a part (1-based); empty for one that is not there."""
    with services.database.reading() as session:
        return sitemap.part(session, audience, PART, number)
