"""Activities lie along the years that they take."""

import datetime as dt

from kb.catalog.period import OPEN, Period
from kb.services.views import When
from kb.web import spans

TODAY = dt.date(2026, 7, 2)


def when(first: str, last: str = "") -> When:
    return When(dt.date.fromisoformat(first), dt.date.fromisoformat(last) if last else OPEN)


def test_the_years_hold_every_activity_and_today_while_one_goes_on() -> None:
    assert spans.years([when("2020-03-01", "2021-02-01")], TODAY) == spans.Years(2020, 2021)
    assert spans.years([when("2020-03-01", "2021-02-01"), when("2024-01-01")], TODAY) == spans.Years(2020, 2026)
    assert spans.years([], TODAY) is None


def test_a_bar_begins_and_ends_where_the_activity_does() -> None:
    years = spans.Years(2020, 2021)
    half = spans.stretch(when("2020-01-01", "2020-12-31"), 50, years, TODAY)
    assert (half.start, half.width, half.done) == (0, 500, 250)
    whole = spans.stretch(when("2020-01-01", "2021-12-31"), None, years, TODAY)
    assert (whole.start, whole.width, whole.done) == (0, 1000, 0)


def test_a_day_at_the_very_end_is_still_seen() -> None:
    bar = spans.stretch(when("2021-12-31", "2021-12-31"), 100, spans.Years(2020, 2021), TODAY)
    assert bar.width > 0
    assert bar.start + bar.width <= spans.FULL


def test_many_years_write_few_labels() -> None:
    years = spans.years([when("1900-01-01", "2026-12-31")], TODAY)
    assert years is not None
    assert 0 < len(years.labels) <= spans.MOST_LABELS


def test_an_activity_with_one_end_lies_there() -> None:
    only = Period.read("2021-05").stored()
    found = spans.when_of({"end": only})
    assert found is not None
    assert (found.first, found.last) == (dt.date(2021, 5, 1), dt.date(2021, 5, 31))
    assert spans.when_of({"activity": "x"}) is None


def test_past_its_end_is_what_nothing_says_is_ended() -> None:
    past = when("2020-01-01", "2020-12-31")
    assert spans.is_overdue(past, "in-progress", TODAY)
    assert spans.is_overdue(past, "", TODAY)
    assert not spans.is_overdue(past, "done", TODAY)
    assert not spans.is_overdue(past, "cancelled", TODAY)
    assert not spans.is_overdue(when("2020-01-01"), "in-progress", TODAY)
    assert not spans.is_overdue(None, "late", TODAY)
