"""Markdown as the fields of a sheet hold it: a few signs for headings, lists, quotations, stress and links.

The only file that knows markdown-it. Nothing else is a sign: no HTML, no pictures, no tables, and a line is a paragraph
as it is in a field without signs.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

_SIGNS: Final = re.compile(r"[*_\\\[\]<>#]|^\s*(?:[-+]|\d{1,9}[.)]) ", re.MULTILINE)
_RULES: Final = ("heading", "list", "blockquote", "emphasis", "link", "escape", "autolink")
_LOWER: Final = 3
"""Headings of a text stand below those of the page, which has three levels of its own."""


@dataclass(frozen=True, slots=True)
class Block:
    """`html` is what the text says, not yet made safe; `lines` are the places of its lines among those not blank."""

    html: str
    lines: tuple[int, ...]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("zero", {"html": False, "linkify": False}).enable(list(_RULES))


def has_signs(text: str) -> bool:
    """Tell whether the text may say anything that its bare letters do not."""
    return _SIGNS.search(text) is not None


def blocks(text: str) -> list[Block]:
    """Return the parts of the text, from the first line to the last."""
    tokens = _tokens(text)
    return [_block(part) for part in _parts(tokens)]


def words(text: str) -> str:
    """Return what the text says, without signs, a line for each line."""
    if not has_signs(text):
        return text
    found = ["".join(_said(token)) for token in _tokens(text) if token.type == "inline"]
    return "\n".join(found)


def _tokens(text: str) -> list[Token]:
    """Blank lines between all lines make each of them a paragraph; a list stays one, whatever stands between."""
    tokens = _parser().parse("\n\n".join(line for line in text.split("\n") if line.strip()))
    item = 0
    for token in tokens:
        item += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        if token.type == "list_item_open" and token.info:
            token.attrSet("value", token.info)
        for child in token.children or ():
            if child.tag == "em":  # Arabic letters do not lean
                child.tag = "b"
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + _LOWER)}"
        token.hidden = token.hidden or (item > 0 and token.type.startswith("paragraph"))
    return tokens


def _parts(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    for token in tokens:
        part.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield part
            part = []


def _block(tokens: list[Token]) -> Block:
    """Every other line of what was parsed is blank: the one at 2n is the n-th of the text."""
    parser = _parser()
    start, end = tokens[0].map or (0, 0)
    return Block(parser.renderer.render(tokens, parser.options, {}), tuple(range(start // 2 + 1, (end + 1) // 2 + 1)))


def _said(token: Token) -> Iterator[str]:
    for child in token.children or ():
        yield "\n" if child.type in {"softbreak", "hardbreak"} else child.content
