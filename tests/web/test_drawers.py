"""The pages of each content type: narrowed by its own fields, in the orders that fit it, never failing."""

import datetime as dt

import pytest
from starlette.testclient import TestClient

from kb.services.drawer import Entry
from kb.services.views import Card, FieldShown, RelationShown, Said
from kb.web import browsing, drawers
from kb.web.drawers import PLACES
from tests.visited import House

TODAY = dt.date(2026, 7, 2)


@pytest.mark.parametrize("place", [*PLACES, "reports", "practices/compare"])
@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_every_page_is_there_in_every_language(visitor: TestClient, place: str, language: str) -> None:
    answer = visitor.get(f"/{language}/{place}")
    assert answer.status_code == 200
    assert "<h1" in answer.text


def test_practices_are_narrowed_by_their_fields(visitor: TestClient, house: House) -> None:
    link = f'/ar/d/{house.ids["practice"]}"'
    assert link in visitor.get("/ar/practices?level=regional&stage=extended&theme=reception").text
    narrowed = visitor.get("/ar/practices?level=central").text
    assert link not in narrowed
    assert 'href="/ar/practices"' in narrowed  # the filter can be taken back


def test_fields_of_other_types_narrow_nothing(visitor: TestClient, house: House) -> None:
    assert f'/ar/d/{house.ids["practice"]}"' in visitor.get("/ar/practices?status=done&nature=failure").text


def test_a_page_lists_its_own_type_alone(visitor: TestClient, house: House) -> None:
    text = visitor.get("/ar/news?type=good_practice").text
    assert house.ids["news"] in text
    assert house.ids["practice"] not in text


def test_a_type_without_documents_says_so(visitor: TestClient) -> None:
    assert "لا توجد في المنصة بعد وثيقة من هذا النوع" in visitor.get("/ar/laws").text
    assert "لا توجد في المنصة بعد وثيقة من هذا النوع" in visitor.get("/ar/reports").text


@pytest.mark.parametrize(
    "query", ["level=%00&level=<i>", "page=99999", "page=-1", "sort=drop", "year_from=x", "level=" + "a" * 5000]
)
def test_no_query_string_breaks_a_page(visitor: TestClient, query: str) -> None:
    answer = visitor.get(f"/ar/practices?{query}")
    assert answer.status_code in {200, 414}
    assert "<i>" not in answer.text


def test_an_order_that_a_page_does_not_offer_is_its_own(visitor: TestClient) -> None:
    assert '<option value="newest" selected>' in visitor.get("/ar/practices?sort=number").text


def test_an_address_gives_back_what_it_was_read_from() -> None:
    pairs = [("theme", "reception"), ("kind", "decree"), ("year_from", "2019"), ("sort", "number")]
    wanted = browsing.read(pairs)
    assert drawers.pairs_of(PLACES["laws"], wanted, 2) == [
        ("theme", "reception"),
        ("year_from", "2019"),
        ("kind", "decree"),
        ("sort", "number"),
        ("page", "2"),
    ]


def law(*relations: RelationShown, **days: str) -> Entry:
    fields = {
        name: FieldShown(name, name, "date", {"first": day, "last": day, "precision": "day", "text": ""})
        for name, day in days.items()
    }
    card = Card("aaaaaaaaaa", "law", "law", Said("نص"))  # type: ignore[arg-type]  # an id
    return Entry(card, fields, relations)


def said(kind: str, *, inverse: bool = True) -> RelationShown:
    return RelationShown("", None, kind=kind, inverse=inverse)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (law(said("amends"), said("repeals")), "repealed"),
        (law(said("replaces"), in_force_from="2019-01-01"), "replaced"),
        (law(said("amends"), in_force_from="2019-01-01"), "amended"),
        (law(said("repeals", inverse=False), in_force_from="2019-01-01"), "in-force"),
        (law(in_force_from="2019-01-01", in_force_to="2020-01-01"), "ended"),
        (law(in_force_from="2027-01-01"), "future"),
        (law(), ""),
    ],
)
def test_how_a_text_of_law_stands_is_said_only_where_it_is_known(entry: Entry, expected: str) -> None:
    assert drawers.standing(entry, TODAY) == expected


def test_commitments_are_drawn_and_told_in_a_table(visitor: TestClient, house: House) -> None:
    text = visitor.get("/ar/commitments").text
    assert text.count('class="along"') == 1
    assert f'/ar/d/{house.ids["commitment"]}#f-activities"' in text
    assert "منجزة" in text
