"""Names in archives: in which code page they were written, and whether they stay in their folder."""

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import PurePosixPath

_UTF_8 = 0x800  # flag of an entry whose name is UTF-8
_UNICODE_PATH = 0x7075  # extra field of Info-ZIP that says the name again in UTF-8
_MAC_FORKS = "__MACOSX"
_DRIVE = re.compile(r"[A-Za-z]:")
# Written by systems beside documents: thumbnails, settings of folders, locks of open documents.
_LEFT = re.compile(r"(\..*|thumbs\.db|desktop\.ini|~\$.*|__macosx|\$recycle\.bin)", re.IGNORECASE)
# What fills the gaps where a name was read in a wrong code page: frames, currencies, signs, marks of old tables.
_PLAIN = re.compile(r"[\w\s\-–_.,،؛()\[\]'’«»\"+&@#%=!~/\\:°ـ]")
_ARABIC = re.compile("[\u0621-\u063a\u0641-\u064a]")
_BESIDE = re.compile("[A-Za-z\u00c0-\u024f][\u0621-\u064a]|[\u0621-\u064a][A-Za-z\u00c0-\u024f]")
_PAGES = ("cp1256", "cp720", "cp1252", "cp850", "cp437")
"""In this order of preference where two make the same sense of all names."""


def decoded(entries: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Return the names of the entries, NFC, with forward slashes.

    Those that say so are UTF-8; the others are read in the one code page, of UTF-8 and those of our region, that
    makes most sense of all of them together: an archive was made on one machine.
    """
    told = [_told(entry) for entry in entries]
    raw = [_raw(entry) for entry, name in zip(entries, told, strict=True) if name is None]
    page = _page([name for name in raw if not name.isascii()])
    waiting = iter(raw)
    names = [next(waiting).decode(page, "replace") if name is None else name for name in told]
    return [unicodedata.normalize("NFC", name.replace("\\", "/")) for name in names]


def free(name: str, taken: set[str]) -> str:
    """Return the name, with a number where another file has it, and take it: files of one name replace each other."""
    path, number, found = PurePosixPath(name), 2, name
    while found.lower() in taken:
        found, number = f"{path.stem} ({number}){path.suffix}", number + 1
    taken.add(found.lower())
    return found


def is_litter(name: str) -> bool:
    """Return whether a system put the file there, not a person."""
    return any(_LEFT.fullmatch(part) for part in PurePosixPath(name).parts if part not in ("..", "."))


def leaves_folder(name: str) -> bool:
    """Return whether the name could mean a file outside the folder it is unpacked in, on any system."""
    path = PurePosixPath(name)
    printable = all(char.isprintable() for char in name)
    return path.is_absolute() or ".." in path.parts or bool(_DRIVE.match(name)) or not path.parts or not printable


def _told(entry: zipfile.ZipInfo) -> str | None:
    """Return the name where the entry says it in Unicode."""
    if entry.flag_bits & _UTF_8:
        return entry.orig_filename
    at, extra = 0, entry.extra
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        body = extra[at + 4 : at + 4 + length]
        if kind == _UNICODE_PATH and len(body) > 5 and struct.unpack_from("<I", body, 1)[0] == zlib.crc32(_raw(entry)):
            return body[5:].decode("utf-8", "replace")
        at += 4 + length
    return None


def _raw(entry: zipfile.ZipInfo) -> bytes:
    """Return the bytes of the name, which `zipfile` has read as code page 437."""
    return entry.orig_filename.encode("cp437", "replace")


def _page(names: Sequence[bytes]) -> str:
    try:
        for name in names:
            name.decode("utf-8")
    except UnicodeDecodeError:
        return min(_PAGES, key=lambda page: _strangeness(b"/".join(names).decode(page, "replace")))
    return "utf-8"


def _strangeness(text: str) -> int:
    """Count what no name has: signs, letters of two scripts side by side, Arabic letters that Arabic hardly uses."""
    odd = sum(1 for char in text if not char.isascii() and not _PLAIN.fullmatch(char))
    strange_letters = sum(1 for char in text if not char.isascii() and char.isalpha() and not _is_of_region(char))
    return 3 * odd + 2 * len(_BESIDE.findall(text)) + strange_letters


def _is_of_region(char: str) -> bool:
    return bool(_ARABIC.fullmatch(char)) or char in "àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ"
