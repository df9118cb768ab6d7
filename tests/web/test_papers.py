"""PDF that readers take along: whole, without personal data, and found again by our own search."""

import unicodedata
from pathlib import Path

import pypdfium2
import pytest
from starlette.testclient import TestClient

from kb.app import worker
from kb.catalog.access import PUBLIC
from kb.core.settings import Settings
from kb.services import find, importing
from kb.services.answers import Ask
from tests.opening import house_of
from tests.visited import House


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    return " ".join(unicodedata.normalize("NFKC", "\n".join(pages)).split())


def test_the_sheet_of_a_practice_holds_its_fields_and_where_it_stands(visitor: TestClient, house: House) -> None:
    answer = visitor.get(f"/ar/d/{house.ids['practice']}/sheet.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert f'filename="rassid-{house.ids["practice"]}.pdf"' in answer.headers["content-disposition"]
    assert f"/URI (http://testserver/d/{house.ids['practice']})".encode() in answer.content
    text = text_of(answer.content)
    for told in ("ممارسة جيدة", "من يُتصل به", "كيف تستشهد بهذه الوثيقة", "تاريخ الاطلاع"):
        assert told in text


def test_no_personal_data_is_printed(visitor: TestClient, house: House) -> None:
    page = visitor.get(f"/ar/d/{house.ids['practice']}").text
    text = text_of(visitor.get(f"/ar/d/{house.ids['practice']}/sheet.pdf").content)
    assert "mailto:" in page, "the page of this document shows an address"
    assert "@" not in text


def test_a_sheet_in_french_runs_from_left_to_right(visitor: TestClient, house: House) -> None:
    answer = visitor.get(f"/fr/d/{house.ids['practice']}/sheet.pdf")
    assert b"/Lang (fr)" in answer.content
    assert "Bonne pratique" in text_of(answer.content)


@pytest.mark.parametrize("name", ["guide", "commitment", "news", "broken"])
def test_every_document_has_a_sheet(visitor: TestClient, house: House, name: str) -> None:
    assert visitor.get(f"/ar/d/{house.ids[name]}/sheet.pdf").content.startswith(b"%PDF")


def test_what_was_withdrawn_has_no_sheet(visitor: TestClient, house: House) -> None:
    assert visitor.get(f"/ar/d/{house.ids['withdrawn']}/sheet.pdf").status_code == 410


def test_what_is_browsed_is_taken_along(visitor: TestClient) -> None:
    rows = visitor.get("/ar/browse/export.csv?type=good_practice").text.splitlines()
    assert len(rows) == 1 + visitor.get("/api/v1/search?type=good_practice").json()["total"]
    assert "/ar/browse/export.xlsx?type=good_practice" in visitor.get("/ar/browse?type=good_practice").text
    named = visitor.get("/fr/browse/export.ris?type=good_practice&theme=simplification")
    assert "Bonnes%20pratiques" in named.headers["content-disposition"]
    assert visitor.get("/fr/browse/export.pdf").content.startswith(b"%PDF")


def test_exported_results_are_found_again_by_the_search_they_came_from(visitor: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "results.pdf"
    path.write_bytes(visitor.get("/ar/search/export.pdf?q=تبسيط المساطر").content)
    with house_of(Settings(home=tmp_path / "home")) as services:
        assert not importing.take_in(services, [path]).refused
        assert not worker(services).drain().failed
        for q in ("تبسيط المساطر", '"تبسيط المساطر"'):
            answer = find.find(services, Ask(q=q), PUBLIC, "ar")
            assert answer.total == 1
            assert answer.found[0].quotes[0].marked
