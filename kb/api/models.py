"""What programs receive: the values of the services as documented JSON, without personal data (law 09-08)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Self

from pydantic import BaseModel, Field

from kb.api.offers import Alternative
from kb.catalog.period import OPEN
from kb.core.text import Span
from kb.services.answers import Also, Answer, FacetGroup, Found, Quote, Quoted
from kb.services.answers import Similar as Alike
from kb.services.views import Card, FieldShown, FileShown, Record, RelationShown, Said, When


class Text(BaseModel):
    text: str
    language: str = Field(description="ISO 639-1 code, empty where it is not known.")

    @classmethod
    def of(cls, said: Said) -> Self:
        return cls(text=said.text, language=said.language)


class Mark(BaseModel):
    start: int = Field(description="First code point of the mark in `text`.")
    end: int = Field(description="The code point after its last.")

    @classmethod
    def of(cls, span: Span) -> Self:
        return cls(start=span.start, end=span.end)


class Passage(BaseModel):
    text: str
    language: str
    marks: list[Mark]
    file: int | None = Field(description="Number of the file, null for a passage of the record.")
    page: int | None = Field(description="Page of the file, from 1.")
    label: str = Field(description="The number printed on the page.")
    field: str | None = Field(description="Name of the field of the record.")
    url: str

    @classmethod
    def of(cls, id: str, quote: Quote) -> Self:
        place = f"/d/{id}/f/{quote.file}/p/{quote.page}" if quote.page else f"/d/{id}"
        return cls(
            text=quote.said.text,
            language=quote.said.language,
            marks=[Mark.of(span) for span in quote.said.marks],
            file=quote.file or None,
            page=quote.page or None,
            label=quote.label,
            field=quote.field or None,
            url=place,
        )


class Period(BaseModel):
    first: dt.date
    last: dt.date | None = Field(description="null while the period goes on.")
    precision: str = Field(description="day, month or year: the unit that both ends are known to.")


class Summary(BaseModel):
    id: str
    url: str
    type: str
    title: Text
    summary: Text | None
    organisation: Text | None
    date: Period | None
    languages: list[str]
    pages: int

    @classmethod
    def of(cls, card: Card) -> Self:
        return cls(**_card(card))


class Similar(Summary):
    score: float = Field(description="From 0 to 1: the cosine of the words of both, by how much they tell.")

    @classmethod
    def found(cls, one: Alike) -> Self:
        return cls(**_card(one.card), score=one.score)


class SimilarDocuments(BaseModel):
    documents: list[Similar]

    @classmethod
    def of(cls, found: Sequence[Alike]) -> Self:
        return cls(documents=[Similar.found(one) for one in found])


class AnsweringPassage(Passage):
    id: str = Field(description="Identifier of the document it stands in.")
    title: Text

    @classmethod
    def quoted(cls, quoted: Quoted) -> Self:
        passage = Passage.of(quoted.card.id, quoted.quote)
        return cls(**passage.model_dump(), id=quoted.card.id, title=Text.of(quoted.card.title))


class Hit(Summary):
    score: float
    passages: list[Passage]
    labels: list[str] = Field(description="number-flipped: the number asked for stands there from its other end.")

    @classmethod
    def found(cls, found: Found) -> Self:
        passages = [Passage.of(found.card.id, quote) for quote in found.quotes]
        return cls(**_card(found.card), score=found.score, passages=passages, labels=list(found.labels))


class FacetCount(BaseModel):
    value: str
    label: str
    count: int
    selected: bool
    excluded: bool


class Facet(BaseModel):
    name: str
    values: list[FacetCount]

    @classmethod
    def of(cls, group: FacetGroup) -> Self:
        return cls(
            name=group.name,
            values=[
                FacetCount(value=v.value, label=v.label, count=v.count, selected=v.selected, excluded=v.excluded)
                for v in group.values
            ],
        )


class OtherWords(BaseModel):
    text: str
    language: str
    of: str = Field(description="The words of the question that they may stand for.")
    source: str = Field(description="thesaurus or dictionary.")

    @classmethod
    def of_answer(cls, also: Also) -> Self:
        return cls(text=also.said.text, language=also.said.language, of=also.of, source=also.source)


class Results(BaseModel):
    total: int
    page: int
    pages: int
    notices: list[str] = Field(
        description="query-cut, partial: why the answer is not the whole one; phrase-loosened, field-unknown: "
        "what was read as plain words; index-outdated: an earlier index answers while a new one is made."
    )
    milliseconds: float
    also: list[OtherWords] = Field(description="Other words that were searched too and found something.")
    alternatives: list[Alternative] = Field(
        description="Other questions that find something, where this one may be wrong."
    )
    quoted: AnsweringPassage | None = Field(description="The passage that answers the question, where one does.")
    hits: list[Hit]
    facets: list[Facet]

    @classmethod
    def of(cls, answer: Answer) -> Self:
        return cls(
            total=answer.total,
            page=answer.ask.page,
            pages=answer.pages,
            notices=list(answer.notices),
            milliseconds=round(answer.milliseconds, 1),
            also=[OtherWords.of_answer(also) for also in answer.also],
            alternatives=[Alternative.of(one) for one in answer.alternatives],
            quoted=AnsweringPassage.quoted(answer.quoted) if answer.quoted else None,
            hits=[Hit.found(found) for found in answer.found],
            facets=[Facet.of(group) for group in answer.facets],
        )


class File(BaseModel):
    number: int
    name: str
    media_type: str
    size: int = Field(description="In bytes.")
    role: str
    language: str
    state: str = Field(description="waiting, read or failed.")
    failure: str | None
    warnings: list[str]
    pages: int
    unread: int = Field(description="Pages that wait for OCR.")
    sha256: str
    url: str
    receipt: str = Field(description="Address of what came of its reading.")

    @classmethod
    def of(cls, id: str, file: FileShown) -> Self:
        return cls(
            number=file.number,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            role=file.role,
            language=file.language,
            state=file.state,
            failure=file.failure or None,
            warnings=list(file.warnings),
            pages=file.pages,
            unread=file.unread,
            sha256=file.digest,
            url=f"/d/{id}/f/{file.number}/file",
            receipt=f"/api/v1/documents/{id}/files/{file.number}/receipt",
        )


class Relation(BaseModel):
    label: str
    document: Summary | None = Field(description="Null while the target is not in the library.")
    text: str
    note: str
    page: int | None

    @classmethod
    def of(cls, relation: RelationShown) -> Self:
        target = Summary.of(relation.card) if relation.card else None
        page = relation.page or None
        return cls(label=relation.label, document=target, text=relation.text, note=relation.note, page=page)


class Document(Summary):
    themes: list[str]
    data: dict[str, Any] = Field(description="The fields of the record, by name; personal data is left out.")
    files: list[File]
    relations: list[Relation]
    similar: str = Field(description="Address of the documents most like it.")
    revision: int
    changed: dt.datetime

    @classmethod
    def record(cls, record: Record, public: Mapping[str, Any]) -> Self:
        """`public` is what the content type lets out of the data."""
        kept = {shown.name: public[shown.name] for shown in record.fields if _may_leave(shown, public)}
        return cls(
            **_card(record.card),
            themes=[theme.value for theme in record.themes],
            data=kept,
            files=[File.of(record.card.id, file) for file in record.files],
            relations=[Relation.of(relation) for relation in record.relations],
            similar=f"/api/v1/documents/{record.card.id}/similar",
            revision=record.revision,
            changed=record.changed,
        )


class Problem(BaseModel):
    """An error as RFC 9457 has it, with our reference number."""

    type: str
    title: str
    status: int
    detail: str | None = None
    problems: dict[str, str] | None = None
    reference: str


def _may_leave(shown: FieldShown, public: Mapping[str, Any]) -> bool:
    return not shown.personal and shown.name in public


def _period(when: When) -> Period:
    last = None if when.last == OPEN else when.last
    return Period(first=when.first, last=last, precision=when.precision)


def _card(card: Card) -> dict[str, Any]:
    return {
        "id": card.id,
        "url": f"/d/{card.id}",
        "type": card.type,
        "title": Text.of(card.title),
        "summary": Text.of(card.summary) if card.summary else None,
        "organisation": Text.of(card.organisation) if card.organisation else None,
        "date": _period(card.when) if card.when else None,
        "languages": list(card.languages),
        "pages": card.pages,
    }
