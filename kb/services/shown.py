"""Rows of the catalog as the values of views.py, in one reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kb.catalog import markdown
from kb.catalog.briefs import Brief
from kb.catalog.content_type import ContentType, Field
from kb.catalog.period import years_between
from kb.catalog.tables import Document, File
from kb.catalog.translated import pick
from kb.catalog.vocabulary import labelled
from kb.core.text import DocumentId, Heading
from kb.ingest import gallery, ocr
from kb.search.highlight import Marker
from kb.services.context import Services
from kb.services.views import Card, FacetValue, FieldShown, FileShown, Said, When

REAL_SHARE = 0.1
"""Share of a file's words from which their language is one of the document's: a summary, not a quotation."""

SUMMARY = "summary"
TITLE = "title"
_OWN_FIELDS: Mapping[str, Mapping[str, str]] = {
    SUMMARY: {"ar": "ملخص", "fr": "Résumé", "en": "Summary"},
    TITLE: {"ar": "العنوان", "fr": "Titre", "en": "Title"},
}


def card(services: Services, document: Document | Brief, language: str) -> Card:
    """Return the document as a list shows it. Its title is in the reader's language if it has one."""
    title, title_language = pick(document.title, language, document.language)
    summary, summary_language = pick(document.summary, language, document.language)
    return Card(
        id=DocumentId(document.id),
        type=document.type,
        type_label=facet_label(services, "type", document.type, language),
        title=Said(title, title_language),
        summary=Said(summary, summary_language) if summary else None,
        organisation=organisation(services, document, language),
        when=when(document),
        languages=languages(document),
        pages=sum(file.pages for file in document.files),
        file_name=document.files[0].name if document.files else "",
        state=document.state,
    )


def with_marks(card: Card, marker: Marker) -> Card:
    """Return the card with marks in its title."""
    title = card.title
    return replace(card, title=replace(title, marks=marker.marks(title.text, title.language)))


def organisation(services: Services, document: Document | Brief, language: str) -> Said | None:
    """Return the name printed on the document, else the body's name at its date."""
    if document.organisation_text:
        return Said(document.organisation_text)
    if not document.organisation_id:
        return None
    name, name_language = services.vocabulary.said(document.organisation_id, language, document.date_last)
    return Said(name, name_language)


def when(document: Document | Brief) -> When | None:
    if document.date_first is None or document.date_last is None:
        return None
    return When(document.date_first, document.date_last, document.date_precision, document.date_text)


def languages(document: Document | Brief) -> tuple[str, ...]:
    """Return the languages of the document, its files and their text, the main one first."""
    found = [document.language, *(file.language for file in document.files)]
    found += [code for file in document.files for code, *_, share in file.read_in if share >= REAL_SHARE]
    return tuple(dict.fromkeys(code for code in found if code))


def years(document: Document) -> Sequence[int]:
    """Return the years that the document counts in; empty without a date."""
    if document.date_first is None or document.date_last is None:
        return ()
    return years_between(document.date_first.year, document.date_last.year)


def facet_label(services: Services, facet: str, value: str, language: str) -> str:
    """Return what a facet's value is called; a value unknown to the vocabularies is its own name."""
    match facet:
        case "type" if value in services.types:
            return labelled(services.types[value].label, language)[0]
        case "theme" if value in services.vocabulary.themes:
            return labelled(services.vocabulary.themes[value].label, language)[0]
        case "organisation":
            return services.vocabulary.said(value, language)[0]
        case "language" if value in services.vocabulary.languages:
            return labelled(services.vocabulary.languages[value], language)[0]
    return value


def field_label(services: Services, type: str, name: str, language: str) -> str:
    if name in _OWN_FIELDS:
        return labelled(_OWN_FIELDS[name], language)[0]
    field = services.types[type].field(name) if type in services.types and name else None
    return labelled(field.label, language)[0] if field else name


def themes(services: Services, document: Document, language: str) -> tuple[FacetValue, ...]:
    return tuple(
        FacetValue(code, facet_label(services, "theme", code, language), 0) for code in sorted(document.theme_codes)
    )


def fields(type: ContentType, data: Mapping[str, Any], language: str) -> tuple[FieldShown, ...]:
    """Return the fields that say something, in the order of the sheet."""
    return tuple(_field(type, field, data[field.name], language) for field in type.fields if field.name in data)


def _field(type: ContentType, field: Field, value: Any, language: str) -> FieldShown:
    group = next((group for group in type.groups if group.name == field.group), None)
    said = None
    if field.kind.name.startswith("translated"):
        text, said_in = pick(value, language)
        said = Said(markdown.words(text) if field.kind.name == "translated_text" else text, said_in)
    return FieldShown(
        name=field.name,
        label=labelled(field.label, language)[0],
        kind=field.kind.widget,
        value=value,
        said=said,
        group=field.group,
        group_label=labelled(group.label, language)[0] if group else "",
        group_icon=group.icon if group else "",
        choices={code: labelled(label, language)[0] for code, label in (field.choices or {}).items()},
        columns=tuple(
            (
                column.name,
                labelled(column.label, language)[0],
                column.kind.widget,
                {code: labelled(label, language)[0] for code, label in (column.choices or {}).items()},
            )
            for column in field.kind.columns
        ),
        personal=field.personal or field.kind.personal,
        place=field.place,
        sourced=field.sourced,
        group_box=group.box if group else False,
    )


def file(row: File) -> FileShown:
    return FileShown(
        number=row.number,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        role=row.role,
        language=row.language,
        state=row.state,
        failure=row.failure,
        warnings=tuple(row.warnings),
        pages=row.pages,
        digest=row.digest,
        pictured=gallery.has_pages(row.media_type),
        covered=gallery.has_cover(row.media_type),
        unread=row.unread or 0,
        being_read=bool(row.unread) and ocr.is_here(),
        outline=tuple(Heading(text, page, level) for text, page, level in row.outline or ()),
    )
