"""Extractors that misbehave, for the sandbox; a child imports them by name."""

import ctypes
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import ClassVar

from kb.core.text import Finding, Page
from kb.ingest import media, nursery
from kb.ingest.extraction import Encrypted, Extraction, Limits

_LIBC = ctypes.CDLL(None, use_errno=True)
# Bound while this module is imported, before a child is locked: no hook of Python sees a call of these.
_socket, _connect, _fork, _setsid, _kill = _LIBC.socket, _LIBC.connect, _LIBC.fork, _LIBC.setsid, _LIBC.kill
_open, _execv, _mkdir, _unshare = _LIBC.open, _LIBC.execv, _LIBC.mkdir, _LIBC.unshare
_CLONE_NEWUSER = 0x10000000


class Plain:
    stamp = "plain/1"
    media_types: ClassVar = frozenset({media.TEXT})

    def extract(self, path: Path, _limits: Limits) -> Extraction:
        return Extraction((Page(1, self.act(path)),), {"title": "عنوان"}, (Finding("said", "كلمة"),), self.stamp)

    def act(self, path: Path) -> str:
        return path.read_text()


class Hangs(Plain):
    """Does not end before anybody's patience does: whoever waits for it is noticed."""

    def act(self, _path: Path) -> str:
        time.sleep(3600)
        return ""


class Waits(Plain):
    """Takes two seconds by the clock, and next to none of the processor."""

    def act(self, path: Path) -> str:
        time.sleep(2)
        return super().act(path)


class Spins(Plain):
    def act(self, _path: Path) -> str:
        while True:
            pass


class Eats(Plain):
    def act(self, _path: Path) -> str:
        return str(len(b"x" * 10**10))


class Dies(Plain):
    def act(self, _path: Path) -> str:
        os._exit(9)


class Late(Plain):
    """Needs a module that only it imports."""

    loads = ("colorsys",)

    def act(self, _path: Path) -> str:
        return str("colorsys" in sys.modules)


class Errs(Plain):
    def act(self, _path: Path) -> str:
        raise IndexError("list index out of range")


class Panics(Plain):
    def act(self, _path: Path) -> str:
        raise BaseException("range end index 64 out of range")  # noqa: TRY002 - as pyo3 does for Rust


class Recurses(Plain):
    def act(self, path: Path) -> str:
        return self.act(path)


class Locked(Plain):
    def act(self, _path: Path) -> str:
        raise Encrypted("password")


class Prints(Plain):
    def act(self, _path: Path) -> str:
        sys.stdout.write("noise")
        os.write(1, b"noise")
        sys.stderr.write("noise")
        return "quiet"


class TalksTooLong(Plain):
    def act(self, _path: Path) -> str:
        return "x" * 101


class Surroundings(Plain):
    def act(self, _path: Path) -> str:
        own = set(os.environ) - {"LC_CTYPE", *nursery.ENVIRONMENT}
        return f"{sorted(own)} {Path.cwd()} {os.isatty(0)} {sys.stdin.read() if sys.stdin else ''}"


class Connects(Plain):
    def act(self, _path: Path) -> str:
        socket.create_connection(("127.0.0.1", 80), timeout=1)
        return "connected"


class Downloads(Plain):
    def act(self, _path: Path) -> str:
        with urllib.request.urlopen("http://127.0.0.1/") as answer:
            return str(answer.read())


class Spawns(Plain):
    def act(self, _path: Path) -> str:
        subprocess.run(["/bin/true"], check=True)
        return "spawned"


class Forks(Plain):
    def act(self, _path: Path) -> str:
        return str(os.fork())


class Writes(Plain):
    def act(self, path: Path) -> str:
        (path.parent / "written").write_text("x")
        return "written"


class Removes(Plain):
    def act(self, path: Path) -> str:
        path.unlink()
        return "removed"


class Peeks(Plain):
    def act(self, _path: Path) -> str:
        return Path("/etc/passwd").read_text()


class Calls(Plain):
    """Calls the system as code would that a file has smuggled in."""

    def act(self, path: Path) -> str:
        done = self.call(path)
        if done < 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error))
        return str(done)

    def call(self, path: Path) -> int:
        raise NotImplementedError


class CallsHome(Calls):
    """Its file says at which port of this machine somebody listens."""

    def call(self, path: Path) -> int:
        opened: int = _socket(socket.AF_INET, socket.SOCK_STREAM, 0)
        if opened < 0:
            return opened
        port = int(path.read_text())
        address = struct.pack("=HH4s8x", socket.AF_INET, socket.htons(port), bytes([127, 0, 0, 1]))
        return int(_connect(opened, address, len(address)))


class CallsFork(Calls):
    def call(self, _path: Path) -> int:
        born: int = _fork()
        if born == 0:
            _setsid()
            time.sleep(60)
        return born


class CallsExec(Calls):
    def call(self, _path: Path) -> int:
        return int(_execv(b"/bin/true", (ctypes.c_char_p * 2)(b"true", None)))


class CallsSetsid(Calls):
    def call(self, _path: Path) -> int:
        return int(_setsid())


class CallsKill(Calls):
    def call(self, _path: Path) -> int:
        return int(_kill(os.getppid(), signal.SIGKILL))


class CallsUnshare(Calls):
    def call(self, _path: Path) -> int:
        return int(_unshare(_CLONE_NEWUSER))


class CallsMkdir(Calls):
    def call(self, path: Path) -> int:
        return int(_mkdir(bytes(path.parent / "made"), 0o700))


class CallsWrite(Calls):
    def call(self, path: Path) -> int:
        return int(_open(bytes(path.parent / "written"), os.O_WRONLY | os.O_CREAT, 0o600))


class CallsRead(Calls):
    """Peeks at its file's neighbour."""

    def call(self, path: Path) -> int:
        return int(_open(bytes(path.parent), os.O_RDONLY))
