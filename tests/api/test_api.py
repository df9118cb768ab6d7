"""The JSON that programs read."""

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from kb.api.models import Document, Problem, Results
from tests.visited import REASON, House


def test_a_search_answers_with_passages_marks_and_facets(visitor: TestClient, house: House) -> None:
    found = Results.model_validate(visitor.get("/api/v1/search?q=تبسيط المساطر").json())
    first = found.hits[0]
    assert first.id == house.ids["guide"]
    assert first.title.language == "ar"
    marked = {first.passages[0].text[mark.start : mark.end] for mark in first.passages[0].marks}
    assert any("تبسيط" in word for word in marked)
    assert {facet.name for facet in found.facets} == {"type", "year", "organisation", "theme", "language"}


def test_filters_sizes_and_pages_are_as_documented(visitor: TestClient) -> None:
    whole = visitor.get("/api/v1/search?type=publication&type=news&sort=title").json()
    assert {hit["type"] for hit in whole["hits"]} == {"publication", "news"}
    second = visitor.get("/api/v1/search?type=publication&type=news&sort=title&size=1&page=2").json()
    assert [hit["id"] for hit in second["hits"]] == [whole["hits"][1]["id"]]
    assert second["pages"] == whole["total"]


def test_a_document_comes_with_its_record_its_files_and_its_relations(visitor: TestClient, house: House) -> None:
    found = Document.model_validate(visitor.get(f"/api/v1/documents/{house.ids['guide']}").json())
    assert found.files[0].name == "guide.txt"
    assert found.files[0].pages == 3
    assert len(found.files[0].sha256) == 64
    assert {relation.document.id if relation.document else None for relation in found.relations} == {
        house.ids["practice"],
        None,
    }
    assert visitor.get(found.files[0].url).status_code == 200


def test_personal_data_stays_out(visitor: TestClient, house: House) -> None:
    answer = visitor.get(f"/api/v1/documents/{house.ids['practice']}")
    assert answer.json()["data"]["contact"] == {"role": "رئيس المصلحة"}
    for text in (answer.text, visitor.get("/api/v1/search?q=رئيس المصلحة").text):
        assert "prive@example.org" not in text


def test_labels_follow_the_language_asked_for(visitor: TestClient) -> None:
    labels = {
        language: {
            value["label"]
            for facet in visitor.get(f"/api/v1/search?labels={language}").json()["facets"]
            if facet["name"] == "type"
            for value in facet["values"]
        }
        for language in ("ar", "fr", "en")
    }
    assert "ممارسة جيدة" in labels["ar"]
    assert "Bonne pratique" in labels["fr"]
    assert "Good practice" in labels["en"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/documents/aaaaaaaaaa", 404),
        ("/api/v1/documents/{withdrawn}", 410),
        ("/api/v1/documents/short", 422),
        ("/api/v1/nothing", 404),
        ("/api/v1/search?page=0", 422),
        ("/api/v1/search?size=101", 422),
        ("/api/v1/search?sort=nonsense", 422),
        ("/api/v1/search?labels=de", 422),
        ("/api/v1/search?colour=green", 422),
        ("/api/v1/search?" + "&".join(["type=x"] * 51), 422),
    ],
)
def test_failures_are_problems_with_a_reference(visitor: TestClient, house: House, address: str, status: int) -> None:
    answer = visitor.get(address.format(**house.ids))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = TypeAdapter(Problem).validate_python(answer.json())
    assert problem.status == status
    assert len(problem.reference) == 8


def test_a_withdrawn_document_says_why(visitor: TestClient, house: House) -> None:
    assert visitor.get(f"/api/v1/documents/{house.ids['withdrawn']}").json()["detail"] == REASON


def test_a_refusal_before_routing_is_a_problem_too(visitor: TestClient) -> None:
    answer = visitor.get("/api/v1/search?q=" + "a" * 9000)
    assert (answer.status_code, answer.headers["content-type"]) == (414, "application/problem+json")
    assert visitor.post("/api/v1/search").headers["allow"] == "GET, HEAD, OPTIONS"


def test_the_description_holds_every_route_and_nothing_else(visitor: TestClient) -> None:
    described = visitor.get("/api/v1/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/v1/search",
        "/api/v1/suggest",
        "/api/v1/documents/{id}",
        "/api/v1/documents/{id}/similar",
        "/api/v1/documents/{id}/files/{number}/receipt",
    }
    named = [p["name"] for p in described["paths"]["/api/v1/search"]["get"]["parameters"]]
    wanted = {"q", "type", "year", "organisation", "theme", "language", "sort", "page", "size", "labels"}
    wanted |= {"also", "without", "former", "year_from", "year_to"}
    wanted |= {f"not_{name}" for name in ("type", "year", "organisation", "theme", "language")}
    assert set(named) == wanted | {"all", "any", "none", "phrase", "precision", "v"}
    for path in described["paths"].values():
        assert "application/problem+json" in path["get"]["responses"]["422"]["content"]


def test_the_receipt_of_a_file_is_given_with_words_that_find_it(visitor: TestClient, house: House) -> None:
    [file] = visitor.get(f"/api/v1/documents/{house.ids['guide']}").json()["files"]
    told = visitor.get(file["receipt"]).json()
    assert (told["state"], told["settled"], told["pages"]) == ("read", True, file["pages"])
    assert sum(told["origins"].values()) == file["pages"]
    for question in told["questions"]:
        answer = visitor.get("/api/v1/search", params={"q": question["text"]}).json()
        assert answer["hits"][question["place"] - 1]["id"] == house.ids["guide"]
    assert visitor.get(file["receipt"].replace("files/1", "files/99")).status_code == 404


def test_no_text_breaks_a_search(visitor: TestClient) -> None:
    for text in ("\x00", '"', "((((", "ا" * 1200, "😀", "\u202e", "NOT", "*:*", "؟؟؟"):
        answer = visitor.get("/api/v1/search", params={"q": text, "type": text[:50]})
        assert answer.status_code == 200, text
