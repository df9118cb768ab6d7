"""Other words, through the pages: ten questions of readers who do not use the words of the document."""

import html
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from kb.catalog.tables import Document
from kb.services.context import Services
from kb.services.importing import Summary
from kb.web.site import create_site

pytestmark = pytest.mark.slow

QUESTIONS = {
    "droit à la déconnexion télétravail": "demo-guide-telework",
    "expérience utilisateur": "demo-presentation-user-experience",
    "procès-verbal du comité de pilotage": "demo-minutes-steering",
    "silence de l'administration vaut accord": "demo-law-services",
    "banque de projets et prototype": "demo-bulletin-innovation",
    "déposer une plainte": "demo-booklet-complaints",
    "consultation publique livre blanc": "demo-news-white-paper",
    "رضا المرتفقين عن الشبابيك الجماعية دراسة": "demo-study-user-satisfaction-fr",
    "البيانات المفتوحة": "demo-commitment-open-data",
    "ذوي الاحتياجات الخاصة": "demo-guide-reception",
}


@pytest.fixture(scope="module")
def asked(demo: tuple[Services, Summary], site: FastAPI) -> Iterator[tuple[TestClient, dict[str, str]]]:
    with demo[0].database.reading() as session:
        ids = {str(row.import_id): row.id for row in session.scalars(select(Document))}
    with TestClient(site) as client:
        yield client, ids


def page(client: TestClient, q: str, **more: str) -> str:
    answer = client.get("/ar/search", params={"q": q, **more})
    assert answer.status_code == 200
    return answer.text


def hits(text: str) -> list[str]:
    return re.findall(r'<h2[^>]*><a href="/[a-z]{2}/d/([a-z0-9]{10})', text)


def removals(text: str) -> dict[str, str]:
    """The other words shown, each with the address of the search without it."""
    [section] = re.findall(r'<section class="also".*?</section>', text, re.DOTALL)
    chips = re.findall(r'<a class="chip on" href="([^"]+)"><span class="vh">[^<]*</span><span[^>]*>([^<]+)', section)
    return {html.unescape(word): html.unescape(address) for address, word in chips}


@pytest.mark.parametrize("q", QUESTIONS)
def test_the_document_is_among_the_first_three(asked: tuple[TestClient, dict[str, str]], q: str) -> None:
    client, ids = asked
    assert ids[QUESTIONS[q]] in hits(page(client, q))[:3]


def test_each_other_word_is_shown_and_a_plain_link_takes_it_away(asked: tuple[TestClient, dict[str, str]]) -> None:
    client, _ = asked
    shown = removals(page(client, "gouvernance"))
    assert "الحكامة" in shown
    address = shown["الحكامة"]
    assert parse_qs(urlsplit(address).query).items() >= {"q": ["gouvernance"], "without": ["الحكامة"]}.items()
    assert "الحكامة" not in re.findall(r'<span[^>]*lang="ar"[^>]*>([^<]+)</span>', client.get(address).text)


def test_all_other_words_are_taken_away_and_brought_back(asked: tuple[TestClient, dict[str, str]]) -> None:
    client, ids = asked
    wide = page(client, "expérience utilisateur")
    assert "يشمل البحث أيضا" in wide
    narrow = page(client, "expérience utilisateur", also="0")
    assert ids["demo-presentation-user-experience"] in hits(wide)
    assert ids["demo-presentation-user-experience"] not in hits(narrow)
    back = re.search(r'<p class="also hint">.*?href="([^"]+)"', narrow)
    assert back is not None
    assert hits(client.get(html.unescape(back[1])).text) == hits(wide)


def test_filters_keep_what_was_taken_away(asked: tuple[TestClient, dict[str, str]]) -> None:
    client, _ = asked
    text = page(client, "gouvernance", without="الحكامة")
    form = text[text.index('id="filters"') : text.index("</details></form>")]
    assert '<input type="hidden" name="without" value="الحكامة">' in form


def test_a_concept_that_nothing_holds_is_translated_word_by_word(asked: tuple[TestClient, dict[str, str]]) -> None:
    text = page(asked[0], "congé annuel")
    assert hits(text)
    assert "عطلة" in removals(text)


def test_other_words_that_found_nothing_are_not_shown(asked: tuple[TestClient, dict[str, str]]) -> None:
    client, _ = asked
    assert "saisie-arrêt" not in removals(page(client, "الحجز لدى الغير والحكامة"))


def test_the_page_of_a_hit_marks_the_other_words(asked: tuple[TestClient, dict[str, str]]) -> None:
    client, ids = asked
    text = client.get(f"/ar/d/{ids['demo-minutes-steering']}/f/1/p/1", params={"q": "comité de pilotage"}).text
    assert re.search(r"<mark[^>]*>ل?لجنة القيادة</mark>", text)


def test_json_tells_the_other_words_and_takes_them_away(asked: tuple[TestClient, dict[str, str]]) -> None:
    from kb.api.routes import create_router  # noqa: PLC0415 (the site of this module has no JSON)

    client, _ = asked
    services = client.app.state.house.services  # type: ignore[attr-defined]  # Starlette's own type is wider
    with TestClient(create_site(services, create_router)) as program:
        wide = program.get("/api/v1/search", params={"q": "gouvernance"}).json()
        assert {"text": "الحكامة", "language": "ar", "of": "gouvernance", "source": "thesaurus"} in wide["also"]
        without = program.get("/api/v1/search", params={"q": "gouvernance", "without": "الحكامة"}).json()
        assert "الحكامة" not in [also["text"] for also in without["also"]]
        assert program.get("/api/v1/search", params={"q": "gouvernance", "also": "false"}).json()["also"] == []
