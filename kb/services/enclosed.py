"""What is in files that hold files: the documents of a ZIP, the attachments of a message."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from kb.core.errors import Invalid, KbError, Unavailable, refused_by_disk
from kb.core.settings import Settings
from kb.ingest import containers, media, sandbox
from kb.ingest.containers import names
from kb.ingest.containers.member import Bounds
from kb.ingest.extraction import ExtractionError, Limits
from kb.services import sources

_DEEPEST = 3  # messages forwarded within messages
_OF_THE_NAME = frozenset({errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EILSEQ, errno.EINVAL})
ZIP = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True, slots=True)
class Refused:
    """A member that was left out; `name` is its path in the archive."""

    name: str
    error: KbError


def is_archive(path: Path) -> bool:
    """Return whether the file is a ZIP of files, not an office file that is packed as one."""
    with path.open("rb") as file:
        if file.read(4) not in ZIP:
            return False
    return _kind(path, "") == media.ZIP


def has_table(path: Path, settings: Settings) -> bool:
    """Tell whether a ZIP has a table of descriptions at its root, or at that of the one folder it holds.

    Raises ExtractionError for one of which nothing can be taken.
    """
    found = [PurePosixPath(name) for name in containers.names_in(path, media.ZIP, _bounds(settings), _limits(settings))]
    while found and all(len(one.parts) > 1 for one in found) and len({one.parts[0] for one in found}) == 1:
        found = [PurePosixPath(*one.parts[1:]) for one in found]
    return any(len(one.parts) == 1 and sources.is_table(Path(one)) for one in found)


@contextmanager
def unpacked(path: Path, settings: Settings) -> Iterator[tuple[Path, list[Refused]]]:
    """Give a folder that holds the members of a ZIP, under their names, and those that are refused, for the block.

    An archive within the archive is refused. Raises ExtractionError where nothing of it can be taken, and Unavailable
    where our disk refuses.
    """
    with TemporaryDirectory(dir=settings.spool, prefix="zip-") as made:
        folder, refused = Path(made), []
        for one in containers.unpack(path, media.ZIP, _bounds(settings), _limits(settings)):
            try:
                if one.problem:
                    raise one.problem
                _write(folder, one.name, one.data)
            except Unavailable:
                raise
            except KbError as error:
                refused.append(Refused(one.name, error))
        yield folder, refused


@contextmanager
def attached(path: Path, settings: Settings) -> Iterator[list[tuple[str, Path]]]:
    """Give the name and the file of each attachment of a message for the block, each name once.

    Those of a forwarded message and the members of an attached ZIP are attachments as well. What cannot be unpacked
    is one as it is: why it cannot be read is said when it is read. Raises Unavailable where our disk refuses.
    """
    with TemporaryDirectory(dir=settings.spool, prefix="mail-") as made:
        taken: set[str] = set()
        found: list[tuple[str, Path]] = []
        for name, data in _attachments(path, media.MAIL, settings, Path(made) / "part", _DEEPEST):
            free = names.free(PurePosixPath(name).name, taken)
            kept = Path(made) / str(len(found))
            _keep(kept, data)
            found.append((free, kept))
        yield found


def _attachments(
    path: Path, media_type: str, settings: Settings, part: Path, depth: int
) -> Iterator[tuple[str, bytes]]:
    """Yield each attachment with its name, and those within it after it; `part` is where one may be put for a while."""
    try:
        for member in containers.unpack(path, media_type, _bounds(settings), _limits(settings)):
            if member.problem:
                continue
            _keep(part, member.data)
            kind = _kind(part, member.name)
            holds = depth and (kind == media.MAIL or (kind == media.ZIP and media_type == media.MAIL))
            inner = (
                _attachments(part, kind, settings, part.with_name(f"{part.name}-"), depth - 1) if holds else iter(())
            )
            first = next(inner, None)
            if kind != media.ZIP or first is None:
                yield member.name, member.data
            if first is not None:
                yield first
            yield from inner
    except ExtractionError:
        return


def _kind(path: Path, name: str) -> str:
    try:
        return sandbox.sniff(path, name)
    except ExtractionError:
        return media.UNKNOWN


def _write(folder: Path, name: str, data: bytes) -> None:
    path = folder / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        if error.errno in _OF_THE_NAME:
            raise Invalid({"file": "bad-path"}) from error
        raise refused_by_disk("the spool", error) from error
    if is_archive(path):
        path.unlink()
        raise Invalid({"file": "nested-archive"})


def _keep(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise refused_by_disk("the spool", error) from error


def _bounds(settings: Settings) -> Bounds:
    return Bounds(
        entries=settings.max_archive_entries,
        bytes=settings.max_archive_bytes,
        file_bytes=settings.max_upload_bytes,
        ratio=settings.max_archive_ratio,
    )


def _limits(settings: Settings) -> Limits:
    return Limits(settings.extract_seconds, settings.extract_bytes, settings.max_pages, settings.max_page_chars)
