"""The files of an import where it waits for them: laid out under their names, archives unpacked among them."""

import os
import shutil
from pathlib import Path

from kb.core.errors import Invalid, KbError, Unavailable, refused_by_disk
from kb.core.settings import Settings
from kb.services import enclosed


def unpack(settings: Settings, path: Path, place: Path) -> None:
    """Put what is in an archive in its place. Raises Invalid, also where a file is there already, and Unavailable."""
    try:
        with enclosed.unpacked(path, settings) as (folder, _refused):
            path.unlink()  # it may hold a file of its own name
            _demand_room(folder, place)
            shutil.copytree(folder, place, dirs_exist_ok=True)
    except OSError as error:
        raise refused_by_disk("the folder of uploads", error) from error
    except (Invalid, Unavailable):
        raise
    except KbError as error:
        raise Invalid({"file": error.code}) from error


def _demand_room(folder: Path, place: Path) -> None:
    """Raise Invalid where files would meet: what lies there may share its bytes with an upload, which stays whole."""
    for one in folder.rglob("*"):
        there = place / one.relative_to(folder)
        if os.path.lexists(there) and not (one.is_dir() and there.is_dir()):
            raise Invalid({"file": "twice"})


def lift(place: Path) -> None:
    """Take the one folder that was chosen, or packed, for the import itself: paths of the table begin in it."""
    while len(inside := list(place.iterdir())) == 1 and inside[0].is_dir():
        folder = inside[0].rename(place / ".lifted")
        for each in list(folder.iterdir()):
            each.rename(place / each.name)
        folder.rmdir()
