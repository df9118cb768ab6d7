from pathlib import Path

import pytest

from kb.core.errors import Invalid, NotFound
from kb.services.comparison import compare, read_run


def figures(*values: float) -> dict[str, float]:
    return {f"q{n}": value for n, value in enumerate(values)}


def test_a_run_is_no_better_than_itself() -> None:
    found = compare(figures(0.5, 0.7), figures(0.5, 0.7))
    assert (found.queries, found.delta, found.p, found.wins, found.losses) == (2, 0.0, 1.0, 0, 0)


def test_a_difference_on_every_question_is_no_luck_and_on_few_it_is() -> None:
    many = compare(figures(*[0.6] * 40), figures(*[0.5] * 40))
    assert (many.wins, many.losses) == (40, 0)
    assert many.delta == pytest.approx(0.1)
    assert many.p < 0.001
    few = compare(figures(0.9, 0.1, 0.5), figures(0.1, 0.5, 0.5))
    assert (few.wins, few.losses) == (1, 1)
    assert few.p > 0.3


def test_p_of_few_questions_is_that_of_all_their_signs() -> None:
    # Of the eight ways to sign three equal differences two are as far from nothing as the one seen.
    assert compare(figures(1, 1, 1), figures(0, 0, 0)).p == pytest.approx(0.25, abs=0.02)


def test_the_same_runs_always_give_the_same_p() -> None:
    runs = figures(0.3, 0.6, 0.1, 0.9), figures(0.2, 0.7, 0.05, 0.8)
    assert compare(*runs) == compare(*runs)


def test_only_questions_of_both_count() -> None:
    assert compare(figures(0.5, 0.5, 0.5), figures(0.1)).queries == 1


def test_a_run_is_read_in_the_order_of_its_scores(tmp_path: Path) -> None:
    path = tmp_path / "run.txt"
    path.write_text("q1 Q0 b 1 1.5 x\nq1 Q0 a 2 2.5 x\n\n", "utf-8")
    assert read_run(path) == {"q1": [("a", 2.5), ("b", 1.5)]}


def test_a_run_that_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "run.txt"
    path.write_text("q1 Q0 a 1 2.5 x\nno run\n", "utf-8")
    with pytest.raises(Invalid, match=r"run\.txt:2"):
        read_run(path)
    with pytest.raises(NotFound):
        read_run(tmp_path / "nowhere.txt")
