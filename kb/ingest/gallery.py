"""Pictures of pages: from the cache, else drawn in the sandbox, each once, a few at a time."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from kb.core.errors import Unavailable
from kb.ingest import media, office, sandbox, wire
from kb.ingest.cache import Cache
from kb.ingest.extraction import Damaged, ExtractionError, Limits

STAMP: Final = "1"
"""Changes when the same page would be drawn differently."""

DRAWN: Final = frozenset({media.PDF, media.PNG, media.JPEG, media.TIFF})

_DRAW: Final = ("kb.ingest.picture", "draw")  # by its name: this process never loads what opens strangers' files

_NONE: Final = b"!"
"""Begins what is kept of a page that cannot be drawn: when that was tried, and the reason."""

_PDF: Final = ".pdf"
_TRY_AGAIN_SECONDS: Final = 3600


def has_pages(media_type: str) -> bool:
    """Whether each page of such a file can be shown as it looks."""
    return media_type in DRAWN or (media_type in office.SLIDES and office.program() is not None)


def has_cover(media_type: str) -> bool:
    """Whether its first page can be: further on, LibreOffice may break pages where our readers do not."""
    return has_pages(media_type) or (media_type in office.MEDIA_TYPES and office.program() is not None)


@dataclass(frozen=True, slots=True)
class Bounds:
    """`children` draw at once, `waiting` pictures more wait for them, nobody waits longer than `patience` seconds."""

    children: int
    waiting: int
    patience: float
    pixels: int
    office: Limits


@dataclass(frozen=True, slots=True)
class Wanted:
    """Page `number` of the file at `path`, whose bytes have this digest, `across` pixels wide."""

    path: Path
    digest: str
    media_type: str
    number: int
    across: int

    @property
    def name(self) -> str:
        """Equal where the picture is the same to the last byte."""
        return f"{self.digest}-{self.number}-{self.across}-{STAMP}"


class Gallery:
    """For any thread."""

    def __init__(self, cache: Cache, limits: Limits, bounds: Bounds) -> None:
        self._cache = cache
        self._limits = limits
        self._bounds = bounds
        self._pool = ThreadPoolExecutor(bounds.children, "picture")
        self._lock = Lock()
        self._under_way: dict[str, Future[bytes]] = {}
        self._laying_out = Lock()  # one LibreOffice at a time, and one for all pages of a file

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def picture(self, wanted: Wanted) -> bytes:
        """Return the page as WebP. Raises ExtractionError, and Unavailable when too many are drawn: ask again later."""
        found = self._kept(wanted.name) or self._drawn(wanted)
        if found.startswith(_NONE):
            raise wire.decode_error(found.partition(b" ")[2])
        return found

    def _kept(self, name: str) -> bytes | None:
        found = self._cache.get(name)
        if found is None:
            return None
        if found.startswith(_NONE):
            tried = found[1:].partition(b" ")[0]
            return found if tried.isdigit() and time.time() - int(tried) < _TRY_AGAIN_SECONDS else None
        try:
            return found if name.endswith(_PDF) else _whole(found)
        except ExtractionError:  # cut short by a loss of power
            return None

    def _drawn(self, wanted: Wanted) -> bytes:
        with self._lock:
            future = self._under_way.get(wanted.name)
            if future is None:
                if len(self._under_way) >= self._bounds.children + self._bounds.waiting:
                    raise Unavailable("too many pages are being drawn")
                future = self._pool.submit(self._draw, wanted)
                self._under_way[wanted.name] = future
        try:
            return future.result(self._bounds.patience)
        except TimeoutError:
            raise Unavailable("the page is still being drawn") from None

    def _draw(self, wanted: Wanted) -> bytes:
        try:
            found = self._try(wanted)
            self._cache.put(wanted.name, found)
            return found
        finally:
            with self._lock:
                del self._under_way[wanted.name]

    def _try(self, wanted: Wanted) -> bytes:
        arguments = {"number": wanted.number, "across": wanted.across, "pixels": self._bounds.pixels}
        try:
            return _whole(sandbox.call(_DRAW, self._source(wanted), self._limits, arguments))
        except ExtractionError as error:
            return _failure(error)

    def _source(self, wanted: Wanted) -> Path:
        """Return the file that PDFium or Pillow can read: the original, or what LibreOffice made of it."""
        if wanted.media_type in DRAWN:
            return wanted.path
        name = f"{wanted.digest}-{STAMP}{_PDF}"
        with self._laying_out:
            found = self._kept(name)
            if found is None:
                try:
                    found = office.convert(wanted.path, wanted.media_type, self._bounds.office)
                except ExtractionError as error:
                    found = _failure(error)
                self._cache.put(name, found)
        if found.startswith(_NONE):
            raise wire.decode_error(found.partition(b" ")[2])
        return self._cache.path(name)


def _failure(error: ExtractionError) -> bytes:
    return _NONE + b"%d " % time.time() + wire.encode_error(error)


def _whole(data: bytes) -> bytes:
    """Return what is whole as a WebP file, by its own length. Raises Damaged for anything else."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or int.from_bytes(data[4:8], "little") != len(data) - 8:
        raise Damaged("no whole picture")
    return data
