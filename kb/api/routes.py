"""The JSON twins of the result page and of a document's page."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request

from kb.api.models import Document, Problem, Results
from kb.core.text import DocumentId
from kb.search.query import Sort
from kb.services import find, read
from kb.services.context import Services
from kb.services.views import Ask

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
_EXAMPLE: Final = "x-example"


class Filters:
    """The values chosen of each facet: of one name they are alternatives, the names are all required."""

    def __init__(
        self,
        type: Annotated[list[str], Query(description="Content types, as good_practice.", max_length=50)] = [],
        year: Annotated[list[str], Query(description="Years.", max_length=50)] = [],
        organisation: Annotated[list[str], Query(description="Codes of bodies.", max_length=50)] = [],
        theme: Annotated[list[str], Query(description="Codes of themes.", max_length=50)] = [],
        language: Annotated[list[str], Query(description="Languages of documents.", max_length=50)] = [],
    ) -> None:
        named = {"type": type, "year": year, "organisation": organisation, "theme": theme, "language": language}
        self.chosen = {name: frozenset(values) for name, values in named.items() if values}


def create_router(services: Services, audience_of: Callable[[Request], frozenset[str]]) -> APIRouter:
    """Build the routes; `audience_of` says who is asking."""
    router = APIRouter()
    audience = Annotated[frozenset[str], Depends(audience_of)]

    @router.get(
        "/search",
        summary="Search the documents.",
        responses={status: _FAILURES[status] for status in (422, 503)},
        openapi_extra={_EXAMPLE: "/api/v1/search?q=%D8%AA%D8%A8%D8%B3%D9%8A%D8%B7&labels=fr"},
    )
    def search(
        audience: audience,
        filters: Annotated[Filters, Depends()],
        q: Annotated[str, Query(description="The question, as a person types it.")] = "",
        sort: Annotated[Sort, Query(description="Order of the results.")] = Sort.RELEVANCE,
        page: Annotated[int, Query(ge=1, le=100_000, description="Page of results, from 1.")] = 1,
        size: Annotated[int, Query(ge=1, le=100, description="Results a page.")] = services.settings.page_size,
        labels: Annotated[Language, Query(description="Language of labels and titles where there is a choice.")] = "ar",
    ) -> Results:
        ask = Ask(q=q, filters=filters.chosen, sort=sort, page=page, size=size)
        return Results.of(find.find(services, ask, audience, labels))

    @router.get(
        "/documents/{id}",
        summary="One document: its record, its files and its relations.",
        responses={status: _FAILURES[status] for status in (404, 410, 422, 503)},
        openapi_extra={_EXAMPLE: "/api/v1/search?sort=newest&size=1"},
    )
    def document(
        audience: audience,
        id: Annotated[str, Path(pattern="^[a-z0-9]{10}$", description="The permanent identifier.")],
        labels: Annotated[Language, Query(description="Language of labels and titles where there is a choice.")] = "ar",
    ) -> Document:
        record = read.record(services, DocumentId(id), audience, labels)
        data = {shown.name: shown.value for shown in record.fields}
        return Document.record(record, services.types[record.card.type].public(data))

    return router
