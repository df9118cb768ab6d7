"""What others cost, as they are: one field, the same words already analysed, no rules and no ranking of ours."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from whoosh import analysis, fields, index, query, sorting

from kb.languages import PRODUCT

FOUND = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A passage as peers index it: its words blank-separated, what facets count."""

    key: str
    words: str
    type: str
    year: int
    theme: str
    body: str


@dataclass(frozen=True, slots=True)
class Asked:
    """`how` is "or", "and", "phrase" or "prefix"; `filtered` binds to a type and to years, `facets` counts four."""

    how: str
    words: tuple[str, ...]
    facets: bool = False
    type: str = ""
    since: int = 0


class Peer(Protocol):
    def fill(self, rows: Iterable[Row]) -> None: ...
    def ask(self, asked: Asked) -> Sequence[str]:
        """Return the keys of the best passages, FOUND at most."""


def analysed(text: str) -> list[str]:
    """Return what one field of a peer holds of a text: its light stems, as a stock analyzer would make them."""
    return [token.terms.light[0] for token in PRODUCT.tokens(text) if token.terms.light]


class StockWhoosh:
    """Whoosh's own schema, queries, collectors and BM25F, with the open pool it is fastest with."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        keyword = fields.ID(sortable=True)
        self._index: Any = index.create_in(
            str(folder),
            fields.Schema(
                key=fields.ID(stored=True),
                words=fields.TEXT(analyzer=analysis.SpaceSeparatedTokenizer()),
                type=keyword,
                theme=keyword,
                body=keyword,
                year=fields.NUMERIC(int, sortable=True),
            ),
        )

    def fill(self, rows: Iterable[Row]) -> None:
        writer = self._index.writer(limitmb=512)
        for row in rows:
            writer.add_document(
                key=row.key, words=row.words, type=row.type, theme=row.theme, body=row.body, year=row.year
            )
        writer.commit(optimize=True)
        self._searcher = self._index.searcher()

    def ask(self, asked: Asked) -> Sequence[str]:
        terms = [query.Term("words", word) for word in asked.words]
        made: dict[str, Callable[[], Any]] = {
            "or": lambda: query.Or(terms),
            "and": lambda: query.And(terms),
            "phrase": lambda: query.Phrase("words", list(asked.words)),
            "prefix": lambda: query.Prefix("words", asked.words[0]),
        }
        options: dict[str, Any] = {}
        if asked.facets:
            options["groupedby"] = ["type", "year", "theme", "body"]
            options["maptype"] = sorting.Count
        if asked.type:
            options["filter"] = query.And(
                [query.Term("type", asked.type), query.NumericRange("year", asked.since, None)]
            )
        found = self._searcher.search(made[asked.how](), limit=FOUND, **options)
        return [hit["key"] for hit in found]


class Fts5:
    """SQLite's full-text index, in a file of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._base = sqlite3.connect(folder / "fts5.sqlite3")
        self._base.execute("CREATE VIRTUAL TABLE row USING fts5(key UNINDEXED, words, tokenize = 'unicode61')")
        self._base.execute("CREATE TABLE facet (id INTEGER PRIMARY KEY, type, year INTEGER, theme, body)")

    def fill(self, rows: Iterable[Row]) -> None:
        with self._base:
            for number, row in enumerate(rows, 1):
                self._base.execute("INSERT INTO row (rowid, key, words) VALUES (?, ?, ?)", (number, row.key, row.words))
                facets = (number, row.type, row.year, row.theme, row.body)
                self._base.execute("INSERT INTO facet VALUES (?, ?, ?, ?, ?)", facets)
        self._base.execute("INSERT INTO row (row) VALUES ('optimize')")

    def ask(self, asked: Asked) -> Sequence[str]:
        quoted = [f'"{word}"' for word in asked.words]
        joined = {
            "or": " OR ".join(quoted),
            "and": " AND ".join(quoted),
            "phrase": " + ".join(quoted),
            "prefix": f"{quoted[0]} *",
        }
        where, values = "row MATCH ?", [f"words : ({joined[asked.how]})"]
        if asked.type:
            where += " AND rowid IN (SELECT id FROM facet WHERE type = ? AND year >= ?)"
            values += [asked.type, str(asked.since)]
        found = self._base.execute(f"SELECT key FROM row WHERE {where} ORDER BY rank LIMIT {FOUND}", values).fetchall()
        if asked.facets:
            for name in ("type", "year", "theme", "body"):
                counted = f"SELECT {name}, count(*) FROM facet WHERE id IN (SELECT rowid FROM row WHERE {where})"
                self._base.execute(f"{counted} GROUP BY {name}", values).fetchall()
        return [key for (key,) in found]
