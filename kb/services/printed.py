"""What a file says as JSON: all that its reader gave, page by page; docs/extract.md describes it."""

from typing import Any

from kb.core.text import Box, Finding, Page, codes
from kb.ingest.extraction import Extraction


def as_json(name: str, extraction: Extraction) -> dict[str, Any]:
    """Return the extraction of the file called `name`."""
    return {
        "file": name,
        "by": extraction.by,
        "meta": dict(extraction.meta),
        "warnings": list(codes(extraction.findings)),
        "findings": list(map(_finding, extraction.findings)),
        "outline": [{"text": one.text, "page": one.page, "level": one.level} for one in extraction.outline],
        "pages": list(map(_page, extraction.pages)),
    }


def _page(page: Page) -> dict[str, Any]:
    words = page.text.split()
    return {
        "number": page.number,
        "label": page.label,
        "origin": page.origin,
        "quality": round(page.quality, 3),
        "language": page.language,
        "warnings": list(codes(page.findings)),
        "findings": list(map(_finding, page.findings)),
        "text": page.text,
        "head": page.head,
        "foot": page.foot,
        "width": page.width,
        "height": page.height,
        "words": [_word(words[box.word], box) for box in page.boxes],
        "regions": [
            {"kind": one.kind, "start": one.span.start, "end": one.span.end, "level": one.level} for one in page.regions
        ],
    }


def _word(text: str, box: Box) -> list[Any]:
    return [text, box.x0, box.y0, box.x1, box.y1, box.confidence]


def _finding(finding: Finding) -> dict[str, str]:
    return {"code": finding.code, "detail": finding.detail}
