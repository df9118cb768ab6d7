"""EPUB books: the pages of HTML of a package in the order of its spine."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from kb.ingest import encoding, headings, media, package, paging, said, xml
from kb.ingest.extraction import Damaged, Encrypted, Extraction, Limits
from kb.ingest.formats import html
from kb.ingest.package import Parts
from kb.ingest.paging import Block

_PAGES = ("application/xhtml+xml", "text/html")
_MOST_ITEMS = 5000


class Epub:
    """Each item of the spine begins a page, and long ones are cut, see `paging`. The table of contents is left out."""

    stamp = "epub/1"
    media_types = frozenset({media.EPUB})

    def extract(self, path: Path, limits: Limits) -> Extraction:
        with package.opened(path) as opened:
            parts = Parts(opened)
            name = _package(parts)
            root = parts.xml(name)
            if root is None:
                raise Damaged("no package document")
            items = list(_spine(root, name))
            _check_protection(parts, items)
            pages = paging.pages(_blocks(parts, items), limits)
        meta = _meta(root) | said.of(heading=headings.first(pages))
        return Extraction(pages=pages, meta=meta, outline=paging.outline(pages), by=self.stamp)


def _package(parts: Parts) -> str:
    container = parts.xml("META-INF/container.xml")
    for element in container.iter() if container is not None else ():
        if xml.local(element) == "rootfile":
            return package.within("", element.get("full-path", ""))
    raise Damaged("no package document")


def _spine(root: xml.Element, name: str) -> Iterator[str]:
    """Yield the names of the pages in the order of reading."""
    folder = name.rpartition("/")[0]
    items = {one.get("id"): one for one in root.iter() if xml.local(one) == "item"}
    for number, listed in enumerate(each for each in root.iter() if xml.local(each) == "itemref"):
        item = items.get(listed.get("idref"))
        if number >= _MOST_ITEMS or item is None:
            raise Damaged("the spine names no page")
        if item.get("media-type") in _PAGES and "nav" not in item.get("properties", "").split():
            yield package.within(folder, unquote(item.get("href", "").partition("#")[0]))


def _check_protection(parts: Parts, items: list[str]) -> None:
    """Raise Encrypted where a page is; fonts are often disguised in books that are open to all."""
    root = parts.xml("META-INF/encryption.xml")
    for element in root.iter() if root is not None else ():
        if xml.local(element) == "CipherReference" and package.within("", unquote(element.get("URI", ""))) in items:
            raise Encrypted("a page is encrypted")


def _blocks(parts: Parts, items: list[str]) -> Iterator[str | Block]:
    for name in items:
        data = parts.data(name)
        if data is None:
            raise Damaged(f"no {name} in the package")
        decoded = encoding.decode(data)
        if decoded is None:
            raise Damaged(f"{name} is not text")
        yield from html.blocks(decoded.text)
        yield paging.BREAK


def _meta(root: xml.Element) -> dict[str, str]:
    told: dict[str, list[str]] = {}
    for element in root.iter():
        told.setdefault(xml.local(element), []).append(element.text or "")
    return said.of(
        title=told.get("title", [""])[0],
        author="؛ ".join(told.get("creator", [])[:5]),
        created=told.get("date", [""])[0],
        language=told.get("language", [""])[0],
        keywords=";".join(told.get("subject", [])),
    )
