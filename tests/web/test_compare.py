"""Practices side by side, the same indicators in one line; anything that cannot be compared says how to go on."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from kb.catalog.access import PUBLIC
from kb.core.settings import Settings
from kb.services import abreast as comparing
from kb.services import importing
from kb.services.abreast import abreast
from tests.visited import REASON, House, build

SHEET = """
id = "test-compared-{number}"
type = "good_practice"
title = "ممارسة {number}"
[data]
level = "regional"
period = "2020"
stage = "{stage}"
before = "مشكل"
done = "حل"
pilot = "جهة توضيحية"
cost = {cost}
indicators = [{{ name = "{name}", before = "40", after = "{after}", unit = "يوم" }}]
success_factors = ["عامل"]
obstacles = [{{ obstacle = "عائق" }}]
conditions = ["شرط"]
contact = {{ role = "رئيس المصلحة" }}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from build(Settings(home=tmp_path_factory.mktemp("house")))


@pytest.fixture(scope="module")
def four(house: House, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("compared")
    ids = []
    told = (
        ("extended", 10, "مدة الأداء", 10),
        ("extended", 20, "مُدّة الآداء", 20),
        ("pilot", 10, "عدد", 4),
        ("pilot", 1, "x", 4),
    )
    for number, (stage, cost, name, after) in enumerate(told):
        path = folder / f"{number}.toml"
        path.write_text(SHEET.format(number=number, stage=stage, cost=cost, name=name, after=after), "utf-8")
        summary = importing.take_in(house.services, [path])
        assert not summary.refused, summary.refused
        ids.append(summary.touched[0])
    return ids


def address(ids: list[str], more: str = "") -> str:
    return "/ar/practices/compare?" + "&".join(f"id={id}" for id in ids) + more


def test_what_is_the_same_and_what_differs_is_told(house: House, four: list[str]) -> None:
    found = abreast(house.services, "good_practice", four[:2], PUBLIC, "ar")
    same = {line.label: line.same for section in found.sections for line in section.lines}
    assert same["مرحلة الانتشار"] is True
    assert same["الكلفة"] is False
    assert same["ما أنجز"] is None


def test_the_same_indicator_stands_in_one_line_however_it_is_spelled(house: House, four: list[str]) -> None:
    found = abreast(house.services, "good_practice", four[:3], PUBLIC, "ar")
    lines = [one for section in found.sections for one in section.indicators]
    assert [(one.label, [cell and cell["after"] for cell in one.cells]) for one in lines] == [
        ("مدة الأداء", ["10", "20", None]),
        ("عدد", [None, None, "4"]),
    ]


def test_rows_and_columns_of_the_comparison_have_heads(visitor: TestClient, four: list[str]) -> None:
    text = visitor.get(address(four[:2])).text
    table = text[text.index('<table class="cmp"') : text.index("</table>")]
    assert table.count('<th scope="col">') == 2
    assert table.count('<th scope="row">') > 8
    assert 'scope="rowgroup"' in table
    assert "متطابق" in table


def test_only_differences_can_be_shown(visitor: TestClient, four: list[str]) -> None:
    text = visitor.get(address(four[:2], "&differences=1")).text
    assert "متطابق" not in text
    assert "مختلف" in text


@pytest.mark.parametrize(
    ("chosen", "told"),
    [((), "لم تختر أي ممارسة"), ((0,), "اخترت ممارسة واحدة فقط"), ((0, 0), "اخترت ممارسة واحدة فقط")],
)
def test_fewer_than_two_ask_for_more(visitor: TestClient, four: list[str], chosen: tuple[int, ...], told: str) -> None:
    text = visitor.get(address([four[place] for place in chosen])).text
    assert told in text
    assert 'href="/ar/practices' in text
    assert "<table" not in text


def test_more_than_three_ask_which(visitor: TestClient, four: list[str]) -> None:
    text = visitor.get(address(four)).text
    assert "اخترت 4 ممارسات" in text
    assert text.count('name="id"') == 4
    assert text.count("checked") == comparing.MOST


def test_what_cannot_be_compared_is_told_and_the_rest_compared(
    visitor: TestClient, house: House, four: list[str]
) -> None:
    strange = ["aaaaaaaaaa", "<i>", house.ids["withdrawn"], house.ids["guide"]]
    text = visitor.get(address([*strange, *four[:2]])).text
    assert "<i>" not in text
    assert text.count("لا توجد وثيقة بهذا المعرف") == 2
    assert REASON in text
    assert "ليست ممارسة جيدة" in text
    assert '<table class="cmp"' in text


def test_what_was_chosen_stays_chosen_in_the_list(visitor: TestClient, four: list[str]) -> None:
    text = visitor.get(f"/ar/practices?id={four[1]}").text
    assert f'name="id" value="{four[1]}" checked' in text
    assert text.count(" checked") == 1
