"""The child's side of OCR: draws a page and reads it."""

import json
from dataclasses import asdict
from pathlib import Path

from kb.ingest.extraction import Limits
from kb.ingest.ocr import page
from kb.ingest.paging import capped
from kb.ingest.render import render


def read(path: Path, limits: Limits, number: int, dpi: float, pixels: int, source: int) -> bytes:
    """Return page `number` of a PDF or image as JSON. Raises as `render`."""
    found = page.read(render(path, number, dpi=dpi, pixels=pixels, source=source), number)
    return json.dumps(asdict(capped(found, limits)), ensure_ascii=False).encode("utf-8", "replace")
