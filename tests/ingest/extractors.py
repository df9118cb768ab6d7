"""Extractors that misbehave, for the sandbox; a child imports them by name."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import ClassVar

from kb.core.text import Finding, Page
from kb.ingest import media, sandbox
from kb.ingest.extraction import Encrypted, Extraction, Limits


class Plain:
    stamp = "plain/1"
    media_types: ClassVar = frozenset({media.TEXT})

    def extract(self, path: Path, _limits: Limits) -> Extraction:
        return Extraction((Page(1, self.act(path)),), {"title": "عنوان"}, (Finding("said", "كلمة"),), self.stamp)

    def act(self, path: Path) -> str:
        return path.read_text()


class Hangs(Plain):
    def act(self, _path: Path) -> str:
        time.sleep(60)
        return ""


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


class Errs(Plain):
    def act(self, _path: Path) -> str:
        raise IndexError("list index out of range")


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
        own = set(os.environ) - {"LC_CTYPE", *sandbox.ENVIRONMENT}
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
