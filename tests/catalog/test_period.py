"""Dates are read with the precision that their source gives them."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.catalog.period import OPEN, Period


@pytest.mark.parametrize(
    ("raw", "first", "last", "precision"),
    [
        ("2019", "2019-01-01", "2019-12-31", "year"),
        (2019, "2019-01-01", "2019-12-31", "year"),
        ("2020-02", "2020-02-01", "2020-02-29", "month"),
        ("2019-06-17", "2019-06-17", "2019-06-17", "day"),
        (dt.date(2019, 6, 17), "2019-06-17", "2019-06-17", "day"),
        (dt.datetime(2019, 6, 17, 10, tzinfo=dt.UTC), "2019-06-17", "2019-06-17", "day"),
        ("2010/2011", "2010-01-01", "2011-12-31", "year"),
        ("2018-01/2019-12", "2018-01-01", "2019-12-31", "month"),
        ("2018/2019-06", "2018-01-01", "2019-06-30", "year"),
        ("٢٠١٩-٠٦", "2019-06-01", "2019-06-30", "month"),
        ({"first": "2018-03-01", "last": "2018-03-31"}, "2018-03-01", "2018-03-31", "day"),
        ("2021/..", "2021-01-01", "9999-12-31", "year"),
        ("2021-03/..", "2021-03-01", "9999-12-31", "month"),
        ({"first": "2018"}, "2018-01-01", "2018-12-31", "year"),
    ],
)
def test_a_date_spans_all_that_it_may_mean(raw: object, first: str, last: str, precision: str) -> None:
    read = Period.read(raw)
    assert (read.first.isoformat(), read.last.isoformat(), read.precision) == (first, last, precision)


def test_the_printed_date_is_kept_beside() -> None:
    read = Period.read({"value": "2020-06-17", "text": "25 من شوال 1441", "calendar": "hijri"})
    assert (read.first, read.text, read.calendar) == (dt.date(2020, 6, 17), "25 من شوال 1441", "hijri")


@pytest.mark.parametrize(
    "raw",
    [
        "", "غدا",
        "2019-13", "2019-02-30", "0000", "17/06/2019", "2019/2018", "2019-6", "2019//2020", True, 3.5, [2019],
        {}, {"text": "2019"}, {"value": "2019", "calendar": "mayan"}, {"value": "2019", "zone": "x"},
        {"value": "2019", "precision": "hour"}, {"first": {"first": "2019"}},
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_by_name(raw: object) -> None:
    with pytest.raises(ValueError, match=r"^[a-z-]+$"):
        Period.read(raw)


@given(first=st.dates(min_value=dt.date(1000, 1, 1)), days=st.integers(0, 5000))
@settings(deadline=None)
def test_what_is_stored_is_read_back(first: dt.date, days: int) -> None:
    last = min(first.toordinal() + days, dt.date.max.toordinal())
    written = Period.read(f"{first}/{dt.date.fromordinal(last)}")
    assert Period.read(written.stored()) == written


def test_what_goes_on_is_stored_as_it_is_written() -> None:
    read = Period.read("2021-03/..")
    assert read.last == OPEN
    assert read.stored()["last"] == ".."
    assert Period.read(read.stored()) == read
