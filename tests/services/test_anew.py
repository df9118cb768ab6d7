"""An index that another version made answers while its successor is made aside; one that it cannot read says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.api.routes import create_router
from kb.core.errors import NoIndex, Unavailable
from kb.search.stamp import Fit, Progress
from kb.services import anew, doctor, health, index
from kb.services.context import Services
from kb.web.site import create_site
from kb.web.words import LANGUAGES
from tests.aged import age
from tests.opening import ask, drain, library, take_in

COUNT = 3


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A library of some documents."""
    (tmp_path / "in").mkdir()
    for number in range(COUNT):
        text = f"دليل تبسيط المساطر {number}\n\nنص الدليل.\n"
        (tmp_path / "in" / f"{number}.txt").write_text(text, "utf-8")
    with library(tmp_path / "home") as services:
        take_in(services, tmp_path / "in")
    return tmp_path / "home"


@pytest.fixture
def old(home: Path) -> Iterator[Services]:
    """The same, opened by a version with other rules, too large to be indexed at the start."""
    age(home, readable=True)
    with library(home, index_at_once=0) as services:
        yield services


@pytest.fixture
def foreign(home: Path) -> Iterator[Services]:
    """The same, opened by a version that cannot read its index."""
    age(home, readable=False)
    with library(home, index_at_once=0) as services:
        yield services


def says(services: Services) -> dict[str, doctor.Finding]:
    found = doctor.examine(services, verify=False, progress=lambda _done, _total: None)
    return {finding.subject: finding for finding in found}


def folders(services: Services) -> list[str]:
    return [path.name for path in (services.settings.home / "index" / "whoosh").iterdir() if path.is_dir()]


def test_an_index_of_other_rules_answers_and_says_that_it_is_being_replaced(old: Services) -> None:
    answer = ask(old, "المساطر")
    assert (answer.total, answer.notices, answer.rebuilding) == (COUNT, ("index-outdated",), Progress(0, 0))
    state = health.check(old)
    assert (state.ok, state.outdated, state.rebuilding) == (True, True, Progress(0, 0))
    assert says(old)["index rules"].ok


def test_the_worker_replaces_it_and_removes_it(old: Services) -> None:
    [before] = folders(old)
    drain(old)
    [after] = folders(old)
    assert after != before
    answer = ask(old, "المساطر")
    assert (answer.total, answer.notices, answer.rebuilding) == (COUNT, (), None)
    assert not health.check(old).outdated
    assert says(old)["index rules"].says == "made by the rules of this version"


def test_what_comes_in_meanwhile_is_found_before_and_after(old: Services, tmp_path: Path) -> None:
    (tmp_path / "late.txt").write_text("دليل المساطر المتأخر\n", "utf-8")
    totals = []

    def late(done: int, _total: int) -> None:
        if done == COUNT:
            take_in_only(old, tmp_path / "late.txt")
            totals.append(ask(old, "المساطر").total)

    index.rebuild(old, late)
    totals.append(ask(old, "المساطر").total)
    assert totals == [COUNT + 1, COUNT + 1]
    assert index.check(old).total == 0


def take_in_only(services: Services, path: Path) -> None:
    """Import without the job that makes the index anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(anew, "run", lambda _services, _jobs: None)
        take_in(services, path)


def test_a_rebuild_tells_every_process_how_far_it_is(old: Services, home: Path) -> None:
    told: list[object] = []
    index.rebuild(old, lambda _done, _total: told.append(anew.standing(old).progress))
    assert told == [Progress(0, COUNT), Progress(COUNT, COUNT)]
    assert anew.standing(old) == anew.Standing(Fit.OURS, None)


def test_asked_twice_it_is_rebuilt_once(old: Services) -> None:
    anew.ask(old)
    drain(old)
    [first] = folders(old)
    with library(old.settings.home, index_at_once=0) as again:
        drain(again)
    assert folders(old) == [first]


@pytest.mark.parametrize("language", LANGUAGES)
def test_readers_are_told_how_far_it_is(old: Services, language: str) -> None:
    site = TestClient(create_site(old, create_router))
    pages = []
    index.rebuild(old, lambda _done, _total: pages.append(site.get(f"/{language}/search?q=المساطر")))
    page = pages[0]
    assert page.status_code == 200
    said = {"ar": "يُبنى فهرس البحث من جديد", "fr": "en cours de reconstruction", "en": "is being rebuilt"}[language]
    far = {"ar": "0 وثيقة من أصل 3", "fr": "(0 documents sur 3)", "en": "(0 of 3 documents)"}[language]
    assert said in page.text
    assert far in page.text
    assert said not in site.get(f"/{language}/search?q=المساطر").text
    assert site.get("/api/v1/search?q=المساطر").json()["notices"] == []


def test_one_that_cannot_be_read_does_not_hinder_the_start(foreign: Services) -> None:
    with pytest.raises(NoIndex):
        ask(foreign, "المساطر")
    state = health.check(foreign)
    assert (state.ok, state.outdated, state.rebuilding) == (False, False, Progress(0, 0))
    assert not says(foreign)["index rules"].ok
    drain(foreign)
    assert ask(foreign, "المساطر").total == COUNT
    assert health.check(foreign).ok


def test_while_none_answers_search_says_how_far_it_is_and_all_else_answers(foreign: Services) -> None:
    site = TestClient(create_site(foreign, create_router), raise_server_exceptions=False)
    answers = []
    paths = ("/en/search?q=a", "/api/v1/search?q=a", "/en/", "/en/browse", "/health")
    index.rebuild(foreign, lambda _done, _total: answers.append([site.get(path) for path in paths]))
    page, found, home, shelf, monitor = answers[0]
    assert (page.status_code, found.status_code, page.headers["retry-after"]) == (503, 503, "30")
    assert "0 of 3 documents so far" in page.text
    assert found.json()["detail"] == "the index is being rebuilt, 0 of 3 documents"
    assert (home.status_code, shelf.status_code) == (200, 200)
    assert monitor.json()["rebuilding"] == {"done": 0, "total": COUNT}
    assert site.get("/en/search?q=a").status_code == 200


def test_a_small_one_is_made_at_the_start(home: Path) -> None:
    age(home, readable=True)
    with library(home) as services:
        assert ask(services, "المساطر").notices == ()


def test_one_that_is_gone_is_no_empty_answer(home: Path) -> None:
    for path in (home / "index").rglob("CURRENT"):
        path.unlink()
    with library(home, index_at_once=0) as services:
        with pytest.raises(Unavailable):
            ask(services, "المساطر")
        drain(services)
        assert ask(services, "المساطر").total == COUNT


def test_a_library_without_an_index_that_can_be_read_has_not_outgrown_it(foreign: Services) -> None:
    assert not index.outgrown(foreign)
