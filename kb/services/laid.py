"""The files of an import where it waits for them: laid out under their names, archives unpacked among them."""

import shutil
from pathlib import Path

from kb.core.errors import Invalid, KbError, refused_by_disk
from kb.core.settings import Settings
from kb.services import enclosed


def unpack(settings: Settings, path: Path, place: Path) -> None:
    """Put what is in an archive beside it, in its place. Raises Invalid, Unavailable."""
    try:
        with enclosed.unpacked(path, settings) as (folder, _refused):
            shutil.copytree(folder, place, dirs_exist_ok=True)
    except OSError as error:
        raise refused_by_disk("the folder of uploads", error) from error
    except KbError as error:
        raise Invalid({"file": error.code}) from error
    path.unlink()


def lift(place: Path) -> None:
    """Take the one folder that was chosen, or packed, for the import itself: paths of the table begin in it."""
    while len(inside := list(place.iterdir())) == 1 and inside[0].is_dir():
        folder = inside[0].rename(place / ".lifted")
        for each in list(folder.iterdir()):
            each.rename(place / each.name)
        folder.rmdir()
