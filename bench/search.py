"""What a search costs beside the peers, in CPU time, at one size of the library.

`python -m bench.search [PAGES] [HOME]` makes a library of PAGES passages (10000) in HOME (a passing folder), asks it
and the peers in turns questions that were cut from it, each once, and prints medians and ratios.
"""

import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import process_time

from bench import house
from bench.made import Library, Made
from bench.peers import Asked, Fts5, Peer, Row, StockWhoosh, analysed
from kb.app import open_services
from kb.catalog.access import PUBLIC
from kb.core.settings import Settings
from kb.search import thesaurus
from kb.search.query import Between, Query
from kb.services import find, question
from kb.services.answers import Ask, Years
from kb.services.context import Services

EACH = 60
"""Questions of a kind, of which the first WARM are not counted."""

WARM = 10
COMMON = 80
"""Stems that no question holds: the commonest."""

FACETS = ("type", "year", "theme", "organisation")
SINCE = 2010


@dataclass(frozen=True, slots=True)
class Case:
    """One question in three forms: as a reader asks it, as the engine is asked, as peers are asked."""

    ask: Ask
    query: Query
    peer: Asked | None


def cases(services: Services, pages: int) -> dict[str, list[Case]]:
    chance = Random(11)
    texts = [page for made in islice(Library().documents(pages), 400) for page in made.pages]
    counts = Counter(word for text in texts for word in set(analysed(text)))
    common = {word for word, _ in counts.most_common(COMMON)}
    telling = [[w for w in text.split() if _tells(w, common)] for text in texts]

    def words(count: int) -> list[str]:
        while len(found := list(dict.fromkeys(chance.choice(telling)))) < count:
            pass
        return chance.sample(found, count)

    def pair() -> list[str]:
        while True:
            text = chance.choice(texts).split()
            at = chance.randrange(len(text) - 1)
            if all(_tells(word, common) for word in text[at : at + 2]):
                return text[at : at + 2]

    concepts = [c.words["ar"][0] for c in thesaurus.load() if c.words.get("ar")]
    made: dict[str, Callable[[], Case]] = {
        "OR of two": lambda: _case(services, words(2), "or"),
        "OR of four": lambda: _case(services, words(4), "or"),
        "six words": lambda: _case(services, words(6), "or"),
        "AND of two": lambda: _case(services, words(2), "and"),
        "phrase": lambda: _case(services, pair(), "phrase"),
        "prefix": lambda: _case(services, [words(1)[0][:4]], "prefix"),
        "OR of two, four facets": lambda: _case(services, words(2), "or", facets=True),
        "OR of two, facets, filters": lambda: _case(services, words(2), "or", facets=True, filtered=True),
        "a concept of the thesaurus": lambda: _case(services, chance.choice(concepts).split(), "or"),
    }
    return {name: [make() for _ in range(EACH)] for name, make in made.items()}


def _tells(word: str, common: set[str]) -> bool:
    stems = analysed(word)
    return len(word) > 3 and len(stems) == 1 and stems[0] not in common


def _case(services: Services, words: list[str], how: str, *, facets: bool = False, filtered: bool = False) -> Case:
    typed = {
        "or": " ".join(words),
        "and": " ".join(f'"{word}"' for word in words),
        "phrase": f'"{" ".join(words)}"',
        "prefix": f"{words[0]}*",
    }[how]
    ask = Ask(q=typed)
    if filtered:
        ask = replace(ask, filters={"type": frozenset({"publication"})}, years=Years(SINCE))
    query = Query(
        question.ask_for(services, ask, PUBLIC).clause,
        filters=ask.filters,
        ranges=(Between("year", SINCE),) if filtered else (),
        facets=FACETS if facets else (),
        seconds=60,
    )
    told = tuple(words) if how == "prefix" else tuple(chain.from_iterable(map(analysed, words)))
    return Case(ask, query, Asked(how, told, facets, "publication" if filtered else "", SINCE))


def rows(pages: int) -> Iterator[Row]:
    def each(made: Made) -> Iterator[Row]:
        for number, page in enumerate(made.pages):
            words = " ".join(analysed(f"{made.title} {page}"))
            yield Row(f"{made.key}p{number}", words, made.type, made.year, str(made.theme), str(made.body))

    return chain.from_iterable(map(each, Library().documents(pages)))


def timed(act: Callable[[], object]) -> float:
    """Return the CPU milliseconds that it takes."""
    start = process_time()
    act()
    return 1000 * (process_time() - start)


Costs = Mapping[str, Mapping[str, Sequence[float]]]
"""CPU milliseconds of each question, by kind of question and by who answers."""


def measure(services: Services, peers: Mapping[str, Peer], asked: Mapping[str, Sequence[Case]]) -> Costs:
    costs: dict[str, dict[str, list[float]]] = {}
    for kind, each in asked.items():
        spent: dict[str, list[float]] = defaultdict(list)
        for case in each:
            spent["product"].append(timed(lambda: find.find(services, case.ask, PUBLIC, "ar")))  # noqa: B023 - now
            spent["engine"].append(timed(lambda: services.engine.search(case.query)))  # noqa: B023 - now
            for name, peer in peers.items():
                if case.peer:
                    spent[name].append(timed(lambda: peer.ask(case.peer)))  # type: ignore[arg-type]  # noqa: B023
        costs[kind] = {name: found[WARM:] for name, found in spent.items()}
    return costs


def main(pages: str = "10000", home: str = "") -> None:
    count = int(pages)
    with tempfile.TemporaryDirectory() as passing:
        folder = Path(home or passing) / "home"
        with open_services(
            Settings(home=folder, index="whoosh:index", search_seconds=60, record_searches=False)
        ) as services:
            if not services.engine.revisions():
                house.stock(services, count)
                print(f"build: {timed(lambda: house.build(services)) / 1000:.1f} s CPU")
            peers: dict[str, Peer] = {"whoosh": StockWhoosh(Path(passing) / "w"), "fts5": Fts5(Path(passing) / "f")}
            for name, peer in peers.items():
                print(f"build {name}: {timed(lambda: peer.fill(rows(count))) / 1000:.1f} s CPU")  # noqa: B023
            report(measure(services, peers, cases(services, count)))


def report(costs: Costs) -> None:
    print(f"{'':30}{'product':>16}{'engine':>16}{'whoosh':>16}{'fts5':>16}{'engine/w':>9}{'product/w':>9}")
    for kind, spent in costs.items():
        shown = "".join(f"{median(each):8.1f}{quantiles(each, n=20)[-1]:8.1f}" for each in spent.values())
        ours, own = median(spent["engine"]), median(spent["whoosh"])
        print(f"{kind:30}{shown}{ours / own:9.1f}{median(spent['product']) / own:9.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
