"""Ten questions to the result page: what it shows of an answer, and that each state of it is an address."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from kb.api.routes import create_router
from kb.services.context import Services
from kb.web.site import create_site
from tests.opening import library, take_in
from tests.web.test_search import hits

BODIES = ("الإدارة", "المكتب", "الأكاديمية", "الخزينة", "الجماعة", "بلدية", "معهد", "غرفة", "وكالة", "صندوق")
COUNT = 26
PLACES = ("الرباط", "فاس")
RARE = "يحدد أجل الجواب على طلب الحصول على المعلومات في عشرين يوما من أيام العمل"


def sidecar(number: int) -> str:
    body = f"{BODIES[number % 10]} {PLACES[number % 20 // 10]}"
    summary = RARE if number == 7 else f"خبر عن تبسيط المساطر رقم {number}."
    kind = "publication" if number % 4 == 0 else "news"
    more = "" if number % 4 == 0 else f'[data]\nbody = {{ ar = "{summary}" }}\n'
    return (
        f'id = "made-{number:02}"\ntype = "{kind}"\ntitle = {{ ar = "خبر {number % 6}" }}\nlanguage = "ar"\n'
        f'summary = {{ ar = "{summary}" }}\ndate = "{2005 + number % 15}"\norganisation_text = "{body}"\n{more}'
    )


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("made")
    for number in range(COUNT):
        (folder / f"{number:02}.toml").write_text(sidecar(number), "utf-8")
    with library(tmp_path_factory.mktemp("results"), page_size=4) as services:
        summary = take_in(services, *sorted(Path(folder).glob("*.toml")))
        assert not summary.refused, summary.refused
        yield services


@pytest.fixture
def reader(services: Services) -> Iterator[TestClient]:
    with TestClient(create_site(services, create_router)) as client:
        yield client


def chips(text: str) -> dict[str, str]:
    """What each chip says, and where it leads."""
    found = re.findall(r'<a class="chip on[^"]*" href="([^"]+)">(.*?)</a>', text, re.DOTALL)
    return {" ".join(re.sub("<[^>]+>", " ", said).split()): unescape(address) for address, said in found}


def every_page(reader: TestClient, address: str) -> list[str]:
    found: list[str] = []
    following: str | None = address
    while following:
        text = reader.get(following).text
        found += hits(text)
        link = re.search(r'<a href="([^"]+)" rel="next"', text)
        following = unescape(link[1]) if link else None
    return found


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "title"])
@pytest.mark.parametrize("q", ["", "q=خبر تبسيط المساطر&"])
def test_all_pages_hold_each_document_once_in_the_order_of_the_whole(services: Services, q: str, sort: str) -> None:
    with TestClient(create_site(services, create_router)) as reader:
        paged = every_page(reader, f"/ar/search?{q}sort={sort}")
    whole = replace(services, settings=services.settings.model_copy(update={"page_size": 100}))
    with TestClient(create_site(whole, create_router)) as reader:
        assert paged == hits(reader.get(f"/ar/search?{q}sort={sort}").text)
    assert len(set(paged)) == len(paged) == COUNT


def test_an_excluded_value_is_left_out_told_and_let_in_again_by_a_link(reader: TestClient) -> None:
    whole = reader.get("/ar/search?q=تبسيط").text
    link = re.search(r'<a class="not" href="([^"]+not_type=publication[^"]*)"', whole)
    assert link is not None
    text = reader.get(unescape(link[1])).text
    told = next(said for said in chips(text) if "ليس" in said)
    assert "نوع الوثيقة، ليس:" in told
    total = reader.get("/api/v1/search?q=تبسيط").json()["total"]
    left = reader.get("/api/v1/search?q=تبسيط&not_type=publication").json()
    assert 0 < left["total"] < total
    assert all(hit["type"] == "news" for hit in left["hits"])
    again = parse_qs(urlsplit(chips(text)[told]).query)
    assert "not_type" not in again
    assert again["q"] == ["تبسيط"]


def test_years_are_bound_at_both_ends_or_one_in_either_order_and_in_any_digits(reader: TestClient) -> None:
    def total(query: str) -> int:
        return int(reader.get(f"/api/v1/search?{query}").json()["total"])

    assert total("year_from=2006&year_to=2007") == total("year=2006&year=2007") == 4
    assert total("year_from=2007&year_to=2006") == 4
    assert total("year_from=2019") == total("year=2019") == 1
    assert total("year_to=2005") == 2
    text = reader.get("/ar/search?year_from=٢٠٠٦&year_to=2007").text
    assert len(every_page(reader, "/ar/search?year_from=٢٠٠٦&year_to=2007")) == 4
    assert 'name="year_from" inputmode="numeric" maxlength="4" autocomplete="off" value="2006"' in text
    assert any("2006–2007" in said for said in chips(text))
    assert any("منذ 2006" in said for said in chips(reader.get("/ar/search?year_from=2006").text))
    assert len(hits(reader.get("/ar/search?year_from=سنة&year_to=99999").text)) == 4


def test_a_range_leaves_the_bars_of_other_years_standing(reader: TestClient) -> None:
    text = reader.get("/ar/search?year_from=2006&year_to=2007").text
    bars = re.findall(r"<rect [^>]*?( class=\"in\")?/>", text[text.index('class="hist"') :])
    assert len(bars) == 15
    assert sum(bool(inside) for inside in bars) == 2


def test_counts_of_a_facet_respect_the_other_filters_and_what_is_excluded(reader: TestClient) -> None:
    def counts(query: str) -> dict[str, int]:
        facets = {facet["name"]: facet["values"] for facet in reader.get(f"/api/v1/search?{query}").json()["facets"]}
        return {value["value"]: value["count"] for value in facets["type"]}

    assert counts("") == {"publication": 7, "news": 19}
    assert counts("type=news") == counts("")
    assert counts("year=2006") == {"news": 1, "publication": 1}
    assert counts("year_from=2005&year_to=2006&not_year=2006") == {"publication": 1, "news": 1}
    assert counts("not_type=publication") == {"publication": 0, "news": 19}


def test_a_long_facet_leads_to_a_list_by_letters_without_articles(reader: TestClient) -> None:
    text = reader.get("/ar/search?q=تبسيط&type=news").text
    link = re.search(r'href="(/ar/search/facet/organisation[^"]+)">([^<]+)</a>', text)
    assert link is not None
    panel = text[text.index('id="filters"') : text.index("</details></form>")]
    assert panel.count('name="organisation"') == 6
    listed = reader.get(unescape(link[1])).text
    labels = re.findall(r'name="organisation" value="([^"]+)"', listed)
    assert link[2] == f"كل الجهات ({len(labels)})"
    assert re.findall("<section><h2>(.)</h2>", listed) == list("ابجخصغمو")
    assert labels[:3] == ["الإدارة فاس", "الأكاديمية الرباط", "بلدية الرباط"]
    assert 'name="q" value="تبسيط"' in listed
    assert 'name="type" value="news"' in listed
    assert reader.get("/ar/search/facet/nothing").status_code == 404


def test_values_chosen_in_the_list_of_a_facet_are_alternatives(reader: TestClient) -> None:
    listed = reader.get("/ar/search/facet/organisation").text
    counts = dict(re.findall(r'value="([^"]+)"><span dir="auto">[^<]+</span> ([0-9]+)</label>', listed))
    asked = "&".join(f"organisation={name}" for name in ("غرفة فاس", "وكالة الرباط"))
    found = every_page(reader, f"/ar/search?{asked}")
    assert len(found) == int(counts["غرفة فاس"]) + int(counts["وكالة الرباط"])


def test_a_passage_that_answers_is_quoted_with_its_source(reader: TestClient) -> None:
    text = reader.get("/ar/search?q=أجل الجواب على طلب الحصول على المعلومات").text
    box = re.search(r'<section class="quoted".*?</section>', text, re.DOTALL)
    assert box is not None
    assert "مقتطف من وثيقة" in box[0]
    assert "<mark>أجل الجواب</mark>" in box[0]
    source = re.search(r'المصدر: <a href="([^"]+)"', box[0])
    assert source is not None
    assert reader.get(unescape(source[1])).status_code == 200
    quoted = reader.get("/api/v1/search?q=أجل الجواب على طلب الحصول على المعلومات").json()["quoted"]
    assert quoted["text"].startswith("يحدد أجل الجواب")
    assert hits(text)[0] == quoted["id"]


@pytest.mark.parametrize(
    "query",
    ["", "q=المعلومات", "q=تبسيط المساطر", "q=أجل الجواب على المعلومات&sort=newest", "q=أجل الجواب زقزقزق طقطقطق"],
    ids=["nothing asked", "one word", "many documents alike", "another order", "half of the question"],
)
def test_no_passage_is_quoted_where_none_answers(reader: TestClient, query: str) -> None:
    assert 'class="quoted"' not in reader.get(f"/ar/search?{query}").text


def test_every_state_is_an_address_and_its_twin_says_the_same(reader: TestClient) -> None:
    state = (
        "q=خبر&v=1&precision=same&type=news&type=publication&year_from=2005&year_to=2018&not_organisation=غرفة فاس"
        "&sort=title&also=0&without=نبأ&former=1&page=2"
    )
    text = reader.get(f"/fr/search?{state}").text
    other = re.search(r'<a[^>]* href="(/ar/search[^"]+)"', text)
    assert other is not None
    assert parse_qs(urlsplit(unescape(other[1])).query) == parse_qs(state)
    twin = re.search(r'rel="alternate" type="application/json" href="([^"]+)"', text)
    assert twin is not None
    found = reader.get(unescape(twin[1]) + "&size=4").json()
    assert [hit["id"] for hit in found["hits"]] == hits(text)
    assert found["page"] == 2


def test_where_exclusion_and_years_leave_nothing_they_are_offered_to_be_lifted(reader: TestClient) -> None:
    text = reader.get("/ar/search?q=تبسيط&year_from=1900&year_to=1901").text
    assert "أزل التصفية «السنة: 1900–1901»" in text
    text = reader.get("/ar/search?q=تبسيط&not_type=news&not_type=publication").text
    assert "أعد ما استبعدته من «نوع الوثيقة»" in text


def test_a_document_names_those_most_like_it(reader: TestClient) -> None:
    id = hits(reader.get("/ar/search?q=تبسيط").text)[0]
    text = reader.get(f"/ar/d/{id}").text
    assert "وثائق مشابهة" in text
    found = reader.get(f"/api/v1/documents/{id}").json()["similar"]
    documents = reader.get(found).json()["documents"]
    assert 0 < len(documents) <= 5
    assert all(f'href="/ar/d/{one["id"]}"' in text for one in documents)
    assert id not in [one["id"] for one in documents]
    assert reader.get("/api/v1/documents/0000000000/similar").status_code == 404
