"""The addresses that are promised to stay: what is cited, printed, harvested and sent to others."""

import re
from typing import Final
from urllib.parse import urlsplit

_ID: Final = re.compile(r"[a-z0-9]{10}")
_SCHEMES: Final = frozenset({"http", "https"})


def is_id(text: str) -> bool:
    """Whether a document could have this identifier."""
    return _ID.fullmatch(text) is not None


def is_base(text: str) -> bool:
    """Whether this is a scheme and a host, with a port or without, and nothing more."""
    try:
        parts = urlsplit(text)
        named = parts.hostname and (parts.port or True)
    except ValueError:
        return False
    return bool(named) and parts.scheme in _SCHEMES and text == f"{parts.scheme}://{parts.netloc}" and "@" not in text


def begun(public_url: str, scheme: str, host: str) -> str:
    """Return what full addresses begin with: `public_url`, else as the visitor came to a host that was let in."""
    return public_url or f"{scheme}://{host.lower()}"


def document(base: str, id: str) -> str:
    """Return the address of a document, absolute where `base` is one."""
    return f"{base}/d/{id}"


def page(base: str, id: str, file: int, number: int) -> str:
    return f"{document(base, id)}/f/{file}/p/{number}"
