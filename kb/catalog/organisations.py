"""The authority file as it is installed from the vocabulary, and the name a body bore on a day."""

import datetime as dt
from collections.abc import Collection, Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from kb.catalog import vocabulary
from kb.catalog.access import visible_to
from kb.catalog.authority import Organisation, OrganisationLink, OrganisationName
from kb.catalog.changes import INDEX
from kb.catalog.tables import Document
from kb.core.clock import now
from kb.core.errors import NotFound
from kb.jobs import queue

_BY_DATE = (OrganisationLink.first.nulls_first(), OrganisationLink.id)


def install(session: Session, bodies: Iterable[vocabulary.Organisation]) -> set[str]:
    """Bring the authority file to what these bodies say; return the ids of those that were new or changed.

    Installing twice changes nothing. Bodies that are no longer said stay, for documents name them. The documents of
    a changed body are indexed again.
    """
    given = {body.id: body for body in bodies}
    changed = outdated(session, given.values())
    for key in sorted(changed):
        _write(session, given[key])
    session.flush()
    for key in sorted(changed):
        _link(session, given[key])
    for key in session.scalars(select(Document.id).where(Document.organisation_id.in_(sorted(changed)))):
        queue.put(session, INDEX, key, now())
    return changed


def outdated(session: Session, bodies: Iterable[vocabulary.Organisation]) -> set[str]:
    """Return the ids of the bodies that `install` would write, without writing."""
    rows = {row.id: row for row in session.scalars(select(Organisation).options(selectinload(Organisation.names)))}
    links: dict[str, list[OrganisationLink]] = {}
    for link in session.scalars(select(OrganisationLink)):
        links.setdefault(link.from_id, []).append(link)
    return {
        body.id
        for body in bodies
        if body.id not in rows
        or _said(rows[body.id]) != _wanted(body)
        or _linked(links.get(body.id, ())) != _linked(body.links)
    }


def printed(session: Session, audience: frozenset[str]) -> list[str]:
    """Return the names of bodies as documents that this audience sees print them, where they are of no known body."""
    seen = select(Document.organisation_text).where(visible_to(audience), Document.organisation_text != "").distinct()
    return sorted(session.scalars(seen))


def load(session: Session, id: str) -> Organisation:
    """Return the body. Raises NotFound."""
    found = session.get(Organisation, id)
    if found is None:
        raise NotFound(id)
    return found


def names(session: Session, ids: Collection[str], language: str) -> dict[str, str]:
    """Return the names of today of those of the bodies that there are, by id, in two queries."""
    query = select(Organisation).where(Organisation.id.in_(ids)).options(selectinload(Organisation.names))
    return {body.id: label(body, language)[0] for body in session.scalars(query)}


def name_at(session: Session, id: str, day: dt.date | None, language: str) -> tuple[str, str]:
    """Return (name, its language) as borne on that day, today when None. Raises NotFound."""
    return label(load(session, id), language, day)


def label(body: Organisation, language: str, day: dt.date | None = None) -> tuple[str, str]:
    """Return (name, its language) as borne on that day, today when None.

    In the language asked for, else ar, fr, en; where no name is known for the day, the last one borne. The first
    listed of several names of one day is the proper one.
    """
    on = day or now().date()
    borne = [n for n in body.names if (n.first is None or n.first <= on) and (n.last is None or on <= n.last)]
    for names in (borne, body.names[::-1]):
        for code in (language, "ar", "fr", "en"):
            for name in names:
                if name.language == code:
                    return name.text, name.language
    return body.id, ""


def parents(session: Session, id: str, day: dt.date | None = None) -> list[str]:
    """Return the ids of the bodies it sat in on that day, of all of them when None."""
    return [link.to_id for link in _links(session, id) if link.kind == "parent" and _holds(link, day)]


def successors(session: Session, id: str) -> list[OrganisationLink]:
    """Return how the body was renamed, merged or split, by date."""
    return [link for link in _links(session, id) if link.kind != "parent"]


def predecessors(session: Session, id: str) -> list[OrganisationLink]:
    """Return which bodies became this one, wholly or in part, by date."""
    query = select(OrganisationLink).where(OrganisationLink.to_id == id, OrganisationLink.kind != "parent")
    return list(session.scalars(query.order_by(*_BY_DATE)))


def _links(session: Session, id: str) -> list[OrganisationLink]:
    query = select(OrganisationLink).where(OrganisationLink.from_id == id)
    return list(session.scalars(query.order_by(*_BY_DATE)))


def _holds(link: OrganisationLink, day: dt.date | None) -> bool:
    return day is None or ((link.first is None or link.first <= day) and (link.last is None or day <= link.last))


def _said(row: Organisation) -> tuple[object, ...]:
    return row.kind, list(row.acronyms), [(n.language, n.text, n.first, n.last) for n in row.names]


def _wanted(body: vocabulary.Organisation) -> tuple[object, ...]:
    return body.kind, list(body.acronyms), [(n.language, n.text, n.first, n.last) for n in body.names]


def _linked(links: Iterable[OrganisationLink | vocabulary.Link]) -> list[tuple[str, ...]]:
    """Return links of a row or of the vocabulary in one form and order."""
    return sorted(
        (link.kind, link.to_id if isinstance(link, OrganisationLink) else link.to, str(link.first), str(link.last))
        for link in links
    )


def _write(session: Session, body: vocabulary.Organisation) -> None:
    row = session.get(Organisation, body.id) or Organisation(id=body.id)
    row.kind, row.acronyms = body.kind, list(body.acronyms)
    row.names = [
        OrganisationName(language=n.language, text=n.text, first=n.first, last=n.last, position=position)
        for position, n in enumerate(body.names)
    ]
    session.add(row)


def _link(session: Session, body: vocabulary.Organisation) -> None:
    session.execute(delete(OrganisationLink).where(OrganisationLink.from_id == body.id))
    for link in body.links:
        session.add(OrganisationLink(from_id=body.id, to_id=link.to, kind=link.kind, first=link.first, last=link.last))
