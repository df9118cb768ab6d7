"""A document's pages, its versions and its stored file."""

import re

import pytest
from starlette.testclient import TestClient

from tests.visited import REASON, House


def test_the_text_of_a_page_is_shown_with_marks_and_where_else_they_are(visitor: TestClient, house: House) -> None:
    text = visitor.get(f"/ar/d/{house.ids['guide']}/f/1/p/1?q=المساطر").text
    article = text[text.index("<article") : text.index("</article>")]
    assert '<mark id="hit-1" class="cur">المساطر</mark>' in article
    assert '<mark id="hit-2">المساطر</mark>' in article
    assert 'lang="ar" dir="rtl"' in article
    assert f"/ar/d/{house.ids['guide']}/f/1/p/2?q=" in text


def test_every_page_of_a_file_can_be_turned_to(visitor: TestClient, house: House) -> None:
    first = visitor.get(f"/ar/d/{house.ids['guide']}/f/1/p/1").text
    assert "الصفحة 1 من 3" in first
    assert 'rel="next">الصفحة 2' in first
    last = visitor.get(f"/ar/d/{house.ids['guide']}/f/1/p/3").text
    assert "قياس الأثر" in last
    assert 'rel="next">' not in last


def test_a_relation_is_read_from_both_sides(visitor: TestClient, house: House) -> None:
    assert f"/ar/d/{house.ids['guide']}" in visitor.get(f"/ar/d/{house.ids['practice']}").text
    guide = visitor.get(f"/ar/d/{house.ids['guide']}").text
    assert f"/ar/d/{house.ids['practice']}" in guide
    assert "القانون 55.19" in guide
    assert "غير متوفرة في المنصة بعد" in guide


def test_a_commitment_shows_its_activities_with_progress(visitor: TestClient, house: House) -> None:
    text = visitor.get(f"/ar/d/{house.ids['commitment']}").text
    assert '<progress max="100" value="70"' in text
    assert "تأهيل الموقع الثاني" in text


def test_a_sheet_is_grouped_as_its_type_says(visitor: TestClient, house: House) -> None:
    text = visitor.get(f"/ar/d/{house.ids['practice']}").text
    order = [text.index(f'id="{anchor}"') for anchor in ("g-problem", "g-solution", "g-results", "g-replication")]
    assert order == sorted(order)


def test_a_file_that_cannot_be_read_says_why_and_what_to_do(visitor: TestClient, house: House) -> None:
    text = visitor.get(f"/ar/d/{house.ids['broken']}").text
    assert "تعذرت قراءة الملف: يبدو تالفا" in text
    assert "أعد إيداعه" in text


def test_a_withdrawn_document_is_gone_with_its_reason(visitor: TestClient, house: House) -> None:
    for address in (f"/ar/d/{house.ids['withdrawn']}", f"/ar/d/{house.ids['withdrawn']}/v/1"):
        answer = visitor.get(address)
        assert answer.status_code == 410
        assert REASON in answer.text


@pytest.mark.parametrize("rest", ["", "/f/1/p/2", "/v/1"])
def test_a_permanent_address_leads_to_the_preferred_language(visitor: TestClient, house: House, rest: str) -> None:
    answer = visitor.get(f"/d/{house.ids['guide']}{rest}?q=a", headers={"Accept-Language": "fr"})
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/fr/d/{house.ids['guide']}{rest}?q=a"
    assert "Accept-Language" in answer.headers["vary"]


@pytest.mark.parametrize(
    "rest", ["/f/1/p/9", "/f/2/p/1", "/f/0/p/1", "/f/1/p/0", "/f/1/p/٢", "/f/1/p/99999999999999999999", "/v/99", "/x"]
)
def test_what_a_document_has_not_is_not_found(visitor: TestClient, house: House, rest: str) -> None:
    assert visitor.get(f"/ar/d/{house.ids['guide']}{rest}").status_code == 404


@pytest.mark.parametrize("id", ["aaaaaaaaaa", "short", "A234567890", "a' or 1=1--", "%2e%2e", "%00%00%00%00%00"])
def test_an_unknown_identifier_is_not_found(visitor: TestClient, id: str) -> None:
    assert visitor.get(f"/ar/d/{id}").status_code == 404


def test_a_stored_file_leaves_only_as_a_sandboxed_attachment(visitor: TestClient, house: House) -> None:
    answer = visitor.get(f"/d/{house.ids['guide']}/f/1/file")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == "attachment; filename=\"guide.txt\"; filename*=UTF-8''guide.txt"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "تبسيط المساطر" in answer.content.decode()
    assert "content-encoding" not in answer.headers


def test_a_part_of_a_file_can_be_asked_for(visitor: TestClient, house: House) -> None:
    address = f"/d/{house.ids['broken']}/f/1/file"
    part = visitor.get(address, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"%PDF")
    assert visitor.get(address, headers={"Range": "bytes=999-"}).status_code == 416


def test_a_file_that_the_visitor_holds_is_not_sent_again(visitor: TestClient, house: House) -> None:
    address = f"/d/{house.ids['broken']}/f/1/file"
    first = visitor.get(address)
    again = visitor.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert visitor.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/ar/", "/ar/search?q=a", "/api/v1/search?q=a", "/api/v1/documents/{guide}", "/ar/d/{guide}", "/d/{guide}"],
)
def test_no_cache_shows_what_may_be_withdrawn_meanwhile(visitor: TestClient, house: House, address: str) -> None:
    assert visitor.get(address.format(**house.ids)).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,3-4", "bytes=" + ",".join(["0-1"] * 500), "lines=1-2", "bytes=a-b", "bytes=5-1"]
)
def test_any_other_range_gives_the_whole_file(visitor: TestClient, house: House, asked: str) -> None:
    answer = visitor.get(f"/d/{house.ids['broken']}/f/1/file", headers={"Range": asked})
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-1.7")


def test_a_document_names_its_json_twin(visitor: TestClient, house: House) -> None:
    text = visitor.get(f"/ar/d/{house.ids['practice']}").text
    twin = re.search(r'rel="alternate" type="application/json" href="([^"]+)"', text)
    assert twin is not None
    assert visitor.get(twin[1]).json()["id"] == house.ids["practice"]


def test_personal_data_is_on_the_sheet_and_not_in_what_describes_it(visitor: TestClient, house: House) -> None:
    text = visitor.get(f"/ar/d/{house.ids['practice']}").text
    head = text[: text.index("</head>")]
    assert "prive@example.org" in text
    assert "prive@example.org" not in head
    assert "اسم شخصي سري" not in head
