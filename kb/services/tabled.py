"""A table of descriptions becomes the documents to import: a row each, with the files that it names."""

from functools import partial
from pathlib import Path

from kb.catalog.tables import State
from kb.catalog.tabular import Cells, Reader
from kb.core.errors import Invalid
from kb.ingest import grid
from kb.ingest.extraction import Limits
from kb.services import sources
from kb.services.context import Services
from kb.services.sources import Item


def reader(services: Services, usual: str, state: str = State.PUBLISHED) -> Reader:
    """Return what reads rows here; a row is of type `usual` and in `state` unless it says otherwise."""
    return Reader(services.types, services.vocabulary, usual, state)


def rows(services: Services, path: Path, usual: str, name: str = "") -> list[tuple[int, Cells]]:
    """Return the number and the filled cells of each row below the headings.

    Raises ExtractionError for what is no table, and Invalid for headings that nobody knows or that stand twice.
    """
    settings = services.settings
    limits = Limits(settings.extract_seconds, settings.extract_bytes)
    found = grid.rows(path, limits, settings.import_rows + 1, name)
    headings = [" ".join(cell.split()) for cell in found[0][1]] if found else []
    strange = reader(services, usual).strange(headings)
    twice = {heading for heading in headings if heading and headings.count(heading) > 1}
    problems = dict.fromkeys(strange, "no-such-column") | dict.fromkeys(twice, "column-twice")
    if problems or not found[1:]:
        raise Invalid(problems or {"": "no-rows"})
    return [
        (
            number,
            tuple((head, cell.strip()) for head, cell in zip(headings, cells, strict=False) if head and cell.strip()),
        )
        for number, cells in found[1:]
    ]


def items(services: Services, path: Path, usual: str, state: str, folder: Path | None = None) -> list[Item]:
    """Return an item for each row; files are looked for in `folder`, beside the table where none is given."""
    read = reader(services, usual, state)
    name = sources.printable(path)
    return [
        Item(f"{name}:{number}", folder or path.parent, partial(read.describe, cells))
        for number, cells in rows(services, path, usual)
        if cells
    ]
