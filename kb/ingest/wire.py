"""An Extraction as JSON. What comes back from the child is checked like any input: the child read a stranger's file."""

import json
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from kb.core.text import Box, Finding, Heading, Page, Region, Span
from kb.ingest.extraction import Damaged, Empty, Encrypted, Extraction, ExtractionError, Limits, TooCostly, Unsupported

_ERRORS: dict[str, type[ExtractionError]] = {
    error.code: error for error in (Damaged, Encrypted, Empty, Unsupported, TooCostly)
}
_DETAIL_CHARS = 300
_FARTHEST = 2**16 - 1  # of a place on a page, in tenths of a point
_ORIGINS = frozenset({"text", "repaired", "ocr", "none"})
_REGIONS = frozenset({"heading", "footnote", "table"})
_DEEPEST = 6


def encode(extraction: Extraction) -> bytes:
    return json.dumps(asdict(extraction), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def encode_error(error: ExtractionError) -> bytes:
    return json.dumps([error.code, str(error)[:_DETAIL_CHARS]]).encode()


def decode_error(data: bytes) -> ExtractionError:
    """Return the error that was encoded; Damaged for anything else."""
    try:
        code, detail = json.loads(data)
        return _ERRORS[code](str(detail))
    except (ValueError, KeyError, TypeError, RecursionError):
        return Damaged("the reader's answer makes no sense")


def decode(data: bytes, limits: Limits) -> Extraction:
    """Return the extraction that was encoded. Raises Damaged for anything else, TooCostly above the limits."""
    try:
        fields = json.loads(data)
        extraction = Extraction(
            pages=tuple(page(one, limits) for one in fields["pages"]),
            meta={str(name): str(value) for name, value in fields["meta"].items()},
            findings=_findings(fields["findings"]),
            by=str(fields["by"]),
            outline=tuple(_heading(one) for one in fields["outline"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise Damaged("the reader's answer makes no sense") from error
    numbers = [one.number for one in extraction.pages]
    if numbers != list(range(1, len(numbers) + 1)):
        raise Damaged("the reader's pages are out of order")
    if len(numbers) > limits.pages:
        raise TooCostly("the reader's answer is above the limits")
    return extraction


def page(fields: Any, limits: Limits) -> Page:
    """Return one page from its JSON. Raises ValueError, KeyError or TypeError, and TooCostly above the limits."""
    text = str(fields["text"])
    if len(text) > limits.page_chars:
        raise TooCostly("the reader's answer is above the limits")
    origin = str(fields["origin"])
    if origin not in _ORIGINS:
        raise ValueError(origin)
    return Page(
        number=int(fields["number"]),
        text=text,
        origin=origin,
        label=str(fields["label"]),
        quality=min(1.0, max(0.0, float(fields["quality"]))),
        findings=_findings(fields["findings"]),
        boxes=_boxes(fields["boxes"], len(text.split())),
        width=_place(fields["width"]),
        height=_place(fields["height"]),
        regions=_regions(fields["regions"], len(text)),
        head=str(fields["head"])[: limits.page_chars],
        foot=str(fields["foot"])[: limits.page_chars],
        language=str(fields["language"]),
    )


def _findings(values: Any) -> tuple[Finding, ...]:
    return tuple(Finding(str(value["code"]), str(value["detail"])[:_DETAIL_CHARS]) for value in values)


def _boxes(values: Any, words: int) -> tuple[Box, ...]:
    found = tuple(
        Box(int(word), _place(x0), _place(y0), _place(x1), _place(y1), min(100, max(0, int(confidence))))
        for word, x0, y0, x1, y1, confidence in values
    )
    if any(not 0 <= box.word < words for box in found) or any(one.word > two.word for one, two in pairwise(found)):
        raise ValueError("boxes of no word")
    return found


def _place(value: Any) -> int:
    return min(_FARTHEST, max(0, int(value)))


def _regions(values: Any, length: int) -> tuple[Region, ...]:
    found = tuple(
        Region(str(value["kind"]), Span(int(value["span"]["start"]), int(value["span"]["end"])), int(value["level"]))
        for value in values
    )
    ends = [0, *(place for region in found for place in (region.span.start, region.span.end)), length]
    if ends != sorted(ends) or any(region.kind not in _REGIONS for region in found):
        raise ValueError("regions out of order")
    return found


def _heading(fields: Any) -> Heading:
    return Heading(str(fields["text"]), int(fields["page"]), min(_DEEPEST, max(1, int(fields["level"]))))
