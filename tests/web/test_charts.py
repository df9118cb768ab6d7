"""Drawings are right to a ruler: in both directions, for nothing, for one, and for what is small beside the great."""

from itertools import pairwise

from kb.web import charts
from kb.web.charts import ACROSS, HEIGHT, Point


def points(*counts: int) -> list[Point]:
    return [Point(str(2000 + place), count) for place, count in enumerate(counts)]


def test_columns_stand_side_by_side_from_where_reading_begins() -> None:
    ltr = charts.columns(points(1, 2, 4), "ltr")
    rtl = charts.columns(points(1, 2, 4), "rtl")
    assert [column.x for column in ltr] == sorted(column.x for column in ltr)
    assert [column.x for column in rtl] == [column.x for column in ltr[::-1]]
    assert [column.point.label for column in rtl] == ["2000", "2001", "2002"]
    for one, next_one in pairwise(ltr):
        assert one.x + one.width < next_one.x
    assert ltr[-1].x + ltr[-1].width <= ACROSS


def test_columns_stand_on_the_ground_and_the_greatest_reaches_the_top() -> None:
    drawn = charts.columns(points(1, 2, 4), "rtl")
    assert all(column.y + column.height == HEIGHT for column in drawn)
    assert [column.height for column in drawn] == [25, 50, 100]


def test_nothing_has_no_height_and_little_is_still_seen() -> None:
    none, one, many = charts.columns(points(0, 1, 100_000), "rtl")
    assert none.height == 0
    assert 1 <= one.height < 3
    assert many.height == HEIGHT
    assert charts.columns([], "rtl") == []
    assert [column.height for column in charts.columns(points(0, 0), "ltr")] == [0, 0]


def test_bars_begin_where_the_line_begins() -> None:
    ltr, rtl = charts.bars(points(1, 4), "ltr"), charts.bars(points(1, 4), "rtl")
    assert [bar.x for bar in ltr] == [0, 0]
    assert [bar.x + bar.length for bar in rtl] == [ACROSS, ACROSS]
    assert [bar.length for bar in rtl] == [250, 1000]
    assert charts.bars(points(1), "ltr", most=10)[0].length == 100


def test_parts_of_a_bar_follow_one_another_and_fill_it() -> None:
    point = Point("2019", 4, parts=(3, 1))
    assert charts.bars([point], "ltr")[0].pieces == ((0, 750), (750, 250))
    assert charts.bars([point], "rtl")[0].pieces == ((250, 750), (0, 250))
    assert charts.bars([Point("2019", 0, parts=(0, 0))], "rtl")[0].pieces == ((1000, 0), (1000, 0))


def test_years_and_months_between_are_there_with_nothing() -> None:
    assert charts.years({"2019": 2, "2022": 1}) == [("2019", 2), ("2020", 0), ("2021", 0), ("2022", 1)]
    assert charts.years({}) == []
    assert charts.months({"2025-12": 1, "2026-02": 3}) == [("2025-12", 1), ("2026-01", 0), ("2026-02", 3)]
    assert len(charts.months({"2000-01": 1, "2026-02": 3}, most=12)) == 12


def test_an_old_year_is_drawn_without_the_empty_ones_after_it() -> None:
    counted = {"1912": 1, "1958": 2, "2018": 3, "2020": 1}
    assert charts.years(counted, most=5) == [("1912", 1), ("1958", 2), ("2018", 3), ("2019", 0), ("2020", 1)]
    assert [year for year, _ in charts.years({"1900": 1, "2020": 1}, most=3)] == ["1900", "2020"]


def test_few_names_stand_under_many_columns_and_both_ends_are_among_them() -> None:
    assert charts.ticks(points(1, 2, 3)) == charts.Ticks(("2000", "2001", "2002"), many=False)
    assert charts.ticks(points(*range(1, 10))).labels == ("2000", "", "2002", "", "2004", "", "2006", "", "2008")
    many = charts.ticks(points(*range(1, 42)))
    assert many.many
    assert (len(many.labels), many.labels[0], many.labels[-1]) == (41, "2000", "2040")
    assert len([label for label in many.labels if label]) == 5
    assert charts.ticks([]).labels == ()


def test_a_single_column_is_no_wall() -> None:
    (column,) = charts.columns(points(5), "rtl")
    assert column.width < ACROSS / 10
    assert abs(column.x + column.width / 2 - ACROSS / 2) < 1
