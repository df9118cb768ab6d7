"""What a container says of what it holds, on its way out of the sandbox."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

LEFT_OUT = -1
"""Stands for the length of a member whose bytes cannot be had."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """`entries` and `bytes` (unpacked) are of the whole, `file_bytes` of each member, `ratio` is unpacked to packed."""

    entries: int
    bytes: int
    file_bytes: int
    ratio: int


@dataclass(frozen=True, slots=True)
class Member:
    """`problem` is "" or why the member is refused: a code of an ExtractionError, or a message key."""

    number: int
    name: str
    size: int
    problem: str = ""


def encode(members: Iterable[Member]) -> bytes:
    return json.dumps([astuple(member) for member in members], ensure_ascii=False).encode("utf-8", "replace")


def framed(contents: Sequence[bytes | None]) -> bytes:
    """Return the contents one after the other behind the list of their lengths."""
    lengths = [LEFT_OUT if data is None else len(data) for data in contents]
    return json.dumps(lengths).encode() + b"\n" + b"".join(data for data in contents if data is not None)
