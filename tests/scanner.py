"""A real clamd for tests, which knows one signature of its own and starts at once."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kb.core.errors import KbError
from kb.core.settings import Settings
from kb.services import scanner
from tests.waiting import eventually

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
BAD = b"this is what the scanner of the tests takes for a virus"
STREAM_BYTES = 2 * 1024 * 1024
FILE_BYTES = STREAM_BYTES // 2


@contextmanager
def clamd(folder: Path) -> Iterator[str]:
    """Run it in the folder; yield what KB_CLAMD says of it."""
    if CLAMD is None:
        pytest.skip("missing clamd")
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "test.ndb").write_text(f"Rassid.Test:0:*:{BAD.hex()}\n")
    door = folder / "clamd.ctl"
    lines = (
        f"LocalSocket {door}",
        f"DatabaseDirectory {signatures}",
        f"TemporaryDirectory {folder}",
        "Foreground yes",
        f"StreamMaxLength {STREAM_BYTES}",
        f"MaxFileSize {FILE_BYTES}",
        "AlertExceedsMax yes",
    )
    (folder / "clamd.conf").write_text("\n".join(lines) + "\n")
    with subprocess.Popen(
        [CLAMD, "-c", folder / "clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        try:
            eventually(lambda: answers(f"unix:{door}"), 60)
            yield f"unix:{door}"
        finally:
            child.terminate()


def answers(clamd: str) -> bool:
    try:
        return bool(scanner.version(Settings(clamd=clamd)))
    except KbError:
        return False
