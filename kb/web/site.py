"""The web site as one application: routes, middleware and failures put together."""

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from kb.services.context import Services
from kb.services.readiness import Readiness
from kb.web import view, wiring, words
from kb.web.errors import Errors
from kb.web.exports import Turns
from kb.web.guard import Guard
from kb.web.in_turn import InTurn
from kb.web.lingering import Lingering
from kb.web.pages import (
    about,
    account,
    audit,
    bringing,
    browse,
    bulk,
    card,
    cite,
    correcting,
    deposit,
    desk,
    document,
    drawers,
    entry,
    feeds,
    filing,
    guide,
    home,
    machines,
    notices,
    organisations,
    overview,
    people,
    picture,
    pieces,
    provider,
    reader,
    reading_list,
    receipt,
    review,
    revisions,
    search,
    second_step,
    statements,
    suggest,
    take,
    themes,
)
from kb.web.remember import Remember
from kb.web.streams import Streams
from kb.web.visitor import Visitor
from kb.web.watch import Watch

Audience = Callable[[Request], frozenset[str]]
Machine = Callable[[Services, Audience], APIRouter]
"""Builds the routes for programs; it is told who is asking by the same dependency as the pages."""


# Stored files keep their length and their ranges; fonts are squeezed already.
_SENT_AS_THEY_ARE: Final = (*DEFAULT_EXCLUDED_CONTENT_TYPES, *document.SENT_AS, "application/octet-stream")


PAGES: Final = (
    home,
    search,
    take,
    suggest,
    feeds,
    machines,
    document,
    reader,
    drawers,
    cite,
    reading_list,
    receipt,
    filing,
    deposit,
    bringing,
    pieces,
    entry,
    correcting,
    desk,
    review,
    notices,
    bulk,
    about,
    guide,
    statements,
    account,
    second_step,
    provider,
    people,
    audit,
    revisions,
    browse,
    themes,
    organisations,
    overview,
)
"""What answers in each language."""

OUTSIDE: Final = (
    home.outside,
    machines.outside,
    document.outside,
    reader.outside,
    cite.outside,
    picture.outside,
    card.outside,
    receipt.outside,
    about.outside,
    account.outside,
    correcting.outside,
    provider.outside,
)
"""What answers at an address without a language."""


def create_site(services: Services, machine: Machine | None = None) -> FastAPI:
    """Build the application; `machine` adds the routes for programs."""
    settings = services.settings
    pages = view.build(
        services.types,
        services.vocabulary,
        upload_open=lambda: deposit.is_open(services),
        notices=lambda: notices.number(services),
        language=settings.language,
        limits={
            "export_rows": settings.export_rows,
            "export_pdf_rows": settings.export_pdf_rows,
            "upload_limit": settings.max_upload_bytes,
            "quotas": {
                "quota-files": settings.upload_day_files,
                "quota-bytes": settings.upload_day_bytes,
                "quota-open": settings.upload_open,
                "quota-refused": settings.upload_day_refused,
            },
        },
    )
    errors = Errors(pages)
    app = FastAPI(
        title="Rassid",
        version="1",
        summary="Search and read the documents of the library.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json" if machine else None,
        redirect_slashes=False,
    )
    app.state.turns = Turns(settings)
    app.state.readiness = Readiness(services)
    app.state.streams = Streams(settings)
    app.state.hands = pieces.Hands(settings.upload_parallel)
    app.state.house = wiring.House(services, pages)
    errors.install(app)
    for routes in OUTSIDE:
        app.include_router(routes, include_in_schema=False)
    if machine:
        app.include_router(machine(services, wiring.audience_of))
    for language in words.LANGUAGES:
        for page in PAGES:
            app.include_router(page.router, prefix=f"/{language}", include_in_schema=False)
    app.add_middleware(GZipMiddleware, compresslevel=6, exclude_content_types=_SENT_AS_THEY_ARE)
    app.add_middleware(InTurn, most=settings.pages_at_once)
    app.add_middleware(Remember)
    app.add_middleware(Visitor, services=services, refuse=errors.refuse)
    app.add_middleware(Guard, settings=settings, refuse=errors.refuse)
    app.add_middleware(Lingering)
    app.add_middleware(Watch, meters=services.meters)
    return app
