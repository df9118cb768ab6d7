"""A list of what is new, and how it is written as Atom (RFC 4287) and as RSS 2.0."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Final

from kb.writing.xml import Element, element, written


@dataclass(frozen=True, slots=True)
class Enclosure:
    address: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Entry:
    """`id` stays the same whatever changes; `categories` are (what they are codes of, code, label)."""

    id: str
    address: str
    title: str
    title_language: str
    published: dt.datetime
    updated: dt.datetime
    summary: str = ""
    summary_language: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[tuple[str, str, str], ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    twin: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """`address` is the page that shows the same to people, `own` is this feed's; `turns` leads to others of its pages.

    `turns` are by their relation of RFC 5005: first, previous, next, last.
    """

    id: str
    title: str
    language: str
    address: str
    own: str
    author: str
    subtitle: str
    updated: dt.datetime
    icon: str
    entries: tuple[Entry, ...]
    turns: Mapping[str, str]


def atom(feed: Feed) -> bytes:
    return written(
        element(
            "feed",
            element("id", feed.id),
            element("title", feed.title),
            element("subtitle", feed.subtitle),
            element("updated", _moment(feed.updated)),
            element("author", element("name", feed.author)),
            element("icon", feed.icon),
            element("generator", "Rassid"),
            element("link", rel="self", type=ATOM, href=feed.own),
            element("link", rel="alternate", type="text/html", hreflang=feed.language, href=feed.address),
            *(element("link", rel=rel, type=ATOM, href=href) for rel, href in feed.turns.items()),
            *map(_atom_entry, feed.entries),
            xmlns="http://www.w3.org/2005/Atom",
            xml__lang=feed.language,
        )
    )


def _atom_entry(entry: Entry) -> Element:
    return element(
        "entry",
        element("id", entry.id),
        Element("title", _lang(entry.title_language), (entry.title,)),
        element("updated", _moment(entry.updated)),
        element("published", _moment(entry.published)),
        *(element("author", element("name", name)) for name in entry.authors),
        *([Element("summary", _lang(entry.summary_language), (entry.summary,))] if entry.summary else ()),
        *(element("category", term=term, scheme=scheme, label=label) for scheme, term, label in entry.categories),
        element("link", rel="alternate", type="text/html", href=entry.address),
        *([element("link", rel="alternate", type="application/json", href=entry.twin)] if entry.twin else ()),
        *(
            element("link", rel="enclosure", type=one.media_type, length=str(one.size), href=one.address)
            for one in entry.enclosures
        ),
    )


def rss(feed: Feed) -> bytes:
    """Write RSS 2.0 with what Atom and Dublin Core lend it: its own address, pages, and authors without mail."""
    return written(
        element(
            "rss",
            element(
                "channel",
                element("title", feed.title),
                element("link", feed.address),
                element("description", feed.subtitle),
                element("language", feed.language),
                element("lastBuildDate", _mail_moment(feed.updated)),
                element("generator", "Rassid"),
                element("docs", "https://www.rssboard.org/rss-specification"),
                element("atom:link", rel="self", type=RSS, href=feed.own),
                *(element("atom:link", rel=rel, type=RSS, href=href) for rel, href in feed.turns.items()),
                *map(_rss_item, feed.entries),
            ),
            version="2.0",
            xmlns__atom="http://www.w3.org/2005/Atom",
            xmlns__dc="http://purl.org/dc/elements/1.1/",
        )
    )


def _rss_item(entry: Entry) -> Element:
    return element(
        "item",
        element("title", entry.title),
        element("link", entry.address),
        *([element("description", entry.summary)] if entry.summary else ()),
        *(element("dc:creator", name) for name in entry.authors),
        *(element("category", label, domain=scheme) for scheme, _, label in entry.categories),
        *(
            element("enclosure", url=one.address, length=str(one.size), type=one.media_type)
            for one in entry.enclosures[:1]
        ),
        element("guid", entry.id, isPermaLink="false"),
        element("pubDate", _mail_moment(entry.published)),
    )


def _lang(language: str) -> dict[str, str]:
    """Say the language; "" says that it is not the feed's (RFC 4287, 2)."""
    return {"xml:lang": language}


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _mail_moment(moment: dt.datetime) -> str:
    return format_datetime(moment.astimezone(dt.UTC).replace(microsecond=0), usegmt=True)


ATOM: Final = "application/atom+xml"
RSS: Final = "application/rss+xml"

KINDS: Final[Mapping[str, tuple[str, Callable[[Feed], bytes]]]] = {"atom": (ATOM, atom), "rss": (RSS, rss)}
"""By the end of the address: the media type and what writes it."""
