"""PDF, read from the places of its glyphs: order on paper, not order in the file, is what a reader sees."""

from pathlib import Path

from kb.ingest import media
from kb.ingest.extraction import Extraction, Limits


class Pdf:
    """A page without text has origin "none"; one that cannot be followed loses its text, and says so."""

    stamp = "pdf/5"
    media_types = frozenset({media.PDF})
    loads = ("kb.ingest.formats.pdf.document",)

    def extract(self, path: Path, limits: Limits) -> Extraction:
        # Loading pdfminer takes longer than most of what the parent does.
        from kb.ingest.formats.pdf import document  # noqa: PLC0415

        return document.extract(path, limits, self.stamp)
