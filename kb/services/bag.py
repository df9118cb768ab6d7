"""The whole library as one BagIt bag, which any archive can keep and read without us.

`data/originals/` holds the files by their digests; `data/documents/<id>/` what is known of each document, as JSON and
as Dublin Core, and the text of its pages; `data/library/` bodies, what was destroyed, and the trace;
`data/vocabularies/` the types and lists that codes stand for; `data/people/`, where it is asked for, who has an
account, without secrets.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files as package_files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from kb.catalog import documents, files, rows, trace
from kb.catalog.access import readers
from kb.catalog.tables import Document
from kb.core.clock import now
from kb.core.errors import Conflict, NotFound, Unavailable
from kb.db.upgrade import known
from kb.services import citing, dublin
from kb.services.context import Services
from kb.writing.bag import Packing, chunks
from kb.writing.xml import written

FORMAT: Final = 1
OUR_FORMAT: Final = "Rassid-Bag"
OUR_SCHEMA: Final = "Rassid-Schema"
ORIGINALS: Final = "originals"
DOCUMENTS: Final = "documents"
RECORD: Final = "document.json"
PAGES: Final = "pages.jsonl"
LIBRARY: Final = "library"
PEOPLE: Final = "people/person.jsonl"

_DUBLIN: Final = "dublin-core.xml"
_LISTS: Final = ("types", "vocabularies")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """Numbers of documents and files; `missing` are digests of originals that the library had lost before."""

    documents: int
    files: int
    people: int
    missing: tuple[str, ...]


def export(services: Services, folder: Path, *, with_people: bool, progress: Progress) -> Exported:
    """Pack the library as it is at one moment; people go on working. Complete in `folder`, or not there.

    Raises Conflict where the folder holds something, Unavailable where it cannot be written.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Conflict(f"{folder} holds something; a bag is packed into a folder of its own")
        with _unfinished(folder) as part:
            return _packed(services, Packing(part), with_people, progress)
    except OSError as error:
        raise Unavailable(f"the bag cannot be written to {folder}: {error.strerror or error}") from error


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    try:
        yield part
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _packed(services: Services, bag: Packing, with_people: bool, progress: Progress) -> Exported:  # noqa: FBT001 - of one caller
    with services.database.reading() as session:
        ids = rows.ids(session)
        wanted = sorted(files.sizes(session))
        total = len(ids) + len(wanted)
        for done, id in enumerate(ids, 1):
            _document(services, session, bag, id)
            progress(done, total)
        for name in rows.OF_THE_LIBRARY:
            bag.add(f"{LIBRARY}/{name}.jsonl", _lines(rows.each(session, name)))
        people = 0
        if with_people:
            people = rows.count(session, rows.OF_PERSONS)
            bag.add(PEOPLE, _lines(rows.each(session, rows.OF_PERSONS)))
        end = str(trace.head(session))
    missing = _originals(services, bag, wanted, lambda done: progress(len(ids) + done, total))
    bag.add(f"{LIBRARY}/missing.json", _json(missing))
    _vocabularies(bag)
    bag.seal(_told(services, len(ids), end, people=with_people))
    return Exported(len(ids), len(wanted) - len(missing), people, tuple(missing))


def _told(services: Services, number: int, end: str, *, people: bool) -> dict[str, str]:
    return {
        "Bagging-Date": f"{now():%Y-%m-%d}",
        "Bag-Software-Agent": f"Rassid {version('rassid')}",
        "External-Description": "A library of Rassid: originals, what is known of each document, and the trace",
        "External-Identifier": services.settings.public_url or "rassid",
        OUR_FORMAT: str(FORMAT),
        OUR_SCHEMA: known()[-1],
        "Rassid-Documents": str(number),
        "Rassid-People": "yes, without passwords" if people else "no",
        "Rassid-Trace": end,
    }


def _document(services: Services, session: Session, bag: Packing, id: str) -> None:
    document = documents.load(session, id)
    record: dict[str, Any] = {}
    for row in rows.each(session, rows.DOCUMENT, rows.table(rows.DOCUMENT).c.id == id):
        record[rows.DOCUMENT] = row
    for name, column in rows.OF_A_DOCUMENT.items():
        record[name] = list(rows.each(session, name, rows.table(name).c[column] == id))
    own = [file.id for file in document.files]
    for name, column in rows.OF_A_FILE.items():
        record[name] = list(rows.each(session, name, rows.table(name).c[column].in_(own)))
    bag.add(f"{DOCUMENTS}/{id}/{RECORD}", _json(record))
    texts = rows.table(rows.PAGES).c.file_id.in_(own)
    bag.add(f"{DOCUMENTS}/{id}/{PAGES}", _lines(rows.each(session, rows.PAGES, texts)))
    if document.type in services.types:
        bag.add(f"{DOCUMENTS}/{id}/{_DUBLIN}", [_dublin(services, session, document)])


def _dublin(services: Services, session: Session, document: Document) -> bytes:
    cited = citing.of(services, document, services.settings.public_url)
    return written(dublin.oai_dc(dublin.statements(services, session, document, cited, readers(official=True))))


def _originals(services: Services, bag: Packing, wanted: list[str], progress: Callable[[int], None]) -> list[str]:
    """Pack the files; one that is not what it was is as good as lost, and is packed under no name that it is not."""
    missing = []
    for done, digest in enumerate(wanted, 1):
        path = f"{ORIGINALS}/{digest[:2]}/{digest[2:4]}/{digest}"
        try:
            with services.store.open(digest) as stream:
                sha256, _ = bag.add(path, chunks(stream))
        except NotFound:
            missing.append(digest)
        else:
            if sha256 != digest:
                bag.remove(path)
                missing.append(digest)
        progress(done)
    return missing


def _vocabularies(bag: Packing) -> None:
    """Add the files that say what the codes of fields, types, themes, regions and relations stand for."""

    def add(path: str, source: Traversable) -> None:
        for entry in sorted(source.iterdir(), key=lambda one: one.name):
            if entry.name.endswith(".toml"):
                bag.add(f"{path}/{entry.name}", [entry.read_bytes()])

    for name in _LISTS:
        add(f"vocabularies/{name}", package_files("kb.catalog") / name)


def _json(value: Any) -> list[bytes]:
    return [json.dumps(value, ensure_ascii=False, indent=1).encode()]


def _lines(values: Iterable[Any]) -> Iterator[bytes]:
    for value in values:
        yield (json.dumps(value, ensure_ascii=False) + "\n").encode()
