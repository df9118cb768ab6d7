"""The result page, as a reader uses it."""

import datetime as dt
import html
import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from starlette.testclient import TestClient

from kb.catalog import searched
from kb.web.site import create_site
from tests.visited import House


def hits(text: str) -> list[str]:
    """The ids of the documents found, in order."""
    return re.findall(r'<h2[^>]*><a href="/[a-z]{2}/d/([a-z0-9]{10})', text)


def test_the_guide_comes_first_and_its_words_are_marked(visitor: TestClient, house: House) -> None:
    text = visitor.get("/ar/search?q=تبسيط المساطر").text
    assert hits(text)[0] == house.ids["guide"]
    assert "<mark>تبسيط المساطر</mark>" in text


def test_a_hit_leads_to_the_page_it_was_found_on(visitor: TestClient, house: House) -> None:
    text = visitor.get("/ar/search?q=الجرد والتدوين والمصادقة").text
    link = f"/ar/d/{house.ids['guide']}/f/1/p/2?q="
    assert link in text
    address = re.search(re.escape(link) + '[^"]*', text)
    assert address is not None
    page = visitor.get(html.unescape(address[0]), follow_redirects=True).text
    assert '<mark id="hit-1" class="cur">الجرد</mark>' in page


def test_each_place_of_a_hit_is_named_once(visitor: TestClient) -> None:
    text = visitor.get("/ar/search?q=تبسيط المساطر").text
    named = re.findall(r'<div class="pghits">(.*?)</div>', text)
    assert named
    for hit in named:
        places = re.findall(r'<a href="([^"]+)">', hit)
        assert len(places) == len(set(places))
        pages = [int(number) for number in re.findall(r"/f/1/p/([0-9]+)", " ".join(places))]
        assert pages == sorted(pages)
        assert all("/p/" in place or "#f-" in place for place in places), "a place that is none"


def test_a_sheet_without_a_file_is_found_by_its_field(visitor: TestClient, house: House) -> None:
    text = visitor.get("/ar/search?q=متوسط وقت الانتظار").text
    assert f"/ar/d/{house.ids['practice']}" in text
    anchor = re.search(rf"/ar/d/{house.ids['practice']}[^\"]*#(f-[a-z_]+)", text)
    assert anchor is not None
    assert f'id="{anchor[1]}"' in visitor.get(f"/ar/d/{house.ids['practice']}").text


def test_filters_narrow_and_each_is_removed_by_a_plain_link(visitor: TestClient, house: House) -> None:
    text = visitor.get("/ar/search?type=publication&language=fr").text
    assert hits(text) == [house.ids["accueil"]]
    links = re.findall(r'<a class="chip on" href="([^"]+)"', text)
    asked = [parse_qs(urlsplit(link.replace("&amp;", "&")).query) for link in links]
    assert sorted(asked, key=str) == [{"language": ["fr"]}, {"type": ["publication"]}]


def test_a_filter_without_results_can_still_be_removed(visitor: TestClient) -> None:
    text = visitor.get("/ar/search?q=تبسيط&organisation=nobody").text
    assert "أزل التصفية" in text
    assert 'class="chip on" href="/ar/search?q=' in text


def test_no_result_says_what_to_do_next(visitor: TestClient) -> None:
    answer = visitor.get("/ar/search?q=زقزقزقزقزق")
    assert answer.status_code == 200
    assert "لا نتائج لعبارة «<bdi>زقزقزقزقزق</bdi>»" in answer.text
    assert 'class="btn pri" href="/ar/themes"' in answer.text


def test_a_page_beyond_the_last_leads_back(visitor: TestClient) -> None:
    text = visitor.get("/ar/search?page=40").text
    assert "لا نتائج في هذه الصفحة" in text


def test_a_long_question_is_cut_with_a_notice(visitor: TestClient, house: House) -> None:
    limit = house.services.settings.max_query_chars
    assert "سؤالك طويل" not in visitor.get("/ar/search", params={"q": "ب" * limit}).text
    answer = visitor.get("/ar/search", params={"q": "ب" * (limit + 1)})
    assert answer.status_code == 200
    assert "سؤالك طويل" in answer.text


def test_sorting_by_date_turns_the_order_round(visitor: TestClient) -> None:
    newest = hits(visitor.get("/ar/search?sort=newest").text)
    oldest = hits(visitor.get("/ar/search?sort=oldest").text)
    dated = [id for id in newest if id in oldest]
    assert newest[0] != oldest[0]
    assert set(dated) == set(oldest)


def test_the_form_carries_the_question_and_the_order_along(visitor: TestClient) -> None:
    text = visitor.get("/ar/search?q=تبسيط&sort=newest&type=publication").text
    filters = text[text.index('id="filters"') : text.index("</details></form>")]
    assert 'name="q" value="تبسيط"' in filters
    assert 'name="sort" value="newest"' in filters
    assert 'name="type" value="publication" checked' in filters


def test_the_pager_keeps_the_question_and_the_filters(house: House) -> None:
    settings = house.services.settings.model_copy(update={"page_size": 1})
    site = create_site(replace(house.services, settings=settings))
    first = TestClient(site).get("/ar/search?type=publication&sort=title").text
    following = re.search(r'<a href="([^"]+)" rel="next"', first)
    assert following is not None
    assert following[1] == "/ar/search?type=publication&amp;sort=title&amp;page=2"
    second = TestClient(site).get(following[1].replace("&amp;", "&")).text
    assert len(hits(second)) == 1
    assert hits(second) != hits(first)


def test_a_withdrawn_document_is_not_found(visitor: TestClient, house: House) -> None:
    assert house.ids["withdrawn"] not in visitor.get("/ar/search?q=درس مسحوب").text


def test_the_result_page_names_its_json_twin(visitor: TestClient) -> None:
    text = visitor.get("/ar/search?q=تبسيط&type=publication").text
    twin = re.search(r'rel="alternate" type="application/json" href="([^"]+)"', text)
    assert twin is not None
    found = visitor.get(twin[1].replace("&amp;", "&")).json()
    assert [hit["id"] for hit in found["hits"]] == hits(text)


def test_a_search_is_counted_by_its_words_and_their_failure(visitor: TestClient, house: House) -> None:
    visitor.get("/ar/search?q=قرقرقرقرق")
    visitor.get("/ar/search?q=قرقرقرقرق&page=2")
    visitor.get("/api/v1/search?q=قَرقرقرقرق")
    visitor.get("/ar/search?q=amina@example.ma")
    house.services.recorder.write()
    with house.services.database.reading() as session:
        counted = {total.terms: total for total in searched.totals(session, dt.date(2000, 1, 1))}
    assert (counted["قرقرقرقرق"].asked, counted["قرقرقرقرق"].empty) == (2, 2)
    assert not any("amina" in terms for terms in counted)
