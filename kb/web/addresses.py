"""The addresses of our own pages, written in one place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from kb.catalog.listing import Wanted
from kb.search.parse import SYNTAX
from kb.search.query import Precision, Sort
from kb.services.answers import Answer, Ask, Quote, Suggestion, Years
from kb.web.list_addresses import Lists, join, list_query

FILTERS: Final = ("type", "year", "organisation", "theme", "language")

EXCLUDED: Final[Mapping[str, str]] = {name: f"not_{name}" for name in FILTERS}
"""The parameter that excludes a value of each filter."""

EXPORTS: Final = ("csv", "xlsx", "ris", "bib", "pdf")
"""The kinds of file that a list can be taken along as."""

FORM: Final[Mapping[str, str]] = {"every": "all", "some": "any", "none": "none", "phrase": "phrase"}
"""The parameter of each field of the advanced form."""


_MARKING: Final = frozenset({"q", "precision", "also", "without", *FORM.values()})


def query_of(ask: Ask, *, page: int = 1) -> list[tuple[str, str]]:
    """The parameters that ask the same again, in a steady order; what is the default is left out."""
    pairs = [("q", ask.q)] if ask.q else []
    pairs += [(name, text) for part, name in FORM.items() if (text := getattr(ask.form, part))]
    if pairs:
        pairs.append(("v", str(SYNTAX)))
    if ask.precision is not Precision.NEAR:
        pairs.append(("precision", ask.precision.value))
    pairs += [(name, value) for name in FILTERS for value in sorted(ask.filters.get(name, ()))]
    if ask.years:
        ends = (("year_from", ask.years.first), ("year_to", ask.years.last))
        pairs += [(name, str(end)) for name, end in ends if end is not None]
    pairs += [(name, value) for of, name in EXCLUDED.items() for value in sorted(ask.excluded.get(of, ()))]
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


def marking(ask: Ask | str) -> list[tuple[str, str]]:
    """The parameters that decide which words of a page are marked: the question, without what chooses documents."""
    asked = Ask(q=ask) if isinstance(ask, str) else ask
    return [(name, value) for name, value in query_of(asked) if name in _MARKING]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force: values of a facet chosen or excluded, or its range (`years`), and the search without it.

    `title` is what the filter is called where it is none of FILTERS.
    """

    name: str
    label: str
    address: str
    excluded: bool = False
    years: Years | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Addresses(Lists):
    """Every address of ours in one language; those of lists are in list_addresses.py."""

    def search(self, q: str = "", **pairs: str) -> str:
        return join(f"/{self.language}/search", [("q", q)] * bool(q) + list(pairs.items()))

    def suggest(self, q: str) -> str:
        return join(f"/{self.language}/suggest", [("q", q)] * bool(q))

    def suggested(self, one: Suggestion) -> str:
        """Where a suggestion leads: to its document, or to a search."""
        if one.kind == "title":
            return self.document(one.value)
        return self.search(one.value) if one.kind in ("term", "question") else self.search(**{one.kind: one.value})

    def turn(self, ask: Ask, page: int) -> str:
        return join(f"/{self.language}/search", query_of(ask, page=page))

    def precise(self, ask: Ask, precision: str) -> str:
        """The same search with words matched as strictly as `precision` says."""
        return self.turn(replace(ask, precision=Precision(precision)), 1)

    def asked(self, ask: Ask) -> str:
        """A search for the same words in the whole library."""
        return join(f"/{self.language}/search", marking(ask))

    def kept(self, ask: Ask, *, question: bool) -> list[tuple[str, str]]:
        """What a form inside a document carries along: how near words must come, and with `question` the words too."""
        words = {"q", *FORM.values()}
        return [(name, value) for name, value in marking(ask) if question or name not in words]

    def json(self, ask: Ask) -> str:
        return join("/api/v1/search", query_of(ask, page=ask.page))

    def hidden(self, ask: Ask, *changed: str) -> list[tuple[str, str]]:
        """What a form has to carry along that changes these parameters."""
        return [(name, value) for name, value in query_of(ask) if name not in changed]

    def advanced(self, ask: Ask | None = None) -> str:
        """The advanced form, filled in with what is asked."""
        asked = query_of(replace(ask, sort=Sort.RELEVANCE)) if ask else []
        return join(f"/{self.language}/search/advanced", asked)

    def filled(self, ask: Ask) -> list[tuple[str, str, str]]:
        """Each field of the advanced form that is filled: its parameter, its text, the same search without it."""
        return [
            (name, text, self.turn(replace(ask, form=replace(ask.form, **{part: ""})), 1))
            for part, name in FORM.items()
            if (text := getattr(ask.form, part))
        ]

    def without(self, ask: Ask) -> str:
        """The same question with no filter."""
        return self.turn(replace(ask, filters={}, years=None, excluded={}, sort=Sort.RELEVANCE), 1)

    def excluding(self, ask: Ask, name: str, value: str) -> str:
        """The same search without the documents that have this value."""
        chosen = ask.filters.get(name, frozenset()) - {value}
        excluded = ask.excluded.get(name, frozenset()) | {value}
        return self.turn(
            replace(ask, filters={**ask.filters, name: chosen}, excluded={**ask.excluded, name: excluded}), 1
        )

    def admitting(self, ask: Ask, name: str, value: str) -> str:
        """The same search with the documents that have this value, which was excluded."""
        excluded = ask.excluded.get(name, frozenset()) - {value}
        return self.turn(replace(ask, excluded={**ask.excluded, name: excluded}), 1)

    def facet(self, ask: Ask, name: str) -> str:
        """The list of all values of a facet of this search."""
        return join(f"/{self.language}/search/facet/{name}", query_of(ask))

    def told(self, ask: Ask, id: str) -> str:
        """All that a search has to say of one of its hits; the query holds the page of results it stands on."""
        return join(f"/{self.language}/search/hit/{id}", query_of(ask, page=ask.page))

    def spared(self, ask: Ask, text: str) -> str:
        """The same search without these other words."""
        return self.turn(replace(ask, without=ask.without | {text}), 1)

    def under_former_names(self, ask: Ask) -> str:
        """The same search with the chosen bodies under all their names."""
        return self.turn(replace(ask, former=True), 1)

    def widened(self, ask: Ask, *, on: bool) -> str:
        """The same search with all other words, or with none."""
        return self.turn(replace(ask, widen=on, without=frozenset()), 1)

    def filters(self, answer: Answer) -> list[Chip]:
        """Each filter in force with the address of the same search without it."""
        labels = {(group.name, value.value): value.label for group in answer.facets for value in group.values}
        ask = answer.ask
        chips = []
        for name in FILTERS:
            for value in sorted(ask.filters.get(name, ())):
                kept = {**ask.filters, name: ask.filters[name] - {value}}
                chips.append(Chip(name, labels.get((name, value), value), self.turn(replace(ask, filters=kept), 1)))
        if ask.years:
            chips.append(Chip("year", "", self.turn(replace(ask, years=None), 1), years=ask.years))
        for name in FILTERS:
            for value in sorted(ask.excluded.get(name, ())):
                label = labels.get((name, value), value)
                chips.append(Chip(name, label, self.admitting(ask, name, value), excluded=True))
        return chips

    def document(self, id: str, ask: Ask | str = "") -> str:
        return join(f"/{self.language}/d/{id}", marking(ask))

    def version(self, id: str, number: int, ask: Ask | str = "") -> str:
        return join(f"/{self.language}/d/{id}/v/{number}", marking(ask))

    def cite(self, id: str, file: int = 0, page: int = 0) -> str:
        """How to cite the document, or that page of that file."""
        pairs = [("file", str(file)), ("page", str(page))] if page else []
        return join(f"/{self.language}/d/{id}/cite", pairs)

    def reading_list(self, ids: Iterable[str] = ()) -> str:
        """The documents somebody put on a list; without any, the list that the browser keeps."""
        return join(f"/{self.language}/reading-list", [("id", id) for id in ids])

    def list_export(self, ids: Iterable[str]) -> list[tuple[str, str]]:
        """Each kind of file of a reading list with its address."""
        return self._exports("reading-list", [("id", id) for id in ids])

    def export(self, ask: Ask) -> list[tuple[str, str]]:
        """Each kind of file of a search with its address."""
        return self._exports("search", query_of(ask))

    def list_files(self, wanted: Wanted) -> list[tuple[str, str]]:
        """Each kind of file of a list with its address."""
        return self._exports("browse", list_query(wanted))

    def printed(self, id: str) -> str:
        """The sheet of a document as PDF."""
        return f"/{self.language}/d/{id}/sheet.pdf"

    def _exports(self, place: str, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(ending, join(f"/{self.language}/{place}/export.{ending}", pairs)) for ending in EXPORTS]

    def picture(self, id: str, file: int, number: int, size: str = "") -> str:
        """The page as it looks, small with "thumb"; `size` is else a width, or nothing for the usual one."""
        start = f"/d/{id}/f/{file}/p/{number}"
        if size == "thumb":
            return f"{start}/thumb"
        return join(f"{start}/image", [("size", size)] * bool(size))

    def receipt(self, id: str, file: int) -> str:
        return f"/{self.language}/d/{id}/f/{file}/receipt"

    def page(
        self, id: str, file: int, number: int, ask: Ask | str = "", *, hit: int = 0, at: int = 0, view: str = ""
    ) -> str:
        """A page with what is asked marked. `hit` is the one of its hits to begin with; where its number is not known
        `at` is where it begins in the text. `view` is "page" or "text" where only one of them is wanted.
        """
        pairs = [*marking(ask), *([("view", view)] if view else []), *([("at", str(at))] if at else [])]
        pairs += [("hit", str(hit))] if hit > 1 else []
        address = join(f"/{self.language}/d/{id}/f/{file}/p/{number}", pairs)
        return f"{address}#hit-{hit}" if hit else address

    def file(self, id: str, file: int, ask: Ask | str = "") -> str:
        """Where a file opens: at its first page with what is asked."""
        return join(f"/{self.language}/d/{id}/f/{file}", marking(ask))

    def spot(self, id: str, quote: Quote, ask: Ask) -> str:
        """The place of a quotation: its page, at the hit it begins with, or its field."""
        if quote.page:
            return self.page(id, quote.file, quote.page, ask, at=quote.at)
        return self.document(id, ask) + (f"#f-{quote.field}" if quote.field else "")
