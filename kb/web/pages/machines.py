"""What programs ask a site for: robots.txt, the sitemap, and the search as a browser's own (OpenSearch)."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from kb.core.clock import now
from kb.core.errors import NotFound
from kb.services import site_map
from kb.services import suggest as suggesting
from kb.web import asking, conditional, statics, wiring, words
from kb.web.addresses import Addresses
from kb.web.pages.home import by_preference
from kb.web.wiring import ABase, AHouse, AnAudience, ANumber, ATongue
from kb.web.words import Tongue
from kb.writing.xml import Element, element, written

router = APIRouter()
outside = APIRouter()

_TOLD_FOR: Final = dt.timedelta(days=180)  # less than a year is asked for
_XML: Final = "application/xml; charset=utf-8"
_SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Answers to questions: there is no end of them, and each costs a search. Documents are crawled.
_NOT_CRAWLED: Final = (
    "search",
    "suggest",
    "browse",
    "reading-list",
    "upload",
    "practices/compare",
    "sign-in",
    "profile",
    "people",
    "forgot",
    "link",
)
_LISTS: Final = (
    "", "themes", "organisations", "types", "years", "collections", "activity", "practices", "reports", "laws",
    "workshops", "commitments", "lessons", "news", "map", "accessibility", "data-protection",
)  # fmt: skip


@outside.get("/robots.txt")
def robots(base: ABase) -> PlainTextResponse:
    rules = [f"Disallow: /{language}/{place}" for language in words.LANGUAGES for place in _NOT_CRAWLED]
    # a page with a question is another page of what stands in the sitemap; most crawlers know the star
    lines = [
        "User-agent: *",
        "Disallow: /*?",
        "Disallow: /api/",
        "Disallow: /oai",
        *rules,
        "",
        f"Sitemap: {base}/sitemap.xml",
    ]
    return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": "public, max-age=3600"})


@outside.get("/.well-known/security.txt")
def security(house: AHouse, base: ABase) -> PlainTextResponse:
    """Whom to tell of a hole (RFC 9116); not found where nobody is named."""
    contact = house.services.settings.security_contact
    if not contact:
        raise NotFound("security.txt")
    until = (now() + _TOLD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: {contact if contact.startswith('https:') else f'mailto:{contact}'}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(words.LANGUAGES)}",
        f"Canonical: {base}/.well-known/security.txt",
    )
    return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": "public, max-age=3600"})


@outside.get("/sitemap.xml")
def index(request: Request, house: AHouse, audience: AnAudience, base: ABase) -> Response:
    """The parts of the sitemap: one of the lists, the others of documents."""
    found = site_map.outline(house.services, audience)
    parts = [("lists", max(found.parts, default=None)), *((str(n), at) for n, at in enumerate(found.parts, 1))]
    listed = (
        element("sitemap", element("loc", f"{base}/sitemap/{name}.xml"), *_modified(changed)) for name, changed in parts
    )
    return conditional.answer(request, written(element("sitemapindex", *listed, xmlns=_SITEMAP)), _XML)


@outside.get("/sitemap/lists.xml")
def lists(request: Request, house: AHouse, audience: AnAudience, base: ABase) -> Response:
    found = site_map.outline(house.services, audience)
    at = Addresses("")
    below = [*(at.themes(code) for code in found.themes), *(at.organisations(code) for code in found.bodies)]
    paths = [*(f"/{name}" for name in _LISTS), *(path.removeprefix("/") for path in below)]
    there = (path for path in paths if _is_there(request, path))
    return _urls(request, house, base, ((path, None) for path in there))


@outside.get("/sitemap/{number}.xml")
def part(request: Request, house: AHouse, audience: AnAudience, base: ABase, number: ANumber) -> Response:
    leaves = site_map.part(house.services, audience, number)
    if not leaves:
        raise NotFound(str(number))
    return _urls(request, house, base, ((f"/d/{leaf.id}", leaf.changed) for leaf in leaves))


def _urls(
    request: Request, house: wiring.House, base: str, pages: Iterable[tuple[str, dt.datetime | None]]
) -> Response:
    """Answer with each page in each language, each naming all of them; `pages` are paths without a language."""
    default = house.view.language
    urls = (
        element(
            "url",
            element("loc", f"{base}/{language}{path}"),
            *_modified(changed),
            *(
                element("xhtml:link", rel="alternate", hreflang=code, href=f"{base}/{spoken}{path}")
                for code, spoken in (*((one, one) for one in words.LANGUAGES), ("x-default", default))
            ),
        )
        for path, changed in pages
        for language in words.LANGUAGES
    )
    whole = element("urlset", *urls, xmlns=_SITEMAP, xmlns__xhtml="http://www.w3.org/1999/xhtml")
    return conditional.answer(request, written(whole), _XML)


def _modified(changed: dt.datetime | None) -> tuple[Element, ...]:
    return (element("lastmod", changed.strftime("%Y-%m-%dT%H:%M:%SZ")),) if changed else ()


@outside.get("/opensearch.xml")
def anywhere(request: Request) -> RedirectResponse:
    return by_preference(request, "/opensearch.xml")


@router.get("/opensearch.xml")
def opensearch(request: Request, tongue: ATongue, base: ABase) -> Response:
    """How a browser searches here from its own box, with suggestions while typing (OpenSearch 1.1)."""
    start = f"{base}/{tongue.code}"
    icon = statics.load().address("mark.svg")
    described = element(
        "OpenSearchDescription",
        element("ShortName", _short(tongue)),
        element("Description", tongue.text("opensearch")),
        element("Image", base + icon, height="64", width="64", type="image/svg+xml"),
        element("Url", type="text/html", template=f"{start}/search?q={{searchTerms}}&page={{startPage?}}"),
        element("Url", type="application/atom+xml", template=f"{start}/search/feed.atom?q={{searchTerms}}"),
        element("Url", type=_SUGGESTIONS, template=f"{start}/suggest.json?q={{searchTerms}}"),
        element("Url", rel="self", type=_OPENSEARCH, template=f"{start}/opensearch.xml"),
        element("Language", tongue.code),
        element("InputEncoding", "UTF-8"),
        element("OutputEncoding", "UTF-8"),
        xmlns="http://a9.com/-/spec/opensearch/1.1/",
    )
    return conditional.answer(request, written(described), f"{_OPENSEARCH}; charset=utf-8")


def _short(tongue: Tongue) -> str:
    """The name in a browser's list of search engines, which tells the languages apart; 16 letters are allowed."""
    return f"{tongue.text('brand')} ({tongue.short})"[:16]


_OPENSEARCH: Final = "application/opensearchdescription+xml"
_SUGGESTIONS: Final = "application/x-suggestions+json"


@router.get("/suggest.json")
def suggestions(request: Request, house: AHouse, tongue: ATongue, audience: AnAudience, base: ABase) -> JSONResponse:
    """What a browser lists under its box: [what was typed, completions, what each is, where each leads]."""
    ask = asking.read(request.query_params.multi_items(), house.services.settings)
    found = suggesting.suggest(house.services, ask.q, audience, tongue.code)
    at = Addresses(tongue.code)
    told = [
        ask.q,
        [one.text for one in found],
        [tongue.text("suggest.document" if one.kind == "title" else f"suggest.{one.kind}") for one in found],
        [base + at.suggested(one) for one in found],
    ]
    return JSONResponse(told, media_type=_SUGGESTIONS)


def _is_there(request: Request, path: str) -> bool:
    """Whether this site has such a page: it is asked, not remembered."""
    scope = {**request.scope, "path": f"/{words.LANGUAGES[0]}{path}", "method": "GET"}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)
