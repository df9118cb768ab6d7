"""A document as it is described to other programs on its own page: by Dublin Core, Highwire and schema.org."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kb.catalog import documents
from kb.catalog.tables import Document
from kb.services import citing, dublin, shown
from kb.services.context import Services
from kb.services.dublin import Statement, interval
from kb.services.views import FileShown
from kb.writing.citation import Citation

HOW_TO = "HowTo"


@dataclass(frozen=True, slots=True)
class Described:
    """`schema` is a type of schema.org; `steps` those of a HowTo; `summary` and `title` are in the reader's language.

    `base` is what full addresses begin with.
    """

    citation: Citation
    statements: tuple[Statement, ...]
    base: str
    schema: str
    type: str
    type_label: str
    title: str
    summary: str
    themes: tuple[str, ...]
    languages: tuple[str, ...]
    files: tuple[FileShown, ...]
    steps: tuple[str, ...]
    licence: str

    def file(self, number: int) -> str:
        return f"{self.citation.document}/f/{number}/file"

    @property
    def card(self) -> str:
        """The picture that is shown where somebody sends the address to others."""
        return f"{self.citation.document}/card.png"

    @property
    def dated(self) -> str:
        return interval(self.citation.dated) if self.citation.dated else ""


def described(services: Services, id: str, audience: frozenset[str], language: str, base: str) -> Described:
    """Return what programs are told. Raises NotFound, and Gone for what was withdrawn."""
    cited = citing.cited(services, id, audience, base)
    with services.database.reading() as session:
        document = documents.get(session, id, audience)
        card = shown.card(services, document, language)
        steps = _steps(services, document)
        return Described(
            citation=cited,
            statements=dublin.statements(services, session, document, cited, audience),
            base=base,
            schema=_schema(services, document, steps=bool(steps)),
            type=document.type,
            type_label=card.type_label,
            title=card.title.text,
            summary=card.summary.text if card.summary else "",
            themes=tuple(theme.label for theme in shown.themes(services, document, language)),
            languages=card.languages,
            files=tuple(shown.file(row) for row in document.files),
            steps=steps,
            licence=str(document.data.get("licence", "")),
        )


def _schema(services: Services, document: Document, *, steps: bool) -> str:
    """Return the type of schema.org; how something is done is told in steps, or it is an article about it."""
    type = services.types[document.type]
    found = type.schemas.get(str(document.data.get("kind", "")), type.schema)
    return "Article" if found == HOW_TO and not steps else found


def _steps(services: Services, document: Document) -> tuple[str, ...]:
    type = services.types[document.type]
    rows: list[Mapping[str, Any]] = type.public(document.data).get(type.steps, []) if type.steps else []
    return tuple(str(row["text"]) for row in rows if row.get("text"))
