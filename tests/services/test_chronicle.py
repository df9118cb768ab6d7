"""The table of reports leads to a page only where a report says that it deals with the theme."""

from pathlib import Path

import pytest

from kb.arabic.fold import fold
from kb.catalog.access import PUBLIC
from kb.services import chronicle as laying
from kb.services.chronicle import Chronicle, chronicle
from tests.opening import library, take_in

REPORT = """
id = "report-{year}"
type = "yearly_report"
title = "حصيلة {year}"
date = "{date}"
themes = [{themes}]
[data]
period = "{date}"
{results}
[[file]]
path = "report-{year}.txt"
language = "ar"
"""
PAGES = (
    "تقديم عام للحصيلة. تحدثنا مرة واحدة عن الاستقبال.",
    "تحسن الاستقبال في المواقع، وصار للاستقبال ميثاق، وبالاستقبال يقاس الرضا.",
    "خاتمة بلا موضوع.",
)


@pytest.fixture
def laid(tmp_path: Path) -> Chronicle:
    def write(year: str, date: str, themes: str = "", results: str = "") -> None:
        (tmp_path / f"report-{year}.txt").write_text("\f".join(PAGES), "utf-8")
        told = REPORT.format(year=year, date=date, themes=themes, results=results)
        (tmp_path / f"report-{year}.txt.toml").write_text(told, "utf-8")

    row = '{{ action = "{action}", page = {page} }}'
    told = ", ".join((row.format(action="تبسيط المساطر", page=3), row.format(action="محاربة الفساد", page=9)))
    write("2019", "2019", results=f"results = [{told}]")
    write("2020", "2020/2021", themes='"gender"')
    with library(tmp_path / "home") as services:
        assert not take_in(services, *tmp_path.glob("*.toml")).refused
        return chronicle(services, PUBLIC, "ar")


def cells(laid: Chronicle, theme: str) -> list[list[tuple[str, int]]]:
    row = next(row for row in laid.rows if row.theme.value == theme)
    return [[(spot.by, spot.page) for spot in cell] for cell in row.cells]


def test_a_report_of_two_years_stands_under_both(laid: Chronicle) -> None:
    assert laid.years == (2019, 2020, 2021)
    assert cells(laid, "reception") == [[("text", 2)], [("text", 2)], [("text", 2)]]


def test_results_with_a_page_go_before_the_text(laid: Chronicle) -> None:
    assert cells(laid, "simplification") == [[("results", 3)], [], []]


def test_a_page_that_the_file_has_not_leads_nowhere(laid: Chronicle) -> None:
    assert "integrity" not in {row.theme.value for row in laid.rows}


def test_a_theme_of_the_record_alone_has_no_page(laid: Chronicle) -> None:
    assert cells(laid, "gender") == [[], [("theme", 0)], [("theme", 0)]]


def test_themes_that_no_report_deals_with_have_no_line(laid: Chronicle) -> None:
    assert {row.theme.value for row in laid.rows} == {"reception", "simplification", "gender"}


def test_texts_that_there_is_no_time_to_search_are_told_and_searched_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(laying, "_read", {})
    (tmp_path / "report-2019.txt").write_text("\f".join(PAGES), "utf-8")
    told = REPORT.format(year="2019", date="2019", themes="", results="")
    (tmp_path / "report-2019.txt.toml").write_text(told, "utf-8")
    with library(tmp_path / "home") as services:
        take_in(services, *tmp_path.glob("*.toml"))
        hurried = chronicle(services, PUBLIC, "ar", patience=0)
        assert (hurried.partial, hurried.rows) == (True, ())
        calm = chronicle(services, PUBLIC, "ar")
        assert (calm.partial, cells(calm, "reception")) == (False, [[("text", 2)]])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ورش الاستقبال", True),
        ("وللاستقبال", True),
        ("استقبالهم", False),
        ("Accueil des usagers", True),
        ("accueillir", False),
    ],
)
def test_a_theme_is_named_as_a_word_of_its_own(text: str, named: bool) -> None:  # noqa: FBT001 -- what is expected
    assert bool(laying.naming(("استقبال", "accueil")).search(fold(text))) is named
