"""Wide word spaces of justified lines, told from the spaces between columns."""

import pytest

from kb.ingest.formats.pdf import justified
from kb.ingest.formats.pdf.justified import Stretch

SIZE = 10.0


def row(y: float, *sides: tuple[float, float], letters: bool = True) -> list[Stretch]:
    return [Stretch(x0, x1, y, SIZE, letters) for x0, x1 in sides]


def test_a_space_that_words_above_and_below_cross_is_a_word_space() -> None:
    rows = [row(100, (0, 200)), row(88, (0, 90), (110, 200)), row(76, (0, 200))]
    assert justified.joined(rows) == [[0], [0], [0]]


def test_a_space_that_goes_on_above_and_below_parts_columns() -> None:
    rows = [row(100 - 12 * n, (0, 90), (110, 200)) for n in range(3)]
    assert justified.joined(rows) == [[0, 1]] * 3


def test_cells_under_running_text_stay_apart() -> None:
    text = [row(100 - 12 * n, (0, 400)) for n in range(3)]
    cells = [row(64 - 12 * n, (0, 60 + 5 * n), (90, 400)) for n in range(4)]
    assert justified.joined([*text, *cells])[3:] == [[0, 1]] * 4


def test_rows_of_another_column_tell_nothing() -> None:
    other = [row(106 - 12 * n, (300, 500)) for n in range(4)]
    own = [row(100 - 12 * n, (0, 90), (110, 200)) for n in range(4)]
    mixed = sorted([*other, *own], key=lambda each: -each[0].y)
    assert [starts for each, starts in zip(mixed, justified.joined(mixed), strict=True) if each[0].x0 == 0] == [
        [0, 1]
    ] * 4


def test_two_words_spread_from_margin_to_margin_of_a_narrow_column_are_a_line() -> None:
    rows = [row(100, (0, 200)), row(88, (0, 60), (140, 200)), row(76, (0, 50), (130, 200)), row(64, (0, 200))]
    assert justified.joined(rows) == [[0], [0], [0], [0]]


@pytest.mark.parametrize(
    "spread",
    [row(88, (0, 60), (140, 180)), row(88, (0, 60), (140, 200), letters=False), row(88, (0, 20), (180, 200))],
)
def test_what_ends_elsewhere_is_a_number_or_very_far_apart_is_no_line(spread: list[Stretch]) -> None:
    rows = [row(100, (0, 30), (150, 200)), row(94, (0, 200)), spread, row(82, (0, 30), (150, 200)), row(76, (0, 200))]
    rows = [row(112, (0, 30), (170, 200)), row(100, (0, 200)), row(94, (0, 30), (170, 200)), spread, row(70, (0, 200))]
    assert justified.joined(rows)[3] == [0, 1]


def test_no_rows_have_no_lines() -> None:
    assert justified.joined([]) == []
