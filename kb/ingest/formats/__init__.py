"""The formats the house reads: one line each."""

from collections.abc import Mapping

from kb.ingest import media
from kb.ingest.extraction import Empty, Extractor, Unsupported
from kb.ingest.formats.docx import Docx
from kb.ingest.formats.html import Html
from kb.ingest.formats.pdf import Pdf
from kb.ingest.formats.text import TextFile

_EXTRACTORS: tuple[Extractor, ...] = (Pdf(), Docx(), Html(), TextFile())

FORMATS: Mapping[str, Extractor] = {
    media_type: extractor for extractor in _EXTRACTORS for media_type in sorted(extractor.media_types)
}


def choose(media_type: str) -> Extractor:
    """Return the extractor of a media type as `sniff` gives it. Raises Unsupported, or Empty for no bytes at all."""
    if media_type == media.EMPTY:
        raise Empty("no bytes")
    try:
        return FORMATS[media_type]
    except KeyError:
        raise Unsupported(media_type) from None
