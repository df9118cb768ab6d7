"""Answers that a browser saves: their names, and how they are sent."""

import unicodedata
from urllib.parse import quote

from starlette.responses import Response


def disposition(name: str, simple: str = "") -> str:
    """An attachment of this name by RFC 6266: the real name in UTF-8, and an ASCII one for old programs.

    `simple` is that one, where what can be kept of the real one would tell nothing.
    """
    visible = "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Cs"} else c for c in name)
    kept = " ".join(visible.replace("/", "-").replace("\\", "-").split())[:180] or "document"
    stem, dot, ending = kept.rpartition(".")
    plain = simple or "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in kept)
    if not any(c.isalnum() for c in (stem if dot and stem.isascii() else plain.rpartition(".")[0])):
        plain = f"document.{ending}" if dot and ending.isascii() and ending.isalnum() else "document"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(kept, safe='')}"


def attach(body: str | bytes, name: str, media_type: str, simple: str = "") -> Response:
    """Send these bytes, or this text as UTF-8, to be saved under `name`."""
    octets = body.encode() if isinstance(body, str) else body
    kind = f"{media_type}; charset=utf-8" if isinstance(body, str) else media_type
    return Response(octets, headers={"Content-Disposition": disposition(name, simple), "Content-Type": kind})
