"""HTML pages: the text of their main content, without the furniture of the site around it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.core.text import Finding
from kb.ingest import encoding, media, paging, said, xml
from kb.ingest.extraction import Damaged, Empty, Extraction, Limits
from kb.ingest.paging import Block
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
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_EPUB_TYPE = "epub:type"  # of a number that leads to a note
_HEADINGS = ("h1", "h2", "h3")
_BLOCK_END = "\n\n"


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a heading (of `level` above 0) or a table (0) begins or, by `ends`, ends."""

    level: int = 0
    ends: bool = False


_DATES = frozenset({"date", "dc.date", "dcterms.created", "dcterms.date", "article:published_time"})


class Html:
    """The encoding is that of the byte order mark, else of the meta element, else UTF-8 or a Windows page."""

    stamp = "html/3"
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
        pages = paging.pages(_blocks(main), limits)
        return Extraction(
            pages=pages,
            meta=_meta(root, main),
            findings=(Finding("encoding-errors"),) if decoded.lost else (),
            outline=paging.outline(pages),
            by=self.stamp,
        )


def blocks(text: str) -> list[Block]:
    """Return the main content of a page that is already text, for the formats that have pages of HTML in them."""
    return list(_blocks(_main(xml.parse_html(text)))) if text.strip() else []


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


def _blocks(element: xml.Element) -> Iterator[Block]:
    """Yield paragraphs, headings and tables; a table within a table is laid out by the outer one."""
    waiting: list[str] = []
    for piece in (*_pieces(element, content=False, cell=False, kept=False), _Mark()):
        if isinstance(piece, str):
            waiting.append(piece)
            continue
        written = [each for each in "".join(waiting).split(_BLOCK_END) if each.strip()]
        waiting = []
        if piece.ends and piece.level:
            yield paging.heading(line(" ".join(written), 1000), piece.level)
        elif piece.ends:
            yield paging.table(row.rstrip("\t").split("\t") for row in written)
        else:
            yield from map(Block, written)


def _text(element: xml.Element) -> str:
    """Return the text with blocks ended by a blank line, cells by a tab and forced line ends by a line feed."""
    pieces = _pieces(element, content=False, cell=False, kept=False)
    return "".join(piece for piece in pieces if isinstance(piece, str))


def _pieces(element: xml.Element, *, content: bool, cell: bool, kept: bool) -> Iterator[str | _Mark]:
    """`content` is true within main or article, `cell` within a table cell, `kept` within preformatted text."""
    tag = element.tag if isinstance(element.tag, str) else ""
    if not tag or _is_furniture(element, content=content):
        return
    if tag == "br":
        yield " " if cell else "\n"
        return
    content = content or tag in ("main", "article")
    kept = kept or tag == "pre"
    # In a cell whose table serves as data, a block is only a word end; a table in a cell makes it a layout.
    cell = (cell or tag in _CELLS) and not any(True for _ in element.iter("table"))
    border = "" if tag not in _BLOCKS else " " if cell else _BLOCK_END
    marked = None if cell else _mark(element, tag)
    if marked:
        yield marked
    yield border
    yield _folded(element.text, kept=kept)
    for child in element:
        yield from _pieces(child, content=content, cell=cell, kept=kept)
        yield _folded(child.tail, kept=kept)
    yield "\t" if tag in _CELLS and cell else border
    if marked:
        yield _Mark(marked.level, ends=True)


def _mark(element: xml.Element, tag: str) -> _Mark | None:
    """Return the mark of a heading, or of a table of several columns without a table in it."""
    if tag in _LEVELS:
        return _Mark(_LEVELS[tag])
    if tag != "table" or sum(1 for _ in element.iter("table")) > 1:
        return None
    wide = any(sum(1 for cell in row if cell.tag in _CELLS) > 1 for row in element.iter("tr"))
    return _Mark() if wide else None


def _is_furniture(element: xml.Element, *, content: bool) -> bool:
    return (
        element.tag in _DROPPED
        or (element.tag == "header" and not content)
        or element.get("role") in _DROPPED_ROLES
        or element.get("hidden", "no") != "no"
        or element.get("aria-hidden") == "true"
        or "noteref" in (element.get(_EPUB_TYPE) or element.get("role") or "")
    )


def _folded(text: str | None, *, kept: bool) -> str:
    if not text:
        return ""
    return text.replace("\r\n", "\n") if kept else re.sub(r"\s+", " ", text)


def _meta(root: xml.Element, main: xml.Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter("title"):
        found.setdefault("title", element.text or "")
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").lower()
        content = element.get("content") or ""
        if name in ("author", "dc.creator", "dcterms.creator"):
            found.setdefault("author", content)
        elif name in ("keywords", "dc.subject"):
            found.setdefault("keywords", content)
        elif name in _DATES and re.match(r"\d{4}-\d\d-\d\d", content.strip()):
            found.setdefault("created", content)
    for element in root.iter("html"):
        found.setdefault("language", element.get("lang") or "")
    told = said.of(**found)
    return told | said.of(heading=_heading(main) or _heading(root) or told.get("title", ""))


def _heading(element: xml.Element) -> str:
    for tag in _HEADINGS:
        for heading in element.iter(tag):
            if written := line(tidy(_text(heading))):
                return written
    return ""
