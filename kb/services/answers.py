"""A search and its answer as plain values, for the edges."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

from kb.search.query import Precision, Sort
from kb.search.stamp import Progress
from kb.services.views import Card, FacetValue, Said


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage shown under a hit: a page of a file (`file`, `page`, 1-based) or a field (`field`, `field_label`).

    `said` is the part of it that is shown, `marked` how many marks the whole has. `at` is where the first mark that is
    shown begins in the text of the page, 0 where none is.
    """

    said: Said
    file: int = 0
    page: int = 0
    label: str = ""
    field: str = ""
    field_label: str = ""
    marked: int = 0
    at: int = 0


@dataclass(frozen=True, slots=True)
class Why:
    """The spellings of a hit that a step of analysis (kb.search.reasons.Step) joined to a word that was asked for."""

    step: str
    asked: str
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """`labels` are message keys: "number-flipped"."""

    card: Card
    score: float
    quotes: tuple[Quote, ...] = ()
    labels: tuple[str, ...] = ()
    why: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True)
class Quoted:
    """The passage that answers the question, and the document it stands in."""

    card: Card
    quote: Quote


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """`name` is type, year, organisation, theme or language; it is also the name of the URL parameter."""

    name: str
    values: tuple[FacetValue, ...]

    @property
    def selected(self) -> tuple[FacetValue, ...]:
        return tuple(v for v in self.values if v.selected)


@dataclass(frozen=True, slots=True)
class Form:
    """What the fields of the advanced form hold: every word, some word, no word of it, and a phrase."""

    every: str = ""
    some: str = ""
    none: str = ""
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Years:
    """The years that a search is bound to, both included; None: open."""

    first: int | None = None
    last: int | None = None

    @classmethod
    def between(cls, one: int | None, other: int | None) -> Self | None:
        """Return what two ends mean: in either order; nothing where neither is given."""
        if one is None and other is None:
            return None
        return cls(other, one) if one is not None and other is not None and one > other else cls(one, other)

    def holds(self, year: str) -> bool:
        first, last = self.first or 0, self.last
        return year.isdecimal() and first <= int(year) and (last is None or int(year) <= last)


@dataclass(frozen=True, slots=True)
class Ask:
    """A search as the address of a result page states it; `page` is 1-based. Of `q` and `form` all is required.

    A document with a value of `excluded` is left out. `widen`: where the precision is near, other words are searched
    too, all but those in `without`. `former`: a chosen body stands for those too that it came from and became.
    """

    q: str = ""
    form: Form = Form()
    precision: Precision = Precision.NEAR
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    years: Years | None = None
    excluded: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = 20
    widen: bool = True
    without: frozenset[str] = frozenset()
    former: bool = False

    @property
    def typed(self) -> str:
        """All words that were asked for, as a person would recognise them; nothing of what was excluded by the form."""
        phrase = f'"{self.form.phrase}"' if self.form.phrase.strip() else ""
        return " ".join(part for part in (self.q, self.form.every, phrase, self.form.some) if part.strip())

    @property
    def narrowed(self) -> bool:
        """Whether any filter is in force."""
        return bool(self.filters or self.years or self.excluded)


@dataclass(frozen=True, slots=True)
class Also:
    """Other words that were searched too, for `of`; `source` is thesaurus or dictionary."""

    of: str
    said: Said
    source: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another search that finds something, and why it is offered.

    `kind` is spelling or keyboard (`said` is the question as it may have been meant), precision, widened, fewer (`said`
    was left out), filter (of `name`, `said` was lifted), excluded (`said` of `name` is let in again), filters, or term
    (`said` is a theme, body or title near by). `total` is 0 where it was not counted.
    """

    kind: str
    ask: Ask
    total: int
    said: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`also` are the other words that found something. `former` tells whether a chosen body has other names.

    `quoted` is there where one passage answers. `notices` are message keys, as "query-cut" and "phrase-loosened".
    `pages` is the number of result pages. Where an earlier index answers, `rebuilding` tells how far its successor is.
    """

    ask: Ask
    total: int
    found: tuple[Found, ...]
    facets: tuple[FacetGroup, ...]
    pages: int
    notices: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    milliseconds: float = 0.0
    also: tuple[Also, ...] = ()
    former: bool = False
    quoted: Quoted | None = None
    rebuilding: Progress | None = None


@dataclass(frozen=True, slots=True)
class Similar:
    """A document like another one; `score` is from 0 to 1."""

    card: Card
    score: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a reader may be about to type: a document, a filter, or a question of the thesaurus or of other readers.

    `value` is the document's id, the code to filter by, or the question; `count` the number of documents that a filter
    or a question finds.
    """

    kind: Literal["title", "theme", "organisation", "term", "question"]
    text: str
    language: str
    value: str
    count: int = 0
