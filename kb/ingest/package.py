"""ZIP packages (DOCX and its like): refused before anything is unpacked if they could blow up."""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kb.ingest import said, xml
from kb.ingest.extraction import Damaged, Encrypted, TooCostly

MAX_ENTRIES = 10_000
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_XML_BYTES = 64 * 1024 * 1024
MAX_RATIO = 200
_SMALL = 1024 * 1024

# The names that ISO 29500 gives in its strict form lack the year that Word writes unless it is asked for that form.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/"
_RELATIONS = "_rels/.rels"


def check(path: Path) -> None:
    """Look at every entry of the package, and into every part that is XML. Raises as `opened`, and for bad XML."""
    with opened(path) as package:
        for entry in package.infolist():
            if entry.filename.lower().endswith((".xml", ".rels")):
                xml.parse(package.read(entry))


@contextmanager
def opened(path: Path, *, most_xml: int = MAX_XML_BYTES) -> Iterator[zipfile.ZipFile]:
    """Open a package whose entries keep the limits, for the block; `most_xml` is the bytes of a part of XML.

    Raises Damaged, also for what goes wrong with it in the block, Encrypted, or TooCostly for too many entries, too
    much to unpack, or an entry above 1 MiB that is packed more than 200 times. The sizes declared bind: a reader of
    `zipfile` stops at them.
    """
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
            _check_sizes(entries, most_xml)
            if any(entry.flag_bits & 0x1 for entry in entries):
                raise Encrypted("an entry is encrypted")
            yield package
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise Damaged(f"no whole package: {error}") from error


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of an open package, by name. A part that is not there is None where XML is asked for."""

    package: zipfile.ZipFile

    def xml(self, name: str) -> xml.Element | None:
        data = self.data(name)
        return None if data is None else xml.parse(data)

    def data(self, name: str) -> bytes | None:
        try:
            return self.package.read(name)
        except KeyError:
            return None

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Return {id: (last word of the kind, name of the other part)} of what a part of an OPC package is tied to."""
        folder, _, bare = name.rpartition("/")
        root = self.xml(posixpath.join(folder, "_rels", f"{bare}.rels"))
        return {
            one.get("Id", ""): (one.get("Type", "").rpartition("/")[2], within(folder, one.get("Target", "")))
            for one in (root if root is not None else ())
            if one.get("TargetMode") != "External"
        }


def within(folder: str, target: str) -> str:
    """Return the name of the part that `target` means in a part of `folder`."""
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def properties(parts: Parts) -> dict[str, str]:
    """Return what an Office Open XML file says of itself, in the form of `said`."""
    name = next((target for kind, target in parts.relations("").values() if kind == "core-properties"), "")
    root = parts.xml(name) if name else None
    told = {xml.local(one): one.text or "" for one in (root if root is not None else ())}
    return said.of(
        title=told.get("title", ""),
        author=told.get("creator", ""),
        created=told.get("created", ""),
        language=told.get("language", ""),
        keywords=told.get("keywords", ""),
    )


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


def _check_sizes(entries: list[zipfile.ZipInfo], most_xml: int) -> None:
    if len(entries) > MAX_ENTRIES:
        raise TooCostly(f"more than {MAX_ENTRIES} entries")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise TooCostly(f"more than {MAX_UNPACKED_BYTES} bytes unpacked")
    for entry in entries:
        if entry.file_size > _SMALL and entry.file_size > MAX_RATIO * entry.compress_size:
            raise TooCostly(f"packed more than {MAX_RATIO} times")
        if entry.file_size > most_xml and entry.filename.lower().endswith((".xml", ".rels")):
            raise TooCostly(f"XML above {most_xml} bytes")
