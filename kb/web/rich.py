"""Markdown as HTML that can do no harm, whatever was typed. The only file that knows nh3."""

from typing import Final

import nh3
from markupsafe import Markup

from kb.catalog import markdown

_TAGS: Final = {"p", "strong", "b", "ul", "ol", "li", "blockquote", "h4", "h5", "h6", "a"}
_ATTRIBUTES: Final[dict[str, set[str]]] = {"a": {"href"}, "li": {"value"}, "*": set()}
_SCHEMES: Final = {"http", "https", "mailto"}


def blocks(text: str) -> list[tuple[Markup, tuple[int, ...]]]:
    """Return the parts of the text with the places of their lines, from 1."""
    return [(_safe(block.html), block.lines) for block in markdown.blocks(text)]


def html(text: str) -> Markup:
    return _safe("".join(block.html for block in markdown.blocks(text)))


def _safe(text: str) -> Markup:
    """Let through the few elements that Markdown makes here, each paragraph in the direction of its own letters."""
    clean = nh3.clean(
        text,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener external",
        set_tag_attribute_values={tag: {"dir": "auto"} for tag in ("p", "li", "h4", "h5", "h6")},
    )
    return Markup(clean)  # noqa: S704 -- nh3 has just cleaned it
