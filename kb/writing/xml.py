"""XML as it is sent: a tree of plain values, escaped when it is written and nowhere else."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape, quoteattr

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'

# All that is no Char of XML 1.0: a single one, even as a reference, makes the whole unreadable.
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Element:
    """`inside` are elements and texts in order; both texts and values of attributes may be anything."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    inside: tuple["Element | str", ...] = ()


def element(name: str, *inside: Element | str, **attributes: str) -> Element:
    """Return an element; in the name of an attribute "__" stands for a colon, as in xml__lang."""
    return Element(name, {key.replace("__", ":"): value for key, value in attributes.items()}, inside)


def legal(text: str) -> str:
    """Return the text without the characters that XML 1.0 forbids."""
    return _ILLEGAL.sub("", text)


def written(root: Element) -> bytes:
    return (DECLARATION + "".join(_pieces(root)) + "\n").encode()


def _pieces(node: Element | str) -> Iterator[str]:
    if isinstance(node, str):
        yield escape(legal(node))
        return
    attributes = "".join(f" {name}={quoteattr(legal(value))}" for name, value in node.attributes.items())
    if not node.inside:
        yield f"<{node.name}{attributes}/>"
        return
    yield f"<{node.name}{attributes}>"
    for part in node.inside:
        yield from _pieces(part)
    yield f"</{node.name}>"
