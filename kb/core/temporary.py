"""Where the temporary files of every library are made, ours and others'."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FORGOTTEN_SECONDS = 24 * 3600.0


@contextmanager
def files_in(folder: Path) -> Iterator[None]:
    """Let the temporary files of every library be made in `folder`; remove those that a dead process left there."""
    for left in folder.iterdir():
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > FORGOTTEN_SECONDS:
                shutil.rmtree(left) if left.is_dir() else left.unlink()
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
