"""What a search on tantivy costs as the library grows, beside bare tantivy-py on the same index, fields and terms.

`python -m bench.tantivy [HOME] [SIZES]` makes libraries of SIZES passages (1000,10000,100000) in HOME (a passing
folder), one after another, and asks each questions that were cut from it, each of them twice and in turns: once to
warm, once to count. Bare is what anyone would write: one search for 200 passages with their count, the counts of four
facets, 200 records read. CPU milliseconds, medians; "found" is the part of the whole that tantivy takes.
"""

import re
import resource
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from time import process_time
from typing import Any

from bench.made import Library as Made
from bench.peers import analysed
from kb.core.text import DocumentId, Passage, Span
from kb.languages import PRODUCT
from kb.search.asked import wanted
from kb.search.deadline import Deadline
from kb.search.engine import Entry
from kb.search.engines.tantivy import schema
from kb.search.engines.tantivy.engine import TantivyEngine
from kb.search.engines.tantivy.library import Library, open_index
from kb.search.engines.tantivy.likeliest import Likeliest
from kb.search.engines.tantivy.matching import Matching
from kb.search.engines.tantivy.placing import HEAD
from kb.search.engines.tantivy.scoring import scored
from kb.search.query import Phrase, Prefix, Query, Sort, Words
from kb.search.ranking import PRODUCT_RANKING
from kb.search.units import units
from kb.services.index import STREAMED

EACH = 25
COMMON = 80
"""Stems that no question holds: the commonest."""

FACETS = ("type", "year", "theme", "body")
FILTERS = {"type": frozenset({"publication"}), "year": frozenset(str(year) for year in range(2010, 2027))}
HEAD_ROW = ("CPU ms", "bare", "found", "whole", "whole, asked first", "found / bare", "whole / bare")
TOUCHING = ("count", "counted", "best", "ordered", "numbers", "values", "units", "sheets", "lengths")


def entries(pages: int) -> Iterator[Entry]:
    for made in Made().documents(pages):
        passages = tuple(Passage(t, Span(0, len(t)), file=1, page=n) for n, t in enumerate(made.pages, 1))
        facets = {"type": made.type, "year": str(made.year), "theme": str(made.theme), "body": str(made.body)}
        keywords = {name: frozenset({value}) for name, value in facets.items()}
        yield Entry(DocumentId(made.key), made.title, passages, keywords, date=made.date, order=made.title)


def questions(pages: int) -> dict[str, list[Query]]:
    chance = Random(11)
    texts = [page for made in islice(Made().documents(pages), 400) for page in made.pages]
    counts = Counter(word for text in texts for word in set(analysed(text)))
    common = {word for word, _ in counts.most_common(COMMON)}
    telling = [[w for w in text.split() if (a := analysed(w)) and not common.intersection(a)] for text in texts]

    def said(count: int) -> str:
        while len(found := list(dict.fromkeys(chance.choice(telling)))) < count:
            pass
        return " ".join(chance.sample(found, count))

    def side_by_side() -> str:
        words = chance.choice(texts).split()
        at = chance.randrange(len(words) - 2)
        return " ".join(words[at : at + 2])

    base = Query(seconds=60)
    made: dict[str, Callable[[], Query]] = {
        "or of two": lambda: replace(base, clause=Words(said(2))),
        "or of two, four facets": lambda: replace(base, clause=Words(said(2)), facets=FACETS),
        "or of four, four facets": lambda: replace(base, clause=Words(said(4)), facets=FACETS),
        "or of two, filters, facets": lambda: replace(base, clause=Words(said(2)), filters=FILTERS, facets=FACETS),
        "or of two, newest first": lambda: replace(base, clause=Words(said(2)), sort=Sort.NEWEST, facets=FACETS),
        "or of two, from 1000": lambda: replace(base, clause=Words(said(2)), offset=1000),
        "and of two": lambda: replace(base, clause=Words(said(2), any=False), facets=FACETS),
        "phrase of two": lambda: replace(base, clause=Phrase(side_by_side()), facets=FACETS),
        "beginning": lambda: replace(base, clause=Prefix(said(1)[:3]), facets=FACETS),
        "misspelt word": lambda: replace(base, clause=Words(f"{(w := said(1))[:2]}ظ{w[2:]}"), facets=FACETS),
        "everything, four facets": lambda: replace(base, facets=FACETS),
    }
    return {kind: [make() for _ in range(EACH)] for kind, make in made.items()}


