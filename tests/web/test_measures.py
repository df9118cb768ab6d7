"""Indicators become bars only where every value is a number."""

import pytest

from kb.web import measures


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("41", 41),
        ("2,40", 2.4),
        ("1.2", 1.2),
        ("62 %", 62),
        ("٣٥٪", 35),
        ("48,000", 48_000),
        ("1 250", 1250),
        ("120 من 120", None),
        ("-3", None),
        ("", None),
    ],
)
def test_a_cell_is_a_number_or_words(text: str, number: float | None) -> None:
    assert measures.figure(text) == number


def test_bars_share_the_scale_of_the_longest() -> None:
    bars = measures.bars({"name": "x", "before": "40", "after": "10", "target": "20"})
    assert [(bar.name, bar.width) for bar in bars] == [("before", 1000), ("after", 250), ("target", 500)]


def test_shares_are_drawn_as_parts_of_the_whole() -> None:
    bars = measures.bars({"name": "x", "before": "20", "after": "50", "unit": "%"})
    assert [bar.width for bar in bars] == [200, 500]


@pytest.mark.parametrize(
    "row", [{"after": "89"}, {"before": "كثير", "after": "12"}, {"before": "1", "after": "2", "target": "أقل"}]
)
def test_what_cannot_be_compared_has_no_bars(row: dict[str, str]) -> None:
    assert measures.bars({"name": "x", **row}) == []


def test_two_zeros_are_two_empty_bars() -> None:
    assert [bar.width for bar in measures.bars({"name": "x", "before": "0", "after": "0"})] == [0, 0]


def test_several_indicators_can_share_one_scale() -> None:
    rows = [{"before": "40", "after": "10"}, {"before": "80", "after": "20"}]
    assert [bar.width for bar in measures.bars(rows[0], measures.scale(rows))] == [500, 125]
