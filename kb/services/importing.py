"""Files, folders and JSON lines from disk become documents, each in a transaction of its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files as package_files
from pathlib import Path

from kb.catalog import desk, documents
from kb.catalog.rights import Someone
from kb.catalog.sidecar import Sidecar
from kb.catalog.tables import FileState, Role, State
from kb.core.errors import Forbidden, Invalid, KbError, NotFound, Unavailable
from kb.ingest.extraction import Empty, ExtractionError
from kb.services import deposit, enclosed, sources
from kb.services.context import Services
from kb.services.deposit import Deposit
from kb.services.sources import Item

ACTOR = "import"

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """What is said of each file that has no sidecar; `by` is who brings all of them, None an operator."""

    type: str = deposit.PUBLICATION
    language: str = ""
    state: str = State.PUBLISHED
    by: Someone | None = None


@dataclass(slots=True)
class Summary:
    """Numbers of documents, and the ids of all that were named, refused ones left out."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Problem] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)


def take_in(
    services: Services, paths: Sequence[Path], *, draft: bool = False, progress: Progress = lambda _done, _total: None
) -> Summary:
    """Import all that the paths name. What is refused is named in the summary and stops nothing else.

    A ZIP is taken in as a folder would be. The same again changes nothing: a document is known by its sidecar's id,
    else by the digest of its file. Raises Unavailable when the store or the database cannot be written at all.
    """
    summary = Summary()
    bare = Bare(state=State.DRAFT if draft else State.PUBLISHED)
    items = sources.items(paths, services.settings.max_sidecar_bytes)
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
        except Unavailable:
            raise
        except KbError as error:
            summary.refused.append(Problem(item.name, error))
        except OSError as error:
            summary.refused.append(Problem(item.name, Unavailable(error.strerror or str(error))))
        progress(done, len(items))


def _archive(
    services: Services, item: Item, path: Path, bare: Bare, summary: Summary, described: dict[str, str]
) -> None:
    """Import what is in a ZIP. Raises ExtractionError where that is nothing."""
    with enclosed.unpacked(path, services.settings) as (folder, refused):
        inner = sources.items([folder], services.settings.max_sidecar_bytes)
        if not inner and not refused:
            raise Empty("nothing in the archive")
        start = len(sources.printable(folder)) + 1
        named = [replace(each, name=f"{item.name}: {each.name[start:]}") for each in inner]
        summary.refused += [Problem(f"{item.name}: {sources.printable(one.name)}", one.error) for one in refused]
        _each(services, named, bare, summary, described, lambda _done, _total: None)


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
    originals: list[deposit.Original] = []
    for path, role, language in list(_files(item, told)):
        with path.open("rb") as stream:
            if role == Role.ORIGINAL:
                originals += deposit.store_with_attachments(services, stream, path.name, language=language)
            else:
                originals.append(deposit.store(services, stream, path.name, role=role, language=language))
    import_id = (told.id if told else "") or (deposit.by_digest(originals[0].digest) if originals else "")
    if not import_id:
        raise Invalid({"id": "required"})
    if told and described.setdefault(import_id, item.name) != item.name:
        raise Invalid({"id": f"taken by {described[import_id]}"})
    if told is None:
        language = bare.language
        wanted = Deposit(type=bare.type, import_id=import_id, language=language, state=bare.state, files=originals)
    else:
        wanted = _described(services, told, import_id, originals)
    _keep(services, deposit.bounded(wanted, bare.by), summary, item.name, bare.by, bare=told is None)


def _keep(services: Services, wanted: Deposit, summary: Summary, name: str, by: Someone | None, *, bare: bool) -> None:
    actor = by.actor if by else ACTOR
    with services.database.writing() as session:
        document = documents.by_import_id(session, wanted.import_id or "")
        before = document.revision if document else 0
        if document is None:
            document = deposit.create(session, wanted, actor=actor)
        elif by and not (desk.may_edit(by, document) or (bare and deposit.is_public(document))):
            raise Forbidden("forbidden.curate")
        elif not bare:
            deposit.change(session, document, wanted, actor=actor)
    summary.touched.append(document.id)
    change = "created" if not before else "changed" if document.revision != before else "unchanged"
    summary.kept.append(Kept(name, document.id, change, document.state))
    summary.created += change == "created"
    summary.changed += change == "changed"
    summary.unchanged += change == "unchanged"


def _files(item: Item, told: Sidecar | None) -> Iterator[tuple[Path, str, str]]:
    """Yield (path, role, language) of each file, the one beside the sidecar first. None may lie outside the folder."""
    if item.file is not None:
        yield item.file, "original", told.language if told else ""
    for file in told.files if told else ():
        path = item.folder / file.path
        if not path.resolve().is_relative_to(item.folder.resolve()):
            raise Invalid({"file": "path-leaves-folder"})
        if not path.is_file():
            raise Invalid({"file": f"missing: {file.path}"})
        if path != item.file:
            yield path, file.role, file.language


def _described(services: Services, told: Sidecar, import_id: str, originals: Sequence[deposit.Original]) -> Deposit:
    """Check what only the types and vocabularies can judge. Raises Invalid with every problem at once."""
    problems: dict[str, str] = {}
    vocabulary, kind = services.vocabulary, services.types.get(told.type)
    data = {}
    if kind is None:
        problems["type"] = "unknown"
    else:
        try:
            data = kind.clean(told.data, told.language or "fr")
        except Invalid as error:
            problems |= {f"data.{name}": problem for name, problem in error.problems.items()}
    if set(told.themes) - vocabulary.themes.keys():
        problems["themes"] = "unknown"
    if {link.kind for link in told.relations} - vocabulary.relations.keys():
        problems["relation"] = "unknown"
    if problems:
        raise Invalid(problems)
    body = vocabulary.find_organisation(told.organisation) if told.organisation else None
    return Deposit(
        type=told.type,
        import_id=import_id,
        title=told.title,
        summary=told.summary,
        language=told.language,
        audience=told.audience,
        period=told.date,
        organisation_id=body,
        organisation_text=told.organisation_text or ("" if body else told.organisation),
        themes=told.themes,
        data=data,
        state=told.state,
        files=originals,
        links=told.relations,
    )
