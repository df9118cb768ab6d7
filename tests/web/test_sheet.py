"""A sheet says where each of its statements stands, and draws what can be drawn."""

import datetime as dt
import re

from starlette.testclient import TestClient

from kb.catalog.access import PUBLIC
from kb.services import read
from kb.services.grounds import grounds
from kb.web import sheet
from tests.visited import House


def part(text: str, anchor: str) -> str:
    """What stands between the element with this id and the next field."""
    start = text.index(f'id="{anchor}"')
    following = re.search(r'id="(?:f|g)-|</article>', text[start + 10 :])
    assert following
    return text[start : start + 10 + following.start()]


def test_a_statement_leads_to_the_page_that_says_it(visitor: TestClient, house: House) -> None:
    text = visitor.get(f"/ar/d/{house.ids['practice']}").text
    before = part(text, "f-before")
    assert f'href="/ar/d/{house.ids["guide"]}/f/1/p/2"' in before
    assert "المصدر، ص 2" in before
    assert before.count("بلا صفحة مصدر") == 1  # its second paragraph


def test_a_statement_without_a_source_says_so(visitor: TestClient, house: House) -> None:
    text = visitor.get(f"/ar/d/{house.ids['practice']}").text
    assert part(text, "f-affected").count("بلا صفحة مصدر") == 1
    assert "بلا صفحة مصدر" not in part(text, "f-pilot")


def test_a_page_that_the_source_has_not_is_not_linked(visitor: TestClient, house: House) -> None:
    factors = part(visitor.get(f"/ar/d/{house.ids['practice']}").text, "f-success_factors")
    assert f'href="/ar/d/{house.ids["guide"]}"' in factors
    assert "/p/99" not in factors


def test_a_source_that_is_not_in_the_library_is_told_and_not_linked(visitor: TestClient, house: House) -> None:
    done = part(visitor.get(f"/ar/d/{house.ids['practice']}").text, "f-done")
    assert "المصدر غير متاح في المنصة" in done
    assert "test-not-here" not in done


def test_an_indicator_names_the_source_that_it_was_given_with(visitor: TestClient, house: House) -> None:
    indicators = part(visitor.get(f"/ar/d/{house.ids['practice']}").text, "f-indicators")
    assert "استطلاع توضيحي" in indicators
    assert '<rect class="part" width="1000"' in indicators
    assert '<rect class="part" width="255"' in indicators  # 12 of 47
    assert "<table" in indicators


def test_what_proves_the_sheet_is_listed_with_its_pages(house: House) -> None:
    record = read.record(house.services, house.ids["practice"], PUBLIC, "ar")
    proofs = grounds(house.services, record, PUBLIC, "ar").proofs
    assert [(proof.card.id, [source.page for source in proof.pages]) for proof in proofs] == [(house.ids["guide"], [2])]


def test_the_table_of_sources_is_no_block_of_its_own(visitor: TestClient, house: House) -> None:
    assert 'id="f-sources"' not in visitor.get(f"/ar/d/{house.ids['practice']}").text


def test_a_sheet_without_any_source_says_it_once(visitor: TestClient, house: House) -> None:
    text = visitor.get(f"/ar/d/{house.ids['commitment']}").text
    assert text.count("لا تذكر هذه البطاقة صفحة المصدر") == 1
    assert "بلا صفحة مصدر" not in text


def test_a_programme_is_drawn_along_the_years_with_states_in_words(visitor: TestClient, house: House) -> None:
    programme = part(visitor.get(f"/ar/d/{house.ids['commitment']}").text, "f-activities")
    assert programme.count('class="along"') == 2
    assert "<span>2018</span>" in programme
    assert "منجزة" in programme
    assert "<table" in programme


def test_the_bar_under_the_title_is_what_the_type_places_there(house: House) -> None:
    record = read.record(house.services, house.ids["practice"], PUBLIC, "ar")
    assert [field.name for field in sheet.headline(record)] == ["level", "stage", "cost"]


def test_a_sheet_past_its_review_says_so(house: House) -> None:
    record = read.record(house.services, house.ids["practice"], PUBLIC, "ar")
    assert not sheet.overdue(record, dt.date(2030, 1, 1))  # no date was set
