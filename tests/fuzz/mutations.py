"""Files made wrong: the same seed makes the same wrong file. What is compressed is changed inside, and packed again."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from random import Random

MOST_BYTES = 2 * 1024 * 1024
_NUMBERS = ("0", "-1", "1", "65536", "2147483647", "4294967295", "99999999999999999999", "1e999", "NaN")
_LENGTHS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_DIGITS = re.compile(rb"-?\d+(?:\.\d+)?")
_TAG = re.compile(rb"<[A-Za-z][^<>]{0,200}>")

Mutation = Callable[[bytes, Random, Sequence[bytes]], bytes]


def mutate(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Return the file with one to four things wrong; `others` lend parts of theirs."""
    for _ in range(random.choice((1, 1, 2, 4))):
        if data.startswith(b"PK\x03\x04") and random.random() < 0.7:
            data = _inside_a_package(data, random, others)
        elif b"%PDF-" in data[:1024] and random.random() < 0.5:
            data = _inside_a_stream(data, random, others)
        else:
            data = _plainly(data, random, others)
    return data[:MOST_BYTES]


def _plainly(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    return random.choice(_PLAIN)(data, random, others) if data else random.randbytes(64)


def _flip(data: bytes, random: Random, _others: Sequence[bytes]) -> bytes:
    broken = bytearray(data)
    for _ in range(random.choice((1, 4, 16, 64))):
        broken[random.randrange(len(broken))] = random.randrange(256)
    return bytes(broken)


def _flip_one_bit(data: bytes, random: Random, _others: Sequence[bytes]) -> bytes:
    broken = bytearray(data)
    broken[random.randrange(len(broken))] ^= 1 << random.randrange(8)
    return bytes(broken)


def _truncate(data: bytes, random: Random, _others: Sequence[bytes]) -> bytes:
    return data[: random.randrange(len(data))]


def _lose_the_beginning(data: bytes, random: Random, _others: Sequence[bytes]) -> bytes:
    return data[random.randrange(min(len(data), 512)) :]


def _drop(data: bytes, random: Random, _others: Sequence[bytes]) -> bytes:
    start, end = _range(data, random)
    return data[:start] + data[end:]


def _repeat(data: bytes, random: Random, _others: Sequence[bytes]) -> bytes:
    start, end = _range(data, random)
    times = random.choice((2, 2, 16, 1000))
    return data[:start] + data[start:end] * max(1, min(times, MOST_BYTES // (end - start + 1))) + data[end:]


def _splice(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    start, end = _range(data, random)
    other = random.choice(others) or b"\0"
    first, last = _range(other, random)
    return data[:start] + other[first:last] + data[end:]


def _length(data: bytes, random: Random, _others: Sequence[bytes]) -> bytes:
    """Write a number of 1, 2 or 4 bytes where one may have stood."""
    size = random.choice((1, 2, 4))
    at = random.randrange(len(data))
    value = random.choice(_LENGTHS) & ((1 << 8 * size) - 1)
    written = value.to_bytes(size, "little")
    return data[:at] + random.choice((written, written[::-1])) + data[at + size :]


def _number(data: bytes, random: Random, _others: Sequence[bytes]) -> bytes:
    """Change a number written in digits."""
    found = list(_DIGITS.finditer(data[:MOST_BYTES]))
    if not found:
        return _flip(data, random, _others)
    one = random.choice(found)
    return data[: one.start()] + random.choice(_NUMBERS).encode() + data[one.end() :]


def _nest(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Open an element of markup many times."""
    found = list(_TAG.finditer(data))
    if not found:
        return _repeat(data, random, others)
    one = random.choice(found)
    return data[: one.start()] + one[0] * random.choice((10, 300, 5000)) + data[one.start() :]


_PLAIN: tuple[Mutation, ...] = (
    *(_flip, _flip_one_bit, _truncate, _lose_the_beginning, _drop, _repeat, _splice, _length, _number, _number, _nest),
)


def _range(data: bytes, random: Random) -> tuple[int, int]:
    start = random.randrange(len(data))
    return start, min(len(data), start + 1 + random.randrange(random.choice((4, 64, 4096))))


def _inside_a_package(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = [(entry.filename, package.read(entry)) for entry in package.infolist()]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        return _plainly(data, random, others)
    if not entries:
        return _plainly(data, random, others)
    chosen = random.randrange(len(entries))
    name, content = entries[chosen]
    entries[chosen] = (name, _plainly(content, random, [one for _, one in entries if one]))
    if random.random() < 0.1:
        entries.append(random.choice(entries))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in dict(entries).items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # ZipInfo: no time of day in it
    return packed.getvalue()


def _inside_a_stream(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Change what a compressed stream of a PDF says; its length and the table of objects stay as they were written."""
    found = [one for one in _STREAM.finditer(data) if one[1][:1] == b"x"]
    if not found:
        return _plainly(data, random, others)
    one = random.choice(found)
    try:
        content = zlib.decompress(one[1])
    except zlib.error:
        return _plainly(data, random, others)
    packed = zlib.compress(_plainly(content, random, others))
    return data[: one.start(1)] + packed + data[one.end(1) :]
