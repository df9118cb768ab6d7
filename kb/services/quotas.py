"""What one person may bring in a day, by whichever door: one count for all of them."""

import datetime as dt
from typing import Final

from sqlalchemy.orm import Session

from kb.catalog import intake, people
from kb.catalog.rights import Someone
from kb.core.clock import now
from kb.core.errors import Quota
from kb.services.context import Services

DAY: Final = dt.timedelta(hours=24)
_ROOM_SECONDS: Final = 3600.0


def check(
    services: Services,
    session: Session,
    someone: Someone,
    size: int,
    files: int = 1,
    most: int | None = None,
    packed: int = 0,
) -> None:
    """Raise Quota where so many files, of `size` bytes together, are more than one may bring.

    What is larger than `most` bytes is refused by its name, not here; as a rule that is what an upload may have. The
    archive of `packed` bytes that a file comes out of is counted still, and makes room for it. Who brings more at the
    same time waits for the end of the transaction, so that it counts too.
    """
    settings = services.settings
    most = settings.max_upload_bytes * files if most is None else most
    people.hold(session, someone.id)
    before, brought = intake.brought(session, someone.actor, now() - DAY)
    archives = 1 if packed else 0
    if before - archives + files > settings.upload_day_files:
        raise Quota("files", settings.upload_day_files, _ROOM_SECONDS)
    if brought - packed + size > settings.upload_day_bytes and size <= most:
        raise Quota("bytes", settings.upload_day_bytes, _ROOM_SECONDS)
    if intake.count_open(session, someone.actor) - archives >= settings.upload_open:
        raise Quota("open", settings.upload_open, _ROOM_SECONDS)
    check_refused(services, session, someone)


def check_refused(services: Services, session: Session, someone: Someone) -> None:
    """Raise Quota where too much of what one brought was refused: each is a row that tells why."""
    most = services.settings.upload_day_refused
    if intake.refused(session, someone.actor, now() - DAY) >= most:
        raise Quota("refused", most, _ROOM_SECONDS)


def count(services: Services, session: Session, someone: Someone, size: int, files: int = 1) -> None:
    """Count what comes by another door than an upload. Raises as `check`, and counts nothing then."""
    check(services, session, someone, size, files)
    intake.count(session, someone.actor, files, size)
