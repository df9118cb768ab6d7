"""The page of one content type: its documents with their fields, and the fields that they can be narrowed by."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from kb.catalog import listing, narrowing, relations
from kb.catalog.listing import By, Wanted
from kb.catalog.tables import Document
from kb.catalog.vocabulary import labelled
from kb.services import read, shown
from kb.services.answers import FacetGroup
from kb.services.context import Services
from kb.services.listing import facet
from kb.services.views import Card, FacetValue, FieldShown, RelationShown

SHARED: tuple[By, ...] = ("theme", "organisation", "year", "language")
"""What documents of every type are narrowed by."""


@dataclass(frozen=True, slots=True)
class Entry:
    card: Card
    fields: Mapping[str, FieldShown]
    relations: tuple[RelationShown, ...] = ()


@dataclass(frozen=True, slots=True)
class Narrower:
    """A facet; `label` is what the type calls its own field, "" for one that every type has."""

    group: FacetGroup
    label: str = ""


@dataclass(frozen=True, slots=True)
class Drawer:
    """`page` is 1-based, of `pages`; `whole` counts the documents of the type, `total` those that are wanted."""

    type: str
    plural: str
    icon: str
    wanted: Wanted
    entries: tuple[Entry, ...]
    total: int
    whole: int
    page: int
    pages: int
    narrowers: tuple[Narrower, ...]


def drawer(
    services: Services, type: str, wanted: Wanted, audience: frozenset[str], language: str, page: int = 1
) -> Drawer:
    """Return a page of the documents of this type that are wanted; what nothing has finds nothing."""
    own = frozenset(pair for pair in wanted.fields if pair[0] in narrowing.fields_of(type))
    wanted = replace(wanted, types=frozenset({type}), fields=own)
    size = services.settings.page_size
    kind = services.types[type]
    with services.database.reading() as session:
        found = listing.listing(session, wanted, audience, size, (page - 1) * size)
        links = relations.of_all(session, found.documents, audience)
        return Drawer(
            type=type,
            plural=labelled(kind.plural, language)[0],
            icon=kind.icon,
            wanted=wanted,
            entries=tuple(_entry(services, one, links[one.id], language) for one in found.documents),
            total=found.total,
            whole=listing.listing(session, Wanted(types=wanted.types), audience, 0).total,
            page=page,
            pages=math.ceil(found.total / size),
            narrowers=_narrowers(services, session, type, wanted, audience, language),
        )


def _entry(services: Services, document: Document, links: list[relations.Link], language: str) -> Entry:
    told = shown.fields(services.types[document.type], document.data, language)
    return Entry(
        shown.card(services, document, language),
        {field.name: field for field in told},
        tuple(read.relation(services, link, language) for link in links),
    )


def _narrowers(
    services: Services, session: Session, type: str, wanted: Wanted, audience: frozenset[str], language: str
) -> tuple[Narrower, ...]:
    shared = [Narrower(facet(services, session, wanted, audience, language, by)) for by in SHARED]
    own = []
    for name in narrowing.fields_of(type):
        field = services.types[type].field(name)
        assert field is not None
        counted = listing.field_counts(session, wanted, audience, name)
        chosen = {value for field_name, value in wanted.fields if field_name == name}
        values = tuple(
            FacetValue(code, labelled(label, language)[0], counted.get(code, 0), selected=code in chosen)
            for code, label in field.narrows.items()
            if code in counted or code in chosen
        )
        own.append(Narrower(FacetGroup(name, values), labelled(field.label, language)[0]))
    return (shared[0], *own, *shared[1:])
