"""Dates as they are written in Moroccan documents become first day, last day and EDTF."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.arabic.dates import Calendar, Precision, read


@pytest.mark.parametrize(
    ("written", "edtf"),
    [
        ("2020", "2020"),
        ("سنة ٢٠٢٠", "2020"),
        ("2021م", "2021"),
        ("2010/2011", "2010/2011"),
        ("2018-2019", "2018/2019"),
        ("بين 2018 و2019", "2018/2019"),
        ("غشت 2020", "2020-08"),
        ("شهر يوليوز 2019", "2019-07"),
        ("كانون الثاني 2020", "2020-01"),
        ("ديسمبر 2020", "2020-12"),
        ("جويلية 2018", "2018-07"),
        ("août 2021", "2021-08"),
        ("AOUT 2021", "2021-08"),
        ("12/2019", "2019-12"),
        ("2018-01/2019-12", "2018-01/2019-12"),
        ("يناير 2018 - دجنبر 2019", "2018-01/2019-12"),
        ("2018 إلى ماي 2019", "2018-01/2019-05"),
        ("يناير وفبراير 2019", "2019-01/2019-02"),
        ("janvier – mars 2019", "2019-01/2019-03"),
        ("2 مارس 2021", "2021-03-02"),
        ("الثلاثاء ٢ مارس ٢٠٢١", "2021-03-02"),
        ("1er janvier 2020", "2020-01-01"),
        ("le 5 d’avril 2017", "2017-04-05"),
        ("May 3, 2019", "2019-05-03"),
        ("2019-05-03", "2019-05-03"),
        ("03/05/2019", "2019-05-03"),
        ("من 3 إلى 5 ماي 2019", "2019-05-03/2019-05-05"),
        ("du 28 avril au 5 mai 2019", "2019-04-28/2019-05-05"),
        ("25 دجنبر 2019 إلى 3 يناير 2020", "2019-12-25/2020-01-03"),
        ("17 من رجب 1442 (2 مارس 2021)", "2021-03-02"),
        ("2 مارس 2021 (17 رجب 1442)", "2021-03-02"),
        ("في 25 من رمضان 1432 الموافق لـ 26 أغسطس 2011", "2011-08-26"),
    ],
)
def test_gregorian_dates_are_read(written: str, edtf: str) -> None:
    period = read(written)
    assert period is not None
    assert (period.edtf, period.calendar, period.written) == (edtf, Calendar.GREGORIAN, written)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("1 محرم 1442", dt.date(2020, 8, 20), dt.date(2020, 8, 20)),
        ("1 من رمضان 1445", dt.date(2024, 3, 11), dt.date(2024, 3, 11)),
        ("رمضان 1445 هـ", dt.date(2024, 3, 11), dt.date(2024, 4, 9)),
        ("ذي القعدة 1440", dt.date(2019, 7, 4), dt.date(2019, 8, 2)),
        ("١٤٤٢هـ", dt.date(2020, 8, 20), dt.date(2021, 8, 9)),
    ],
)
def test_hijri_dates_become_gregorian_days(written: str, first: dt.date, last: dt.date) -> None:
    period = read(written)
    assert period is not None
    assert (period.first, period.last, period.calendar) == (first, last, Calendar.HIJRI)
    assert period.edtf == (first.isoformat() if first == last else f"{first}/{last}")


@pytest.mark.parametrize(
    ("written", "precision"), [("2020", Precision.YEAR), ("ماي 2020", Precision.MONTH), ("5 ماي 2020", Precision.DAY)]
)
def test_precision_is_what_was_written(written: str, precision: Precision) -> None:
    period = read(written)
    assert period is not None
    assert period.precision is precision


def test_a_period_holds_its_last_day() -> None:
    period = read("فبراير 2024")
    assert period is not None
    assert (period.first, period.last) == (dt.date(2024, 2, 1), dt.date(2024, 2, 29))


@pytest.mark.parametrize(
    "written",
    [
        "",
        "القانون 31.13",
        "31 فبراير 2020",
        "30 صفر 1442",
        "2019 - 2018",
        "13/13/2019",
        "مارس",
        "3021",
        "5 ماي 2020 تقريبا",
        "2" * 300,
    ],
)
def test_what_is_no_date_is_not_read(written: str) -> None:
    assert read(written) is None


@given(st.dates(min_value=dt.date(1000, 1, 1), max_value=dt.date(2999, 12, 31)))
@settings(deadline=None)
def test_every_iso_day_is_itself(day: dt.date) -> None:
    period = read(day.isoformat())
    assert period is not None
    assert (period.first, period.last, period.edtf) == (day, day, day.isoformat())


@given(
    st.text()
    | st.lists(st.sampled_from(["5", "2020", "ماي", "رجب", "إلى", "-", "/", "هـ", "G", "T", "٣"])).map(" ".join)
)
@settings(deadline=None)
def test_reading_never_raises_and_never_runs_backwards(written: str) -> None:
    period = read(written)
    assert period is None or period.first <= period.last
