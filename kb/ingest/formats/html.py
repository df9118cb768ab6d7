"""HTML pages: the text of their main content, without the furniture of the site around it."""

import re
from collections.abc import Iterator
from pathlib import Path

from kb.core.text import Finding
from kb.ingest import encoding, media, paging, xml
from kb.ingest.extraction import Damaged, Empty, Extraction, Limits
from kb.ingest.tidy import line, tidy

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
_HEAD_BYTES = 4096

_DROPPED = frozenset(
    (
        *("script", "style", "noscript", "template", "head", "title", "nav", "footer", "aside", "svg", "math"),
        *("iframe", "object", "embed", "audio", "video", "canvas", "select", "button", "datalist", "dialog", "menu"),
    )
)
_DROPPED_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar"})
_BLOCKS = frozenset(
    (
        *("address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset"),
        *("figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "legend"),
        *("li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead"),
        *("tr", "ul", "caption"),
    )
)
_CELLS = frozenset({"td", "th"})
_HEADINGS = ("h1", "h2", "h3")
_BLOCK_END = "\n\n"
_DATES = frozenset({"date", "dc.date", "dcterms.created", "dcterms.date", "article:published_time"})


class Html:
    """The encoding is that of the byte order mark, else of the meta element, else UTF-8 or a Windows page."""

    stamp = "html/2"
    media_types = frozenset({media.HTML})

    def extract(self, path: Path, limits: Limits) -> Extraction:
        data = path.read_bytes()
        if not data.strip():
            raise Empty("no bytes but white space")
        declared = _META_CHARSET.search(data[:_HEAD_BYTES])
        decoded = encoding.decode(data, declared[1].decode("ascii", "replace") if declared else "")
        if decoded is None:
            raise Damaged("not text")
        root = xml.parse_html(decoded.text)
        main = _main(root)
        return Extraction(
            pages=paging.pages(_text(main).split(_BLOCK_END), limits),
            meta=_meta(root, main),
            findings=(Finding("encoding-errors"),) if decoded.lost else (),
            by=self.stamp,
        )


def _main(root: xml.Element) -> xml.Element:
    """Return the element that states it is the main content, if it holds a fair part of the text; else the root."""
    everything = len(_text(root))
    for names, share in ((("main",), 0.2), (("article",), 0.5)):
        stated = [element for element in root.iter() if _is_stated(element, names) and not _is_within(element, names)]
        longest = max(stated, key=lambda element: len(_text(element)), default=None)
        if longest is not None and len(_text(longest)) > share * everything:
            return longest
    return root


def _is_stated(element: xml.Element, names: tuple[str, ...]) -> bool:
    return element.tag in names or element.get("role") in names


def _is_within(element: xml.Element, names: tuple[str, ...]) -> bool:
    """Tell whether another such element holds this one, and so all of its text."""
    return any(_is_stated(outer, names) for outer in element.iterancestors())


def _text(element: xml.Element) -> str:
    """Return the text with blocks ended by a blank line, cells by a tab and forced line ends by a line feed."""
    return "".join(_pieces(element, content=False, cell=False, kept=False))


def _pieces(element: xml.Element, *, content: bool, cell: bool, kept: bool) -> Iterator[str]:
    """`content` is true within main or article, `cell` within a table cell, `kept` within preformatted text."""
    tag = element.tag if isinstance(element.tag, str) else ""
    if not tag or _is_furniture(element, content=content):
        return
    if tag == "br":
        yield "\n"
        return
    content = content or tag in ("main", "article")
    kept = kept or tag == "pre"
    # In a cell whose table serves as data, a block is only a word end; a table in a cell makes it a layout.
    cell = (cell or tag in _CELLS) and not any(True for _ in element.iter("table"))
    border = "" if tag not in _BLOCKS else " " if cell else _BLOCK_END
    yield border
    yield _folded(element.text, kept=kept)
    for child in element:
        yield from _pieces(child, content=content, cell=cell, kept=kept)
        yield _folded(child.tail, kept=kept)
    yield "\t" if tag in _CELLS and cell else border


def _is_furniture(element: xml.Element, *, content: bool) -> bool:
    return (
        element.tag in _DROPPED
        or (element.tag == "header" and not content)
        or element.get("role") in _DROPPED_ROLES
        or element.get("hidden", "no") != "no"
        or element.get("aria-hidden") == "true"
    )


def _folded(text: str | None, *, kept: bool) -> str:
    if not text:
        return ""
    return text.replace("\r\n", "\n") if kept else re.sub(r"\s+", " ", text)


def _meta(root: xml.Element, main: xml.Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter("title"):
        found.setdefault("title", line(element.text or ""))
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").lower()
        content = line(element.get("content") or "")
        if name in ("author", "dc.creator", "dcterms.creator"):
            found.setdefault("author", content)
        elif name in _DATES and re.match(r"\d{4}-\d\d-\d\d", content):
            found.setdefault("created", content[:10])
    for element in root.iter("html"):
        found.setdefault("language", line(element.get("lang") or "").lower()[:2])
    found["heading"] = _heading(main) or _heading(root) or found.get("title", "")
    return {name: value for name, value in found.items() if value}


def _heading(element: xml.Element) -> str:
    for tag in _HEADINGS:
        for heading in element.iter(tag):
            if written := line(tidy(_text(heading))):
                return written
    return ""
