"""The one interface every search engine keeps."""

import datetime as dt
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import Protocol

from kb.core.text import DocumentId, Passage
from kb.search.query import Query
from kb.search.results import Hit, Results


class Can(Flag):
    """What an engine offers beyond the common core; the contract tests skip by this, never by name."""

    NOTHING = 0
    PHRASE = auto()
    RANK = auto()
    DURABLE = auto()
    STREAM = auto()  # writes as it is told, so that a batch of any size costs no memory


@dataclass(frozen=True, slots=True)
class Entry:
    """One document as the index sees it. Texts are unanalysed; engines analyse.

    `title` is indexed with each passage; an entry without passages is found by its title. `order` is the key
    that Sort.TITLE sorts by. `language` is the title's, for its Latin words.
    """

    id: DocumentId
    title: str
    passages: tuple[Passage, ...] = ()
    keywords: Mapping[str, frozenset[str]] = field(default_factory=dict)
    audience: frozenset[str] = frozenset({"public"})
    date: dt.date | None = None
    order: str = ""
    language: str = "ar"
    revision: int = 1


class Writer(Protocol):
    def put(self, entry: Entry) -> None:
        """Add the entry, replacing any with the same id."""

    def drop(self, id: DocumentId) -> None:
        """Forget the entry; silent when there is none."""

    def clear(self) -> None:
        """Forget every entry."""


class SearchEngine(Protocol):
    @property
    def can(self) -> Can: ...

    @property
    def size(self) -> int:
        """Return the number of passages; a title alone counts as one. Raises as `search`."""

    def writing(self) -> AbstractContextManager[Writer]:
        """One writer at a time. Visible to searches on clean exit, gone on error.

        Raises Unavailable when another writer holds the index too long.
        """

    def search(self, query: Query) -> Results:
        """Answer from the last commit. Raises Unavailable when the index cannot be read."""

    def similar(self, id: DocumentId, audience: frozenset[str], limit: int, seconds: float) -> tuple[Hit, ...]:
        """Return the documents most like this one that the audience may see, best first; see search/similar.py.

        Nothing for a document that is not there or not to be seen. Raises as `search`.
        """

    def revisions(self) -> Mapping[DocumentId, int]:
        """What the index holds, so that the catalog can tell what it missed."""

    def tidy(self) -> None:
        """Write the index anew in the form that is fastest to search, while searches go on. Raises as `writing`."""

    def close(self) -> None: ...
