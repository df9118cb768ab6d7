"""What the platform says of itself: accessibility, personal data, and the map of its pages."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from kb.core.settings import Settings
from kb.jobs import worker
from kb.services import suggest
from kb.web import remember, view, words
from kb.web.wiring import AHouse, ATongue
from kb.web.words import Tongue

router = APIRouter()

_COMMISSION: Final = "https://www.cndp.ma"


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence in each language; `when` names the settings it is true for, "" for any."""

    said: Mapping[str, str]
    when: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: Mapping[str, str]
    points: tuple[Line, ...]
    text: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    written: dt.date
    sections: tuple[Section, ...]


@lru_cache(maxsize=1)
def statements() -> Mapping[str, Statement]:
    """What kb/web/statements.toml holds, by name."""
    raw = tomllib.loads((files("kb.web") / "statements.toml").read_text("utf-8"))
    return {name: Statement(one["written"], tuple(map(_section, one["section"]))) for name, one in raw.items()}


def _section(raw: Mapping[str, Any]) -> Section:
    points, text = (tuple(map(_line, raw.get(name, ()))) for name in ("points", "text"))
    return Section(raw["title"], points, text)


def _line(raw: Mapping[str, str]) -> Line:
    return Line({language: raw[language] for language in words.LANGUAGES}, raw.get("when", ""))


@router.get("/accessibility")
def accessibility(house: AHouse, tongue: ATongue) -> HTMLResponse:
    return _page(house, tongue, "accessibility", "/accessibility")


@router.get("/data-protection")
def privacy(house: AHouse, tongue: ATongue) -> HTMLResponse:
    return _page(house, tongue, "privacy", "/data-protection")


def _page(house: AHouse, tongue: Tongue, name: str, here: str) -> HTMLResponse:
    settings = house.services.settings
    facts = _facts(settings, tongue)
    true = {"", "counted" if settings.record_searches else "uncounted"}

    def say(lines: tuple[Line, ...]) -> list[Markup]:
        return [escape(line.said[tongue.code]).format(**facts) for line in lines if line.when in true]

    statement = statements()[name]
    return view.page(house.view.render("statement.html", tongue, here=here, name=name, statement=statement, say=say))


def _facts(settings: Settings, tongue: Tongue) -> dict[str, object]:
    contact = settings.contact
    return {
        "institution": words.isolated(settings.institution) or tongue.say("statement.institution"),
        "contact": _link(contact) if contact else tongue.say("statement.contact"),
        "cndp": _link(_COMMISSION),
        "days": tongue.say_count("days", remember.DAYS),
        "hours": tongue.say_count("statement.hours", round(settings.session_seconds / 3600)),
        "idle": tongue.say_count("statement.minutes", round(settings.session_idle_seconds / 60)),
        "often": tongue.number(suggest.ASKED_OFTEN),
        "often_days": tongue.number(suggest.ASKED_DAYS),
        "kept": tongue.say_count("days", worker.KEPT.days),
        "draft_days": tongue.say_count("days", settings.draft_days),
        "notice_days": tongue.say_count("days", settings.notice_days),
    }


def _link(address: str) -> Markup:
    """A link to an address of mail or of a page."""
    target = f"mailto:{address}" if "@" in address else address
    return Markup('<a href="{}"><bdi dir="ltr">{}</bdi></a>').format(target, address.removeprefix("https://"))


MAP: Final = (
    (
        "map.search",
        (
            ("home", "/"),
            ("search.all", "/search"),
            ("advanced.title", "/search/advanced"),
            ("help.title", "/help/search"),
        ),
    ),
    (
        "foot.browse",
        (
            ("nav.documents", "/browse"),
            ("nav.themes", "/themes"),
            ("nav.organisations", "/organisations"),
            ("nav.types", "/types"),
            ("nav.years", "/years"),
            ("nav.collections", "/collections"),
            ("reports", "/reports"),
            ("compare", "/practices/compare"),
            ("nav.activity", "/activity"),
            ("list.title", "/reading-list"),
        ),
    ),
    (
        "foot.platform",
        (
            ("nav.upload", "/upload"),
            ("api.title", "/api"),
            ("statement.accessibility", "/accessibility"),
            ("statement.privacy", "/data-protection"),
            ("map", "/map"),
        ),
    ),
)
"""The pages that stand for themselves, under the keys of their headings: (key of the name, path)."""


@router.get("/map")
def map_of_pages(house: AHouse, tongue: ATongue) -> HTMLResponse:
    services = house.services
    themes = [(theme.code, theme.label) for theme in services.vocabulary.themes.values()]
    kinds = [(kind.name, kind.label) for kind in services.types.values()]
    text = house.view.render("map.html", tongue, here="/map", sections=MAP, kinds=kinds, themes=themes)
    return view.page(text)