class Stopwatch:
    """Adds up the CPU time of what is called through it; calls within calls count once."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._deep = 0

    def watched(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def run(*asked: object, **named: object) -> object:
            self._deep += 1
            start = process_time()
            try:
                return act(*asked, **named)
            finally:
                self._deep -= 1
                if not self._deep:
                    self.seconds += process_time() - start

        return run


class Own:
    """Looks ten times a second how much memory the process has that is no file's; the most, in MiB."""

    def __init__(self) -> None:
        self.most = 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            told = re.search(r"RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text())
            self.most = max(self.most, int(told[1]) / 1024 if told else 0.0)
            time.sleep(0.1)


def bare(library: Library, query: Query) -> Callable[[], object]:
    """Return what asks tantivy-py itself; its queries are made beforehand."""
    terms = Likeliest(library, (), PRODUCT_RANKING, PRODUCT)
    asked = wanted(query.clause, PRODUCT)
    likely = scored(library, terms, PRODUCT_RANKING, asked)
    matching = Matching(library, terms, PRODUCT, query.precision, PRODUCT_RANKING, Deadline(60))
    met = library.queries.all_of([library.queries.documents, matching.documents(query.clause)])

    def ask() -> object:
        found = library.best(likely, HEAD) if likely else []
        library.count(likely or met)
        library.values(met, query.facets)
        return library.units(found)

    return ask


def build(folder: Path, pages: int, analysing: Stopwatch) -> None:
    """Fill a new index, in commits as a rebuild makes them; print after each what it took so far."""
    own = Own()
    TantivyEngine.create(folder)
    engine = TantivyEngine(folder, PRODUCT)
    source, making, done = entries(pages), Stopwatch(), 0
    take = making.watched(lambda: next(source, None))
    analysing.seconds, start, entry = 0.0, process_time(), take()
    while entry:
        with engine.writing() as writer:
            due = done + STREAMED
            while entry and done < due:
                writer.put(entry)
                done += len(entry.passages)
                entry = take()
        spent = process_time() - start - making.seconds - analysing.seconds
        size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{done}: {spent:.0f} s CPU beside {making.seconds:.0f} s for making the texts and"
            f" {analysing.seconds:.0f} s for analysing them; {size:.0f} MB on disk, {most:.0f} MiB of memory at most,"
            f" {own.most:.0f} without the files that are mapped",
            flush=True,
        )


def measure(folder: Path, asked: Mapping[str, Sequence[Query]], watch: Stopwatch) -> list[list[str]]:
    """Ask them all; return a row of each kind."""
    engine = TantivyEngine(folder, PRODUCT)
    library = Library(open_index(folder), PRODUCT_RANKING)
    rows = []
    for kind, queries in asked.items():
        spent: dict[str, list[float]] = defaultdict(list)
        for query in queries:
            peer = bare(library, query)
            peer()
            for name in ("first", "whole"):
                watch.seconds, start = 0.0, process_time()
                engine.search(query)
                spent[name].append(process_time() - start)
            spent["found"].append(watch.seconds)
            start = process_time()
            peer()
            spent["bare"].append(process_time() - start)
        alone, found, whole, first = (1000 * median(spent[name]) for name in ("bare", "found", "whole", "first"))
        shares = [f"{found / alone:.1f}", f"{whole / alone:.1f}"]
        rows.append([kind, *(f"{each:.1f}" for each in (alone, found, whole, first)), *shares])
        print(" | ".join(rows[-1]), flush=True)
    return rows


def main(home: str = "", sizes: str = "1000,10000,100000") -> None:
    watch, analysing = Stopwatch(), Stopwatch()
    for name in TOUCHING:
        setattr(Library, name, watch.watched(getattr(Library, name)))
    vars(schema)["units"] = analysing.watched(units)
    with tempfile.TemporaryDirectory() as passing:
        for pages in map(int, sizes.split(",")):
            folder = Path(home or passing) / f"tantivy-{pages}"
            if not folder.exists():
                build(folder, pages, analysing)
            print(f"{pages} passages: {' | '.join(HEAD_ROW)}")
            measure(folder, questions(pages), watch)


if __name__ == "__main__":
    main(*sys.argv[1:])
