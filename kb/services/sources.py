"""What paths on disk bring: each document to import, with its sidecar and file, before either is read."""

import os
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

from kb.catalog import sidecar
from kb.catalog.sidecar import Sidecar
from kb.core.errors import Invalid, KbError, TooLarge

LINES = ".jsonl"


@dataclass(frozen=True, slots=True)
class Item:
    """One document to be: `describe` reads its sidecar, None for a file that has none.

    `name` is what a person is told of it: the path, without what a terminal would obey. `describe` raises KbError,
    or OSError where the disk refuses.
    """

    name: str
    folder: Path
    describe: Callable[[], Sidecar] | None = None
    file: Path | None = None


Tables = Callable[[Path], list[Item]]
"""Reads a table of descriptions, an item a row. Raises KbError."""

TABLE_NAMES: Final = frozenset(
    {"metadata", "metadonnees", "métadonnées", "descriptions", "البيانات-الوصفية", "بيانات-وصفية", "البيانات الوصفية"}
)
"""What a table of descriptions is called, whatever its ending."""
TABLE_SUFFIXES: Final = (".csv", ".tsv", ".xlsx", ".xls", ".ods")


def is_table(path: Path) -> bool:
    """Tell by its name whether a file describes documents; any other sheet is a document itself."""
    name = unicodedata.normalize("NFC", path.stem).casefold()
    return name in TABLE_NAMES and path.suffix.lower() in TABLE_SUFFIXES


def items(paths: Sequence[Path], limit: int, tables: Tables) -> list[Item]:
    """Return what these files, folders and JSON lines hold; `limit` is the bytes of a description.

    Never raises: what cannot be had is an item whose `describe` does. Hidden files are left out, and those that a
    sidecar names are not items of their own.
    """
    return [item for path in paths for item in (_of_folder if path.is_dir() else _of_file)(path, limit, tables)]


def printable(path: Path | str) -> str:
    """Return the path for a person: bytes that are no UTF-8 and signs that a terminal obeys are replaced."""
    text = os.fsencode(path).decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _of_folder(folder: Path, limit: int, tables: Tables) -> list[Item]:
    refused: list[OSError] = []
    walk = os.walk(folder, onerror=refused.append)
    found = sorted(Path(where, name) for where, _, names in walk for name in names)
    files = [path for path in found if path.is_file() and not _hidden(path.relative_to(folder))]
    there = [item for path in files if not _describes_a_file(path) for item in _inside(folder, path, limit, tables)]
    claimed = {path for item in there for path in _claimed(item)}
    kept = [item for item in there if item.describe or item.file is None or item.file.resolve() not in claimed]
    return kept + [Item(printable(e.filename), folder, partial(_refuse, e)) for e in refused]


def _inside(folder: Path, path: Path, limit: int, tables: Tables) -> Iterator[Item]:
    """A link in a folder may not bring in what lies outside: a folder may come from anybody."""
    beside = _beside(path)
    for link in (path, beside):
        if link.is_symlink() and not link.resolve().is_relative_to(folder.resolve()):
            yield Item(printable(link), folder, partial(_refuse, Invalid({"file": "path-leaves-folder"})))
            return
    yield from _of_file(path, limit, tables)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _describes_a_file(path: Path) -> bool:
    return path.suffix == sidecar.SUFFIX and path.with_suffix("").is_file()


def _beside(path: Path) -> Path:
    return path.with_name(path.name + sidecar.SUFFIX)


def _of_file(path: Path, limit: int, tables: Tables) -> Iterator[Item]:
    name = printable(path)
    if not path.is_file():  # a pipe or a device might never end
        yield Item(name, path.parent, partial(_refuse, Invalid({"file": "not-a-regular-file"})))
    elif is_table(path):
        yield from _of_table(path, tables)
    elif path.suffix == LINES:
        yield from _of_lines(path, limit)
    elif path.suffix == sidecar.SUFFIX:
        described = path.with_suffix("")
        yield Item(name, path.parent, partial(_read, path, limit), described if described.is_file() else None)
    else:
        beside = _beside(path)
        yield Item(name, path.parent, partial(_read, beside, limit) if beside.is_file() else None, path)


def _of_table(path: Path, tables: Tables) -> Iterator[Item]:
    try:
        yield from tables(path)
    except (KbError, OSError) as error:
        yield Item(printable(path), path.parent, partial(_refuse, error))


def _of_lines(path: Path, limit: int) -> Iterator[Item]:
    try:
        with path.open("rb") as lines:
            number = 0
            while line := lines.readline(limit + 1):
                number += 1
                name = f"{printable(path)}:{number}"
                if len(line) > limit:
                    yield Item(name, path.parent, partial(_refuse, TooLarge("description", limit)))
                    while line and not line.endswith(b"\n"):
                        line = lines.readline(limit)
                elif line.strip():
                    yield Item(name, path.parent, partial(sidecar.read_line, line))
    except OSError as error:
        yield Item(printable(path), path.parent, partial(_refuse, error))


def _read(path: Path, limit: int) -> Sidecar:
    with path.open("rb") as file:
        raw = file.read(limit + 1)
    if len(raw) > limit:
        raise TooLarge("description", limit)
    return sidecar.read(raw)


def _refuse(error: KbError | OSError) -> NoReturn:
    raise error


def _claimed(item: Item) -> Iterator[Path]:
    """Yield the files that a sidecar names, so that they are not imported a second time on their own."""
    if item.describe is None:
        return
    try:
        described = item.describe()
    except (KbError, OSError):
        return  # told when its turn comes
    for file in described.files:
        yield (item.folder / file.path).resolve()
