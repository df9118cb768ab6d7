"""What a reader opens: a document, one of its versions, its file. Its pages are in reader.py."""

from sqlalchemy.orm import Session

from kb.catalog import documents, files, relations, snapshot
from kb.catalog.tables import Document
from kb.catalog.vocabulary import labelled
from kb.core.errors import NotFound
from kb.services import shown
from kb.services.context import Services
from kb.services.views import Original, Record, RelationShown


def record(services: Services, id: str, audience: frozenset[str], language: str) -> Record:
    """Return a document's own page. Raises NotFound, and Gone with the reason for one that was withdrawn."""
    with services.database.reading() as session:
        document = documents.get(session, id, audience)
        return shown_record(services, session, document, audience, language)


def version(services: Services, id: str, number: int, audience: frozenset[str], language: str) -> Record:
    """Return the document's record as it was in that version. Raises as `record`."""
    with services.database.reading() as session:
        past = documents.version(session, id, number, audience)
        then = snapshot.restore(past)
        return shown_record(services, session, then, audience, language)


def original(services: Services, id: str, file: int, audience: frozenset[str]) -> Original:
    """Return where a stored file is. Raises as `record`, and NotFound when the store has lost it."""
    with services.database.reading() as session:
        return stored(services, documents.get(session, id, audience), file)


def stored(services: Services, document: Document, file: int) -> Original:
    """Return where a file of the document is. Raises NotFound."""
    row = files.numbered(document, file)
    path = services.store.path(row.digest)
    if not path.is_file():
        raise NotFound(row.digest)
    return Original(path, row.name, row.media_type, row.size)


def shown_record(
    services: Services, session: Session, document: Document, audience: frozenset[str], language: str
) -> Record:
    """Return the document's record from its row, as it is now or was."""
    kind = services.types[document.type]
    return Record(
        card=shown.card(services, document, language),
        fields=shown.fields(kind, document.data, language),
        files=tuple(shown.file(row) for row in document.files),
        relations=tuple(relation(services, link, language) for link in relations.of(session, document, audience)),
        themes=shown.themes(services, document, language),
        audience=document.audience,
        revision=document.revision,
        changed=document.changed_at,
        versions=tuple(snapshot.turns(documents.versions(session, document.id, audience))),
    )


def relation(services: Services, link: relations.Link, language: str) -> RelationShown:
    """Return a relation as one of its ends shows it."""
    kind = services.vocabulary.relations.get(link.relation.kind)
    label = link.relation.kind if kind is None else labelled(kind.inverse if link.inverse else kind.label, language)[0]
    return RelationShown(
        label=label,
        card=shown.card(services, link.other, language) if link.other else None,
        text=link.relation.target_text,
        note=link.relation.note,
        page=link.relation.page,
        kind=link.relation.kind,
        inverse=link.inverse,
    )
