"""Bodies: all of them from A to Z under today's name with those they bore before, and one through time."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kb.arabic.sort import sort_key
from kb.catalog import listing
from kb.catalog.listing import Wanted
from kb.catalog.vocabulary import Link, Name, Organisation
from kb.core.errors import NotFound
from kb.services import shown
from kb.services.context import Services
from kb.services.listing import facet
from kb.services.views import Card, FacetValue, Said

LATEST: Final = 8
ARABIC_BEGINS: Final = "\u0600"


@dataclass(frozen=True, slots=True)
class Named:
    """The names of one time, the proper one first; `first` and `last` year, None: not known, or until now.

    `count` is the number of documents that are dated in it; 0 where it was not counted.
    """

    names: tuple[Said, ...]
    first: int | None
    last: int | None
    count: int = 0


@dataclass(frozen=True, slots=True)
class BodyListed:
    """`former` are the names it bore before today's; `printed` tells a name that no body is known by."""

    code: str
    name: Said
    count: int
    former: tuple[Named, ...] = ()
    acronyms: tuple[str, ...] = ()
    printed: bool = False


@dataclass(frozen=True, slots=True)
class Linked:
    """Another body: `kind` is parent, child, or how it became the other (renamed, merged, split); years as in Named."""

    kind: str
    code: str
    name: Said
    count: int
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Body:
    """A body as it is today. `times` are its names, oldest first; empty for a name that is only printed."""

    code: str
    name: Said
    acronyms: tuple[str, ...]
    kind: str
    total: int
    times: tuple[Named, ...]
    parents: tuple[Linked, ...]
    children: tuple[Linked, ...]
    before: tuple[Linked, ...]
    after: tuple[Linked, ...]
    types: tuple[FacetValue, ...]
    themes: tuple[FacetValue, ...]
    years: tuple[tuple[str, int], ...]
    latest: tuple[Card, ...]
    printed: bool = False


def bodies(services: Services, audience: frozenset[str], language: str) -> tuple[BodyListed, ...]:
    """Return every body that is known or has documents, in alphabetical order without articles and marks.

    For a reader of Arabic its letters come before the Latin ones.
    """
    with services.database.reading() as session:
        counted = listing.counts(session, Wanted(), audience, "organisation")
    known = services.vocabulary.organisations
    listed = [_listed(body, counted.get(body.id, 0), language) for body in known.values()]
    listed += [
        BodyListed(name, Said(name), count, printed=True) for name, count in counted.items() if name not in known
    ]

    def place(body: BodyListed) -> tuple[bool, str, str]:
        key = sort_key(body.name.text)
        return language == "ar" and key[:1] < ARABIC_BEGINS, key, body.code

    return tuple(sorted(listed, key=place))


def _listed(body: Organisation, count: int, language: str) -> BodyListed:
    today = body.name(language)
    former = [time for time in _times(body, language) if time.last is not None and today.text not in _texts(time)]
    return BodyListed(body.id, Said(today.text, today.language), count, tuple(former), body.acronyms)


def _texts(time: Named) -> set[str]:
    return {name.text for name in time.names}


def body(services: Services, code: str, audience: frozenset[str], language: str) -> Body:
    """Return one body by its code, or by its name where that is only printed. Raises NotFound for what nothing names.

    As many queries for a body with a thousand documents as for one.
    """
    known = services.vocabulary.organisations.get(code)
    wanted = Wanted(organisations=frozenset({code}), order="published")
    with services.database.reading() as session:
        latest = listing.listing(session, wanted, audience, LATEST)
        if known is None and not latest.total:
            raise NotFound(code)
        counted = listing.counts(session, Wanted(), audience, "organisation")
        spans = listing.spans(session, wanted, audience)
        links = _links(services, known, counted, language) if known else _Links((), (), (), ())
        return Body(
            code=code,
            name=Said(*services.vocabulary.said(code, language)),
            acronyms=known.acronyms if known else (),
            kind=known.kind if known else "",
            total=latest.total,
            times=tuple(_counted(time, spans) for time in _times(known, language)) if known else (),
            parents=links.parents,
            children=links.children,
            before=links.before,
            after=links.after,
            types=facet(services, session, wanted, audience, language, "type").values,
            themes=facet(services, session, wanted, audience, language, "theme").values,
            years=tuple(listing.years_of(spans).items()),
            latest=tuple(shown.card(services, row, language) for row in latest.documents),
            printed=known is None,
        )


def _times(body: Organisation, language: str) -> list[Named]:
    """Return the names of each span of years, oldest first, those in the reader's language where there are any."""
    spans: dict[tuple[dt.date | None, dt.date | None], list[Name]] = {}
    for name in body.names:
        spans.setdefault((name.first, name.last), []).append(name)
    found = []
    for (first, last), names in sorted(spans.items(), key=_when):
        own = [name for name in names if name.language == language] or names[:1]
        said = tuple(Said(name.text, name.language) for name in own)
        found.append(Named(said, first.year if first else None, last.year if last else None))
    return found


def _when(span: tuple[tuple[dt.date | None, dt.date | None], object]) -> tuple[dt.date, dt.date]:
    first, last = span[0]
    return last or dt.date.max, first or dt.date.min


def _counted(time: Named, spans: Iterable[tuple[int, int, int]]) -> Named:
    """Count the documents with a day in these years, as a list bound to them does."""
    first, last = time.first or dt.MINYEAR, time.last or dt.MAXYEAR
    count = sum(number for start, end, number in spans if start <= last and end >= first)
    return Named(time.names, time.first, time.last, count)


@dataclass(frozen=True, slots=True)
class _Links:
    parents: tuple[Linked, ...]
    children: tuple[Linked, ...]
    before: tuple[Linked, ...]
    after: tuple[Linked, ...]


def _links(services: Services, body: Organisation, counted: dict[str, int], language: str) -> _Links:
    others = services.vocabulary.organisations.values()
    pointing = [(other.id, link) for other in others for link in other.links if link.to == body.id]

    def linked(ends: Sequence[tuple[str, Link]], kind: str = "") -> tuple[Linked, ...]:
        return tuple(
            Linked(
                kind or link.kind,
                code,
                Said(*services.vocabulary.said(code, language)),
                counted.get(code, 0),
                link.first.year if link.first else None,
                link.last.year if link.last else None,
            )
            for code, link in sorted(ends, key=lambda end: (end[1].first or dt.date.min, end[0]))
        )

    return _Links(
        parents=linked([(link.to, link) for link in body.links if link.kind == "parent"]),
        children=linked([(code, link) for code, link in pointing if link.kind == "parent"], "child"),
        before=linked([(code, link) for code, link in pointing if link.kind != "parent"]),
        after=linked([(link.to, link) for link in body.links if link.kind != "parent"]),
    )
