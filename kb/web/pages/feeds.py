"""Feeds: what is new in any search and in any list, as Atom and as RSS."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kb.core.errors import NotFound
from kb.core.paging import pages_of
from kb.services import feeds, shown
from kb.services.context import Services
from kb.services.feeds import News
from kb.web import asking, browsing, conditional, statics
from kb.web.addresses import Addresses
from kb.web.pages.take import searched
from kb.web.subscribing import feed_of
from kb.web.wiring import ABase, AHouse, AnAudience, ATongue
from kb.web.words import Tongue
from kb.writing.feed import KINDS, Feed

router = APIRouter()

_NEVER: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@router.get("/search/feed.{kind}")
def search(request: Request, house: AHouse, tongue: ATongue, audience: AnAudience, base: ABase, kind: str) -> Response:
    """The documents that a search finds, by the day they came in. Only the tag tells whether there are new ones.

    What is published is found a moment later, when it is indexed: a date of the catalog would promise too much.
    """
    write, media_type = _kind(kind)
    ask = asking.read(request.query_params.multi_items(), house.services.settings)
    news = feeds.of_search(house.services, ask, audience, tongue.code, base)
    title = " — ".join([searched(ask, tongue), *_values(house.services, ask.filters, tongue.code)])
    pages = {page: feed_of(tongue.code, ask, kind, page) for page in _around(ask.page, news.total, ask.size)}
    feed = _feed(tongue, base, title, Addresses(tongue.code).turn(ask, 1), pages, ask.page, news)
    return conditional.answer(request, write(feed), media_type)


@router.get("/browse/feed.{kind}")
def browse(request: Request, house: AHouse, tongue: ATongue, audience: AnAudience, base: ABase, kind: str) -> Response:
    write, media_type = _kind(kind)
    asked, page = browsing.wanted_of(request)
    wanted = replace(asked, order="published", changed_since=None, changed_until=None)
    size = house.services.settings.page_size
    news = feeds.of_list(house.services, wanted, page, audience, tongue.code, base)
    chosen = {
        "type": wanted.types,
        "theme": wanted.themes,
        "organisation": wanted.organisations,
        "language": wanted.languages,
    }
    years = ["–".join(str(year or "") for year in wanted.years)] if wanted.years else []
    title = " — ".join([*_values(house.services, chosen, tongue.code), *years]) or tongue.text("search.all")
    pages = {number: feed_of(tongue.code, wanted, kind, number) for number in _around(page, news.total, size)}
    feed = _feed(tongue, base, title, Addresses(tongue.code).browse(wanted), pages, page, news)
    return conditional.answer(request, write(feed), media_type, news.changed)


def _kind(kind: str) -> tuple[Callable[[Feed], bytes], str]:
    if kind not in KINDS:
        raise NotFound(kind)
    media_type, write = KINDS[kind]
    return write, f"{media_type}; charset=utf-8"


def _values(services: Services, chosen: Mapping[str, frozenset[str]], language: str) -> list[str]:
    return [
        shown.facet_label(services, name, value, language)
        for name, values in chosen.items()
        for value in sorted(values)
    ]


def _around(page: int, total: int, size: int) -> list[int]:
    """The pages that a feed leads to: itself, the first, those beside it and the last."""
    last = pages_of(total, size)
    return sorted({1, page, min(page - 1, last), page + 1, last} & set(range(1, last + 1)) | {page})


def _feed(tongue: Tongue, base: str, title: str, address: str, pages: dict[int, str], page: int, news: News) -> Feed:
    last = max(pages)
    turns = {"first": 1, "previous": page - 1, "next": page + 1, "last": last}
    return Feed(
        id=feeds.name(pages[page]),
        title=f"{tongue.text('brand')} — {title}",
        language=tongue.code,
        address=base + address,
        own=base + pages[page],
        author=tongue.text("brand"),
        subtitle=tongue.text("feed.about"),
        updated=max((entry.updated for entry in news.entries), default=_NEVER),
        icon=base + statics.load().address("mark.svg"),
        entries=news.entries,
        turns={rel: base + pages[number] for rel, number in turns.items() if number in pages and number >= 1},
    )
