"""The library moves to another database."""

from contextlib import closing

from kb.core.errors import Conflict
from kb.db.database import Database
from kb.db.transfer import Progress, transfer
from kb.db.upgrade import upgrade
from kb.services.context import Services


def copy(services: Services, url: str, progress: Progress) -> dict[str, int]:
    """Copy the catalog and its jobs to the database at `url`, which is made ready first; return rows by table.

    Raises Conflict when it is the one in use or holds anything, Unavailable when it cannot be had.
    """
    with closing(Database(url)) as target:
        if target.engine.url == services.database.engine.url:
            raise Conflict("this is the database in use")
        upgrade(target, services.settings.cache)
        return transfer(services.database, target, progress)
