"""Lists without a question: what they hold, how they narrow, turn and sort, and that no library makes them slow."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.api.routes import create_router
from kb.catalog import searched
from kb.catalog.tables import Tombstone
from kb.core.clock import new_id, now
from kb.services.context import Services
from kb.web.site import create_site
from tests.catalog.test_lists import queries
from tests.opening import library, take_in

TITLES = ("الإدارة الرقمية", "أرشيف", "بلاغ", "تدبير", "2020 حصيلة", "Zone d'accueil")
COUNT = 48


def sidecar(number: int) -> str:
    kind = ("news", "law", "publication")[number % 3]
    body = 'organisation = "mtnra"' if number % 4 == 0 else f'organisation_text = "بلدية {number % 15}"'
    data = {"news": '[data]\nbody = { ar = "خبر" }', "law": f'[data]\nkind = "law"\nnumber = "{number}.20"'}.get(
        kind, ""
    )
    return (
        f'id = "made-{number:02}"\ntype = "{kind}"\ntitle = {{ ar = "{TITLES[number % 6]} {number}" }}\n'
        f'language = "{("ar", "fr")[number % 2]}"\ndate = "{2001 + number % 12}"\n{body}\n'
        f'themes = ["{("digital", "reception")[number % 2]}"]\n{data}\n'
    )


@contextmanager
def made(home: Path, count: int) -> Iterator[Services]:
    folder = home / "made"
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:02}.toml").write_text(sidecar(number), "utf-8")
    with library(home / "home") as services:
        take_in(services, folder)
        yield services


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with made(tmp_path_factory.mktemp("many"), COUNT) as services:
        yield services


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with made(tmp_path_factory.mktemp("few"), 4) as services:
        yield services


@pytest.fixture
def reader(services: Services) -> Iterator[TestClient]:
    with TestClient(create_site(services, create_router)) as client:
        yield client


@pytest.fixture(scope="module")
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with (
        library(tmp_path_factory.mktemp("empty")) as services,
        TestClient(create_site(services, create_router)) as client,
    ):
        yield client


def titles(text: str) -> list[str]:
    return [unescape(title) for title in re.findall(r'<h2 class="ti[^>]*><a href="[^"]*">([^<]*)</a>', text)]


def total(text: str) -> str:
    found = re.search(r'<h1 id="results"[^>]*>([^<]*)</h1>', text)
    assert found
    return found[1]


def test_a_list_goes_through_the_library_in_the_order_of_the_alphabet(reader: TestClient) -> None:
    seen: list[str] = []
    address = "/ar/browse"
    while address:
        text = reader.get(address).text
        seen += titles(text)
        turn = re.search(r'<a href="([^"]+)" rel="next"', text)
        address = unescape(turn[1]) if turn else ""
    assert len(seen) == COUNT
    firsts = list(dict.fromkeys(title.rpartition(" ")[0] for title in seen))
    assert firsts == ["2020 حصيلة", "Zone d'accueil", "الإدارة الرقمية", "أرشيف", "بلاغ", "تدبير"]


def test_filters_narrow_and_each_chip_takes_one_back(reader: TestClient) -> None:
    text = reader.get("/ar/browse?type=law&year_from=2001&year_to=2003").text
    assert total(text) == "4 وثائق"
    chips = [unescape(link) for link in re.findall(r'<a class="chip on" href="([^"]+)"', text)]
    assert chips == ["/ar/browse?year_from=2001&year_to=2003", "/ar/browse?type=law"]
    assert total(reader.get(chips[0]).text) == "12 وثيقة"
    assert 'name="type" value="law" checked' in text


def test_the_index_of_letters_leads_to_titles_that_begin_so(reader: TestClient) -> None:
    text = reader.get("/ar/browse").text
    letters = re.search(r'<nav class="letters".*?</nav>', text, re.DOTALL)
    assert letters
    assert re.findall(r">([^<>]+)</a>", letters[0]) == ["أ", "ب", "ت", "0–9", "Z"]
    found = reader.get("/ar/browse?letter=ا").text
    assert total(found) == "16 وثيقة"
    assert {title.rpartition(" ")[0] for title in titles(found)} == {"الإدارة الرقمية", "أرشيف"}


def test_every_order_that_is_offered_is_kept_by_its_address(reader: TestClient) -> None:
    text = reader.get("/ar/browse?sort=oldest").text
    assert '<option value="oldest" selected>' in text
    years = [int(year) for year in re.findall(r'<span class="nb">(20\d\d)</span>', text)]
    assert years == sorted(years)
    assert 'name="sort" value="oldest"' in text


def test_a_page_beyond_the_last_and_a_list_of_nothing_lead_on(reader: TestClient) -> None:
    beyond = reader.get("/ar/browse?page=99")
    assert beyond.status_code == 200
    assert 'href="/ar/browse"' in beyond.text
    nothing = reader.get("/ar/browse?type=nothing")
    assert nothing.status_code == 200
    assert "لا وثائق تطابق هذه التصفية" in nothing.text


def test_a_field_of_a_type_narrows_under_its_own_name(reader: TestClient) -> None:
    text = reader.get("/fr/browse?kind=law").text
    assert total(text) == "16 documents"
    assert re.search(
        r'class="chip on" href="/fr/browse"><span class="vh">[^<]*</span><span>[^<:]+: <b dir="auto">Loi', text
    )


def test_a_theme_says_what_it_is_and_where_it_leads(reader: TestClient) -> None:
    text = reader.get("/ar/themes/digital").text
    assert "الخدمات عبر الأنترنت" in text
    assert 'href="/ar/browse?theme=digital"' in text
    assert 'href="/ar/themes/innovation"' in text
    assert "/ar/browse?theme=digital&amp;year_from=2001&amp;year_to=2001" in text
    assert "/ar/browse?theme=digital&amp;organisation=mtnra" in text


def test_a_theme_without_documents_says_so(reader: TestClient) -> None:
    text = reader.get("/ar/themes/gender").text
    assert "لا وثيقة في هذا الموضوع إلى الآن" in text
    assert 'href="/ar/themes"' in text


@pytest.mark.parametrize("address", ["/themes/nothing", "/organisations/nothing", "/browse/facet/nothing"])
def test_what_nobody_knows_is_not_found_and_leads_on(reader: TestClient, address: str) -> None:
    answer = reader.get(f"/ar{address}")
    assert answer.status_code == 404
    assert 'role="search"' in answer.text
    assert 'href="/ar/themes"' in answer.text


def test_bodies_are_listed_with_the_names_they_bore(reader: TestClient) -> None:
    text = reader.get("/ar/organisations").text
    assert re.search(r"سابقا: <span>وزارة تحديث القطاعات العامة</span> <span class=\"nb\">2002–2011</span>", text)
    assert 'href="/ar/organisations/%D8%A8%D9%84%D8%AF%D9%8A%D8%A9%201"' in text


def test_a_body_tells_its_names_and_leads_to_the_documents_of_each_time(reader: TestClient) -> None:
    text = reader.get("/ar/organisations/reform-department").text
    assert text.index("وزارة تحديث القطاعات العامة") < text.index("وزارة الوظيفة العمومية وتحديث الإدارة")
    assert 'href="/ar/organisations/mefra"' in text
    ministry = reader.get("/ar/organisations/mtnra").text
    assert 'href="/ar/organisations/reform-department"' in ministry
    assert 'href="/ar/organisations/mefra"' in ministry
    assert "12 وثيقة" in ministry


def test_a_count_of_a_time_is_what_its_link_finds(house_of_reform: TestClient) -> None:
    text = house_of_reform.get("/ar/organisations/reform-department").text
    times = re.search(r'<ol class="tl">.*?</ol>', text, re.DOTALL)
    assert times
    found = [(unescape(link), counted) for link, counted in re.findall(r'<a href="([^"]+)">([^<]+)</a>', times[0])]
    assert found
    for address, counted in found:
        assert total(house_of_reform.get(address).text) == counted


@pytest.fixture
def house_of_reform(tmp_path: Path) -> Iterator[TestClient]:
    folder = tmp_path / "given"
    folder.mkdir()
    for year in (2005, 2009, 2013, 2017, 2018, 2020, 2023):
        (folder / f"{year}.toml").write_text(
            f'id = "of-{year}"\ntype = "publication"\ntitle = {{ ar = "تقرير {year}" }}\ndate = "{year}"\n'
            'organisation = "reform-department"\n',
            "utf-8",
        )
    with library(tmp_path / "home") as services:
        take_in(services, folder)
        with TestClient(create_site(services, create_router)) as client:
            yield client


def test_a_name_that_is_only_printed_has_a_page(reader: TestClient) -> None:
    answer = reader.get("/ar/organisations/بلدية 1")
    assert answer.status_code == 200
    assert "اسم كما طُبع على الوثائق" in answer.text


def test_what_is_often_asked_is_shown_as_most_people_type_it(services: Services, reader: TestClient) -> None:
    assert "كثيرا ما يُبحث عن" not in reader.get("/ar/").text
    asked = {
        "الاداره الرقميه": searched.Tally(4, 0, {"الإدارة الرقمية": 3, "الاداره الرقميه": 1}),
        "لا يجد شيءا": searched.Tally(9, 9, {"لا يجد شيئا": 9}),
    }
    with services.database.writing() as session:
        for ago in range(3):
            searched.add(session, now().date() - dt.timedelta(days=ago), asked)
    for page in ("", "activity"):
        chips = re.findall(r'<a class="chip" href="([^"]*)" dir="auto">([^<]*)</a>', reader.get(f"/ar/{page}").text)
        assert [label for _, label in chips] == ["الإدارة الرقمية"]
        assert "الإدارة الرقمية" in reader.get(chips[0][0]).text


def test_years_lead_to_their_documents(reader: TestClient) -> None:
    text = reader.get("/ar/years").text
    assert text.count('<th scope="row"><a href="/ar/browse?year_from=') == 12
    assert total(reader.get("/ar/browse?year_from=2005&year_to=2005").text) == "4 وثائق"


@pytest.mark.parametrize("page", ["", "browse", "themes", "organisations", "types", "years", "collections", "activity"])
def test_an_empty_library_has_every_page(nobody: TestClient, page: str) -> None:
    answer = nobody.get(f"/ar/{page}")
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1


@pytest.mark.parametrize(
    "page", ["", "browse", "themes", "themes/digital", "organisations", "organisations/mtnra", "years", "activity"]
)
def test_a_page_takes_as_many_queries_for_many_documents_as_for_few(
    services: Services, few: Services, page: str
) -> None:
    sent = {}
    for house in (services, few):
        with house.database.writing() as session:  # so that nothing is remembered
            session.add(Tombstone(id=new_id()))
        with queries(house.database) as statements, TestClient(create_site(house, create_router)) as client:
            assert client.get(f"/ar/{page}").status_code == 200
        sent[id(house)] = len(statements)
    assert sent[id(services)] == sent[id(few)] <= 24


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("browse", "/ar/browse"),
        ("themes/digital", "/ar/themes"),
        ("organisations/mtnra", "/ar/organisations"),
        ("types", "/ar/types"),
        ("years", "/ar/years"),
    ],
)
def test_the_menu_marks_where_the_reader_is(reader: TestClient, page: str, name: str) -> None:
    menu = re.search(r'<nav class="nav".*?</nav>', reader.get(f"/ar/{page}").text, re.DOTALL)
    assert menu
    assert re.findall(r'<a href="([^"]+)" aria-current="page"', menu[0]) == [name]
