"""What documents say of one another, and the wait of a relation for a target that is not in the library yet."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kb.arabic.fold import fold
from kb.catalog.access import visible_to
from kb.catalog.tables import Document, DocumentKey, Relation
from kb.core.errors import Invalid

KEY_LENGTH = 200
LAW = "law"

# A text of law cited by its kind and number: «القانون رقم 31.13 المتعلق ...», "loi n° 31-13", "décret 2.17.265".
_KINDS = "|".join(
    map(fold, ("قانون", "ظهير", "مرسوم", "منشور", "قرار", "دورية", "loi", "dahir", "décret", "arrêté", "circulaire"))
)
_NUMBER = r"\d{1,4}(?:\s*[-‑–./٫]\s*\d{1,4}){1,2}"
_YEARS = r"\d{4}\s*\D\s*\d{4}\b"
_CITED = re.compile(rf"(?:ال)?(?:{_KINDS}|law|decree|circular)\b[^\d،,;:]{{0,40}}?(?!{_YEARS})({_NUMBER})")


@dataclass(frozen=True, slots=True)
class Link:
    """A relation as seen from one of its ends; `inverse` when that end is the target. `other` may be awaited."""

    relation: Relation
    inverse: bool
    other: Document | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a document is to say of another: `target` is its id, else `text` names one that may come.

    `row` is the relation that says so already, 0 for a new one; with no other target and no other text, or none, it
    keeps the target that it has, which who edits it may not see.
    """

    kind: str
    target: str = ""
    text: str = ""
    note: str = ""
    file: int = 0
    page: int = 0
    row: int = 0


def import_key(import_id: str) -> str:
    return f"import:{import_id}"[:KEY_LENGTH]


def title_key(title: str) -> str:
    return f"title:{' '.join(fold(title).split())}"[:KEY_LENGTH]


def number_key(number: str) -> str:
    """Return one key for a law's number in all its spellings: 31.13, 31-13, 13.31.

    Right-to-left text turns the groups of a number around, so the smaller of both orders stands for both.
    """
    groups = tuple(int(group) for group in re.findall(r"\d+", number))
    return "number:" + ".".join(map(str, min(groups, groups[::-1])))


def citation_key(text: str) -> str:
    """Return the key that a cited text waits under: the number of a law, else the title."""
    cited = _CITED.match(fold(text).strip())
    return number_key(cited[1]) if cited else title_key(text)


def keys_of(document: Document) -> set[str]:
    """Return every key the document answers to."""
    keys = {title_key(wording["text"]) for wording in document.title.values()}
    if document.import_id:
        keys.add(import_key(document.import_id))
    if document.type == LAW:
        number = re.search(_NUMBER, fold(str(document.data.get("number", ""))))
        keys |= {number_key(number[0])} if number else set()
    return keys


def add(  # noqa: PLR0913 -- each is a column of the row
    session: Session,
    source: Document,
    kind: str,
    target: Document | str,
    *,
    key: str = "",
    note: str = "",
    file: int = 0,
    page: int = 0,
) -> Relation:
    """Relate the source to a document, or to a text that names one which may come later.

    `key` (import_key, number_key) says more precisely than the text what is meant. The same relation twice is one.
    """
    text = target if isinstance(target, str) else ""
    waits = key or (citation_key(text) if isinstance(target, str) else min(keys_of(target)))
    session.flush()
    twin = select(Relation).where(
        Relation.source_id == source.id, Relation.kind == kind, Relation.target_key == waits, Relation.page == page
    )
    relation = session.scalars(twin).first()
    if relation is None:
        relation = Relation(source_id=source.id, kind=kind, target_key=waits)
        session.add(relation)
    relation.target_text, relation.note, relation.file, relation.page = text, note, file, page
    found = _answering(session, waits, source.id) if isinstance(target, str) else target.id
    relation.target_id = found or relation.target_id
    return relation


def put(session: Session, source: Document, wanted: Sequence[Wanted]) -> bool:
    """Let the document say this of others and nothing else, in this order; return whether that is new.

    Raises Invalid, by the place in `wanted`, for a target that is not there or is the document itself.
    """
    session.flush()
    held = said_by(session, source)
    by_id = {relation.id: relation for relation in held}
    rows = [_row(session, source, one, by_id.get(one.row)) for one in wanted]
    problems = {str(place): "unknown" for place, row in enumerate(rows) if row is None}
    if problems:
        raise Invalid(problems)
    new = list(dict.fromkeys(row for row in rows if row is not None))
    same = next(
        (n for n, (a, b) in enumerate(zip(held, new, strict=False)) if _values(a) != b), min(len(held), len(new))
    )
    for relation in held[same:]:
        session.delete(relation)
    session.flush()
    for kind, target_id, key, text, note, file, page in new[same:]:
        found = target_id or _answering(session, key, source.id)
        row = Relation(source_id=source.id, kind=kind, target_id=found, target_key=key, target_text=text)
        row.note, row.file, row.page = note, file, page
        session.add(row)
        session.flush()
    return len(held) != len(new) or same < len(new)


def said_by(session: Session, source: Document) -> list[Relation]:
    """Return what the document says of others, whoever may see those."""
    return list(session.scalars(select(Relation).where(Relation.source_id == source.id).order_by(Relation.id)))


_Values = tuple[str, str | None, str, str, str, int, int]


def _values(row: Relation) -> _Values:
    return row.kind, row.target_id, row.target_key, row.target_text, row.note, row.file, row.page


