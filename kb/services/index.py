"""The index is kept in step with the catalog: the job, the rebuild, the check."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.orm import Session

from kb.arabic.fold import fold
from kb.catalog import content_type, documents, files
from kb.catalog.access import audience_of
from kb.catalog.changes import INDEX
from kb.catalog.content_type import ContentType
from kb.catalog.tables import Document, FileState
from kb.catalog.translated import pick
from kb.core.clock import now
from kb.core.text import DocumentId, Passage
from kb.ingest.passages import field_passages, passages
from kb.jobs import queue
from kb.jobs.queue import JobRef
from kb.languages.keys import number
from kb.search.engine import Entry
from kb.search.engines import rebuilding
from kb.search.units import NUMBER
from kb.services import shown
from kb.services.context import Services

BATCH = 200
"""Documents in one commit of the engine."""

Progress = Callable[[int, int], None]


def run(services: Services, jobs: Sequence[JobRef]) -> None:
    """Write the documents as they are now, in one commit; those that nobody may see leave the index."""
    ids = [DocumentId(job.key) for job in jobs]
    found = {entry.id: entry for entry in entries(services, ids)}
    with services.engine.writing() as writer:
        for id in ids:
            if id in found:
                writer.put(found[id])
            else:
                writer.drop(id)


def rebuild(services: Services, progress: Progress) -> int:
    """Build the index anew aside and swap it in; return the number of documents. Search goes on all the while.

    What changed meanwhile is found by `check` after the swap and queued.
    """
    with services.database.reading() as session:
        ids = sorted(documents.revisions(session))
    settings, salt = services.settings, content_type.stamp(services.types)
    with rebuilding(settings.index, settings.home, services.analyzer, salt=salt) as engine:
        for start in range(0, len(ids), BATCH):
            with engine.writing() as writer:
                for entry in entries(services, ids[start : start + BATCH]):
                    writer.put(entry)
            progress(min(start + BATCH, len(ids)), len(ids))
    check(services)
    return len(ids)


@dataclass(frozen=True, slots=True)
class Differences:
    """Numbers of documents: not in the index, older there, and there though nobody may see them."""

    missing: int
    stale: int
    surplus: int

    @property
    def total(self) -> int:
        return self.missing + self.stale + self.surplus


def check(services: Services) -> Differences:
    """Compare the index with the catalog and queue what differs."""
    held = services.engine.revisions()
    with services.database.writing() as session:
        wanted = documents.revisions(session)
        missing = [id for id in wanted if id not in held]
        stale = [id for id, revision in wanted.items() if id in held and held[DocumentId(id)] != revision]
        surplus = [id for id in held if id not in wanted]
        for id in (*missing, *stale, *surplus):
            queue.put(session, INDEX, id, now())
    return Differences(len(missing), len(stale), len(surplus))


def entries(services: Services, ids: Sequence[str]) -> Iterator[Entry]:
    """Yield the documents as the index sees them; those that nobody may see are left out."""
    with services.database.reading() as session:
        for document in documents.load_all(session, ids):
            if audience_of(document):
                yield _entry(services, session, document)


def _entry(services: Services, session: Session, document: Document) -> Entry:
    _, language = pick(document.title, document.language)
    return Entry(
        id=DocumentId(document.id),
        title="\n".join(wording["text"] for wording in document.title.values()),
        passages=tuple(_passages(services, session, document)),
        keywords=_keywords(services, document),
        audience=audience_of(document),
        date=document.date_last,
        order=document.sort_title,
        language=language,
        revision=document.revision,
    )


def _passages(services: Services, session: Session, document: Document) -> Iterator[Passage]:
    """Yield what is searched: the summary, the fields of the sheet, then the pages of its files."""
    for code, wording in document.summary.items():
        yield from field_passages(shown.SUMMARY, wording["text"], code)
    kind = services.types[document.type]
    for name, text, code in kind.field_words(document.data, document.language or "ar"):
        yield from field_passages(name, text, code)
    read = [file for file in document.files if file.state == FileState.READ and not file.successor_id]
    texts = files.pages_of(session, read)
    for file in read:
        pages = [files.as_page(page) for page in texts[file.id]]
        yield from passages(pages, file.language or document.language or "ar", file=file.number)


def _keywords(services: Services, document: Document) -> dict[str, frozenset[str]]:
    body = document.organisation_id or document.organisation_text
    kind = services.types[document.type]
    own = kind.keywords(document.data)
    return {
        "kind": own.get("kind", frozenset()),
        NUMBER: frozenset(_numbers(services, kind, document)),
        "type": frozenset({document.type}),
        "year": frozenset(str(year) for year in shown.years(document)),
        "organisation": frozenset({body} if body else ()),
        "theme": document.theme_codes,
        "language": frozenset(shown.languages(document)),
    }


def _numbers(services: Services, kind: ContentType, document: Document) -> Iterator[str]:
    """Yield the numbers that the document bears itself: those of the fields that identify it, as read and as printed;
    and the first in each title, for what follows is of the texts that it is about.
    """
    for field in kind.fields:
        if field.dc == "identifier" and field.name in document.data and field.indexed:
            for text, _ in field.said(document.data[field.name]):
                yield from filter(None, (number(text)[0], fold(text)))
    for wording in document.title.values():
        tokens = list(services.analyzer.tokens(wording["text"]))
        numbers = (key.term for key in services.analyzer.keys(wording["text"], tokens) if key.term.startswith("#"))
        yield from islice(numbers, 1)
