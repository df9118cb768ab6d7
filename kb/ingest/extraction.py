"""Turning a file into text: the contract every format keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kb.core.errors import KbError
from kb.core.text import Finding, Heading, Page


class ExtractionError(KbError):
    """This file cannot be read; `code` names why and is the key of the advice to the curator."""


class Damaged(ExtractionError):
    code = "damaged-file"


class Encrypted(ExtractionError):
    code = "encrypted-file"


class Empty(ExtractionError):
    code = "empty-file"


class Unsupported(ExtractionError):
    code = "unsupported-format"


class TooCostly(ExtractionError):
    """A limit of time, memory or pages was passed."""

    code = "too-costly"


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that a file said; it crosses a process border.

    `meta` may hold title, author, created (ISO date) and language as the file itself states them. `title` there
    is the file's own; `heading` is the first heading of the text. `findings` are those of the whole file. `by`
    is the extractor and its version, to know what to read again.
    """

    pages: tuple[Page, ...]
    meta: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    by: str = ""
    outline: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` is wall time, `bytes` address space, both for one file."""

    seconds: float = 300.0
    bytes: int = 1024**3
    pages: int = 5000
    page_chars: int = 200_000


class Extractor(Protocol):
    """Stateless. Reads one file, touches nothing else: no database, no network, no settings.

    One that imports late what the parent has no use for names these modules in `loads`: the nursery imports them once.
    """

    @property
    def stamp(self) -> str: ...

    @property
    def media_types(self) -> frozenset[str]: ...

    def extract(self, path: Path, limits: Limits) -> Extraction:
        """Read the file. Raises ExtractionError; never returns half a document in silence."""
