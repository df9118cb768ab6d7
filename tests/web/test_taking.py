"""What a reader takes along: citations, files of a list, the reading list."""

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

from kb.web import statics
from kb.web.exports import Turns
from kb.web.site import create_site
from tests.visited import REASON, House


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


@pytest.fixture
def narrow(house: House) -> Iterator[TestClient]:
    """A house whose files hold two documents."""
    services = replace(house.services, settings=house.services.settings.model_copy(update={"export_rows": 2}))
    with TestClient(create_site(services)) as client:
        yield client


def test_the_box_of_a_document_cites_it_by_an_absolute_address(visitor: TestClient, house: House) -> None:
    text = visitor.get(f"/ar/d/{house.ids['guide']}").text
    assert f'<a href="http://testserver/d/{house.ids["guide"]}"><bdi dir="ltr">http://testserver/d/' in text
    assert 'class="printed"' in text
    page = visitor.get(f"/ar/d/{house.ids['guide']}/f/1/p/2").text
    assert f'href="http://testserver/d/{house.ids["guide"]}/f/1/p/2"' in page


def test_a_public_address_that_is_set_is_the_one_that_is_cited(house: House) -> None:
    public = house.services.settings.model_copy(update={"public_url": "https://library.example"})
    with TestClient(create_site(replace(house.services, settings=public))) as client:
        assert f"https://library.example/d/{house.ids['guide']}" in client.get(f"/ar/d/{house.ids['guide']}").text


def test_words_of_a_page_are_cited_without_a_script(visitor: TestClient, house: House) -> None:
    address = f"/ar/d/{house.ids['guide']}/cite"
    text = visitor.get(address, params={"page": "1", "words": "المساطر"}).text
    assert "«المساطر»" in text
    assert text.index("الأسلوب العربي") < text.index("الأسلوب الفرنسي")
    invented = visitor.get(address, params={"page": "1", "words": "كلمات لم تكتب قط"}).text
    assert "«كلمات لم تكتب قط»" not in invented
    assert "لا ترد هذه الكلمات في الصفحة" in invented


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=99", "page=1&file=9", "page=٢"])
def test_a_place_that_is_not_there_cannot_be_cited(visitor: TestClient, house: House, query: str) -> None:
    for rest in ("ar/d/{}/cite", "d/{}/cite.bib"):
        assert visitor.get(f"/{rest.format(house.ids['guide'])}?{query}").status_code == 404


def test_the_files_of_a_citation_are_read_by_others(visitor: TestClient, house: House) -> None:
    start = f"/d/{house.ids['guide']}/cite."
    bib = visitor.get(start + "bib?page=2")
    assert parse_string(bib.text).entries[0].key == f"rassid-{house.ids['guide']}-f1p2"
    assert bib.headers["content-disposition"].startswith("attachment; filename=")
    assert rispy.loads(visitor.get(start + "ris").text)[0]["id"] == f"rassid-{house.ids['guide']}"
    assert json.loads(visitor.get(start + "json").content)[0]["URL"] == f"http://testserver/d/{house.ids['guide']}"
    assert visitor.get(start + "xml").status_code == 404


def test_a_colon_is_written_as_each_language_writes_it(visitor: TestClient, house: House) -> None:
    address = f"d/{house.ids['guide']}/cite"
    assert "<title>Citer ce document\u00a0: " in visitor.get(f"/fr/{address}").text
    assert "Type de document\u00a0: <b" in visitor.get("/fr/search?type=law").text
    assert "Type of document: <b" in visitor.get("/en/search?type=law").text
    assert "<title>How to cite this document: " in visitor.get(f"/en/{address}").text


def test_what_was_withdrawn_cannot_be_cited(visitor: TestClient, house: House) -> None:
    assert visitor.get(f"/ar/d/{house.ids['withdrawn']}/cite").status_code == 410
    assert visitor.get(f"/d/{house.ids['withdrawn']}/cite.ris").status_code == 410


def test_the_permanent_address_of_a_citation_leads_to_the_preferred_language(visitor: TestClient, house: House) -> None:
    answer = visitor.get(f"/d/{house.ids['guide']}/cite?page=2", headers={"Accept-Language": "fr"})
    assert answer.headers["location"] == f"/fr/d/{house.ids['guide']}/cite?page=2"


def test_a_style_can_be_taken_along(visitor: TestClient) -> None:
    assert visitor.get("/styles/rassid-ar.csl").content.startswith(b"<?xml")
    assert visitor.get("/styles/rassid-de.csl").status_code == 404


def test_results_are_taken_along_with_the_passage_and_its_page(visitor: TestClient, house: House) -> None:
    answer = visitor.get("/ar/search/export.csv?q=المساطر")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    head, *lines = rows(answer.text)
    assert head[0] == "العنوان"
    found = next(dict(zip(head, line, strict=True)) for line in lines if line[-1] == house.ids["guide"])
    assert "المساطر" in found["المقتطف"]
    assert found["العنوان الدائم"] == f"http://testserver/d/{house.ids['guide']}/f/1/p/{found['صفحة المقتطف']}"
    name = answer.headers["content-disposition"]
    assert unquote(name).split("UTF-8''")[1].startswith("نتائج البحث عن المساطر ")
    assert re.search(r'filename="rassid-[0-9-]+\.csv"', name)


