"""Small packages and compound files for tests, made by hand where no program makes what is wanted."""

import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures" / "formats"


def good(name: str) -> Path:
    """Return the good sample of a format."""
    return next(path for path in sorted((FIXTURES / name).glob("good.*")) if path.suffix != ".txt")


def write(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def change(source: Path, path: Path, edits: Mapping[str, Callable[[bytes], bytes]]) -> Path:
    """Write a copy of a package with some of its parts changed; a part that is not there is made of nothing."""
    with zipfile.ZipFile(source) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    return write(path, parts | {name: edit(parts.get(name, b"")) for name, edit in edits.items()})


def compound(path: Path, streams: Mapping[str, bytes]) -> Path:
    """Write a compound file of these streams, each in sectors of its own ([MS-CFB], version 3)."""
    table: list[int] = []
    sectors = b""

    def add(data: bytes, mark: int = 0xFFFFFFFE) -> int:
        nonlocal sectors
        start, count = len(table), -(-len(data) // 512)
        table.extend([*range(start + 1, start + count), mark] if mark == 0xFFFFFFFE else [mark] * count)
        sectors += data.ljust(count * 512, b"\0")
        return start

    def entry(name: str, kind: int, start: int, size: int, after: int, child: int) -> bytes:
        told = name.encode("utf-16-le")
        links = struct.pack("<HBBIII", len(told) + 2, kind, 1, 0xFFFFFFFF, after, child)
        return told.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)

    placed = [(name, add(data.ljust(4096, b"\0")), max(4096, len(data))) for name, data in streams.items()]
    directory = entry("Root Entry", 5, 0xFFFFFFFE, 0, 0xFFFFFFFF, 1)
    for number, (name, start, size) in enumerate(placed, 1):
        directory += entry(name, 2, start, size, number + 1 if number < len(placed) else 0xFFFFFFFF, 0xFFFFFFFF)
    first = add(directory)
    begin = len(table)
    add(bytes(512), 0xFFFFFFFD)
    assert len(table) <= 128
    sectors = sectors[: begin * 512] + struct.pack("<128I", *table, *[0xFFFFFFFF] * (128 - len(table)))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, first, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    path.write_bytes(head + struct.pack("<109I", begin, *[0xFFFFFFFF] * 108) + sectors)
    return path
