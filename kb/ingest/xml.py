"""The only parsers of markup in the house: no DTD, no entities of the file's own, no network, no huge trees."""

from collections.abc import Iterator
from typing import Any, Protocol, overload

from lxml import etree

from kb.ingest.extraction import Damaged, TooCostly


class Element(Protocol):
    """What we use of an lxml element. `tag` is a str, or something else for comments and the like."""

    tag: Any
    text: str | None
    tail: str | None

    @overload
    def get(self, name: str) -> str | None: ...

    @overload
    def get(self, name: str, default: str) -> str: ...

    def iter(self, *tags: str) -> Iterator["Element"]: ...

    def iterancestors(self) -> Iterator["Element"]: ...

    def __iter__(self) -> Iterator["Element"]: ...


def local(element: Element) -> str:
    """Return the name of the element without its namespace, "" for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def parse(data: bytes) -> Element:
    """Return the root. Raises Damaged for what is not well-formed and for any document type declaration."""
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Damaged(f"not well-formed: {error.msg}") from error
    if root.getroottree().docinfo.doctype:
        raise Damaged("a document type declaration")
    return _element(root)


def parse_html(text: str) -> Element:
    """Return the root of a tree that has some place for every element, however wrong `text` is.

    Raises Damaged where there is no element at all and TooCostly for elements nested some 250 deep.
    """
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, recover=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise Damaged(f"no HTML: {error.msg}") from error
    if root is None:
        raise Damaged("no HTML")
    if any("depth" in entry.message for entry in parser.error_log):
        raise TooCostly("elements nested too deeply")
    return _element(root)


def _element(root: Any) -> Element:
    element: Element = root
    return element
