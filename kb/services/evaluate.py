"""Measures search on judged questions: the product's own chain on a throw-away index, and the figures of trec_eval."""

import json
import math
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Literal

from kb.catalog import vocabulary
from kb.catalog.access import PUBLIC
from kb.core.errors import Invalid, NotFound
from kb.core.text import DocumentId, Page
from kb.ingest import language as languages
from kb.ingest.passages import passages
from kb.languages import LIGHT10, PRODUCT
from kb.languages.analyzer import Analyzer
from kb.search.engine import Entry, SearchEngine
from kb.search.engines import open_engine
from kb.search.query import Clause, Query, Words
from kb.search.ranking import EXACT_RANKING, LIGHT10_RANKING, PRODUCT_RANKING, Ranking
from kb.search.widening import Widener
from kb.services import widening
from kb.services.comparison import Comparison, compare, read_run

Chain = Literal["product", "light10", "exact"]
CHAINS: Mapping[str, tuple[Analyzer, Ranking]] = {
    "product": (PRODUCT, PRODUCT_RANKING),
    "light10": (LIGHT10, LIGHT10_RANKING),
    "exact": (PRODUCT, EXACT_RANKING),
}
DEPTH = 1000
"""Documents of a run for each question."""

_BATCH = 2000  # documents a commit
_SECONDS = 60.0  # for one question: figures must not hang on a busy machine
_STEP = 1e-5  # least difference of scores in a run: trec_eval reads them with 24 bits and breaks ties its own way
_HEADERS = frozenset({"id", "_id", "qid", "query-id", "query_id", "topic"})

Run = dict[str, list[tuple[DocumentId, float]]]
Judged = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Means over `queries` questions, each from 0 to 1; `ms_per_query` is wall time of the search alone."""

    queries: int
    ndcg10: float
    rr10: float
    r10: float
    r100: float
    ms_per_query: float
    ndcg10_by_question: Mapping[str, float] = field(default_factory=dict, repr=False, compare=False)


def evaluate(
    folder: Path,
    *,
    variant: str = "",
    engine: str = "whoosh",
    chain: Chain = "product",
    expand: bool = True,
    run: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Index `corpus.jsonl`, ask `queries.tsv` (or `queries.<variant>.tsv`), judge by `qrels.tsv`, all in `folder`.

    Questions are asked as plain words, each with all its signs; `expand` lets the product's chain widen them by
    thesaurus and dictionary, as it does for readers. Those nobody judged are answered in `run`, a TREC run, but not
    counted. `progress` is told how much is done, of how much. Raises NotFound for a missing file, and Invalid naming
    the file and line for one that cannot be read.
    """
    if chain not in CHAINS:
        raise Invalid({"chain": "unknown-chain"})
    entries = list(_corpus(_open(folder, "corpus.jsonl")))
    questions = dict(_questions(_open(folder, f"queries.{variant}.tsv" if variant else "queries.tsv")))
    judged = _judgments(_open(folder, "qrels.tsv"))
    widener = widening.widener(vocabulary.load(), PRODUCT) if expand and chain == "product" else None
    told = _Progress(len(entries) + len(questions), progress)
    with tempfile.TemporaryDirectory(prefix="kb-evaluate-") as home:
        analyzer, ranking = CHAINS[chain]
        searched = open_engine(f"{engine}:index", Path(home), analyzer, ranking)
        try:
            _fill(searched, entries, told)
            start = perf_counter()
            answers = {}
            for key, text in questions.items():
                answers[key] = _ask(searched, text, widener)
                told.add(1)
            seconds = perf_counter() - start
        finally:
            searched.close()
    if run:
        _write_run(run, answers, f"rassid-{chain}")
    return _measure(answers, judged, seconds)


def compare_with(folder: Path, found: Evaluation, run: Path) -> Comparison:
    """Compare with an earlier run of the same questions; what it had no answer to is worth 0. Raises as `evaluate`."""
    earlier = read_run(run)
    if earlier.keys().isdisjoint(found.ndcg10_by_question):
        raise Invalid({run.name: "other-questions"})
    answers = {key: earlier.get(key, []) for key in found.ndcg10_by_question}
    return compare(found.ndcg10_by_question, _ndcg10(answers, _judgments(_open(folder, "qrels.tsv"))))


class _Progress:
    def __init__(self, total: int, tell: Callable[[int, int], None] | None) -> None:
        self._total = total
        self._tell = tell
        self._done = 0

    def add(self, count: int) -> None:
        self._done += count
        if self._tell:
            self._tell(self._done, self._total)


def _open(folder: Path, name: str) -> Path:
    if not (folder / name).is_file():
        raise NotFound(str(folder / name))
    return folder / name


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that hold anything, numbered from 1."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise Invalid({path.name: "not-utf-8"}) from error


