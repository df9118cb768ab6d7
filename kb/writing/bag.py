"""BagIt 1.0 (RFC 8493): a folder of files with what they must be, byte for byte, in two digests."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

ALGORITHMS: Final = ("sha256", "sha512")
PAYLOAD: Final = "data"
INFO: Final = "bag-info.txt"

_DECLARATION: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_DECLARED: Final = "bagit.txt"
_CHUNK: Final = 1024 * 1024
_LINE: Final = re.compile(r"([0-9A-Fa-f]+)[ \t]+\*?(.+)")
_VERSION: Final = re.compile(
    r"BagIt-Version: *(0\.9[67]|1\.0)\s*\nTag-File-Character-Encoding: *UTF-8\s*", re.IGNORECASE
)
# What section 2.1.3 has encoded in the paths of a manifest.
_ENCODED: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}


class Unfit(Exception):
    """The folder is no bag, or not as it was packed; `problems` maps the path of a file to what is wrong with it."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(dict(problems))
        self.problems = dict(problems)


@dataclass(slots=True)
class Packing:
    """A bag that is being filled, in a folder that is not there yet. It is none before `seal`."""

    folder: Path
    _digests: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _octets: int = 0

    def add(self, path: str, content: Iterable[bytes]) -> tuple[str, ...]:
        """Write a file of the payload, at `path` below data/; return its digests in the order of ALGORITHMS.

        The parts are written as they come: no file is held in memory.
        """
        name = f"{PAYLOAD}/{path}"
        digests, size = _written(self.folder / name, content)
        self._digests[name] = digests
        self._octets += size
        return digests

    def remove(self, path: str) -> None:
        """Take a file of the payload out again."""
        target = self.folder / PAYLOAD / path
        self._octets -= target.stat().st_size
        del self._digests[f"{PAYLOAD}/{path}"]
        target.unlink()

    def seal(self, info: Mapping[str, str]) -> None:
        """Write the manifests; on return the bag has reached the disk."""
        (self.folder / PAYLOAD).mkdir(parents=True, exist_ok=True)
        told = {**info, "Payload-Oxum": f"{self._octets}.{len(self._digests)}"}
        tags = {
            _DECLARED: [_DECLARATION.encode()],
            INFO: [f"{name}: {' '.join(value.split())}\n".encode() for name, value in told.items()],
            **{f"manifest-{name}.txt": _manifest(self._digests, n) for n, name in enumerate(ALGORITHMS)},
        }
        sealed = {name: _written(self.folder / name, text)[0] for name, text in tags.items()}
        for number, name in enumerate(ALGORITHMS):
            _written(self.folder / f"tagmanifest-{name}.txt", _manifest(sealed, number))
        os.sync()  # once for all: a wait for the disk after each of some hundred thousand files would take hours


def is_bag(folder: Path) -> bool:
    return (folder / _DECLARED).is_file()


def read(folder: Path) -> tuple[dict[str, str], list[str]]:
    """Return what bag-info.txt says, and the paths of the payload below data/ in their order, every byte compared.

    Raises Unfit with everything that is wrong: a file missing, changed, or there without being listed.
    """
    problems: dict[str, str] = {}
    try:
        if not _VERSION.fullmatch((folder / _DECLARED).read_text("utf-8")):
            problems[_DECLARED] = "is of no version of BagIt that is known"
    except (OSError, ValueError):
        raise Unfit({_DECLARED: "cannot be read"}) from None
    listed = _listed(folder, "manifest", problems)
    tags = _listed(folder, "tagmanifest", problems)
    present = {path for path in _files(folder, problems) if path.startswith(f"{PAYLOAD}/")}
    for path in sorted(present - listed.keys()):
        problems[path] = "is there, and no manifest lists it"
    if not listed:
        problems.setdefault("manifest-sha256.txt", "is not there, or lists nothing")
    for path, digests in sorted({**listed, **tags}.items()):
        wrong = _compared(folder / path, digests)
        if wrong and path not in problems:
            problems[path] = wrong
    if problems:
        raise Unfit(problems)
    return _info(folder), [path.removeprefix(f"{PAYLOAD}/") for path in sorted(listed)]


def _listed(folder: Path, kind: str, problems: dict[str, str]) -> dict[str, dict[str, str]]:
    """Return {path: {algorithm: digest}} of all manifests of a kind whose algorithm we know."""
    found: dict[str, dict[str, str]] = {}
    for algorithm in ALGORITHMS:
        name = f"{kind}-{algorithm}.txt"
        try:
            lines = (folder / name).read_text("utf-8").splitlines()
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            problems[name] = "cannot be read"
            continue
        for line in filter(None, lines):
            said = _LINE.fullmatch(line)
            path = _decoded(said[2]) if said else ""
            if said is None or not _is_inside(path, payload=kind == "manifest"):
                problems[name] = "has a line that names no file of the bag"
                continue
            found.setdefault(path, {})[algorithm] = said[1].lower()
    return found


def _is_inside(path: str, *, payload: bool) -> bool:
    parts = path.split("/")
    safe = all(part not in {"", ".", ".."} and "\\" not in part and "\x00" not in part for part in parts)
    return safe and (parts[0] == PAYLOAD) == payload and not path.startswith("~")


def _files(folder: Path, problems: dict[str, str]) -> Iterator[str]:
    """Yield the paths of all files; a link leads out of what was compared, so it is none of the bag's."""
    for root, folders, names in os.walk(folder):
        for name in [*folders, *names]:
            path = Path(root, name)
            told = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                problems[told] = "is a link or a device, not a file"
            elif path.is_file():
                yield told


def _compared(path: Path, digests: Mapping[str, str]) -> str:
    """Say what is wrong with a file, "" for nothing."""
    try:
        with path.open("rb") as file:
            found = dict(zip(ALGORITHMS, _digested(chunks(file), None)[0], strict=True))
    except OSError:
        return "is not there, or cannot be read"
    return "" if all(found[name] == digest for name, digest in digests.items()) else "is not as it was packed"


def _info(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / INFO).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _manifest(digests: Mapping[str, tuple[str, ...]], number: int) -> Iterator[bytes]:
    for path in sorted(digests):
        yield f"{digests[path][number]}  {_encoded(path)}\n".encode()


def _encoded(path: str) -> str:
    return "".join(_ENCODED.get(letter, letter) for letter in path)


def _decoded(path: str) -> str:
    for letter, code in reversed(_ENCODED.items()):
        path = re.sub(re.escape(code), letter, path, flags=re.IGNORECASE)
    return path


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the rest of a stream in parts."""
    while chunk := stream.read(_CHUNK):
        yield chunk


def _written(path: Path, parts: Iterable[bytes]) -> tuple[tuple[str, ...], int]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        return _digested(parts, file)


def _digested(parts: Iterable[bytes], copy: BinaryIO | None) -> tuple[tuple[str, ...], int]:
    digests, size = [hashlib.new(name) for name in ALGORITHMS], 0
    for chunk in parts:
        for digest in digests:
            digest.update(chunk)
        if copy:
            copy.write(chunk)
        size += len(chunk)
    return tuple(digest.hexdigest() for digest in digests), size
