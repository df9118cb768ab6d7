"""The judged collection: the demo library, and the seeds and real PDFs of the shared data where they are.

A document is named by its file, or by its sidecar where it has none; of a long file each page is one, as `file#page`.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import pytest

from kb.catalog import documents
from kb.catalog.tables import Document
from kb.core.text import Passage
from kb.services import index
from kb.services.context import Services
from kb.services.importing import Summary
from tests.opening import stocked
from tests.shared import SHARED

DEMO = Path(__file__).resolve().parents[1] / "corpus" / "demo"
JUDGED = Path(__file__).parent / "quality" / "judged"
LONG = 20
"""Pages from which each page of a file is a document of its own."""

_DEMO_ID = "demo-"  # what the import ids of the demo library begin with; the rest is the name of the sidecar


class Piece(NamedTuple):
    """`pages` holds the text of each page, of the record as page 0."""

    name: str
    title: str
    pages: dict[int, str]


def real(folders: pytest.TempPathFactory) -> AbstractContextManager[tuple[Services, Summary]]:
    """A library of whatever of the shared data there is."""
    shared = (SHARED / "data" / "seeds", SHARED / "data" / "pdf" / "real")
    return stocked(folders, "real", *(folder for folder in shared if folder.is_dir()))


def pieces(services: Services) -> Iterator[Piece]:
    with services.database.reading() as session:
        for entry in index.entries(services, sorted(documents.revisions(session))):
            document = session.get(Document, entry.id)
            assert document is not None
            sidecar = (document.import_id or "").removeprefix(_DEMO_ID) + ".toml"
            name = document.files[0].name if document.files else sidecar
            yield Piece(name, entry.title.replace("\n", " "), _pages(entry.passages))


def _pages(passages: tuple[Passage, ...]) -> dict[int, str]:
    pages: dict[int, list[str]] = defaultdict(list)
    for passage in passages:
        pages[passage.page or 0].append(passage.text)
    return {number: "\n\n".join(texts) for number, texts in pages.items()}


def write(services: Services, folder: Path) -> None:
    """Write the collection for `kb evaluate`: the questions that have an answer in it, with their judgments."""
    names: set[str] = set()
    with (folder / "corpus.jsonl").open("w", encoding="utf-8") as corpus:
        for piece in pieces(services):
            for name, text in _parts(piece):
                names.add(name)
                corpus.write(json.dumps({"id": name, "title": piece.title, "text": text}, ensure_ascii=False) + "\n")
    judged = [row for row in rows("qrels.tsv") if row[1] in names]
    answered = {row[0] for row in judged if row[2] != "0"}
    asked = [row for row in rows("queries.tsv") if row[0] in answered]
    (folder / "qrels.tsv").write_text("".join("\t".join(row) + "\n" for row in judged if row[0] in answered), "utf-8")
    (folder / "queries.tsv").write_text("".join("\t".join(row) + "\n" for row in asked), "utf-8")


def _parts(piece: Piece) -> Iterator[tuple[str, str]]:
    if max(piece.pages, default=0) < LONG:
        yield piece.name, "\n\n".join(piece.pages.values())
    else:
        for number, text in piece.pages.items():
            yield f"{piece.name}#{number}", text


def rows(name: str) -> list[list[str]]:
    """Return the rows of `queries.tsv` (key, text, kinds) or `qrels.tsv` (key, document, gain)."""
    lines = (JUDGED / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines[1:] if line]


def texts(folder: Path) -> dict[str, str]:
    """Return title and text of each document of a written collection."""
    lines = (folder / "corpus.jsonl").read_text("utf-8").splitlines()
    return {row["id"]: f"{row['title']}\n{row['text']}" for row in map(json.loads, lines)}
