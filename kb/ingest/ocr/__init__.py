"""Pages without a trustworthy text are read from their picture, in a child process, one page at a time."""

import json
from dataclasses import replace
from pathlib import Path

from kb.core.text import Page
from kb.ingest import language, sandbox, wire
from kb.ingest.extraction import Damaged, Limits
from kb.ingest.ocr import engine

STAMP = "ocr/1"
"""What reads; when it changes, pages are read again."""

is_here = engine.is_here
models = engine.models


def read(path: Path, number: int, limits: Limits, *, dpi: int, pixels: int, source: int) -> Page:
    """Return page `number` (from 1) of a PDF, PNG, JPEG or TIFF as OCR reads it; `limits` are those of the page.

    It is drawn at `dpi`, or coarser above so many `pixels`; `source` is how many an image file may have.

    Its origin is "none" where there is nothing to read. Raises as sandbox.call.
    """
    from kb.ingest.ocr import task  # noqa: PLC0415 - a quarter of a second of every other command's start

    arguments = {"number": number, "dpi": dpi, "pixels": pixels, "source": source}
    answer = sandbox.call(task.read, path, limits, arguments, (engine.LIBRARY,))
    try:
        page = wire.page(json.loads(answer), limits)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise Damaged("the reader's answer makes no sense") from error
    if page.number != number:
        raise Damaged("the reader's answer is of another page")
    # Told here: what tells Latin languages apart makes a temporary file to load its model, which no child may.
    return replace(page, language=language.of(page.text, ""))
