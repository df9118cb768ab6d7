"""Pictures of pages (PNG, JPEG, TIFF): as many pages as there are frames, without text until OCR reads them."""

from pathlib import Path

from kb.core.text import Finding, Page
from kb.ingest import media, render, verdict
from kb.ingest.extraction import Extraction, Limits, TooCostly

MAX_PIXELS = 200_000_000
"""Of one frame: an A0 sheet at 240 dots per inch; the address space of the child is the limit for what is less."""

_DPI = 18  # what tells a whole frame from one cut short without keeping it


class Image:
    """The size of a page is that of the frame at its resolution. Raises Damaged where a frame is cut short."""

    stamp = "image/1"
    media_types = frozenset({media.PNG, media.JPEG, media.TIFF})

    def extract(self, path: Path, limits: Limits) -> Extraction:
        frames = render.count(path)
        if frames > limits.pages:
            raise TooCostly(f"more than {limits.pages} pages")
        pages = tuple(_page(path, number) for number in range(1, frames + 1))
        return Extraction(pages=pages, by=self.stamp)


def _page(path: Path, number: int) -> Page:
    drawn = render.render(path, number, dpi=_DPI, pixels=MAX_PIXELS)
    findings = (Finding(verdict.NEEDS_OCR),)
    return Page(number, "", "none", "", 0.0, findings, width=drawn.width, height=drawn.height)
