"""Tells what a file is from its bytes. A name only decides between kinds of text, which bytes cannot tell apart."""

import mmap
import re
import zipfile
import zlib
from pathlib import Path

import puremagic

from kb.ingest import encoding, media, ole
from kb.ingest.extraction import Damaged, Limits

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

# Main parts of Office Open XML, also with macros, as templates and as shows.
_OOXML = (
    (re.compile(r"ms-word\.(document|template)\.macroEnabled|wordprocessingml\.(document|template)\.main"), media.DOCX),
    (
        re.compile(r"ms-excel\.(sheet|template)\.(macroEnabled|binary)|spreadsheetml\.(sheet|template)\.main"),
        media.XLSX,
    ),
    (
        re.compile(r"presentationml\.(presentation|template|slideshow)\.main|ms-powerpoint\.\w+\.macroEnabled"),
        media.PPTX,
    ),
)
_FOLDERS = ((b"word/", media.DOCX), (b"xl/", media.XLSX), (b"ppt/", media.PPTX))
_OLE = (
    ("EncryptedPackage", media.ENCRYPTED),
    ("WordDocument", media.DOC),
    ("PowerPoint Document", media.PPT),
    ("Workbook", media.XLS),
    ("Book", media.XLS),
)
_SECTOR = 512
_SECTORS = ((b"\xec\xa5", media.DOC), (b"\x09\x08\x10\x00", media.XLS), (b"\x0f\x00\xe8\x03", media.PPT))
# The first entry of an OpenDocument or EPUB file, as its bytes stand there: name "mimetype", not packed.
_STATED = re.compile(rb"PK\x03\x04.{22}\x08\x00.{2}mimetype([a-z]+/[a-z0-9.+-]+)", re.DOTALL)
_BY_NAME = {".md": media.MARKDOWN, ".markdown": media.MARKDOWN, ".csv": media.CSV, ".tsv": media.CSV}
_HEADER = re.compile(r"(?:From [^\n]*\n)?(?:[A-Za-z][A-Za-z0-9-]{1,60}:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
_HEADER_NAMES = re.compile(
    r"^(?:From|To|Subject|Date|Received|Message-ID|MIME-Version|Return-Path|Delivered-To|X-[\w-]+):",
    re.IGNORECASE | re.MULTILINE,
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
        if head.lstrip(b"\r\n\t ").startswith(mark):
            return media_type
    if head.startswith(ole.MAGIC):
        return _compound(path)
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
    if _is_mail(decoded.text):
        return media.MAIL
    return _BY_NAME.get(suffix, media.TEXT)


def _is_mail(text: str) -> bool:
    """Tell a message by its headers: two that only messages have, before any other line."""
    header = _HEADER.match(text.replace("\r\n", "\n"))
    return header is not None and len({name.lower() for name in _HEADER_NAMES.findall(header[0])}) > 1


def _compound(path: Path) -> str:
    """Look into a compound file of the old Office for the stream that is the document."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            names = ole.Compound(data).names
            return next((media_type for name, media_type in _OLE if name in names), media.OLE)
        except Damaged:
            # Cut short: the directory is gone, but near the start is the sector that begins the document.
            starts = [data[place : place + 8] for place in range(_SECTOR, min(len(data), _HEAD), _SECTOR)]
            found = (known for start in starts for mark, known in _SECTORS if start.startswith(mark))
            return next(found, media.DAMAGED)


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
        if stated := _STATED.match(head):
            return _listed(stated[1].decode())
        return next((media_type for folder, media_type in _FOLDERS if folder in head), _unnamed(head))
    return media.ZIP


def _unnamed(head: bytes) -> str:
    return media.DOCX if b"[Content_Types].xml" in head else media.ZIP


def _listed(types: str) -> str:
    for main, media_type in _OOXML:
        if main.search(types):
            return media_type
    stated = types.strip().removesuffix("-template")
    return stated if re.fullmatch(r"[\w.+-]+/[\w.+-]+", stated) else media.ZIP


def _binary(head: bytes) -> str:
    try:
        return puremagic.from_string(head, mime=True) or media.UNKNOWN
    except (puremagic.PureError, ValueError):
        return media.UNKNOWN
