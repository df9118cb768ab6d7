"""Suggestions: what begins as typed, in any spelling, of what the visitor may see and nothing else."""

import datetime as dt
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from kb.app import open_services, worker
from kb.catalog import documents, searched, workflow
from kb.catalog.searched import Tally
from kb.catalog.tables import State
from kb.core.clock import now
from kb.core.settings import Settings
from kb.services import suggest
from kb.services.context import Services
from tests.visited import WITHDRAWN, House

PUBLIC = frozenset({"public"})


def texts(visitor: TestClient, typed: str, labels: str = "ar") -> list[str]:
    answer = visitor.get("/api/v1/suggest", params={"q": typed, "labels": labels})
    assert answer.status_code == 200
    return [one["text"] for one in answer.json()["suggestions"]]


@pytest.mark.parametrize(
    "typed", ["تبسيط المس", "تبسيط مساطر", "تَبْسيط", "دليل تبس", "الدليل", "المساطر الادا", "اداريه", "إداري"]
)
def test_a_title_is_found_by_the_beginning_of_its_words_in_any_spelling(visitor: TestClient, typed: str) -> None:
    assert "دليل تبسيط المساطر الإدارية" in texts(visitor, typed)


def test_a_word_inside_another_begins_nothing(visitor: TestClient) -> None:
    assert "دليل تبسيط المساطر الإدارية" not in texts(visitor, "سيط")


def test_words_out_of_order_begin_nothing(visitor: TestClient) -> None:
    assert "دليل تبسيط المساطر الإدارية" not in texts(visitor, "المساطر دليل")


@pytest.mark.parametrize("typed", ["accueil", "procé", "proce", "simplification des pro"])
def test_a_french_title_is_found_whatever_its_accents(visitor: TestClient, typed: str) -> None:
    assert "Guide de l’accueil et de la simplification des procédures" in texts(visitor, typed, "fr")


def test_themes_and_bodies_lead_to_their_documents(visitor: TestClient) -> None:
    found = visitor.get("/api/v1/suggest", params={"q": "تبسيط"}).json()["suggestions"]
    theme = next(one for one in found if one["kind"] == "theme")
    results = visitor.get(theme["url"])
    assert (theme["url"], results.status_code) == ("/ar/search?theme=simplification", 200)
    assert theme["count"] == visitor.get("/api/v1/search?theme=simplification").json()["total"]
    assert "المديرية النموذجية لتحديث المساطر (جهة توضيحية)" in texts(visitor, "المديرية النمو")


@pytest.mark.parametrize("typed", ["", " ", "د", "؟", "%", "__", "zzqq", "\x00", "'; DROP", "🙂🙂"])
def test_too_little_or_nothing_known_suggests_nothing(visitor: TestClient, typed: str) -> None:
    assert texts(visitor, typed) == []


def test_what_was_withdrawn_is_not_suggested(visitor: TestClient) -> None:
    assert WITHDRAWN not in texts(visitor, WITHDRAWN)
    assert visitor.get("/ar/suggest", params={"q": WITHDRAWN}).text.count("/ar/d/") == 0


@pytest.fixture
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with open_services(Settings(home=tmp_path_factory.mktemp("suggest"))) as services:
        yield services


def test_only_readers_of_a_document_meet_its_title_theme_and_body(services: Services) -> None:
    with services.database.writing() as session:
        for audience, state in (("administration", State.PUBLISHED), ("public", State.DRAFT)):
            document = documents.create(
                session,
                type="news",
                actor="test",
                title={"ar": f"مذكرة سرية {audience}"},
                audience=audience,
                organisation_text="مصلحة سرية",
                themes=["simplification"],
            )
            if state == State.PUBLISHED:
                workflow.move(session, document, state, actor="test")
    for typed in ("سرية", "تبسيط"):
        assert suggest.suggest(services, typed, PUBLIC, "ar") == ()
    official = [one.text for one in suggest.suggest(services, "سرية", PUBLIC | {"administration"}, "ar")]
    assert official == ["مصلحة سرية", "مذكرة سرية administration"]


def test_concepts_of_the_thesaurus_are_suggested_where_documents_hold_them(visitor: TestClient) -> None:
    found = visitor.get("/api/v1/suggest", params={"q": "تبسيط المس"}).json()["suggestions"]
    term = next(one for one in found if one["kind"] == "term")
    assert term["text"] == "تبسيط المساطر"
    assert visitor.get("/api/v1/search", params={"q": f"«{term['text']}»"}).json()["total"] == term["count"]
    assert "حكامة" not in texts(visitor, "حكام")


def test_a_question_asked_often_on_several_days_is_suggested(services: Services) -> None:
    today = now().date()
    with services.database.writing() as session:
        document = documents.create(session, type="news", actor="test", title={"ar": "بلاغ حول رقمنة الأرشيف"})
        workflow.move(session, document, State.PUBLISHED, actor="test")
        for ago in range(3):
            asked = {"رقمنه الارشيف": Tally(2, 0), "رقمنه سريه": Tally(9, 0), "رقمنه مره": Tally(1, 0)}
            searched.add(session, today - dt.timedelta(days=ago), asked)
        searched.add(session, today, {"رقمنه يوم": Tally(9, 0)})
    worker(services).drain()
    suggested = suggest.suggest(services, "رقمن", PUBLIC, "ar")
    assert [one.text for one in suggested if one.kind == "question"] == ["رقمنه الارشيف"]


def test_the_page_says_the_same_without_scripts(house: House, visitor: TestClient) -> None:
    page = visitor.get("/ar/suggest", params={"q": "تبسيط المس"}).text
    assert f"/ar/d/{house.ids['guide']}" in page
    assert 'formaction="/ar/suggest"' in page
