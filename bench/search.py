"""What search costs: two engines on one library in one run, as CPU time and as ratios.

`python bench/search.py [CORPUS.jsonl] [COPIES]` indexes the documents ({"id", "title", "text"} a line; without a file,
made-up ones), each COPIES times, and asks questions cut from them.
"""

import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import process_time

from kb.core.text import DocumentId, Page
from kb.ingest.passages import passages
from kb.languages import PRODUCT
from kb.search.engine import Entry, SearchEngine
from kb.search.engines import ENGINES, open_engine
from kb.search.query import Phrase, Precision, Prefix, Query, Words
from kb.search.ranking import PRODUCT_RANKING

QUESTIONS = 20
FACETS = ("type", "year")
WORDS = [
    a + b + c
    for a in ("", "ال", "م")
    for b in ("حكم", "درس", "كتب", "عمل", "نظم", "رفق")
    for c in ("", "ة", "ات", "ين")
]


def documents(path: Path | None) -> Iterator[tuple[str, str, str]]:
    if path:
        for line in path.open(encoding="utf-8"):
            raw = json.loads(line)
            yield raw["id"], raw["title"], raw["text"]
        return
    chance = random.Random(7)
    for number in range(300):
        text = " ".join(chance.choices(WORDS, range(1, len(WORDS) + 1), k=270))
        yield f"d{number}", " ".join(chance.choices(WORDS, k=4)), text


def entries(path: Path | None, copies: int) -> list[Entry]:
    return [
        Entry(
            DocumentId(f"{key}-{copy}"),
            title,
            tuple(passages([Page(1, text)])),
            keywords={"type": frozenset({f"t{len(text) % 9}"}), "year": frozenset({str(1990 + len(text) % 30)})},
        )
        for key, title, text in documents(path)
        for copy in range(copies)
    ]


def questions(library: list[Entry]) -> dict[str, list[Query]]:
    chance = random.Random(11)
    words = [word for entry in library for passage in entry.passages for word in passage.text.split()]

    def made(count: int, change: Callable[[str], str] = str) -> str:
        return " ".join(change(word) for word in chance.choices(words, k=count))

    def ask(text: Callable[[], str], facets: tuple[str, ...] = ()) -> list[Query]:
        return [Query(Words(text()), facets=facets, seconds=60) for _ in range(QUESTIONS)]

    starts = [chance.randrange(len(words) - 3) for _ in range(QUESTIONS)]
    return {
        "two words": ask(lambda: made(2)),
        "six words": ask(lambda: made(6)),
        "six words, two facets": ask(lambda: made(6), FACETS),
        "thirty-two words": ask(lambda: made(32)),
        "two misspelt words": ask(lambda: made(2, lambda word: f"{word[:2]}ظ{word[2:]}")),
        "phrase": [Query(Phrase(" ".join(words[start : start + 3])), seconds=60) for start in starts],
        "six words, as written": [replace(q, precision=Precision.WRITTEN) for q in ask(lambda: made(6))],
        "beginning": [Query(Prefix(words[start][:3]), seconds=60) for start in starts],
        "everything, two facets": [Query(facets=FACETS, seconds=60)],
    }


def timed(act: Callable[[], object]) -> float:
    start = process_time()
    act()
    return process_time() - start


def fill(engine: SearchEngine, library: list[Entry]) -> None:
    with engine.writing() as writer:
        for entry in library:
            writer.put(entry)


def ask_all(engine: SearchEngine, queries: list[Query]) -> None:
    for query in queries:
        engine.search(query)


def stages(home: Path, queries: list[Query]) -> dict[str, float]:
    """CPU ms a question that each step of Whoosh adds to the one before, on the index that lies in `home`."""
    bare = [replace(query, limit=0) for query in queries]
    words = replace(PRODUCT_RANKING, depth=0)
    steps = {
        "words": (words, bare),
        "trigrams and nearness": (PRODUCT_RANKING, bare),
        "passages and marks": (PRODUCT_RANKING, queries),
    }
    costs: dict[str, float] = {}
    for name, (ranking, asked) in steps.items():
        engine = open_engine("whoosh:index", home, PRODUCT, ranking)
        ask_all(engine, asked)  # postings are read once
        costs[name] = 1000 * timed(partial(ask_all, engine, asked)) / len(asked) - sum(costs.values())
        engine.close()
    return costs


def find_similar(engine: SearchEngine, documents: list[Entry]) -> None:
    for entry in documents:
        engine.similar(entry.id, entry.audience, 5, 60)


def main(path: str = "", copies: str = "1") -> None:
    library = entries(Path(path) if path else None, int(copies))
    asked = questions(library)
    print(f"{len(library)} documents, {sum(len(entry.passages) for entry in library)} passages; CPU ms a question\n")
    with tempfile.TemporaryDirectory() as home:
        engines = {name: open_engine(f"{name}:index", Path(home), PRODUCT) for name in ENGINES}
        costs = {name: {"build (whole)": 1000 * timed(partial(fill, e, library))} for name, e in engines.items()}
        for what, queries in asked.items():
            for name, engine in engines.items():
                seconds = timed(partial(ask_all, engine, queries))
                costs[name][what] = 1000 * seconds / len(queries)
        several = random.Random(13).choices(library, k=QUESTIONS)
        for name, engine in engines.items():
            costs[name]["similar documents"] = 1000 * timed(partial(find_similar, engine, several)) / QUESTIONS
        print(f"{'':26}{'memory':>10}{'whoosh':>10}{'ratio':>8}")
        for what, memory in costs["memory"].items():
            whoosh = costs["whoosh"][what]
            print(f"{what:26}{memory:10.1f}{whoosh:10.1f}{whoosh / memory:8.2f}")
        print("\nsix words, step by step")
        for what, cost in stages(Path(home), asked["six words"]).items():
            print(f"{what:36}{cost:10.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
