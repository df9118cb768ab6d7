"""Files, folders and JSON lines from disk become documents, each in a transaction of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files as package_files
from pathlib import Path

from kb.catalog import documents
from kb.catalog.tables import FileState, State
from kb.core.errors import Invalid, KbError, NotFound, Quota, Unavailable
from kb.ingest.extraction import Empty, ExtractionError
from kb.services import enclosed, quotas, sources, tabled, wishes
from kb.services.context import Services
from kb.services.recorded import Record
from kb.services.sources import Item
from kb.services.wishes import CHANGED, CREATED, UNCHANGED, Bare

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Problem:
    """What was refused or cannot be read; `path` is as a person would name it."""

    path: str
    error: KbError


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that was named, `name` as for a Problem; `change` is "created", "changed" or "unchanged"."""

    name: str
    id: str
    change: str
    state: str


@dataclass(slots=True)
class Summary:
    """Numbers of documents, and the ids of all that were named, refused ones left out; `record` takes them back."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Problem] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    record: Record | None = None


def take_in(
    services: Services,
    paths: Sequence[Path],
    *,
    draft: bool = False,
    dry: bool = False,
    table: Path | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Summary:
    """Import all that the paths name. What is refused is named in the summary and stops nothing else.

    A ZIP is taken in as a folder would be. The same again changes nothing: a document is known by its sidecar's id,
    else by the digest of its file. A `table` describes documents, with files of the one folder that is named or beside
    it. Raises Unavailable when the store or the database cannot be written at all, and as `tabled.rows` does.
    """
    bare = Bare(state=State.DRAFT if draft else State.PUBLISHED, dry=dry)
    summary = Summary(record=Record(bare))
    if table is not None:
        items = tabled.items(services, table, bare.type, bare.state, paths[0] if paths else None)
    else:
        items = _items(services, paths, bare)
    _each(services, items, bare, summary, {}, progress)
    return summary


def take_in_archive(services: Services, path: Path, name: str, bare: Bare) -> Summary:
    """Import the members of a ZIP that is called `name`, as `take_in` does. Raises Unavailable.

    An archive of which nothing can be taken is the one problem of the summary.
    """
    summary = Summary()
    item = Item(sources.printable(name), path.parent, file=path)
    _each(services, [item], bare, summary, {}, lambda _done, _total: None)
    return summary


def _each(
    services: Services,
    items: Sequence[Item],
    bare: Bare,
    summary: Summary,
    described: dict[str, str],
    progress: Progress,
) -> None:
    for done, item in enumerate(items, 1):
        try:
            if item.describe is None and item.file and enclosed.is_archive(item.file):
                _archive(services, item, item.file, bare, summary, described)
            else:
                _one(services, item, bare, summary, described)
        except (Unavailable, Quota):
            raise
        except KbError as error:
            summary.refused.append(Problem(item.name, error))
        except OSError as error:
            summary.refused.append(Problem(item.name, Unavailable(error.strerror or str(error))))
        progress(done, len(items))


def _archive(
    services: Services, item: Item, path: Path, bare: Bare, summary: Summary, described: dict[str, str]
) -> None:
    """Import what is in a ZIP. Raises ExtractionError where that is nothing, Quota where it is too much for a day."""
    with enclosed.unpacked(path, services.settings) as (folder, refused):
        inner = _items(services, [folder], bare)
        if not inner and not refused:
            raise Empty("nothing in the archive")
        if bare.by and not bare.dry:
            held = [each for each in folder.rglob("*") if each.is_file()]
            with services.database.writing() as session:
                quotas.count(services, session, bare.by, sum(each.stat().st_size for each in held), len(held))
        start = len(sources.printable(folder)) + 1
        named = [replace(each, name=f"{item.name}: {each.name[start:]}") for each in inner]
        summary.refused += [Problem(f"{item.name}: {sources.printable(one.name)}", one.error) for one in refused]
        _each(services, named, bare, summary, described, lambda _done, _total: None)


def _items(services: Services, paths: Sequence[Path], bare: Bare) -> list[Item]:
    def tables(path: Path) -> list[Item]:
        return tabled.items(services, path, bare.type, bare.state)

    return sources.items(paths, services.settings.max_sidecar_bytes, tables)


def unreadable(services: Services, ids: Sequence[str]) -> list[Problem]:
    """Return the files of these documents whose reading failed."""
    by_code = {kind.code: kind for kind in ExtractionError.__subclasses__()}
    with services.database.reading() as session:
        return [
            Problem(file.name, by_code.get(file.failure, ExtractionError)())
            for document in documents.load_all(session, ids)
            for file in document.files
            if file.state == FileState.FAILED
        ]


def demo_folder() -> Path:
    """Return where the demo library is: in the installed package, or in a checkout. Raises NotFound."""
    installed = Path(str(package_files("kb"))) / "demo"
    checkout = Path(str(package_files("kb"))).parent / "corpus" / "demo"
    for folder in (installed, checkout):
        if folder.is_dir():
            return folder
    raise NotFound("demo library")


def _one(services: Services, item: Item, bare: Bare, summary: Summary, described: dict[str, str]) -> None:
    """Import one item. `described` is which item of this import described a document: two would undo each other."""
    told = item.describe() if item.describe else None
    wanted = wishes.wish(services, item, told, bare)
    if told and described.setdefault(wanted.import_id or "", item.name) != item.name:
        raise Invalid({"id": f"taken by {described[wanted.import_id or '']}"})
    noting = summary.record.noting(item.name) if summary.record else wishes.unnoted
    id, change, state = wishes.keep(services, wanted, bare, is_bare=told is None, noting=noting)
    if not (bare.dry and change == CREATED):
        summary.touched.append(id)
    summary.kept.append(Kept(item.name, id, change, state))
    summary.created += change == CREATED
    summary.changed += change == CHANGED
    summary.unchanged += change == UNCHANGED
