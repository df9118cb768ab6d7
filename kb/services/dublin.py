"""A document in the fifteen elements of Dublin Core: what harvesters, and the meta tags of its page, are told."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy.orm import Session

from kb.catalog import relations
from kb.catalog.content_type import Field
from kb.catalog.tables import Document
from kb.core import permanent
from kb.db.columns import Wording
from kb.services import shown
from kb.services.context import Services
from kb.writing.citation import Citation, Dated
from kb.writing.plain import paragraphs, plain
from kb.writing.xml import Element, element

OAI: Final = "http://www.openarchives.org/OAI/2.0/"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

# Said from the facts of citation, under the names that bodies bore and the day that counts.
_CITED: Final = frozenset({"creator", "date"})


class Statement(NamedTuple):
    """`language` is "" where the text is in none, as an address or a number."""

    element: str
    text: str
    language: str = ""


def statements(
    services: Services, session: Session, document: Document, cited: Citation, audience: frozenset[str]
) -> tuple[Statement, ...]:
    """Return what is said of the document, each thing once.

    Personal data is left out. `cited` are the facts of the same document.
    """
    base = cited.document.removesuffix(permanent.document("", document.id))
    found = [
        *_translated("title", document.title),
        *(Statement("creator", name, _script(name, cited.language)) for name in cited.authors),
        *_subjects(services, document),
        *_translated("description", document.summary),
        *([Statement("publisher", cited.publisher, "")] if cited.publisher else ()),
        *([Statement("date", interval(cited.dated))] if cited.dated else ()),
        Statement("type", services.types[document.type].oai),
        *_labels("type", services.types[document.type].label),
        *(Statement("format", file) for file in dict.fromkeys(file.media_type for file in document.files)),
        Statement("identifier", cited.document),
        *(Statement("language", code) for code in shown.languages(document) or (cited.language,) if code),
        *_related(session, document, audience, base),
        *_fields(services, document),
    ]
    return tuple(dict.fromkeys(one for one in found if one.text))


def oai_dc(said: Sequence[Statement]) -> Element:
    """Write unqualified Dublin Core; a text is marked with its language where it is in one."""
    lines = (
        Element(f"dc:{one.element}", {"xml:lang": one.language} if one.language else {}, (one.text,)) for one in said
    )
    return element(
        "oai_dc:dc",
        *lines,
        xmlns__oai_dc=f"{OAI}oai_dc/",
        xmlns__dc="http://purl.org/dc/elements/1.1/",
        xmlns__xsi=XSI,
        xsi__schemaLocation=f"{OAI}oai_dc/ {OAI}oai_dc.xsd",
    )


def interval(dated: Dated) -> str:
    """Return a date or a span of them as ISO 8601 writes it, ".." for the end of what goes on (ISO 8601-2)."""
    points = ["-".join(f"{part:0{width}}" for part, width in zip(p, (4, 2, 2), strict=False)) for p in dated.points()]
    return "/".join([*points, ".."] if dated.last is None else points)


def _translated(element: str, said: Mapping[str, Wording]) -> Iterator[Statement]:
    for language, wording in sorted(said.items()):
        if wording["state"] != "missing":
            yield Statement(element, "\n".join(paragraphs(wording["text"])), language)


def _labels(element: str, label: Mapping[str, str]) -> Iterator[Statement]:
    for language, text in label.items():
        yield Statement(element, text, language)


def _subjects(services: Services, document: Document) -> Iterator[Statement]:
    for code in sorted(document.theme_codes):
        known = services.vocabulary.themes.get(code)
        yield from _labels("subject", known.label) if known else [Statement("subject", code)]


def _related(session: Session, document: Document, audience: frozenset[str], base: str) -> Iterator[Statement]:
    """Yield the addresses of documents that these readers see; what is awaited is named as it is printed."""
    for link in relations.of(session, document, audience):
        if link.other:
            yield Statement("relation", permanent.document(base, link.other.id))
        elif link.relation.target_text:
            yield Statement("relation", plain(link.relation.target_text), "")


def _fields(services: Services, document: Document) -> Iterator[Statement]:
    kind = services.types[document.type]
    data = kind.public(document.data)
    for field in kind.fields:
        if field.dc and field.dc not in _CITED and field.name in data:
            for text, language in _said(services, field, data[field.name], document.date_last):
                yield Statement(field.dc, "\n".join(paragraphs(text)), language)


def _said(services: Services, field: Field, value: Any, day: dt.date | None) -> Iterable[tuple[str, str]]:
    if field.kind.widget not in {"organisation", "organisations"}:
        return field.said(value)
    bodies = value if isinstance(value, list) else [value]
    return [services.vocabulary.said(body, "ar", day) for body in bodies]


def _script(text: str, language: str) -> str:
    """Return "ar" for Arabic letters, the document's language for others where it is written in them, else none."""
    if any("\u0600" <= c <= "\u06ff" for c in text):
        return "ar"
    return language if language not in {"ar", "zgh"} else ""
