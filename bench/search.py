"""What a search costs beside the peers, in CPU time, at several sizes of the library.

`python -m bench.search [SIZES] [KEEP]` makes a library of each size ("1000,10000,100000" passages), asks it and the
peers in turns questions that were cut from it, each once, and writes medians and ratios into docs/performance.md, with
a plot of how they grow. Libraries are kept in the folder KEEP, where one is named.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import process_time

from bench import house, report
from bench.made import Library, Made
from bench.peers import Asked, Fts5, Peer, Row, StockWhoosh, analysed
from kb.app import open_services
from kb.catalog.access import PUBLIC
from kb.core.settings import Settings
from kb.processes import warm
from kb.search import thesaurus
from kb.search.query import Between, Query
from kb.services import find, question
from kb.services.answers import Ask, Years
from kb.services.context import Services

EACH = 50
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
    peer: Asked


def cases(services: Services, pages: int) -> dict[str, list[Case]]:
    chance = Random(11)
    texts = [page for made in islice(Library().documents(pages), 400) for page in made.pages]
    counts = Counter(word for text in texts for word in set(analysed(text)))
    common = {word for word, _ in counts.most_common(COMMON)}
    telling = [[w for w in text.split() if tells(w, common)] for text in texts]

    def words(count: int) -> list[str]:
        while len(found := list(dict.fromkeys(chance.choice(telling)))) < count:
            pass
        return chance.sample(found, count)

    def pair() -> list[str]:
        while True:
            text = chance.choice(texts).split()
            at = chance.randrange(len(text) - 1)
            if all(tells(word, common) for word in text[at : at + 2]):
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


def tells(word: str, common: set[str]) -> bool:
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
    """Ask the questions of each kind of the whole product and peers in turns, then of the engine and peers again.

    Not of the engine right after the product: what that found to mark would still be known.
    """
    doors: dict[str, Callable[[Case], object]] = {
        "product": lambda case: find.find(services, case.ask, PUBLIC, "ar"),
        "engine": lambda case: services.engine.search(case.query),
    }
    costs: dict[str, dict[str, list[float]]] = {}
    for kind, each in asked.items():
        spent = costs[kind] = {name: [] for name in (*doors, *peers)}
        for door, act in doors.items():
            for number, case in enumerate(each):
                once = {door: partial(act, case)} | {name: partial(peer.ask, case.peer) for name, peer in peers.items()}
                for name, ask in once.items():
                    milliseconds = timed(ask)
                    if number >= WARM:
                        spent[name].append(milliseconds)
    return costs


def main(sizes: str = "1000,10000,100000", keep: str = "") -> None:
    found: dict[int, Costs] = {}
    builds: dict[int, dict[str, float]] = {}
    for size in map(int, sizes.split(",")):
        with tempfile.TemporaryDirectory() as passing:
            folder = Path(keep or passing) / str(size)
            settings = Settings(home=folder, index="whoosh:index", search_seconds=60, record_searches=False)
            with open_services(settings) as services:
                builds[size], peers = build(services, size, Path(passing))
                warm(services)
                found[size] = measure(services, peers, cases(services, size))
                asked = folder / "index"
                builds[size]["index, bytes"] = sum(each.stat().st_size for each in asked.rglob("*") if each.is_file())
            for line in lines(found[size]):
                print(" ".join(f"{cell:>16}" for cell in line))
            print(size, builds[size], flush=True)
    write(found, builds)


def build(services: Services, size: int, passing: Path) -> tuple[dict[str, float], dict[str, Peer]]:
    """Return the CPU seconds that each takes for the library, and the peers, filled."""
    if not services.engine.revisions():
        house.stock(services, size)
    spent = {"product": timed(lambda: house.build(services)) / 1000}
    peers: dict[str, Peer] = {"whoosh": StockWhoosh(passing / "whoosh"), "fts5": Fts5(passing / "fts5")}
    held = list(rows(size))
    for name, peer in peers.items():
        spent[name] = timed(lambda: peer.fill(held)) / 1000  # noqa: B023 - now
    return spent, peers


HEAD = (
    "CPU ms: median, p95",
    "whole search",
    "engine alone",
    "stock Whoosh",
    "FTS5",
    "engine / stock",
    "whole / stock",
)


def lines(costs: Costs) -> Iterator[tuple[str, ...]]:
    for kind, spent in costs.items():
        each = [f"{median(found):.1f}, {quantiles(found, n=20)[-1]:.1f}" for found in spent.values()]
        ours, whole, stock = (median(spent[name]) for name in ("engine", "product", "whoosh"))
        yield kind, *each, f"{ours / stock:.1f}", f"{whole / stock:.1f}"


def write(found: Mapping[int, Costs], builds: Mapping[int, Mapping[str, float]]) -> None:
    """Put the tables, and the plot of an engine's growth, into the documentation."""
    parts = [report.machine()]
    for size, costs in found.items():
        parts.append(f"\n### {size:,} passages\n")
        parts.append(report.table(HEAD, list(lines(costs))))
        spent = builds[size]
        parts.append(
            f"\nBuilt in {spent['product']:.1f} s of CPU, all from the catalog on"
            f" ({size / spent['product']:.0f} passages a second; stock Whoosh {spent['whoosh']:.1f} s,"
            f" FTS5 {spent['fts5']:.1f} s, both from words already analysed);"
            f" the index takes {spent['index, bytes'] / size:,.0f} bytes a passage."
        )
    report.put("search", "\n".join(parts))
    if len(found) > 1:
        curves = {
            f"{kind}, {name}": [median(costs[kind][who]) for costs in found.values()]
            for kind in ("OR of two", "OR of four")
            for who, name in (("engine", "ours"), ("whoosh", "stock Whoosh"), ("fts5", "FTS5"))
        }
        path = report.DOCS / "images" / "growth.svg"
        report.plot(path, "CPU milliseconds of a question, by passages", list(found), curves)


if __name__ == "__main__":
    main(*sys.argv[1:])
