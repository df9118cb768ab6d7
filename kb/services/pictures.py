"""The picture of a page: who may see it is who may see its file."""

from typing import Final

from kb.catalog import documents, files
from kb.core.errors import Invalid, NotFound
from kb.ingest.extraction import ExtractionError, TooCostly
from kb.ingest.gallery import Wanted, has_cover, has_pages
from kb.services.context import Services

THUMB: Final = 144  # twice what is shown
PAGE: Final = 900
LARGE: Final = 1800


def wanted(services: Services, id: str, file: int, page: int, audience: frozenset[str], across: int) -> Wanted:
    """Return which picture is asked for. Raises NotFound, also for a file that has none, and Gone when withdrawn."""
    with services.database.reading() as session:
        row = files.numbered(documents.get(session, id, audience), file)
        # How many pages there are is known when the file was read; an image that waits for that can be seen before.
        last = row.pages or services.settings.max_pages
        if page > (last if has_pages(row.media_type) else int(has_cover(row.media_type))):
            raise NotFound(f"{id} file {file} picture {page}")
        return Wanted(services.store.path(row.digest), row.digest, row.media_type, page, across)


def drawn(services: Services, picture: Wanted) -> bytes:
    """Return it as WebP. Raises NotFound where it cannot be drawn, Invalid above a limit, Unavailable when busy."""
    if not picture.path.is_file():
        raise NotFound(picture.digest)
    try:
        return services.gallery.picture(picture)
    except TooCostly as error:
        raise Invalid({"page": error.code}) from error
    except ExtractionError as error:
        raise NotFound(picture.name) from error