def _row(session: Session, source: Document, one: Wanted, held: Relation | None) -> _Values | None:
    if held is not None and (one.target == held.target_id if one.target else one.text in ("", held.target_text)):
        return one.kind, held.target_id, held.target_key, held.target_text, one.note, one.file, one.page
    if not one.target:
        return one.kind, None, citation_key(one.text), one.text, one.note, one.file, one.page
    target = session.get(Document, one.target)
    if target is None or target is source:
        return None
    return one.kind, target.id, min(keys_of(target)), "", one.note, one.file, one.page


def _answering(session: Session, key: str, source_id: str) -> str | None:
    """Return the oldest document that answers to the key, never the one that asks."""
    query = select(DocumentKey.document_id).join(Document, Document.id == DocumentKey.document_id)
    query = query.where(DocumentKey.key == key, DocumentKey.document_id != source_id)
    return session.scalar(query.order_by(Document.created_at, Document.id).limit(1))


def named(session: Session, names: Iterable[str], audience: frozenset[str]) -> dict[str, Document]:
    """Return the documents, as these readers may see them, that the names mean: an id, an import id, the number of a
    law or a title. A name that means none is left out; of several documents of one name the oldest is meant.
    """
    keys = {name: {import_key(name), citation_key(name)} for name in names}
    wanted = sorted({key for meant in keys.values() for key in meant})
    query = select(DocumentKey.key, Document).join(Document, Document.id == DocumentKey.document_id)
    query = query.where(DocumentKey.key.in_(wanted), visible_to(audience))
    by_key: dict[str, Document] = {}
    for key, document in session.execute(query.order_by(Document.created_at, Document.id)):
        by_key.setdefault(key, document)
    by_id = _seen(session, keys, audience)
    found = {
        name: by_id.get(name) or next((by_key[key] for key in sorted(meant) if key in by_key), None)
        for name, meant in keys.items()
    }
    return {name: document for name, document in found.items() if document is not None}


def titled(session: Session, words: Sequence[str], audience: frozenset[str], limit: int) -> list[Document]:
    """Return documents whose title holds these folded words or parts of words, in any language, newest first."""
    named = [DocumentKey.key.contains(word, autoescape=True) for word in words]
    holding = select(DocumentKey.document_id).where(DocumentKey.key.startswith("title:"), *named)
    query = select(Document).where(Document.id.in_(holding), visible_to(audience))
    return list(session.scalars(query.order_by(Document.published_at.desc(), Document.id).limit(limit)))


def settle(session: Session, documents: Sequence[Document]) -> set[str]:
    """Renew the keys of these documents and give them to the relations that waited; return those relations' sources."""
    sources: set[str] = set()
    for document in documents:
        wanted = keys_of(document)
        rows = session.scalars(select(DocumentKey).where(DocumentKey.document_id == document.id)).all()
        for row in rows:
            if row.key not in wanted:
                session.delete(row)
        for key in sorted(wanted - {row.key for row in rows}):
            session.add(DocumentKey(document_id=document.id, key=key))
        waiting = select(Relation).where(
            Relation.target_id.is_(None), Relation.target_key.in_(sorted(wanted)), Relation.source_id != document.id
        )
        for relation in session.scalars(waiting):
            relation.target_id = document.id
            sources.add(relation.source_id)
    return sources


def of(session: Session, document: Document, audience: frozenset[str]) -> list[Link]:
    """Return what the document says, then what others say of it.

    Where the reader may not see the other end, a relation of our own shows as awaited, by the text that is printed, and
    one of others not at all. An import id is no such text: it is a name for those who import.
    """
    return of_all(session, [document], audience)[document.id]


def of_all(session: Session, documents: Sequence[Document], audience: frozenset[str]) -> dict[str, list[Link]]:
    """Return the same of each of these documents, by its id, in two queries."""
    ids = [document.id for document in documents]
    query = select(Relation).where(or_(Relation.source_id.in_(ids), Relation.target_id.in_(ids)))
    found = session.scalars(query.order_by(Relation.id)).all()
    seen = _seen(session, {end for r in found for end in (r.source_id, r.target_id) if end}, audience)
    links: dict[str, list[Link]] = {id: [] for id in ids}
    for relation in found:
        other = seen.get(relation.target_id or "")
        if relation.source_id in links and (other or relation.target_key != import_key(relation.target_text)):
            links[relation.source_id].append(Link(relation, False, other))
    for relation in found:
        if relation.target_id in links and relation.source_id in seen and relation.source_id != relation.target_id:
            links[relation.target_id].append(Link(relation, True, seen[relation.source_id]))
    return links


PART_OF = "part_of"
_GATHERS = "related"
"""What a collection says of each of its documents, in its order."""


def parts(session: Session, collections: Sequence[str], audience: frozenset[str]) -> dict[str, list[str]]:
    """Return the ids of the documents of each collection that this audience sees, in two queries.

    First those it names itself, in its order, then those that say they are part of it.
    """
    own = select(Relation.source_id, Relation.target_id).join(Document, Document.id == Relation.target_id)
    own = own.where(Relation.source_id.in_(collections), Relation.kind == _GATHERS, visible_to(audience))
    theirs = select(Relation.target_id, Relation.source_id).join(Document, Document.id == Relation.source_id)
    theirs = theirs.where(Relation.target_id.in_(collections), Relation.kind == PART_OF, visible_to(audience))
    found: dict[str, list[str]] = {id: [] for id in collections}
    for query in (own, theirs):
        for collection, part in session.execute(query.order_by(Relation.id)):
            if part not in found[collection]:
                found[collection].append(part)
    return found


def _seen(session: Session, ids: Iterable[str], audience: frozenset[str]) -> dict[str, Document]:
    wanted = sorted(ids)
    query = select(Document).where(Document.id.in_(wanted), visible_to(audience))
    return {document.id: document for document in session.scalars(query)} if wanted else {}