def _bad(path: Path, number: int, why: str) -> Invalid:
    return Invalid({f"{path.name}:{number}": why})


def _corpus(path: Path) -> Iterator[Entry]:
    seen: set[str] = set()
    for number, line in _lines(path):
        try:
            raw = json.loads(line)
            key, title, text = str(raw["id"]), raw.get("title") or "", raw["text"]
            (title + text).encode()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _bad(path, number, "not-a-document") from error
        _note(seen, key, path, number)
        page = Page(1, unicodedata.normalize("NFC", text))
        language = languages.of(title, "ar")
        yield Entry(DocumentId(key), title, tuple(passages([page], languages.of(text, "ar"))), language=language)


def _questions(path: Path) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for number, line in _lines(path):
        key, tab, text = line.partition("\t")
        if number == 1 and key.lower() in _HEADERS:
            continue
        if not tab:
            raise _bad(path, number, "not-a-question")
        _note(seen, key, path, number)
        yield key, text.partition("\t")[0]


def _note(seen: set[str], key: str, path: Path, number: int) -> None:
    """Refuse an id that came before, and one that the blank-divided columns of a run cannot hold."""
    if key.split() != [key]:
        raise _bad(path, number, "not-an-id")
    if key in seen:
        raise _bad(path, number, "id-twice")
    seen.add(key)


def _judgments(path: Path) -> dict[str, dict[str, int]]:
    """Read `question document gain`, or the four columns of TREC with an iteration in second place."""
    judged: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        columns = line.split()
        if number == 1 and columns[0].lower() in _HEADERS:
            continue
        try:
            key, document, gain = columns if len(columns) == 3 else (columns[0], *columns[2:])
            judged.setdefault(key, {})[document] = int(gain)
        except ValueError as error:
            raise _bad(path, number, "not-a-judgment") from error
    return judged


def _fill(engine: SearchEngine, entries: Sequence[Entry], told: _Progress) -> None:
    for start in range(0, len(entries), _BATCH):
        with engine.writing() as writer:
            for entry in entries[start : start + _BATCH]:
                writer.put(entry)
                told.add(1)


def _ask(engine: SearchEngine, text: str, widener: Widener | None) -> list[tuple[DocumentId, float]]:
    clause: Clause = Words(unicodedata.normalize("NFC", text))
    if widener:
        clause = widening.widen(widener, engine, clause, PUBLIC)
    answer = engine.search(Query(clause, limit=DEPTH, passages=0, seconds=_SECONDS))
    return [(hit.id, hit.score) for hit in answer.hits]


def _write_run(path: Path, answers: Run, tag: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        for key, found in answers.items():
            last = math.inf
            for rank, (document, score) in enumerate(found, 1):
                last = min(score, last - _STEP)
                file.write(f"{key} Q0 {document} {rank} {last:.5f} {tag}\n")


def _measure(answers: Run, judged: Judged, seconds: float) -> Evaluation:
    figures = _by_question(answers, judged)
    if not figures:
        raise Invalid({"qrels.tsv": "no-question-judged"})
    ndcg10, rr10, r10, r100 = (sum(column) / len(figures) for column in zip(*figures.values(), strict=True))
    milliseconds = 1000 * seconds / len(answers)
    return Evaluation(len(figures), ndcg10, rr10, r10, r100, milliseconds, {k: f[0] for k, f in figures.items()})


def _ndcg10(answers: Mapping[str, Sequence[tuple[DocumentId, float]]], judged: Judged) -> dict[str, float]:
    return {key: figures[0] for key, figures in _by_question(answers, judged).items()}


def _by_question(
    answers: Mapping[str, Sequence[tuple[DocumentId, float]]], judged: Judged
) -> dict[str, tuple[float, float, float, float]]:
    """Return the figures of each question that has an answer."""
    found = {}
    for key, documents in answers.items():
        gains = {document: gain for document, gain in judged.get(key, {}).items() if gain > 0}
        if gains:
            found[key] = _figures([gains.get(document, 0) for document, _ in documents], gains)
    return found


def _figures(found: Sequence[int], gains: Mapping[str, int]) -> tuple[float, float, float, float]:
    """Return nDCG@10, RR@10, R@10 and R@100 of one question, given the gains of what was found, in order."""
    ideal = _dcg(sorted(gains.values(), reverse=True))
    first = next((rank for rank, gain in enumerate(found[:10], 1) if gain), math.inf)
    shares = [sum(map(bool, found[:depth])) / len(gains) for depth in (10, 100)]
    return _dcg(found) / ideal, 1 / first, shares[0], shares[1]


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains[:10], 1))
