"""What the tests of every engine share: the engines themselves, and short ways to fill and ask one."""

from pathlib import Path
from typing import Any

from kb.core.text import DocumentId, Passage, Span
from kb.languages import PRODUCT
from kb.search.engine import Entry, SearchEngine
from kb.search.engines import open_engine
from kb.search.query import Clause, Query, Words


def opened(name: str, home: Path) -> SearchEngine:
    return open_engine(f"{name}:index", home, PRODUCT)


def entry(key: str, title: str, *texts: str, **more: Any) -> Entry:
    """Make a document with one passage a page."""
    pages = tuple(Passage(text, Span(0, len(text)), file=1, page=page) for page, text in enumerate(texts, 1))
    return Entry(DocumentId(key), title, pages, **more)


def put(engine: SearchEngine, *entries: Entry) -> None:
    with engine.writing() as writer:
        for each in entries:
            writer.put(each)


def ids(engine: SearchEngine, clause: Clause | str, **more: Any) -> list[str]:
    """Ask for plain words or a clause; the documents found, best first."""
    asked = Words(clause) if isinstance(clause, str) else clause
    return [str(hit.id) for hit in engine.search(Query(asked, **more)).hits]
