"""A library in the catalog and in the index, filled with made-up documents: what the benches search."""

import datetime as dt
from collections.abc import Iterator
from itertools import islice

from bench.made import Library, Made
from kb.catalog import changes, documents, files, workflow
from kb.catalog.period import Period
from kb.catalog.tables import State
from kb.core.clock import now
from kb.core.text import Page
from kb.jobs import queue
from kb.services import index, reading
from kb.services.context import Services

_AT_ONCE = 50  # documents in one transaction
_NO_DIGEST = "0" * 64
_ALL = 10**6
_LEASE = dt.timedelta(minutes=1)


def stock(services: Services, pages: int) -> None:
    """Put published documents with so many pages into the catalog; none of them is in the index yet.

    They count as read by a reader of this version: no worker has anything to do for them.
    """
    stamp = min(reading.stamps())
    bodies = sorted(services.vocabulary.organisations)
    themes = sorted(services.vocabulary.themes)
    left = Library().documents(pages)
    while batch := list(islice(left, _AT_ONCE)):
        with services.database.writing() as session:
            for made in batch:
                row = documents.create(
                    session,
                    type=made.type,
                    actor="bench",
                    import_id=made.key,
                    title={"ar": made.title},
                    language="ar",
                    period=Period(made.date, made.date),
                    organisation_id=bodies[made.body % len(bodies)],
                    themes=[themes[made.theme % len(themes)]],
                )
                file = files.attach(
                    session, row, digest=_NO_DIGEST, name=f"{made.key}.pdf", media_type="application/pdf", size=1
                )
                files.mark_read(session, file, list(_pages(made)), stamp=stamp, language="ar")
                workflow.move(session, row, State.PUBLISHED, actor="bench")
    with services.database.writing() as session:
        for kind in (files.EXTRACT, changes.INDEX):
            queue.finish(session, queue.claim(session, kind, _ALL, now(), _LEASE), now())


def build(services: Services) -> None:
    """Write all that is in the catalog into a new index."""
    index.rebuild(services, lambda _done, _total: None)


def _pages(made: Made) -> Iterator[Page]:
    return (Page(number, text) for number, text in enumerate(made.pages, 1))
