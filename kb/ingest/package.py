"""ZIP packages (DOCX and its like): refused before anything is unpacked if they could blow up."""

import io
import re
import zipfile
import zlib
from pathlib import Path
from typing import IO

from kb.ingest import xml
from kb.ingest.extraction import Damaged, Encrypted, TooCostly

MAX_ENTRIES = 10_000
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_XML_BYTES = 64 * 1024 * 1024
MAX_RATIO = 200
_SMALL = 1024 * 1024

# The names that ISO 29500 gives in its strict form, and those of the form that Word writes unless it is asked.
# The names that ISO 29500 gives in its strict form lack the year that Word writes unless it is asked for that form.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/"
_RELATIONS = "_rels/.rels"


def check(path: Path) -> None:
    """Look at every entry of the package, and into every part that is XML.

    Raises Damaged, Encrypted, or TooCostly for too many entries, too much to unpack, or an entry above 1 MiB that
    is packed more than 200 times. The sizes declared bind: a reader of `zipfile` stops at them.
    """
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
            _check_sizes(entries)
            for entry in entries:
                if entry.flag_bits & 0x1:
                    raise Encrypted("an entry is encrypted")
                if entry.filename.lower().endswith((".xml", ".rels")):
                    xml.parse(package.read(entry))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise Damaged(f"no whole package: {error}") from error


def transitional(path: Path) -> IO[bytes]:
    """Open a package that `check` has passed; one in the strict form of ISO 29500 is given in the usual form.

    Of a strict package only the XML is copied: images and the like are empty.
    """
    with zipfile.ZipFile(path) as package:
        if _RELATIONS not in package.namelist() or not _STRICT.search(package.read(_RELATIONS)):
            return path.open("rb")
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as changed:
            for entry in package.infolist():
                is_xml = entry.filename.lower().endswith((".xml", ".rels"))
                changed.writestr(entry.filename, _STRICT.sub(_TRANSITIONAL, package.read(entry)) if is_xml else b"")
    copy.seek(0)
    return copy


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise TooCostly(f"more than {MAX_ENTRIES} entries")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise TooCostly(f"more than {MAX_UNPACKED_BYTES} bytes unpacked")
    for entry in entries:
        if entry.file_size > _SMALL and entry.file_size > MAX_RATIO * entry.compress_size:
            raise TooCostly(f"packed more than {MAX_RATIO} times")
        if entry.file_size > MAX_XML_BYTES and entry.filename.lower().endswith((".xml", ".rels")):
            raise TooCostly(f"XML above {MAX_XML_BYTES} bytes")
