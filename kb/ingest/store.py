"""The originals: written once, named by their SHA-256, never half there. Other names in the folder are left alone."""

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kb.core.errors import Invalid, NotFound, TooLarge, Unavailable, refused_by_disk

_DIGEST = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1024 * 1024
_BLOCK = 4096
_PART_PREFIX = ".put-"


@dataclass(frozen=True, slots=True)
class Stored:
    """`new` is false when the same bytes were there before. `size` is bytes."""

    digest: str
    size: int
    new: bool


class Store:
    """Keeps files as `ab/cd/<digest>` under `folder`, which it makes when the first file comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, stream: BinaryIO, limit: int) -> Stored:
        """Keep what `stream` holds; on return it has reached the disk.

        Raises TooLarge above `limit` bytes, Invalid when the stream breaks and Unavailable when our disk refuses;
        nothing is left behind then.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part, descriptor = self._part()
            try:
                digest, size = _copy(stream, descriptor, limit)
                os.fchmod(descriptor, 0o444)
                os.fsync(descriptor)
                new = self._keep(part, digest)
            finally:
                os.close(descriptor)
                with suppress(FileNotFoundError):
                    part.unlink()
        except OSError as error:
            raise refused_by_disk("the store", error) from error
        return Stored(digest, size, new)

    def path(self, digest: str) -> Path:
        """Return where the file is or would be. Raises NotFound for what is no digest."""
        if not _DIGEST.fullmatch(digest):
            raise NotFound(digest)
        return self.folder / digest[:2] / digest[2:4] / digest

    def open(self, digest: str) -> BinaryIO:
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError:
            raise NotFound(digest) from None
        except OSError as error:
            raise Unavailable(f"{digest} cannot be read: {error.strerror or error}") from error

    def digests(self) -> Iterator[str]:
        """Yield the digests of all files kept, in their order."""
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
            if _DIGEST.fullmatch(path.name) and path == self.path(path.name):
                yield path.name

    def verify(self) -> Iterator[str]:
        """Read every file again and yield the digests of those that are no longer what they were."""
        for digest in self.digests():
            if not self._holds(digest):
                yield digest

    def demand_writable(self) -> None:
        """Raises Unavailable where a file could not be put now; what is tried with is a block, and gone at once."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part, descriptor = self._part()
            try:
                os.write(descriptor, bytes(_BLOCK))
            finally:
                os.close(descriptor)
                part.unlink()
        except OSError as error:
            raise refused_by_disk("the store", error) from error

    def sweep(self) -> int:
        """Remove what a killed `put` left and return how many files that were; one that still runs is not touched."""
        swept = 0
        for part in self.folder.glob(f"{_PART_PREFIX}*"):
            with suppress(FileNotFoundError), part.open("rb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                part.unlink()
                swept += 1
        return swept

    def _part(self) -> tuple[Path, int]:
        """Open a new file that `sweep` can tell from a leftover by its lock."""
        while True:
            part = self.folder / f"{_PART_PREFIX}{secrets.token_hex(8)}"
            descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink:
                return part, descriptor
            os.close(descriptor)  # swept between the two calls above

    def _keep(self, part: Path, digest: str) -> bool:
        """Give the finished file its name, also in place of one whose bytes have rotted. Returns whether it is new."""
        target = self.path(digest)
        new = not self._holds(digest)
        if new:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)
        # A name is durable when its folder is; also for a put that died after renaming.
        for folder in (target.parent, target.parent.parent, self.folder):
            fsync_folder(folder)
        return new

    def _holds(self, digest: str) -> bool:
        try:
            with self.path(digest).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == digest
        except OSError:
            return False


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    try:
        while chunk := stream.read(_CHUNK):
            yield chunk
    except OSError as error:  # a bad disk they come from is no fault of the store
        raise Invalid({"file": f"cannot be read: {error.strerror or error}"}) from error


def _copy(stream: BinaryIO, descriptor: int, limit: int) -> tuple[str, int]:
    sha, size = hashlib.sha256(), 0
    for chunk in _chunks(stream):
        size += len(chunk)
        if size > limit:
            raise TooLarge("file", limit)
        sha.update(chunk)
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    return sha.hexdigest(), size


def fsync_folder(folder: Path) -> None:
    """Let the names in the folder reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
