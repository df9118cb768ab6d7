"""The language of the search box and its precision, asked of the demo library over HTTP."""

import re
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from kb.catalog.tables import Document
from kb.search.query import Precision
from kb.services.context import Services
from kb.services.importing import Summary
from kb.web.pages.guide import groups
from kb.web.words import LANGUAGES

pytestmark = pytest.mark.slow
EXAMPLES = [
    (language, example.q[language], example.precision)
    for group in groups()
    for example in group.examples
    for language in LANGUAGES
]


def asked(reader: TestClient, q: str = "", **more: Any) -> dict[str, Any]:
    response = reader.get("/api/v1/search", params={"q": q, "size": 100, **more})
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [hit["id"] for hit in found["hits"]]


@pytest.fixture
def names(demo: tuple[Services, Summary]) -> dict[str, str]:
    """The import ids of the documents by their own."""
    with demo[0].database.reading() as session:
        return {row.id: row.import_id or "" for row in session.query(Document)}


@pytest.mark.parametrize(("language", "q", "precision"), EXAMPLES)
def test_each_example_of_the_help_page_finds_something(
    reader: TestClient, language: str, q: str, precision: str
) -> None:
    page = unescape(reader.get(f"/{language}/help/search").text)
    assert f"<bdi>{q}</bdi>" in page
    found = asked(reader, q, **({"precision": precision} if precision else {}))
    assert found["total"] > 0
    assert found["notices"] == []


# Ten reference questions of the language: what is typed, and the document that comes first.
@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("القانون رقم 900.01", "demo-law-services"),
        ("loi n° 900-01", "demo-law-services"),
        ("01-900", "demo-law-services"),
        ("رقم:900.02", "demo-law-decree"),
        ("مرسوم ٩٠٠.٠٢", "demo-law-decree"),
        ("عنوان:رسملة نوع:دليل", "demo-guide-capitalisation"),
        ("type:law المنشور رقم:900.05", "demo-law-circular"),
        ('جهة:"جماعة واحة الزيتون" شكاية', "demo-booklet-complaints"),
        ("تقرير سنة:2020 حصيلة", "demo-report-2020"),
        ("«العمل عن بعد» دليل -بنكية", "demo-guide-telework"),
    ],
)  # fmt: skip
def test_a_question_in_the_language_finds_its_document(
    reader: TestClient, names: dict[str, str], q: str, first: str
) -> None:
    assert names[ids(asked(reader, q))[0]] == first


def test_fields_mean_the_same_in_three_languages(reader: TestClient) -> None:
    for same in (
        ("نوع:دليل", "type:guide", "النوع:guide"),
        ("سنة:2021..2022", "année:2021..2022", "year:٢٠٢١..٢٠٢٢", "سنة:2021-2022"),
        ("لغة:الفرنسية", "langue:français", "language:fr", "language:French"),
        ('موضوع:"تبسيط المساطر"', "thème:simplification", 'theme:"simplification of procedures"'),
        ("نوع:قانون", "type:loi"),
        ("رقم:900.05", "numéro:900-05", "number:900.05"),
    ):  # fmt: skip
        answers = [set(ids(asked(reader, q))) for q in same]
        assert answers[0]
        assert all(answer == answers[0] for answer in answers), same


def test_a_flipped_number_is_labelled_on_the_page(reader: TestClient) -> None:
    assert asked(reader, "01-900")["hits"][0]["labels"] == ["number-flipped"]
    assert "الرقم معكوس" in reader.get("/ar/search", params={"q": "01-900"}).text
    assert "الرقم معكوس" not in reader.get("/ar/search", params={"q": "900-01"}).text


def test_a_phrase_that_nothing_holds_falls_back_to_its_words_with_a_notice(reader: TestClient) -> None:
    found = asked(reader, '"تبسيط الرخص"')
    assert found["notices"] == ["phrase-loosened"]
    assert found["total"] > 0
    assert "لم نجد العبارة" in reader.get("/ar/search", params={"q": '"تبسيط الرخص"'}).text
    assert asked(reader, '"ططط ظظظ"')["notices"] == []


