"""The JSON twins of the result page and of a document's page."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from kb.api import oai
from kb.api.models import Document, Problem, Results, SimilarDocuments
from kb.api.offers import Suggestions
from kb.api.receipts import Receipt
from kb.core.text import DocumentId
from kb.search.parse import SYNTAX
from kb.search.query import Precision, Sort
from kb.services import find, read, receipt
from kb.services import suggest as suggesting
from kb.services.answers import Ask, Form, Years
from kb.services.context import Services
from kb.services.similar import similar

Language = Literal["ar", "fr", "en"]

_FAILURES: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": Problem, "description": description, "content": {"application/problem+json": {}}}
    for status, description in (
        (404, "There is no such document."),
        (410, "The document was withdrawn; `detail` says why."),
        (422, "A parameter is not what is documented here."),
        (503, "The index or the database does not answer."),
    )
}
_EXAMPLE: Final = "/api/v1/search?q=%D8%AA%D8%A8%D8%B3%D9%8A%D8%B7&labels=fr"


AnId = Annotated[str, Path(pattern="^[a-z0-9]{10}$", description="The permanent identifier.")]
ALanguage = Annotated[Language, Query(description="Language of labels, and of titles where there is a choice.")]
Values = Annotated[list[str], Field(default_factory=list, max_length=50)]


class Question(BaseModel):
    """The parameters of a search; any other is refused, so that a misspelt filter does not pass for an answer.

    Values of one filter are alternatives, different filters are all required.
    """

    model_config = ConfigDict(extra="forbid")

    q: str = Field(default="", description="The question, as a person types it.")
    all: str = Field(default="", description="Words that must all stand in one passage; أو, ou, or; ليس, sauf, not.")
    any: str = Field(default="", description="Words of which one must stand there.")
    none: str = Field(default="", description="Words of which none may stand there.")
    phrase: str = Field(default="", description="Words that must stand side by side.")
    precision: Precision = Field(default=Precision.NEAR, description="How near a word must come to what is asked.")
    v: int = Field(default=SYNTAX, ge=1, description="Version of the language of `q`; there is one so far.")
    type: Values = Field(description="Content types, as good_practice.")
    year: Values = Field(description="Years.")
    organisation: Values = Field(description="Codes of bodies, or printed names.")
    theme: Values = Field(description="Codes of themes.")
    language: Values = Field(description="Languages of the documents.")
    year_from: int | None = Field(default=None, ge=0, le=9999, description="The first year.")
    year_to: int | None = Field(default=None, ge=0, le=9999, description="The last year.")
    not_type: Values = Field(description="Content types to leave out.")
    not_year: Values = Field(description="Years to leave out.")
    not_organisation: Values = Field(description="Bodies to leave out.")
    not_theme: Values = Field(description="Themes to leave out.")
    not_language: Values = Field(description="Languages to leave out.")
    sort: Sort = Field(default=Sort.RELEVANCE, description="Order of the results.")
    page: int = Field(default=1, ge=1, le=100_000, description="Page of results, from 1.")
    size: int = Field(default=20, ge=1, le=100, description="Results a page.")
    also: bool = Field(default=True, description="Search other words too: synonyms and translations, listed in `also`.")
    without: Values = Field(description="Other words not to search, as `also` has them.")
    former: bool = Field(default=False, description="Let chosen bodies stand for those they came from and became.")
    labels: Language = Field(default="ar", description="Language of labels, and of titles where there is a choice.")

    def ask(self) -> Ask:
        filters, excluded = (
            {name: frozenset(values) for name in find.FACETS if (values := getattr(self, prefix + name))}
            for prefix in ("", "not_")
        )
        form = Form(every=self.all, some=self.any, none=self.none, phrase=self.phrase)
        return Ask(
            q=self.q,
            form=form,
            precision=self.precision,
            filters=filters,
            years=Years.between(self.year_from, self.year_to),
            excluded=excluded,
            sort=self.sort,
            page=self.page,
            size=self.size,
            widen=self.also,
            without=frozenset(self.without),
            former=self.former,
        )


def create_router(services: Services, audience_of: Callable[[Request], frozenset[str]]) -> APIRouter:
    """Build all routes for programs; `audience_of` says who is asking."""
    router = APIRouter(prefix="/api/v1")
    audience = Annotated[frozenset[str], Depends(audience_of)]

    @router.get(
        "/search",
        summary="Search the documents.",
        responses={status: _FAILURES[status] for status in (422, 503)},
        openapi_extra={"x-example": _EXAMPLE},
    )
    def search(audience: audience, question: Annotated[Question, Query()]) -> Results:
        answer = find.find(services, question.ask(), audience, question.labels)
        services.recorder.note(answer)
        return Results.of(answer)

    @router.get("/suggest", summary="What a reader may be about to type.", responses={422: _FAILURES[422]})
    def suggest(
        audience: audience,
        q: Annotated[str, Query(max_length=200, description="What is typed so far.")] = "",
        labels: Annotated[Language, Query(description="Language of labels, titles and addresses.")] = "ar",
    ) -> Suggestions:
        return Suggestions.of(suggesting.suggest(services, q, audience, labels), labels)

    @router.get(
        "/documents/{id}",
        summary="One document: its record, its files and its relations.",
        responses={status: _FAILURES[status] for status in (404, 410, 422, 503)},
    )
    def document(audience: audience, id: AnId, labels: ALanguage = "ar") -> Document:
        record = read.record(services, DocumentId(id), audience, labels)
        data = {shown.name: shown.value for shown in record.fields}
        return Document.record(record, services.types[record.card.type].public(data))

    @router.get(
        "/documents/{id}/similar",
        summary="The documents most like this one.",
        responses={status: _FAILURES[status] for status in (404, 410, 422, 503)},
    )
    def similar_to(audience: audience, id: AnId, labels: ALanguage = "ar") -> SimilarDocuments:
        return SimilarDocuments.of(similar(services, DocumentId(id), audience, labels))

    @router.get(
        "/documents/{id}/files/{number}/receipt",
        summary="What came of the reading of a file, and which words of it find its document now.",
        responses={status: _FAILURES[status] for status in (404, 410, 422, 503)},
    )
    def receipt_of(
        audience: audience,
        id: AnId,
        number: Annotated[int, Path(ge=1, le=9_999_999, description="Number of the file.")],
    ) -> Receipt:
        return Receipt.of(receipt.show(services, DocumentId(id), number, audience, "ar"))

    every = APIRouter()
    every.include_router(router)
    every.include_router(oai.create_router(services, audience_of))
    return every
