"""A ZIP of documents, in the sandbox: what is in it, and what of that is refused before it is unpacked."""

import stat
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from kb.ingest.containers import names
from kb.ingest.containers.member import Bounds, Member, encode, framed
from kb.ingest.extraction import Damaged, Encrypted, Limits, TooCostly, Unsupported

_ENCRYPTED = 0x1
_SMALL = 1024 * 1024
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})
_UNIX = 3
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def listed(path: Path, _limits: Limits, bounds: Mapping[str, int]) -> bytes:
    """Return the members. Raises Damaged, and TooCostly for too many or too much: nothing of such a ZIP is taken."""
    told = Bounds(**bounds)
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
    except _BROKEN as error:
        raise Damaged(f"no whole ZIP: {error}") from error
    if len(entries) > told.entries:
        raise TooCostly(f"more than {told.entries} entries")
    if sum(entry.file_size for entry in entries) > told.bytes:
        raise TooCostly(f"more than {told.bytes} bytes unpacked")
    return encode(_members(entries, told))


def contents(path: Path, _limits: Limits, numbers: Sequence[int]) -> bytes:
    """Return the bytes of some members. The size that an entry declares binds: no more of it is unpacked."""
    found: list[bytes | None] = []
    with zipfile.ZipFile(path) as package:
        entries = package.infolist()
        for number in numbers:
            try:
                found.append(package.read(entries[number]))
            except _BROKEN:
                found.append(None)
    return framed(found)


def _members(entries: Sequence[zipfile.ZipInfo], bounds: Bounds) -> list[Member]:
    found: list[Member] = []
    seen: set[str] = set()
    for number, (entry, name) in enumerate(zip(entries, names.decoded(entries), strict=True)):
        if name.endswith("/") or names.is_litter(name):
            continue
        problem = "twice" if name in seen else _problem(entry, name, bounds)
        seen.add(name)
        found.append(Member(number, name, entry.file_size, problem))
    return found


def _problem(entry: zipfile.ZipInfo, name: str, bounds: Bounds) -> str:
    mode = entry.external_attr >> 16 if entry.create_system == _UNIX else 0
    is_bomb = entry.file_size > _SMALL and entry.file_size > bounds.ratio * entry.compress_size
    problems = (
        ("path-leaves-folder", names.leaves_folder(name)),
        ("not-a-regular-file", stat.S_IFMT(mode) not in (0, stat.S_IFREG)),
        (Encrypted.code, entry.flag_bits & _ENCRYPTED),
        (Unsupported.code, entry.compress_type not in _METHODS),
        (TooCostly.code, entry.file_size > bounds.file_bytes or is_bomb),
    )
    return next((problem for problem, has in problems if has), "")
