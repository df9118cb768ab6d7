"""Answers that a program asks for again and again: it says what it has, and is told when that is still true."""

import datetime as dt
import hashlib
import re
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from kb.core.clock import now

_TAG = re.compile(r'(?:W/)?"[^"]*"')
_SETTLED = dt.timedelta(seconds=2)  # a date of HTTP is a second: what changed in this one may change once more


def answer(request: Request, body: bytes, media_type: str, changed: dt.datetime | None = None) -> Response:
    """Send the body, or 304 where the visitor has it.

    `changed` is when anything that it shows last changed; where there is none, only the tag can tell.
    """
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'  # weak: squeezed or not, it says the same
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if changed and now() - changed > _SETTLED:
        headers["Last-Modified"] = format_datetime(changed.replace(microsecond=0), usegmt=True)
    if _has(request, tag, headers.get("Last-Modified", "")):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def _has(request: Request, tag: str, modified: str) -> bool:
    """Tell by the tag where the visitor names one, else by the date (RFC 9110, 13.2.2)."""
    named = request.headers.get("if-none-match")
    if named is not None:
        return named.strip() == "*" or tag.removeprefix("W/") in {t.removeprefix("W/") for t in _TAG.findall(named)}
    since = _date(request.headers.get("if-modified-since", ""))
    last = _date(modified)
    return since is not None and last is not None and last <= since


def _date(written: str) -> dt.datetime | None:
    try:
        found = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else None
