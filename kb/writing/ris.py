"""Citations as RIS, which EndNote, Zotero and Mendeley take: UTF-8, one tag a line, lines ended as RIS wants."""

from collections.abc import Iterable, Iterator
from typing import Final

from kb.writing.citation import Citation, Dated
from kb.writing.plain import plain

MEDIA_TYPE: Final = "application/x-research-info-systems"

_TYPES: Final = {"law": "STAT", "publication": "BOOK", "yearly_report": "RPRT"}
_KINDS: Final = {"study": "RPRT", "report": "RPRT", "minutes": "RPRT", "presentation": "SLIDE"}


def write(citations: Iterable[Citation]) -> str:
    return "\r\n".join("".join(f"{tag}  - {value}\r\n" for tag, value in _lines(one)) for one in citations)


def _lines(citation: Citation) -> Iterator[tuple[str, str]]:
    yield "TY", _KINDS.get(citation.kind) or _TYPES.get(citation.type, "ELEC")
    yield from ((tag, text) for tag, value in _facts(citation) if (text := plain(value)))
    yield "ER", ""


def _facts(citation: Citation) -> Iterator[tuple[str, str]]:
    dated, passage, bulletin = citation.dated, citation.passage, citation.bulletin
    yield "ID", citation.key
    yield "TI", citation.title
    yield from (("AU", name) for name in citation.authors)
    yield "PB", citation.publisher
    yield "PY", str(dated.first.year) if dated else ""
    yield "DA", _date(dated) if dated else ""
    yield "ET", citation.edition
    yield "M3", citation.genre()
    yield "SN", citation.identifier
    if citation.is_law:
        yield "C6", citation.number  # where EndNote keeps the number of a public law
    if bulletin:
        yield "T2", citation.gazette()
        yield "IS", bulletin.number
        yield "SP", str(bulletin.page) if bulletin.page else ""
    elif passage:
        yield "SP", passage.label
    yield from (("KW", word) for word in citation.keywords)
    yield "AB", citation.abstract
    yield "N1", passage.words if passage else ""
    yield "LA", citation.language
    yield "UR", citation.address
    yield "Y2", f"{citation.consulted:%Y/%m/%d}"


def _date(dated: Dated) -> str:
    """Return year/month/day with what is known of them; the slashes are always three."""
    point = dated.points()[0]
    return "/".join([*(f"{part:02d}" for part in point), *[""] * (3 - len(point))]) + "/"