def test_a_value_that_no_label_is_like_is_searched_for_as_words(reader: TestClient) -> None:
    found = asked(reader, "نوع:المساطر")
    assert found["notices"] == ["field-unknown"]
    assert ids(found) == ids(asked(reader, "المساطر"))


@pytest.mark.parametrize("name", ["august", "غشت", "أغسطس", "آب", "août"])
def test_months_meet_whatever_their_name(reader: TestClient, name: str) -> None:
    def dated(q: str) -> list[str]:
        return ids(asked(reader, q, precision="written"))

    assert set(dated("غشت 2021")[:1]) == set(dated(f"{name} 2021")[:1]) != set()


def test_the_advanced_form_asks_what_the_box_cannot(reader: TestClient) -> None:
    every = asked(reader, all="تبسيط المساطر")["total"]
    assert 0 < every < asked(reader, any="تبسيط المساطر")["total"]
    assert asked(reader, all="تبسيط المساطر", none="الرخص")["total"] < every
    assert asked(reader, all="هاكاثون أو رسملة")["total"] >= asked(reader, all="رسملة")["total"] > 0
    assert asked(reader, all="المساطر ليس الرخص")["total"] == asked(reader, all="المساطر", none="الرخص")["total"]
    assert asked(reader, "هاكاثون أو رسملة ليس")["total"] > 0
    page = unescape(reader.get("/ar/search", params={"all": "تبسيط المساطر", "none": "الرخص", "v": "1"}).text)
    assert '<b dir="auto">الرخص</b>' in page  # fmt: skip
    form = unescape(reader.get("/ar/search/advanced", params={"all": "تبسيط المساطر", "precision": "same"}).text)
    assert 'value="تبسيط المساطر"' in form
    assert '<option value="same" selected>' in form


# Ten reference questions of precision: as written finds less than the same word, that less than near words, and
# each total is that of the facets.
@pytest.mark.parametrize(
    "q", ["إدارة", "المسطرة", "مساطر", "الرخص", "شكايات", "الموظفون", "procédure", "usagers", "data", "أداء"]
)
def test_precision_narrows_totals_facets_and_pages_alike(reader: TestClient, q: str) -> None:
    found = {precision: asked(reader, q, precision=precision) for precision in Precision}
    sets = [set(ids(found[precision])) for precision in Precision]
    assert sets[0] <= sets[1] <= sets[2]
    assert sets[2] == set(ids(asked(reader, q)))
    for precision, answer in found.items():
        types = next(facet for facet in answer["facets"] if facet["name"] == "type")
        assert answer["total"] == len(answer["hits"]) == sum(value["count"] for value in types["values"])
        page = reader.get("/ar/search", params={"q": q, "precision": precision}).text
        assert f'<option value="{precision}" selected>' in page


def test_as_written_honours_what_was_typed(reader: TestClient) -> None:
    def total(q: str, precision: str) -> int:
        return int(asked(reader, q, precision=precision)["total"])

    assert total("إدارة", "written") > 0 == total("اداره", "written")
    assert total("اداره", "same") == total("إدارة", "same") > total("إدارة", "written")
    assert total("procedure", "written") < total("procédure", "written") < total("procedure", "near") + 1


def test_every_link_of_an_answer_carries_the_precision_and_the_version(reader: TestClient) -> None:
    page = unescape(reader.get("/ar/search", params={"q": "المساطر", "precision": "same"}).text)
    links = re.findall(r'href="(/ar/search\?[^"]*page=2[^"]*)"', page)
    assert links
    assert all("precision=same" in link and "v=1" in link for link in links)
    assert re.findall(r'<input type="hidden" name="(?:v|precision)" value="(\w+)">', page).count("same") >= 2
    assert ids(asked(reader, "المساطر", v=1)) == ids(asked(reader, "المساطر"))
