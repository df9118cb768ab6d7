"""Office files as PDF, by LibreOffice where it is installed: for pictures of their pages, never for their text.

It starts programs and writes files, so the walls around it are wider than those of a reader: its own folder, the
system's programs and libraries, and its one file are all it sees. There is no network for it either.
"""

import ctypes
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from kb.core.errors import Unavailable
from kb.ingest import landlock, media, seccomp
from kb.ingest.extraction import Damaged, Limits, TooCostly

SLIDES: Final = frozenset({media.PPTX, media.ODP, media.PPT})
"""Files whose pages are the same for LibreOffice as for our readers."""

MEDIA_TYPES: Final = SLIDES | {media.DOCX, media.ODT, media.RTF, media.DOC, media.XLSX, media.ODS, media.XLS}

_SUFFIXES: Final = {
    media.PPTX: "pptx",
    media.ODP: "odp",
    media.PPT: "ppt",
    media.DOCX: "docx",
    media.ODT: "odt",
    media.RTF: "rtf",
    media.DOC: "doc",
    media.XLSX: "xlsx",
    media.ODS: "ods",
    media.XLS: "xls",
}
_MOST_BYTES: Final = 256 * 1024 * 1024
_MOST_ADDRESSES: Final = 4 * 1024**3  # it maps far more than it uses
_RESTART: Final = 81  # it has made its profile, and asks to be started again
_START: Final = """
import json, sys
request = json.loads(sys.argv[1])
sys.path[:] = request["path"]
from kb.ingest import office
office.become(request)
"""
_PROGRAMS: Final = ("/usr", "/lib", "/lib64", "/bin", "/opt", "/nix", "/snap")
_READABLE: Final = (
    "/etc/fonts",
    "/etc/libreoffice",
    "/var/lib/libreoffice",
    "/var/spool/libreoffice",
    "/var/cache/fontconfig",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/dev/urandom",
)
_DEVICES: Final = ("/dev/null",)
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


@cache
def program() -> Path | None:
    """Return where LibreOffice is, None where it is not installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    binary = Path(found).resolve().with_name("soffice.bin") if found else None
    return binary if binary is not None and binary.is_file() else None


def convert(path: Path, media_type: str, limits: Limits) -> bytes:
    """Return the file as PDF. Raises Damaged, TooCostly; Unavailable where LibreOffice cannot be started.

    `limits.seconds` is wall time. Each file has a profile of its own, in a folder that is gone afterwards; all that was
    started for it is gone too.
    """
    binary = program()
    if binary is None:
        raise Unavailable("LibreOffice is not installed")
    with tempfile.TemporaryDirectory(prefix="office-", ignore_cleanup_errors=True) as folder:
        source = Path(folder) / f"file.{_SUFFIXES[media_type]}"
        source.symlink_to(path.resolve())
        for _ in range(2):
            code = _run(binary, source, path.resolve(), Path(folder), limits)
            if code != _RESTART:
                break
        made = source.with_suffix(".pdf")
        if code or not made.is_file() or made.is_symlink():
            raise Damaged(f"LibreOffice cannot lay it out ({code})")
        return made.read_bytes()


def _run(binary: Path, source: Path, original: Path, folder: Path, limits: Limits) -> int:
    command = [
        str(binary),
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "-env:OSL_SOCKET_PATH=.",  # its pipe: in its folder, whose whole path may be too long for a socket's name
        *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo"),
        *("--convert-to", "pdf", "--outdir", str(folder), str(source)),
    ]
    request = {
        "path": [os.path.abspath(entry) for entry in sys.path],  # noqa: PTH100 - zip files and "" are entries too
        "command": command,
        "file": str(original),
        "folder": str(folder),
        "seconds": int(limits.seconds) + 1,
        "parent": os.getpid(),
    }
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own program
            [sys.executable, "-I", "-B", "-c", _START, json.dumps(request)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=folder,
            env={"HOME": str(folder), "TMPDIR": str(folder), "PATH": "/usr/bin:/bin", "SAL_USE_VCLPLUGIN": "svp"},
        )
    except OSError as error:
        raise Unavailable(f"no process can be started: {error.strerror}") from error
    try:
        return process.wait(limits.seconds)
    except subprocess.TimeoutExpired:
        raise TooCostly("LibreOffice did not end in time") from None
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def become(request: dict[str, object]) -> None:
    """Give up, in the new process, what LibreOffice does not need, and turn into it."""
    command = [str(part) for part in request["command"]]  # type: ignore[attr-defined]  # a list, written above
    seconds = int(str(request["seconds"]))
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, _MOST_BYTES),
        (resource.RLIMIT_AS, _MOST_ADDRESSES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 512),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != request["parent"]:
            os._exit(1)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        landlock.install(
            (*_READABLE, str(request["file"])), runnable=_PROGRAMS, writable=(str(request["folder"]), *_DEVICES)
        )
        seccomp.install(programs=True)
    os.execv(command[0], command)  # noqa: S606 - an absolute path, found by us
