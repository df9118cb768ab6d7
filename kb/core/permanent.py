"""The addresses that are promised to stay: what is cited, printed, harvested and sent to others."""

from typing import Final
from urllib.parse import urlsplit

_SCHEMES: Final = frozenset({"http", "https"})


def is_base(text: str) -> bool:
    """Whether this is a scheme and a host, with a port or without, and nothing more."""
    try:
        parts = urlsplit(text)
        named = parts.hostname and (parts.port or True)
    except ValueError:
        return False
    return bool(named) and parts.scheme in _SCHEMES and text == f"{parts.scheme}://{parts.netloc}" and "@" not in text


def document(base: str, id: str) -> str:
    """Return the address of a document, absolute where `base` is one."""
    return f"{base}/d/{id}"


def page(base: str, id: str, file: int, number: int) -> str:
    return f"{document(base, id)}/f/{file}/p/{number}"