def test_the_name_of_a_file_holds_what_was_asked_letter_by_letter(visitor: TestClient) -> None:
    name = visitor.get("/fr/search/export.csv", params={"q": "R&D \u202e<b>x"}).headers["content-disposition"]
    assert unquote(name).split("UTF-8''")[1].startswith("Résultats pour R&D <b>x ")


def test_the_columns_are_named_in_the_reader_s_language(visitor: TestClient) -> None:
    assert visitor.get("/fr/search/export.csv").text.startswith("\ufeffTitre;Organisme;")
    assert visitor.get("/en/search/export.csv").text.startswith("\ufeffTitle,Organisation,")


def test_every_file_of_a_search_holds_what_the_search_finds(visitor: TestClient) -> None:
    total = visitor.get("/api/v1/search?q=المساطر").json()["total"]
    start = "/ar/search/export."
    assert len(rows(visitor.get(start + "csv?q=المساطر&page=7").text)) == total + 1
    book = CalamineWorkbook.from_filelike(io.BytesIO(visitor.get(start + "xlsx?q=المساطر").content))
    assert len(book.get_sheet_by_index(0).to_python()) == total + 1
    assert len(rispy.loads(visitor.get(start + "ris?q=المساطر").text)) == total
    assert len(parse_string(visitor.get(start + "bib?q=المساطر").text).entries) == total
    assert visitor.get(start + "exe?q=المساطر").status_code == 404


def test_filters_hold_for_files_too(visitor: TestClient, house: House) -> None:
    lines = rows(visitor.get("/ar/search/export.csv?type=good_practice").text)[1:]
    assert {line[3] for line in lines} == {"ممارسة جيدة"}


def test_a_file_says_that_it_is_not_all(narrow: TestClient) -> None:
    lines = rows(narrow.get("/ar/search/export.csv").text)
    assert len(lines) == 4
    assert lines[-1][0].startswith("ليس في هذا الملف كل الوثائق: 2 من أصل ")
    assert narrow.get("/ar/search/export.bib").text.startswith("@comment{ليس في هذا الملف")
    assert "في الملف 2 وثيقة على الأكثر" in narrow.get("/ar/search").text


def test_no_more_files_are_made_at_once_than_is_set(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.web.exports.WAIT", 0.01)
    site = create_site(house.services)
    turns: Turns = site.state.turns
    with TestClient(site) as client, turns.turn(), turns.turn():
        answer = client.get("/ar/search/export.csv")
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
        assert client.get("/ar/search").status_code == 200


def test_a_reading_list_is_its_address(visitor: TestClient, house: House) -> None:
    ids = [house.ids["practice"], house.ids["guide"], house.ids["practice"]]
    text = visitor.get("/ar/reading-list", params={"id": ids}).text
    assert text.index(f'href="/ar/d/{ids[0]}"') < text.index(f'href="/ar/d/{ids[1]}"')
    assert f"http://testserver/ar/reading-list?id={ids[0]}&amp;id={ids[1]}</bdi>" in text
    assert f'href="/ar/reading-list?id={ids[1]}" data-drop="{ids[0]}"' in text


def test_a_reading_list_says_what_is_no_longer_there(visitor: TestClient, house: House) -> None:
    text = visitor.get(
        "/ar/reading-list", params={"id": [house.ids["withdrawn"], house.ids["guide"], "aaaaaaaaaa"]}
    ).text
    assert REASON in text
    assert "وثيقتان من اللائحة لم تعودا متاحتين" in text
    assert f'href="/ar/d/{house.ids["guide"]}"' in text


def test_the_files_of_a_reading_list_hold_exactly_the_list(visitor: TestClient, house: House) -> None:
    ids = [house.ids["practice"], house.ids["withdrawn"], house.ids["guide"]]
    lines = rows(visitor.get("/ar/reading-list/export.csv", params={"id": ids}).text)
    assert [line[-1] for line in lines[1:]] == [ids[0], ids[2]]
    assert len(rispy.loads(visitor.get("/ar/reading-list/export.ris", params={"id": ids}).text)) == 2


def test_a_reading_list_is_no_longer_than_is_set(visitor: TestClient, house: House) -> None:
    ids = [house.ids["guide"], *(f"{n:010d}" for n in range(250))]
    text = visitor.get("/ar/reading-list", params={"id": ids}).text
    assert "لا تتسع اللائحة لأكثر من 200 وثيقة" in text


@pytest.mark.parametrize("id", ["../../etc", "", "A" * 10, "<script>", "a' or 1", "٠١٢٣٤٥٦٧٨٩"])
def test_what_is_no_identifier_is_on_no_list(visitor: TestClient, id: str) -> None:
    answer = visitor.get("/ar/reading-list", params={"id": id})
    assert answer.status_code == 200
    assert "لائحة القراءة فارغة" in answer.text


def test_the_script_of_this_part_weighs_less_than_a_kilobyte() -> None:
    assert len(gzip.compress(statics.load().files["take.js"].body, 9, mtime=0)) <= 1024
