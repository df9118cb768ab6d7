"""What a harvester takes: documents in the order of their changes, with what is said of them, and those that went."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb.catalog import documents, harvest, listing
from kb.catalog.harvest import KINDS, Asked, Change, Group
from kb.catalog.listing import Wanted
from kb.catalog.vocabulary import labelled
from kb.core.errors import NotFound
from kb.services import citing, dublin
from kb.services.context import Services
from kb.services.dublin import Statement
from kb.writing.citation import Citation


@dataclass(frozen=True, slots=True)
class Item:
    """`said` is None for a document that went, and where it was not asked for."""

    change: Change
    said: tuple[Statement, ...] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on: after this change. `done` items were given before; `total` is as it was counted first."""

    at: dt.datetime
    id: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list of `total`; the next begins after `rest`, which is None where this is the last."""

    items: tuple[Item, ...]
    total: int
    rest: Place | None


def part(services: Services, asked: Asked, limit: int, base: str, after: Place | None = None) -> Part:
    """Return up to `limit` items; what is said of them with addresses that begin with `base`, or nothing for ""."""
    with services.database.reading() as session:
        found = harvest.changes(session, asked, limit + 1, (after.at, after.id) if after else None)
        total = after.total if after else harvest.count(session, asked)
    given = found[:limit]
    done = (after.done if after else 0) + len(given)
    total = max(total, done)
    rest = Place(given[-1].at, given[-1].id, done, total) if len(found) > limit else None
    return Part(_items(services, given, asked.audience, base), total, rest)


def one(services: Services, id: str, audience: frozenset[str], base: str) -> Item:
    """Return the item of one document. Raises NotFound for what these readers never saw."""
    with services.database.reading() as session:
        found = harvest.changes(session, Asked(audience, only=id), 1)
    items = _items(services, found, audience, base)
    if not items:
        raise NotFound(id)
    return items[0]


def earliest(services: Services, audience: frozenset[str]) -> dt.datetime | None:
    """Return a moment before which nothing of these readers changed; None while there was nothing for them."""
    with services.database.reading() as session:
        return harvest.earliest(session, audience)


def is_group(services: Services, group: Group) -> bool:
    """Whether there can be such a group: what it is named by stands in the vocabularies."""
    known: Mapping[str, Mapping[str, object]] = {
        "type": services.types,
        "theme": services.vocabulary.themes,
        "body": services.vocabulary.organisations,
    }
    return not group.value or group.value in known[group.kind]


def groups(services: Services, audience: frozenset[str], language: str) -> list[tuple[Group, str]]:
    """Return every group that holds a document of these readers, with its name; each after the one of its kind."""
    everything, vocabulary = Wanted(), services.vocabulary
    with services.database.reading() as session:
        types = listing.counts(session, everything, audience, "type")
        themes = listing.counts(session, everything, audience, "theme")
        bodies = listing.counts(session, everything, audience, "organisation")
    named = [(Group("type", k), labelled(t.plural, language)[0]) for k, t in services.types.items() if k in types]
    named += [(Group("theme", k), labelled(t.label, language)[0]) for k, t in vocabulary.themes.items() if k in themes]
    named += [(Group("body", k), b.name(language).text) for k, b in vocabulary.organisations.items() if k in bodies]
    return [pair for kind in KINDS for pair in ((Group(kind), ""), *(p for p in named if p[0].kind == kind))]


def _items(services: Services, found: Sequence[Change], audience: frozenset[str], base: str) -> tuple[Item, ...]:
    if not base:
        return tuple(map(Item, found))
    here = [change.id for change in found if not change.gone]
    cited = {facts.id: facts for facts in citing.cited_all(services, here, audience, base, {})}
    with services.database.reading() as session:
        said = _said(services, session, cited, audience)
    # what was withdrawn between the two looks is met again at the end of the list
    return tuple(
        Item(change, said.get(change.id) if not change.gone else None)
        for change in found
        if change.gone or change.id in said
    )


def _said(
    services: Services, session: Session, cited: Mapping[str, Citation], audience: frozenset[str]
) -> dict[str, tuple[Statement, ...]]:
    rows = documents.cards(session, list(cited), audience)
    return {row.id: dublin.statements(services, session, row, cited[row.id], audience) for row in rows}
