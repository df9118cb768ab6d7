"""The folder of a Whoosh index, made durable: Whoosh itself never asks the disk to keep what it wrote."""

import os
from io import BytesIO
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile


class SyncedStorage(FileStorage):  # type: ignore[misc]
    """Syncs the segments before the table of contents that names them is renamed into place, then the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self._synced: set[str] = set()

    def open_file(self, name: str, **options: object) -> StructFile:
        """Open as Whoosh asks; tables of contents from memory, as Whoosh does not close one it cannot read."""
        if name.endswith(".toc"):
            return StructFile(BytesIO((Path(self.folder) / name).read_bytes()), name=name, **options)
        return super().open_file(name, **options)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:  # noqa: FBT001, FBT002 (Whoosh's)
        """Rename as Whoosh asks, which it does once a commit, last of all."""
        folder = Path(self.folder)
        files = {path.name for path in folder.iterdir() if path.is_file()}
        for name in files - self._synced:
            _sync(folder / name)
        super().rename_file(oldname, newname, safe=safe)
        _sync(folder)
        # A segment is never written again under its name; the rest is small.
        self._synced = {name for name in files if name.endswith(".seg")}


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
