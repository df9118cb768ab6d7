"""Pictures of pages (PNG, JPEG, TIFF): as many pages as there are frames, without text until OCR reads them."""

from pathlib import Path

from kb.core.text import Finding, Page
from kb.ingest import media, render, verdict
from kb.ingest.extraction import Extraction, ExtractionError, Limits, TooCostly

MAX_PIXELS = 200_000_000
"""Of one frame: an A0 sheet at 240 dots per inch; the address space of the child is the limit for what is less."""

_DPI = 18  # what tells a whole frame from one cut short without keeping it


class Image:
    """The size of a page is that of the frame at its resolution.

    A frame that cannot be drawn is a page that says so; where none can, the reason of the first is raised.
    """

    stamp = "image/2"
    media_types = frozenset({media.PNG, media.JPEG, media.TIFF})

    def extract(self, path: Path, limits: Limits) -> Extraction:
        frames = render.count(path)
        if frames > limits.pages:
            raise TooCostly(f"more than {limits.pages} pages")
        pages: list[Page] = []
        reasons: list[ExtractionError] = []
        for number in range(1, frames + 1):
            try:
                pages.append(_page(path, number))
            except ExtractionError as error:
                reasons.append(error)
                code = verdict.COSTLY_PAGE if isinstance(error, TooCostly) else verdict.BROKEN_PAGE
                pages.append(Page(number, "", "none", "", 0.0, (Finding(code, str(error)[:200]),)))
        if reasons and len(reasons) == len(pages):
            raise reasons[0]
        found = verdict.merged([page.findings for page in pages])
        return Extraction(pages=tuple(pages), by=self.stamp, findings=found)


def _page(path: Path, number: int) -> Page:
    drawn = render.render(path, number, dpi=_DPI, pixels=MAX_PIXELS)
    findings = (Finding(verdict.NEEDS_OCR),)
    return Page(number, "", "none", "", 0.0, findings, width=drawn.width, height=drawn.height)
