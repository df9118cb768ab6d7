"""Files, folders and JSON lines from disk become documents, each in a transaction of its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files as package_files
from pathlib import Path

from kb.catalog import documents
from kb.catalog.sidecar import Sidecar
from kb.catalog.tables import FileState, State
from kb.core.errors import Invalid, KbError, NotFound, Unavailable
from kb.ingest.extraction import ExtractionError
from kb.services import deposit, sources
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


@dataclass(slots=True)
class Summary:
    """Numbers of documents, and the ids of all that were named, refused ones left out."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Problem] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)


def take_in(
    services: Services, paths: Sequence[Path], *, draft: bool = False, progress: Progress = lambda _done, _total: None
) -> Summary:
    """Import all that the paths name. What is refused is named in the summary and stops nothing else.

    The same again changes nothing: a document is known by its sidecar's id, else by the digest of its file. Raises
    Unavailable when the store or the database cannot be written at all.
    """
    summary, described = Summary(), dict[str, str]()
    items = sources.items(paths, services.settings.max_sidecar_bytes)
    for done, item in enumerate(items, 1):
        try:
            _one(services, item, summary, described, draft=draft)
        except Unavailable:
            raise
        except KbError as error:
            summary.refused.append(Problem(item.name, error))
        except OSError as error:
            summary.refused.append(Problem(item.name, Unavailable(error.strerror or str(error))))
        progress(done, len(items))
    return summary


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


def _one(services: Services, item: Item, summary: Summary, described: dict[str, str], *, draft: bool) -> None:
    """Import one item. `described` is which item of this import described a document: two would undo each other."""
    told = item.describe() if item.describe else None
    originals = []
    for path, role, language in list(_files(item, told)):
        with path.open("rb") as stream:
            originals.append(deposit.store(services, stream, path.name, role=role, language=language))
    import_id = (told.id if told else "") or (deposit.by_digest(originals[0].digest) if originals else "")
    if not import_id:
        raise Invalid({"id": "required"})
    if told and described.setdefault(import_id, item.name) != item.name:
        raise Invalid({"id": f"taken by {described[import_id]}"})
    if told is None:
        state = State.DRAFT if draft else State.PUBLISHED
        wanted = Deposit(import_id=import_id, state=state, files=originals)
    else:
        wanted = _described(services, told, import_id, originals)
    _keep(services, wanted, summary, bare=told is None)


def _keep(services: Services, wanted: Deposit, summary: Summary, *, bare: bool) -> None:
    with services.database.writing() as session:
        document = documents.by_import_id(session, wanted.import_id or "")
        before = document.revision if document else 0
        if document is None:
            document = deposit.create(session, wanted, actor=ACTOR)
        elif not bare:
            deposit.change(session, document, wanted, actor=ACTOR)
    summary.touched.append(document.id)
    if not before:
        summary.created += 1
    elif document.revision != before:
        summary.changed += 1
    else:
        summary.unchanged += 1


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
