"""The addresses of our own pages, written in one place."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from kb.search.query import Sort
from kb.services.views import Answer, Ask, FacetGroup, FacetValue

FILTERS: Final = ("type", "year", "organisation", "theme", "language")


def query_of(ask: Ask, *, page: int = 1) -> list[tuple[str, str]]:
    """The parameters that ask the same again, in a steady order; what is the default is left out."""
    pairs = [("q", ask.q)] if ask.q else []
    pairs += [(name, value) for name in FILTERS for value in sorted(ask.filters.get(name, ()))]
    if ask.sort is not Sort.RELEVANCE:
        pairs.append(("sort", ask.sort.value))
    if page > 1:
        pairs.append(("page", str(page)))
    return pairs


def _join(path: str, pairs: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path


@dataclass(frozen=True, slots=True)
class Addresses:
    language: str

    def search(self, q: str = "", **pairs: str) -> str:
        return _join(f"/{self.language}/search", [("q", q)] * bool(q) + list(pairs.items()))

    def turn(self, ask: Ask, page: int) -> str:
        return _join(f"/{self.language}/search", query_of(ask, page=page))

    def json(self, ask: Ask) -> str:
        return _join("/api/v1/search", query_of(ask, page=ask.page))

    def hidden(self, ask: Ask) -> list[tuple[str, str]]:
        """What the form that sorts has to carry along."""
        return [(name, value) for name, value in query_of(ask) if name != "sort"]

    def filters(self, answer: Answer) -> list[tuple[FacetGroup, FacetValue, str]]:
        """Each filter in force with the address of the same search without it."""
        return list(self._filters(answer))

    def _filters(self, answer: Answer) -> Iterator[tuple[FacetGroup, FacetValue, str]]:
        known = {group.name: {value.value: value for value in group.values} for group in answer.facets}
        every = query_of(answer.ask)
        for name in FILTERS:
            for value in sorted(answer.ask.filters.get(name, ())):
                # A value that nothing has is no bucket of the engine, and must be removable all the same.
                shown = known.get(name, {}).get(value) or FacetValue(value, value, 0, selected=True)
                rest = [pair for pair in every if pair != (name, value)]
                yield FacetGroup(name, ()), shown, _join(f"/{self.language}/search", rest)

    def document(self, id: str, q: str = "") -> str:
        return _join(f"/{self.language}/d/{id}", [("q", q)] * bool(q))

    def picture(self, id: str, file: int, number: int, size: str = "") -> str:
        """The page as it looks, small with "thumb"; `size` is else a width, or nothing for the usual one."""
        start = f"/d/{id}/f/{file}/p/{number}"
        if size == "thumb":
            return f"{start}/thumb"
        return _join(f"{start}/image", [("size", size)] * bool(size))

    def page(self, id: str, file: int, number: int, q: str = "") -> str:
        return _join(f"/{self.language}/d/{id}/f/{file}/p/{number}", [("q", q)] * bool(q))
