"""An Extraction as JSON. What comes back from the child is checked like any input: the child read a stranger's file."""

import json
from dataclasses import asdict
from typing import Any

from kb.core.text import Page
from kb.ingest.extraction import Damaged, Empty, Encrypted, Extraction, ExtractionError, Limits, TooCostly, Unsupported

_ERRORS: dict[str, type[ExtractionError]] = {
    error.code: error for error in (Damaged, Encrypted, Empty, Unsupported, TooCostly)
}
_DETAIL_CHARS = 300


def encode(answer: Extraction | ExtractionError) -> bytes:
    if isinstance(answer, ExtractionError):
        fields: dict[str, Any] = {"error": answer.code, "detail": str(answer)[:_DETAIL_CHARS]}
    else:
        fields = asdict(answer)
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def decode(data: bytes, limits: Limits) -> Extraction:
    """Return the extraction or raise the ExtractionError that was encoded. Raises Damaged for anything else."""
    try:
        fields = json.loads(data)
        if "error" in fields:
            raise _ERRORS[fields["error"]](str(fields["detail"]))
        extraction = Extraction(
            pages=tuple(_page(page) for page in fields["pages"]),
            meta={str(name): str(value) for name, value in fields["meta"].items()},
            warnings=_strings(fields["warnings"]),
            by=str(fields["by"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Damaged("the reader's answer makes no sense") from error
    if [page.number for page in extraction.pages] != list(range(1, len(extraction.pages) + 1)):
        raise Damaged("the reader's pages are out of order")
    if len(extraction.pages) > limits.pages or any(len(page.text) > limits.page_chars for page in extraction.pages):
        raise TooCostly("the reader's answer is above the limits")
    return extraction


def _page(fields: Any) -> Page:
    return Page(
        number=int(fields["number"]),
        text=str(fields["text"]),
        origin=str(fields["origin"]),
        label=str(fields["label"]),
        quality=min(1.0, max(0.0, float(fields["quality"]))),
        warnings=_strings(fields["warnings"]),
    )


def _strings(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
