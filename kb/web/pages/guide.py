"""Help for readers, made of examples that work."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kb.web import view
from kb.web.wiring import AHouse, ATongue

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question in each language of the interface, and what it does."""

    q: Mapping[str, str]
    says: Mapping[str, str]
    precision: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    title: Mapping[str, str]
    examples: tuple[Example, ...]


@lru_cache(maxsize=1)
def groups() -> tuple[Group, ...]:
    """What the page shows, from kb/web/examples.toml."""
    raw = tomllib.loads((files("kb.web") / "examples.toml").read_text("utf-8"))
    return tuple(
        Group(group["title"], tuple(Example(**example) for example in group["example"])) for group in raw["group"]
    )


@router.get("/help/search")
def search(house: AHouse, tongue: ATongue) -> HTMLResponse:
    return view.page(house.view.render("help.html", tongue, here="/help/search", groups=groups()))
