"""The index is kept in step with the catalog: the job, the rebuild, the check."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from kb.arabic.fold import fold
from kb.catalog import corrections, documents
from kb.catalog.access import audience_of
from kb.catalog.changes import INDEX
from kb.catalog.content_type import ContentType
from kb.catalog.tables import Document, FileState
from kb.catalog.translated import pick
from kb.core.clock import now
from kb.core.errors import Invalid, NoIndex
from kb.core.text import DocumentId, Passage
from kb.ingest.passages import field_passages, passages
from kb.jobs import queue
from kb.jobs.queue import JobRef
from kb.languages.keys import number
from kb.search import stamp
from kb.search.engine import Can, Entry, SearchEngine
from kb.search.engines import AUTO, is_here, moving, read, rebuilding
from kb.search.engines.chosen import LARGE, SMALL, Choice, chosen
from kb.search.units import NUMBER
from kb.services import shown
from kb.services.context import Services

BATCH = 200
"""Documents loaded at once, and jobs in one commit of the engine."""

COMMIT, STREAMED = 10_000, 100_000
"""Passages in one commit of a rebuild, which is what a kill loses: of an engine that holds them in memory, and of one
that writes them as they come.
"""

MOVE = "move"
"""The job that moves the index to the engine of large libraries."""

_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]


def run(services: Services, jobs: Sequence[JobRef]) -> None:
    """Write the documents as they are now, in one commit; those that nobody may see leave the index."""
    ids = [DocumentId(job.key) for job in jobs]
    found = {entry.id: entry for entry in entries(services, ids)}
    with stamp.keeping(_root(services)), services.engine.writing() as writer:
        for id in ids:
            if id in found:
                writer.put(found[id])
            else:
                writer.drop(id)
    grow(services)


def rebuild(services: Services, progress: Progress) -> int:
    """Build the index anew aside and swap it in; return the number of documents. Search goes on all the while.

    A rebuild that was killed goes on where it was.
    """
    settings = services.settings
    count = _swapped(
        services, rebuilding(settings.index, settings.home, services.analyzer, salt=services.salt), progress
    )
    check(services)
    return count


def move(services: Services, to: Choice, progress: Progress) -> int:
    """Build the index of another engine aside and let that answer; return the number of documents.

    As in `rebuild` search goes on, and nothing is lost that changed meanwhile. Raises Invalid where a setting names the
    engine, Unavailable for one that is not installed.
    """
    if to.name not in {SMALL, LARGE}:
        raise Invalid({"index": "unknown-engine"})
    settings = services.settings
    _log.warning("moving the index to %s: search goes on", to.name)
    making = moving(settings.index, settings.home, to, services.analyzer, salt=services.salt)
    count = _swapped(services, making, progress)
    check(services)
    _log.warning("%s answers, with %d documents", to.name, count)
    return count


def grow(services: Services) -> None:
    """Queue the move to the engine of large libraries when it is due."""
    if outgrown(services):
        with services.database.writing() as session:
            queue.put(session, MOVE, LARGE, now())


def run_move(services: Services, _: Sequence[JobRef]) -> None:
    """Move the index to the engine of large libraries, unless that is no longer due."""
    if outgrown(services):
        move(services, Choice(LARGE), lambda _done, _total: None)


def outgrown(services: Services) -> bool:
    """Tell whether the library is past what its engine is for, and may and can have the other."""
    settings = services.settings
    name, root = read(settings.index, settings.home)
    if name != AUTO or chosen(root) != Choice(SMALL) or not is_here(LARGE):
        return False
    try:
        return services.engine.size > settings.index_passages
    except NoIndex:  # one is being made: that will be told anew
        return False


def in_use(services: Services) -> Choice:
    """Return the engine that answers; held, where a setting or somebody's decision keeps it."""
    name, root = read(services.settings.index, services.settings.home)
    return chosen(root) if name == AUTO else Choice(name, held=True)


def _swapped(services: Services, making: AbstractContextManager[SearchEngine], progress: Progress) -> int:
    """Fill an index and swap it in; return the number of documents. None that is found before it is missed after.

    What was written into the other one meanwhile is made up for while nobody writes, which takes as long as that did.
    """
    with ExitStack() as still, making as engine, _told(services, progress) as tell:
        _fill(services, engine, tell)
        _fill(services, engine, _unheard)
        still.enter_context(stamp.swapping(_root(services)))
        return _fill(services, engine, _unheard)


def _unheard(_done: int, _total: int) -> None: ...


def _root(services: Services) -> Path:
    return read(services.settings.index, services.settings.home)[1]


@contextmanager
def _told(services: Services, progress: Progress) -> Iterator[Progress]:
    """Tell other processes too. What a killed one had told stands until the work is gone on with."""
    root = _root(services)

    def tell(done: int, total: int) -> None:
        stamp.tell(root, stamp.Progress(done, total))
        progress(done, total)

    try:
        yield tell
    finally:
        stamp.tell_no_more(root)


def _fill(services: Services, engine: SearchEngine, progress: Progress) -> int:
    """Write all that is in the catalog, but for what the index holds already; return the number of documents."""
    with services.database.reading() as session:
        wanted = documents.revisions(session)
    held = engine.revisions()
    left = sorted(id for id, revision in wanted.items() if held.get(DocumentId(id)) != revision)
    surplus = [id for id in held if id not in wanted]
    if surplus:
        with engine.writing() as writer:
            for id in surplus:
                writer.drop(id)
    batches = iter([left[start : start + BATCH] for start in range(0, len(left), BATCH)])
    done = len(wanted) - len(left)
    progress(done, len(wanted))
    while done < len(wanted):
        done = _commit(services, engine, batches, done, lambda count: progress(count, len(wanted)))
    return len(wanted)


def _commit(
    services: Services, engine: SearchEngine, batches: Iterator[Sequence[str]], done: int, told: Callable[[int], None]
) -> int:
    """Write the next passages in one commit; return how many documents are `done` then. `told` is told on the way."""
    size, most = 0, STREAMED if engine.can & Can.STREAM else COMMIT
    with engine.writing() as writer:
        for batch in batches:
            for entry in entries(services, batch):
                writer.put(entry)
                size += max(1, len(entry.passages))
            done += len(batch)
            told(done)
            if size >= most:
                break
    return done


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
    texts = corrections.pages_of(session, read)
    for file in read:
        yield from passages(texts[file.id], file.language or document.language or "ar", file=file.number)


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
