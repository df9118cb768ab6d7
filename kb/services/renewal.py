"""What an earlier version of a reader made is made again, and jobs that were given up are taken up again."""

from kb.catalog import files
from kb.catalog.files import EXTRACT
from kb.core.clock import now
from kb.ingest.formats import FORMATS
from kb.jobs import queue
from kb.services.context import Services
from kb.services.health import KINDS


def outdated(services: Services) -> int:
    """Return how many files show a text that no reader of this version made."""
    with services.database.reading() as session:
        return len(files.read_by_others(session, _stamps()))


def renew(services: Services) -> int:
    """Queue the reading of those files anew; return how many. Until it is done their earlier text is searched."""
    if not outdated(services):
        return 0
    with services.database.writing() as session:
        found = files.read_by_others(session, _stamps())
        for id in found:
            queue.put(session, EXTRACT, id, now())
    return len(found)


def retry(services: Services) -> int:
    """Queue the jobs that had failed too often, with a clean sheet; return how many there were."""
    with services.database.writing() as session:
        return sum(queue.retry(session, kind, now()) for kind in KINDS)


def _stamps() -> frozenset[str]:
    return frozenset(reader.stamp for reader in FORMATS.values())
