"""Lists of the desk as addresses: which tab, filters and order one works through."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from kb.catalog.inbox import Filter, Quality, Sort, Tab
from kb.catalog.tables import State
from kb.web import asking

_NAMES: Final = tuple(field.name for field in fields(Filter))
_CHARS: Final = 200
_T = TypeVar("_T", bound=StrEnum)
_QUERY_CHARS: Final = 2000


@dataclass(frozen=True, slots=True)
class Desk:
    """The addresses of the desk in one language, within the list that one works through."""

    language: str
    wanted: Filter

    def inbox(self, page: int = 1, /, **more: str) -> str:
        """Return the address of the list, with what is to be changed of it or told on its page."""
        changed = {name: value for name, value in more.items() if name in _NAMES}
        told = [(name, value) for name, value in more.items() if name not in _NAMES]
        turned = [("page", str(page))] if page > 1 else []
        return _join(f"/{self.language}/desk", [*self.pairs(**changed), *turned, *told])

    def document(self, id: str, **more: str) -> str:
        return _join(f"/{self.language}/desk/documents/{id}", [*self.pairs(), *more.items()])

    def pairs(self, **changed: str) -> list[tuple[str, str]]:
        """Return the parameters that say which list this is; what is usual is left out."""
        usual = Filter()
        given = {name: str(getattr(self.wanted, name)) for name in _NAMES} | changed
        return [(name, given[name]) for name in _NAMES if given[name] != str(getattr(usual, name))]

    @property
    def query(self) -> str:
        return urlencode(self.pairs())


def of(request: Request, language: str) -> Desk:
    """Return the list that an address is about. Nothing in it fails."""
    return Desk(language, read(request.query_params.multi_items()))


def named(query: str, language: str) -> Desk:
    """Return the list of a form's hidden field."""
    return Desk(language, read(parse_qsl(query[:_QUERY_CHARS], keep_blank_values=True)))


def read(pairs: Iterable[tuple[str, str]]) -> Filter:
    given = {name: asking.clean(value)[:_CHARS] for name, value in pairs if name in _NAMES}
    return Filter(
        tab=_one(Tab, given, "tab", Tab.WAITING),
        q=given.get("q", ""),
        type=given.get("type", ""),
        organisation=given.get("organisation", ""),
        depositor=given.get("depositor", ""),
        quality=_known(Quality, given.get("quality", "")),
        state=_known(State, given.get("state", "")),
        sort=_one(Sort, given, "sort", Sort.NEWEST),
    )


def _one(of: type[_T], given: dict[str, str], name: str, usual: _T) -> _T:
    return of(given[name]) if given.get(name) in set(map(str, of)) else usual


def _known(of: type[StrEnum], value: str) -> str:
    return value if value in set(map(str, of)) else ""


def _join(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(pairs))
    return f"{path}?{query}" if query else path


def said_as(say: Callable[[str], str], values: Iterable[str], group: str) -> list[tuple[str, str]]:
    """Return (value, what it is called in the language of the page)."""
    return [(str(value), say(f"{group}.{value}")) for value in values]


def is_narrowed(wanted: Filter) -> bool:
    """Tell whether less is wanted than the whole of the tab."""
    return replace(wanted, sort=Sort.NEWEST) != Filter(tab=wanted.tab)
