"""The addresses of lists: of what is wanted, and of the pages that lead to it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote, quote_plus

from kb.catalog.listing import Wanted

PAGES_OF_TYPES: Final = {
    "good_practice": "practices",
    "yearly_report": "reports",
    "lesson": "lessons",
    "workshop": "workshops",
    "law": "laws",
    "news": "news",
    "commitment": "commitments",
    "collection": "collections",
}
"""The page of each type that has one of its own."""


def list_query(wanted: Wanted, *, page: int = 1) -> list[tuple[str, str]]:
    """The parameters that want the same again, in a steady order; what is the default is left out."""
    pairs = [
        (name, value)
        for name, values in (
            ("type", wanted.types),
            ("organisation", wanted.organisations),
            ("theme", wanted.themes),
            ("language", wanted.languages),
        )
        for value in sorted(values)
    ]
    if wanted.years:
        ends = zip(("year_from", "year_to"), wanted.years, strict=True)
        pairs += [(name, str(end)) for name, end in ends if end is not None]
    pairs += sorted(wanted.fields)
    if wanted.letter:
        pairs.append(("letter", wanted.letter))
    if wanted.order != "title":
        pairs.append(("sort", wanted.order))
    if page > 1:
        pairs.append(("page", str(page)))
    return pairs


def join(path: str, pairs: list[tuple[str, str]]) -> str:
    """As urlencode does; a page of results quotes its question a hundred times."""
    return f"{path}?{'&'.join(f'{_quoted(name)}={_quoted(value)}' for name, value in pairs)}" if pairs else path


_quoted: Final = lru_cache(1024)(quote_plus)


@dataclass(frozen=True, slots=True)
class Lists:
    language: str

    def browse(self, wanted: Wanted | None = None, page: int = 1, **pairs: str) -> str:
        """The list of what is wanted, or of what has these values; of everything when nothing is said."""
        asked = list_query(wanted, page=page) if wanted else []
        return join(f"/{self.language}/browse", asked + list(pairs.items()))

    def browse_facet(self, wanted: Wanted, name: str) -> str:
        """The list of all values of a facet of this list."""
        return join(f"/{self.language}/browse/facet/{name}", list_query(wanted))

    def carried(self, wanted: Wanted, *changed: str) -> list[tuple[str, str]]:
        """What a form of a list has to carry along that changes these parameters."""
        return [(name, value) for name, value in list_query(wanted) if name not in changed]

    def themes(self, code: str = "") -> str:
        return self._below("themes", code)

    def organisations(self, code: str = "") -> str:
        return self._below("organisations", code)

    def types(self) -> str:
        return self._below("types")

    def kind(self, name: str) -> str:
        """The page of a type: its own, or the list of its documents."""
        own = PAGES_OF_TYPES.get(name)
        return self._below(own) if own else self.browse(type=name)

    def years(self) -> str:
        return self._below("years")

    def collections(self) -> str:
        return self._below("collections")

    def activity(self) -> str:
        return self._below("activity")

    def _below(self, name: str, code: str = "") -> str:
        return f"/{self.language}/{name}" + (f"/{quote(code, safe='')}" if code else "")
