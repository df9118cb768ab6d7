"""Tells what a file is from its bytes. A name only decides between kinds of text, which bytes cannot tell apart."""

import re
import zipfile
import zlib
from pathlib import Path

import puremagic

from kb.ingest import encoding, media
from kb.ingest.extraction import Limits

_HEAD = 64 * 1024
_PDF_WITHIN = 1024  # readers accept a header anywhere in the first 1024 bytes (ISO 32000-1, H.3.4.1)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|title|meta)\b", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:p|div|span|h[1-6]|table|ul|ol|article|section|main|br|a)\b[^<>]*>", re.IGNORECASE)
_HTML_WITHIN = 4096
_MAX_TYPES_BYTES = 4 * 1024 * 1024

# Before any guess at text: half of a TIFF may pass for UTF-16.
_MARKS = (
    (b"{\\rtf", media.RTF),
    (b"\x89PNG\r\n\x1a\n", media.PNG),
    (b"\xff\xd8\xff", media.JPEG),
    (b"II*\0", media.TIFF),
    (b"MM\0*", media.TIFF),
    (b"II+\0", media.TIFF),
    (b"MM\0+", media.TIFF),
)
_OOXML = (
    ("wordprocessingml.document.main+xml", media.DOCX),
    ("spreadsheetml.sheet.main+xml", media.XLSX),
    ("presentationml.presentation.main+xml", media.PPTX),
)


def sniff(path: Path, name: str = "") -> str:
    """Return the media type of the file; `name` is its own name where `path` does not keep it.

    No bytes are "application/x-empty", unknown ones "application/octet-stream".
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        return media.EMPTY
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return media.PDF
    if head.startswith(b"PK\x03\x04"):
        return _package(path, head)
    for mark, media_type in _MARKS:
        if head.startswith(mark):
            return media_type
    return _text(head, name or path.name) or _binary(head)


def told(path: Path, _limits: Limits, name: str) -> bytes:
    """Do `sniff` as a task of the sandbox: a list of ten million entries fits into a package that may be uploaded."""
    return sniff(path, name).encode("ascii", "replace")


def _text(head: bytes, name: str) -> str:
    decoded = encoding.decode(head)
    if decoded is None:
        return ""
    start = decoded.text[:_HTML_WITHIN].lstrip()
    suffix = Path(name).suffix.lower()
    if _HTML.search(start) and start.startswith("<"):
        return media.HTML
    if suffix in (".html", ".htm", ".xhtml") and _MARKUP.search(decoded.text):
        return media.HTML
    if start.startswith("<?xml"):
        return media.XML
    return media.MARKDOWN if suffix in (".md", ".markdown") else media.TEXT


def _package(path: Path, head: bytes) -> str:
    """Look into a ZIP: office files say what they are in their list of types, ODF and EPUB in their first entry."""
    try:
        with zipfile.ZipFile(path) as package:
            sizes = {entry.filename: entry.file_size for entry in package.infolist()}
            for listing in ("mimetype", "[Content_Types].xml"):
                if 0 < sizes.get(listing, 0) <= _MAX_TYPES_BYTES:
                    return _listed(package.read(listing).decode("utf-8", "replace"))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        # Cut short: the list at its end is gone, but the first entries still have their names.
        return media.DOCX if b"word/" in head or b"[Content_Types].xml" in head else media.ZIP
    return media.ZIP


def _listed(types: str) -> str:
    for part, media_type in _OOXML:
        if part in types:
            return media_type
    stated = types.strip()
    return stated if re.fullmatch(r"[\w.+-]+/[\w.+-]+", stated) else media.ZIP


def _binary(head: bytes) -> str:
    try:
        return puremagic.from_string(head, mime=True) or media.UNKNOWN
    except (puremagic.PureError, ValueError):
        return media.UNKNOWN
