"""A folder as the disk had it at any moment, told from outside by what a process asked of the system.

For programs whose writing is not in Python. `traced` runs one under strace; `History` reads what that wrote down and
lays out what a power cut would leave before each sync: what was synced, and of the rest all, some or nothing.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

_CALLS = "openat,write,writev,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat"
_LINE = re.compile(r"^(?P<at>[\d.]+) (?P<name>\w+)\((?P<asked>.*)\) += (?P<gave>-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_OPEN = re.compile(r"^\d+<([^>]*)>")

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="missing strace")


class Call(NamedTuple):
    """What was asked: `paths` are those it names or that the open file has, `data` what was to be written."""

    at: float
    name: str
    asked: str
    paths: Sequence[Path]
    data: bytes


def traced(command: Sequence[str], logs: Path, folder: Path) -> None:
    """Run a command to its end with every call written to a log a thread; skip where that is not allowed."""
    logs.mkdir()
    strace = ["strace", "-ff", "-ttt", "-y", "-xx", "-s", str(1 << 26), "-e", f"trace={_CALLS}", "-o", str(logs / "t")]
    run = subprocess.run([*strace, *command], cwd=folder, capture_output=True, text=True, check=False)
    if "ptrace" in run.stderr:
        pytest.skip("missing the right to trace a process")
    assert run.returncode == 0, run.stderr


class History:
    """What happened to the files under a root. Written at the end of a file, as all do that we watch."""

    def __init__(self, root: Path, logs: Path) -> None:
        """Begin with what is under `root` now, taken for synced."""
        self._logs = logs
        self._root = root
        self._live: list[bytes] = []  # by number of the file what was written to it
        self._kept: list[bytes] = []  # what of this was synced
        self._names: dict[Path, int] = {}
        self._synced: dict[Path, int] = {}
        for path in root.rglob("*"):
            if path.is_file():
                self._create(path)
                self._kept[-1] = self._live[-1] = path.read_bytes()
        self._synced = dict(self._names)

    def moments(self) -> Iterator[bytes]:
        """Go on from sync to sync; yield before each, and at the end, what was said to pipes and terminals."""
        said = b""
        for call in sorted(self._calls(), key=lambda call: call.at):
            if call.name == "write" and not call.paths:
                said += call.data
            if call.name in {"fsync", "fdatasync"} and self._is_ours(call.paths):
                yield said
                said = b""
            if self._is_ours(call.paths):
                self._happen(call)
        yield said

    def left(self, *, renamed: bool, written: float) -> Mapping[Path, bytes]:
        """Return the files as they are left, by name under the root.

        Names that were not synced are there (`renamed`) or not; of bytes that were not synced a share is `written`.
        """
        names = self._names if renamed else self._synced
        return {path.relative_to(self._root): self._content(number, written) for path, number in names.items()}

    def _content(self, number: int, written: float) -> bytes:
        live, kept = self._live[number], self._kept[number]
        return live if live == kept else live[: max(len(kept), int(len(live) * written))]

    def _happen(self, call: Call) -> None:
        match call.name:
            case "openat" if "O_CREAT" in call.asked and call.paths[0] not in self._names:
                self._create(call.paths[0])
            case "openat" if "O_TRUNC" in call.asked:
                self._live[self._names[call.paths[0]]] = b""
            case "write":
                self._live[self._names[call.paths[0]]] += call.data
            case "fsync" | "fdatasync" if call.paths[0] in self._names:
                number = self._names[call.paths[0]]
                self._kept[number] = self._live[number]
            case "fsync" | "fdatasync":
                folder = call.paths[0]
                others = {path: number for path, number in self._synced.items() if path.parent != folder}
                self._synced = others | {path: n for path, n in self._names.items() if path.parent == folder}
            case "rename" | "renameat" | "renameat2":
                self._names[call.paths[1]] = self._names.pop(call.paths[0])
            case "unlink" | "unlinkat":
                self._names.pop(call.paths[0], None)
            case "openat":
                pass
            case _:
                raise AssertionError(call)

    def _create(self, path: Path) -> None:
        self._names[path] = len(self._live)
        self._live.append(b"")
        self._kept.append(b"")

    def _is_ours(self, paths: Sequence[Path]) -> bool:
        return bool(paths) and paths[0].is_relative_to(self._root)

    def _calls(self) -> Iterator[Call]:
        for log in self._logs.iterdir():
            for line in log.read_text("ascii").splitlines():
                match = _LINE.match(line)
                if match and int(match["gave"]) >= 0:
                    yield _call(match)


def _call(match: re.Match[str]) -> Call:
    asked, name = match["asked"], match["name"]
    texts = [_plain(text) for text in _TEXT.findall(asked)]
    on = _OPEN.match(asked)
    if on and name in {"write", "writev", "pwrite64", "ftruncate", "fsync", "fdatasync"}:
        path = _plain(on[1]).decode()
        paths = [Path(path)] if path.startswith("/") else []
        return Call(float(match["at"]), name, asked, paths, b"".join(texts))
    return Call(float(match["at"]), name, asked, [Path(text.decode()) for text in texts], b"")


def _plain(text: str) -> bytes:
    """Return what strace wrote letter by letter."""
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()
