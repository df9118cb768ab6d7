"""The formats the house reads: one line each."""

from collections.abc import Mapping

from kb.ingest import media
from kb.ingest.extraction import Damaged, Empty, Encrypted, ExtractionError, Extractor, Unsupported
from kb.ingest.formats.docx import Docx
from kb.ingest.formats.epub import Epub
from kb.ingest.formats.html import Html
from kb.ingest.formats.image import Image
from kb.ingest.formats.mail import Mail
from kb.ingest.formats.opendocument import OpenDocument
from kb.ingest.formats.pdf import Pdf
from kb.ingest.formats.ppt97 import Ppt97
from kb.ingest.formats.pptx import Pptx
from kb.ingest.formats.rtf import Rtf
from kb.ingest.formats.sheets import Sheets
from kb.ingest.formats.sheets.delimited import Delimited
from kb.ingest.formats.text import TextFile
from kb.ingest.formats.word97 import Word97

_EXTRACTORS: tuple[Extractor, ...] = (
    Pdf(),
    Docx(),
    Word97(),
    Rtf(),
    Pptx(),
    Ppt97(),
    OpenDocument(),
    Sheets(),
    Delimited(),
    Epub(),
    Html(),
    Mail(),
    Image(),
    TextFile(),
)

FORMATS: Mapping[str, Extractor] = {
    media_type: extractor for extractor in _EXTRACTORS for media_type in sorted(extractor.media_types)
}

_REFUSED: Mapping[str, ExtractionError] = {
    media.EMPTY: Empty("no bytes"),
    media.ENCRYPTED: Encrypted("protected by a password"),
    media.DAMAGED: Damaged("cut short"),
}


def choose(media_type: str) -> Extractor:
    """Return the extractor of a media type as `sniff` gives it.

    Raises Unsupported, Empty for no bytes at all, Encrypted for an office file that a password protects, and Damaged
    for one of which too little is left to say what it was.
    """
    if media_type in _REFUSED:
        error = _REFUSED[media_type]
        raise type(error)(*error.args)
    try:
        return FORMATS[media_type]
    except KeyError:
        raise Unsupported(media_type) from None
