"""What came, changed and went, in the order in which it did: for programs that keep a copy and ask what is new."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from sqlalchemy import (
    JSON,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    func,
    literal,
    not_,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from kb.catalog.access import version_visible_to, visible_to
from kb.catalog.tables import Document, DocumentTheme, Revision, Tombstone

Kind = Literal["type", "theme", "body"]

KINDS: Final[tuple[Kind, ...]] = ("type", "theme", "body")


@dataclass(frozen=True, slots=True)
class Group:
    """Documents of one type, with one theme or of one body; without a value those that have any."""

    kind: Kind
    value: str = ""


class Change(NamedTuple):
    """When a document was last changed, or was taken from the eyes of these readers (`gone`)."""

    at: dt.datetime
    id: str
    gone: bool
    groups: frozenset[Group]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose changes: `since` is included, `until` is not; of one group or of all; of the document `only`, or of any."""

    audience: frozenset[str]
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    group: Group | None = None
    only: str = ""


def changes(session: Session, asked: Asked, limit: int, after: tuple[dt.datetime, str] | None = None) -> list[Change]:
    """Return changes in the order (moment, id), those after a place in it. A document has one, its last.

    What is changed while somebody goes through the list moves to its end: it is met again and none is missed. Who
    destroyed a document destroyed what group it was of: such a one is in every group.
    """
    every = _all(asked).subquery()
    query = select(every.c.at, every.c.id, every.c.gone, every.c.last).where(*_between(asked, every.c.at))
    if after:
        at, id = after
        query = query.where(or_(every.c.at > at, and_(every.c.at == at, every.c.id > id)))
    rows = session.execute(query.order_by(every.c.at, every.c.id).limit(limit)).tuples().all()
    groups = _groups(session, [id for _, id, gone, _ in rows if not gone])
    groups |= _last_groups(session, {id: last for _, id, gone, last in rows if gone and last})
    return [Change(at, id, bool(gone), groups.get(id, frozenset())) for at, id, gone, _ in rows]


def count(session: Session, asked: Asked) -> int:
    every = _all(asked).subquery()
    return session.scalar(select(func.count()).select_from(every).where(*_between(asked, every.c.at))) or 0


def earliest(session: Session, audience: frozenset[str]) -> dt.datetime | None:
    """Return a moment before which nothing of these readers changed; None while there was nothing for them."""
    first = session.scalar(select(func.min(Revision.taken_at)).where(version_visible_to(audience)))
    buried = session.scalar(select(func.min(Tombstone.at)).where(Tombstone.audience.in_(sorted(audience))))
    return min(filter(None, (first, buried)), default=None)


def latest(session: Session, audience: frozenset[str]) -> dt.datetime | None:
    """Return when something last changed for these readers."""
    every = _all(Asked(audience)).subquery()
    found: dt.datetime | None = session.scalar(select(func.max(every.c.at)))
    return found


def _between(asked: Asked, at: ColumnElement[dt.datetime]) -> list[ColumnElement[bool]]:
    bounds = [at >= asked.since] if asked.since else []
    return [*bounds, at < asked.until] if asked.until else bounds


def _all(asked: Asked) -> CompoundSelect[tuple[dt.datetime, str, int, int | None]]:
    return union_all(_seen(asked), _hidden(asked), _buried(asked))


Row = Select[tuple[dt.datetime, str, int, int | None]]


def _seen(asked: Asked) -> Row:
    none = literal(None, Revision.number.type).label("last")
    query = select(Document.changed_at.label("at"), Document.id.label("id"), literal(0).label("gone"), none)
    query = query.where(visible_to(asked.audience), *_only(asked, Document.id))
    match asked.group:
        case Group("type", value) if value:
            query = query.where(Document.type == value)
        case Group("theme", value):
            themed = select(DocumentTheme.document_id)
            query = query.where(Document.id.in_(themed.where(DocumentTheme.theme == value) if value else themed))
        case Group("body", value):
            named = Document.organisation_id
            query = query.where(named == value if value else named.is_not(None))
    return query


def _hidden(asked: Asked) -> Row:
    """Select what these readers saw once and see no more, with the version they saw last.

    It went when the next version was taken; what is done to it since is no business of theirs.
    """
    mine = Revision.document_id == Document.id
    seen = select(func.max(Revision.number)).where(mine, version_visible_to(asked.audience))
    last = seen.correlate(Document).scalar_subquery()
    went = select(func.min(Revision.taken_at)).where(mine, Revision.number > last)
    query = select(
        went.correlate(Document).scalar_subquery().label("at"),
        Document.id.label("id"),
        literal(1).label("gone"),
        last.label("last"),
    ).where(not_(visible_to(asked.audience)), last.is_not(None), *_only(asked, Document.id))
    if asked.group is None or asked.group == Group("type"):
        return query
    then = select(Revision.document_id).where(mine, Revision.number == last, _was_in(asked.group))
    return query.where(then.correlate(Document).exists())


def _was_in(group: Group) -> ColumnElement[bool]:
    if group.kind == "theme":  # a list, written as JSON on every database
        return _kept("themes").contains(f'"{group.value}"' if group.value else '"', autoescape=True)
    said = _kept("type" if group.kind == "type" else "organisation_id")
    return said == group.value if group.value else said.is_not(None)


def _kept(name: str) -> ColumnElement[str]:
    said: ColumnElement[str] = type_coerce(Revision.snapshot, JSON)[name].as_string()
    return said


def _buried(asked: Asked) -> Row:
    none = literal(None, Revision.number.type).label("last")
    query = select(Tombstone.at.label("at"), Tombstone.id.label("id"), literal(1).label("gone"), none)
    return query.where(Tombstone.audience.in_(sorted(asked.audience)), *_only(asked, Tombstone.id))


def _only(asked: Asked, id: InstrumentedAttribute[str]) -> list[ColumnElement[bool]]:
    return [id == asked.only] if asked.only else []


def _groups(session: Session, ids: Sequence[str]) -> dict[str, frozenset[Group]]:
    query = select(Document.id, Document.type, Document.organisation_id).where(Document.id.in_(ids))
    found = {id: _of(type, body) for id, type, body in session.execute(query).tuples()}
    themed = select(DocumentTheme.document_id, DocumentTheme.theme).where(DocumentTheme.document_id.in_(ids))
    for id, theme in session.execute(themed).tuples():
        found[id].add(Group("theme", theme))
    return {id: frozenset(groups) for id, groups in found.items()}


def _last_groups(session: Session, versions: dict[str, int]) -> dict[str, frozenset[Group]]:
    query = select(Revision).where(Revision.document_id.in_(versions))
    wanted = (row for row in session.scalars(query) if versions[row.document_id] == row.number)
    return {
        row.document_id: frozenset(
            _of(row.snapshot["type"], row.snapshot["organisation_id"])
            | {Group("theme", theme) for theme in row.snapshot["themes"]}
        )
        for row in wanted
    }


def _of(type: str, body: str | None) -> set[Group]:
    return {Group("type", type)} | ({Group("body", body)} if body else set())
