"""The pages of content types have something to show in the demo library."""

import re

from starlette.testclient import TestClient

from kb.catalog import documents
from kb.services.context import Services
from kb.services.importing import Summary


def test_every_cell_of_the_table_of_reports_leads_to_a_page_or_says_that_there_is_none(reader: TestClient) -> None:
    text = reader.get("/ar/reports").text
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', text, re.DOTALL)
    assert len(rows) >= 8
    for row in rows:
        cells = re.findall(r"<td>.*?</td>", row, re.DOTALL)
        assert len(cells) == 4
        for cell in cells:
            address = re.search(r'href="([^"]+)"', cell)
            assert (reader.get(address[1]).status_code == 200) if address else "لم يُذكر" in cell


def test_every_theme_of_the_table_of_reports_leads_to_what_was_written_of_it(reader: TestClient) -> None:
    rows = re.findall(r'<th scope="row"><a href="([^"]+)"', reader.get("/fr/reports").text)
    assert "/fr/themes/access-to-information" in rows, "which reports treat and none is filed under"
    assert {reader.get(row).status_code for row in rows} == {200}


def test_a_practice_is_proved_page_by_page(reader: TestClient, demo: tuple[Services, Summary]) -> None:
    with demo[0].database.reading() as session:
        found = documents.by_import_id(session, "demo-practice-single-window")
        assert found is not None
        id = found.id
    text = reader.get(f"/ar/d/{id}").text
    cited = set(re.findall(r'class="src" href="([^"]+)"', text))
    assert len(cited) == 2
    assert all(reader.get(address).status_code == 200 for address in cited)
    assert "بلا صفحة مصدر" in text


def test_laws_say_what_amends_and_repeals_them(reader: TestClient) -> None:
    text = reader.get("/ar/laws?sort=number").text
    numbers = re.findall(r'<bdi dir="ltr">(900\.\d\d)</bdi>', text)
    assert numbers == sorted(numbers)
    assert len(numbers) >= 6
    assert "منسوخ" in text
    assert "مغير ومتمم" in text


def test_a_list_can_be_taken_along(reader: TestClient) -> None:
    text = reader.get("/ar/practices?level=provincial").text
    address = re.search(r'href="(/ar/browse/export\.csv[^"]+)"', text)
    assert address
    rows = reader.get(address[1].replace("&amp;", "&")).text.strip().splitlines()
    assert len(rows) == 3
