import math
from itertools import pairwise
from pathlib import Path

import pytest

from kb.core.errors import Invalid, KbError, NotFound
from kb.search.engines import ENGINES
from kb.services.evaluate import evaluate

CORPUS = """\
{"id": "a", "title": "تبسيط المساطر", "text": "تبسيط المساطر الإدارية لفائدة المرتفقين"}
{"id": "b", "title": "رخص البناء", "text": "مسطرة تسليم رخص البناء"}
{"id": "c", "title": "الحكامة", "text": ""}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "corpus.jsonl").write_text(CORPUS, encoding="utf-8")
    (tmp_path / "queries.tsv").write_text("q1\tتبسيط المساطر؟\nq2\tالحكامة\nq3\tسؤال بلا حكم\n", encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("q1\ta\t2\nq1\tb\t1\nq2\tb\t1\nq2\ta\t0\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("engine", ENGINES)
def test_figures_are_those_of_trec_eval(folder: Path, engine: str) -> None:
    found = evaluate(folder, engine=engine)
    ideal = 2 + 1 / math.log2(3)
    assert found.queries == 2
    # q1 finds a, then b by its other form; q2 finds c, which nobody judged.
    assert found.ndcg10 == pytest.approx((ideal / ideal + 0) / 2)
    assert (found.rr10, found.r10, found.r100) == (0.5, 0.5, 0.5)
    assert found.ms_per_query > 0


def test_a_run_names_each_document_once_in_falling_order(folder: Path) -> None:
    run = folder / "run.txt"
    told: list[tuple[int, int]] = []
    evaluate(folder, run=run, progress=lambda done, total: told.append((done, total)))
    rows = [line.split() for line in run.read_text(encoding="utf-8").splitlines()]
    assert [row[:4] for row in rows[:2]] == [["q1", "Q0", "a", "1"], ["q1", "Q0", "b", "2"]]
    assert all(len(row) == 6 for row in rows)
    assert len({(row[0], row[2]) for row in rows}) == len(rows)
    for before, after in pairwise(rows):
        assert before[0] != after[0] or float(before[4]) > float(after[4])
    assert told[-1] == (6, 6)


def test_headers_byte_order_marks_and_trec_columns_are_read(folder: Path) -> None:
    plain = evaluate(folder, engine="memory")
    for name, header in (("queries.tsv", "query-id\ttext\n"), ("qrels.tsv", "query-id\tcorpus-id\tscore\n")):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text("\ufeff" + header + text.replace("\n", "\r\n") + "\r\n", encoding="utf-8")
    (folder / "qrels.trec").write_text("")
    assert evaluate(folder, engine="memory").ndcg10 == plain.ndcg10
    (folder / "qrels.tsv").write_text("q1 0 a 2\nq1 0 b 1\nq2 0 b 1\n", encoding="utf-8")
    assert evaluate(folder, engine="memory").ndcg10 == plain.ndcg10


def test_a_variant_asks_other_questions_and_a_chain_analyses_otherwise(folder: Path) -> None:
    (folder / "queries.typo.tsv").write_text("q1\tرخص\nq2\tرخص\n", encoding="utf-8")
    assert evaluate(folder, engine="memory", variant="typo").rr10 == 1.0
    assert evaluate(folder, engine="memory", chain="light10").r10 == 0.25


@pytest.mark.parametrize(
    ("name", "text", "error", "says"),
    [
        ("corpus.jsonl", None, NotFound, "corpus.jsonl"),
        ("queries.tsv", None, NotFound, "queries.tsv"),
        ("qrels.tsv", None, NotFound, "qrels.tsv"),
        ("corpus.jsonl", CORPUS + "{oops\n", Invalid, "corpus.jsonl:4"),
        ("corpus.jsonl", CORPUS + '{"id": "d"}\n', Invalid, "corpus.jsonl:4"),
        ("corpus.jsonl", CORPUS + "[1]\n", Invalid, "corpus.jsonl:4"),
        ("corpus.jsonl", CORPUS + "[" * 100_000, Invalid, "corpus.jsonl:4"),
        ("corpus.jsonl", CORPUS + '{"id": "d", "text": null}\n', Invalid, "corpus.jsonl:4"),
        ("corpus.jsonl", CORPUS + '{"id": "d", "text": "\\ud800"}\n', Invalid, "corpus.jsonl:4"),
        ("corpus.jsonl", CORPUS + '{"id": "d e", "text": "نص"}\n', Invalid, "corpus.jsonl:4"),
        ("corpus.jsonl", CORPUS + '{"id": "", "text": "نص"}\n', Invalid, "corpus.jsonl:4"),
        ("corpus.jsonl", CORPUS + CORPUS, Invalid, "corpus.jsonl:4"),
        ("corpus.jsonl", "\udcff", Invalid, "corpus.jsonl"),
        ("queries.tsv", "q1 no tab\n", Invalid, "queries.tsv:1"),
        ("queries.tsv", "q1\tنص\nq1\tنص آخر\n", Invalid, "queries.tsv:2"),
        ("queries.tsv", "q 1\tنص\n", Invalid, "queries.tsv:1"),
        ("qrels.tsv", "q1\ta\tb\tc\t1\n", Invalid, "qrels.tsv:1"),
        ("qrels.tsv", "q1\ta\n\nq1\ta\tmuch\n", Invalid, "qrels.tsv:1"),
        ("qrels.tsv", "q1\ta\t1\nq1\ta\tmuch\n", Invalid, "qrels.tsv:2"),
        ("qrels.tsv", "q9\ta\t1\n", Invalid, "qrels.tsv"),
    ],
)
def test_a_bad_folder_is_named_with_its_line(
    folder: Path, name: str, text: str | None, error: type[KbError], says: str
) -> None:
    if text is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(error) as raised:
        evaluate(folder, engine="memory")
    assert says in str(raised.value)


def test_further_columns_of_a_question_are_not_asked(folder: Path) -> None:
    plain = evaluate(folder, engine="memory")
    text = (folder / "queries.tsv").read_text("utf-8")
    (folder / "queries.tsv").write_text(text.replace("\n", "\tرخص البناء\n"), "utf-8")
    asked = evaluate(folder, engine="memory", run=folder / "run.txt")
    assert asked.ndcg10 == plain.ndcg10
    assert "q2 Q0 b" not in (folder / "run.txt").read_text("utf-8")


def test_unknown_names_are_refused(folder: Path) -> None:
    with pytest.raises(NotFound):
        evaluate(folder, variant="nothing")
    with pytest.raises(Invalid):
        evaluate(folder, engine="nothing")
    with pytest.raises(Invalid):
        evaluate(folder, chain="nothing")  # type: ignore[arg-type]
