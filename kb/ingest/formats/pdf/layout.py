"""The pages of a document together: what runs around the text, its notes and its headings are told by comparison."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from kb.core.text import Box, Region
from kb.ingest.formats.pdf import articles, assembly, margins, notes, titles
from kb.ingest.formats.pdf.assembly import Part
from kb.ingest.formats.pdf.page import Reading
from kb.ingest.formats.pdf.titles import Title
from kb.ingest.formats.pdf.written import Written


class Laid(NamedTuple):
    """The text of a page without what runs around it; `label` is the number printed there, "" where there is none.

    `lines` are those of its running text and headings.
    """

    text: str
    boxes: tuple[Box, ...]
    regions: tuple[Region, ...]
    head: str
    foot: str
    label: str
    lines: list[Written]


def laid(readings: Sequence[Reading]) -> Iterator[Laid]:
    """Yield the pages. Notes stand at the end of their page."""
    edges = margins.margins(readings)
    inside = [
        [index for index in range(len(page.lines)) if index not in edge.head and index not in edge.foot]
        for page, edge in zip(readings, edges, strict=True)
    ]
    body = titles.body([[page.lines[index] for index in own] for page, own in zip(readings, inside, strict=True)])
    noted: list[list[list[int]]] = []
    for page, own in zip(readings, inside, strict=True):
        noted.append(notes.notes(page, own, body.size, open_note=bool(noted and noted[-1])))
    running: list[list[int]] = []
    for own, of_page in zip(inside, noted, strict=True):
        apart = {index for note in of_page for index in note}
        running.append([index for index in own if index not in apart])
    found = titles.titles(
        [[(index, page.lines[index]) for index in own] for page, own in zip(readings, running, strict=True)], body
    )
    levels = articles.Levels()
    for page, own, headings, of_page, edge in zip(readings, running, found, noted, edges, strict=True):
        parts = [*_parts(page, own, headings), *(_part(page, note, "footnote") for note in of_page)]
        whole = assembly.assemble(parts)
        head, foot = (_joined(page, edge_lines) for edge_lines in (edge.head, edge.foot))
        lines = [page.lines[index] for index in own]
        regions = levels.with_articles(whole.text, whole.regions)
        yield Laid(whole.text, whole.boxes, regions, head, foot, edge.label, lines)


def _parts(page: Reading, running: Sequence[int], headings: Sequence[Title]) -> Iterator[Part]:
    titled = {index: title for title in headings for index in title.lines}
    for title, indexes in groupby(running, key=titled.get):
        own = list(indexes)
        yield _part(page, own, "heading", title.level) if title else _part(page, own)


def _part(page: Reading, indexes: Sequence[int], kind: str = "", level: int = 0) -> Part:
    return Part([page.lines[index] for index in indexes], kind, level)


def _joined(page: Reading, indexes: frozenset[int]) -> str:
    return "\n".join(page.lines[index].text for index in sorted(indexes))
