"""The addresses of our own pages, written in one place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from kb.search.parse import SYNTAX
from kb.search.query import Precision, Sort
from kb.services.answers import Answer, Ask, FacetGroup, Suggestion
from kb.services.views import FacetValue

FILTERS: Final = ("type", "year", "organisation", "theme", "language")

FORM: Final[Mapping[str, str]] = {"every": "all", "some": "any", "none": "none", "phrase": "phrase"}
"""The parameter of each field of the advanced form."""


def query_of(ask: Ask, *, page: int = 1) -> list[tuple[str, str]]:
    """The parameters that ask the same again, in a steady order; what is the default is left out."""
    pairs = [("q", ask.q)] if ask.q else []
    pairs += [(name, text) for part, name in FORM.items() if (text := getattr(ask.form, part))]
    if pairs:
        pairs.append(("v", str(SYNTAX)))
    if ask.precision is not Precision.NEAR:
        pairs.append(("precision", ask.precision.value))
    pairs += [(name, value) for name in FILTERS for value in sorted(ask.filters.get(name, ()))]
    if ask.sort is not Sort.RELEVANCE:
        pairs.append(("sort", ask.sort.value))
    if not ask.widen:
        pairs.append(("also", "0"))
    pairs += [("without", text) for text in sorted(ask.without)]
    if ask.former:
        pairs.append(("former", "1"))
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

    def suggest(self, q: str) -> str:
        return _join(f"/{self.language}/suggest", [("q", q)] * bool(q))

    def suggested(self, one: Suggestion) -> str:
        """Where a suggestion leads: to its document, or to a search."""
        if one.kind == "title":
            return self.document(one.value)
        return self.search(one.value) if one.kind in ("term", "question") else self.search(**{one.kind: one.value})

    def turn(self, ask: Ask, page: int) -> str:
        return _join(f"/{self.language}/search", query_of(ask, page=page))

    def precise(self, ask: Ask, precision: str) -> str:
        """The same search with words matched as strictly as `precision` says."""
        return self.turn(replace(ask, precision=Precision(precision)), 1)

    def json(self, ask: Ask) -> str:
        return _join("/api/v1/search", query_of(ask, page=ask.page))

    def hidden(self, ask: Ask, *changed: str) -> list[tuple[str, str]]:
        """What a form has to carry along that changes these parameters."""
        return [(name, value) for name, value in query_of(ask) if name not in changed]

    def advanced(self, ask: Ask | None = None) -> str:
        """The advanced form, filled in with what is asked."""
        asked = query_of(replace(ask, sort=Sort.RELEVANCE)) if ask else []
        return _join(f"/{self.language}/search/advanced", asked)

    def filled(self, ask: Ask) -> list[tuple[str, str, str]]:
        """Each field of the advanced form that is filled: its parameter, its text, the same search without it."""
        return [
            (name, text, self.turn(replace(ask, form=replace(ask.form, **{part: ""})), 1))
            for part, name in FORM.items()
            if (text := getattr(ask.form, part))
        ]

    def without(self, ask: Ask) -> str:
        """The same question with no filter."""
        return self.turn(replace(ask, filters={}, sort=Sort.RELEVANCE), 1)

    def spared(self, ask: Ask, text: str) -> str:
        """The same search without these other words."""
        return self.turn(replace(ask, without=ask.without | {text}), 1)

    def under_former_names(self, ask: Ask) -> str:
        """The same search with the chosen bodies under all their names."""
        return self.turn(replace(ask, former=True), 1)

    def widened(self, ask: Ask, *, on: bool) -> str:
        """The same search with all other words, or with none."""
        return self.turn(replace(ask, widen=on, without=frozenset()), 1)

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

    def receipt(self, id: str, file: int) -> str:
        return f"/{self.language}/d/{id}/f/{file}/receipt"

    def page(self, id: str, file: int, number: int, q: str = "") -> str:
        return _join(f"/{self.language}/d/{id}/f/{file}/p/{number}", [("q", q)] * bool(q))
