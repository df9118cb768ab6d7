"""The files pages are made with: few and small, so they are read once, squeezed once and kept in memory."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
    "txt": "text/plain; charset=utf-8",
}
_SQUEEZED: Final = frozenset({"css", "js", "svg", "txt"})


@dataclass(frozen=True, slots=True)
class Static:
    body: bytes
    squeezed: bytes | None
    media_type: str


@dataclass(frozen=True, slots=True)
class Statics:
    """`stamp` is a digest of everything: an address with it may be kept for ever."""

    stamp: str
    files: dict[str, Static]

    def address(self, name: str) -> str:
        assert name in self.files, f"a page links to {name}, which is not there"
        return f"/static/{self.stamp}/{name}"


@lru_cache(maxsize=1)
def load() -> Statics:
    found = dict(sorted(_walk(files("kb.web") / "static", "")))
    digest = hashlib.sha256()
    for name, item in found.items():
        digest.update(name.encode() + b"\0" + item.body)
    return Statics(digest.hexdigest()[:12], found)


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, Static]]:
    items: list[tuple[str, Static]] = []
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.is_dir():
            items += _walk(entry, f"{name}/")
        elif (kind := entry.name.rpartition(".")[2]) in _TYPES:
            body = entry.read_bytes()
            squeezed = gzip.compress(body, 9, mtime=0) if kind in _SQUEEZED else None
            items.append((name, Static(body, squeezed, _TYPES[kind])))
    return items
