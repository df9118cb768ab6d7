"""Feeds, read by the schema of Atom and by a reader of feeds that knows nothing of us."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree
from sqlalchemy import select
from starlette.requests import Request
from starlette.testclient import TestClient

from kb.api.routes import create_router
from kb.catalog import documents, workflow
from kb.catalog.searched import Searched
from kb.catalog.tables import State
from kb.core.clock import now
from kb.services import curate
from kb.services.context import Services
from kb.web import conditional
from kb.web.site import create_site
from tests.opening import drain, library
from tests.visited import House

SCHEMAS = Path(__file__).parents[1] / "fixtures" / "schemas"
ATOM = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
KINDS = ("atom", "rss")
each_kind = pytest.mark.parametrize("kind", KINDS)
each_place = pytest.mark.parametrize("place", ["search", "browse"])


def read(client: TestClient, address: str) -> Any:
    """The feed as a reader has it; what is Atom is held to its schema."""
    response = client.get(address)
    assert response.status_code == 200, address
    if response.headers["content-type"].startswith("application/atom+xml"):
        ATOM.assertValid(etree.fromstring(response.content))
    else:
        assert response.headers["content-type"].startswith("application/rss+xml")
    found = feedparser.parse(response.content)
    assert not found.bozo, found.get("bozo_exception")
    return found


@each_kind
@each_place
def test_a_feed_has_every_public_document_the_latest_first(
    visitor: TestClient, house: House, kind: str, place: str
) -> None:
    found = read(visitor, f"/ar/{place}/feed.{kind}")
    ids = [entry.link.rpartition("/")[2] for entry in found.entries]
    assert set(ids) == {id for name, id in house.ids.items() if name != "withdrawn"}
    moments = [entry.published_parsed for entry in found.entries]
    assert moments == sorted(moments, reverse=True)
    assert found.feed.language == "ar"
    assert len({entry.id for entry in found.entries}) == len(ids)


@each_kind
def test_an_entry_tells_title_summary_body_themes_and_its_files(visitor: TestClient, house: House, kind: str) -> None:
    found = read(visitor, f"/fr/browse/feed.{kind}?type=publication")
    entry = next(entry for entry in found.entries if house.ids["guide"] in entry.link)
    assert entry.link == f"http://testserver/fr/d/{house.ids['guide']}"
    assert entry.title == "دليل تبسيط المساطر الإدارية"
    assert entry.summary.startswith("خطوات عملية")
    assert "المديرية النموذجية" in entry.author
    assert {tag.label or tag.term for tag in entry.tags} >= {"Publication"}
    (file,) = entry.enclosures
    assert file.href == f"http://testserver/d/{house.ids['guide']}/f/1/file"
    assert int(file.length) == len(visitor.get(file.href.removeprefix("http://testserver")).content)


@each_kind
def test_ids_are_the_same_in_every_language_kind_and_host(visitor: TestClient, kind: str) -> None:
    def ids(address: str, host: str = "testserver") -> set[str]:
        return {entry.id for entry in feedparser.parse(visitor.get(address, headers={"Host": host}).content).entries}

    assert ids("/ar/browse/feed.atom") == ids(f"/fr/search/feed.{kind}", "localhost:8000")
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", id) for id in ids(f"/ar/browse/feed.{kind}"))


def test_a_feed_is_narrowed_as_its_page_is_and_names_it(visitor: TestClient, house: House) -> None:
    found = read(visitor, "/ar/search/feed.atom?q=المساطر&type=publication&sort=title")
    assert {entry.link.rpartition("/")[2] for entry in found.entries} <= set(house.ids.values())
    links = {link.rel: link.href for link in found.feed.links}
    assert links["self"].startswith("http://testserver/ar/search/feed.atom?q=")
    assert "sort" not in links["self"]
    assert visitor.get(links["alternate"].removeprefix("http://testserver")).status_code == 200
    assert "المساطر" in found.feed.title
    assert "إصدار" in found.feed.title


@pytest.fixture(name="archive")
def _archive(tmp_path: Path) -> Iterator[tuple[Services, TestClient, list[str]]]:
    with (
        library(tmp_path / "home", page_size=2) as services,
        TestClient(create_site(services, create_router)) as reader,
    ):
        ids = [publish(services, f"دليل المساطر {number}") for number in range(5)]
        drain(services)
        yield services, reader, ids


def publish(services: Services, title: str, **sheet: Any) -> str:
    with services.database.writing() as session:
        made = documents.create(session, type="publication", actor="test", title={"ar": title}, **sheet)
        workflow.move(session, made, State.PUBLISHED, actor="test")
        return made.id


Archive = tuple[Services, TestClient, list[str]]


@each_kind
@pytest.mark.parametrize("asked", ["search/feed.{}?q=المساطر", "browse/feed.{}"])
def test_its_pages_lead_through_the_whole_list_each_document_once(archive: Archive, kind: str, asked: str) -> None:
    _, reader, ids = archive
    address, met = "/ar/" + asked.format(kind), []
    while address:
        found = read(reader, address)
        met += [entry.link.rpartition("/")[2] for entry in found.entries]
        links = {link.rel: link.href for link in found.feed.links}
        assert "page=" not in links["first"]
        assert "page=3" in links["last"]
        address = links.get("next", "").removeprefix("http://testserver")
    assert met == ids[::-1]
    assert "page=2" in links["previous"]


@each_place
def test_what_is_not_public_is_in_no_feed(archive: Archive, place: str) -> None:
    services, reader, ids = archive
    with services.database.writing() as session:
        documents.create(session, type="publication", actor="test", title={"ar": "مسودة المساطر السرية"})
        documents.edit(session, documents.load(session, ids[0]), actor="test", audience="administration")
    publish(services, "المساطر السرية للإدارة", audience="administration")
    curate.withdraw(services, ids[4], "نسخة قديمة")
    for _ in range(2):  # before it is indexed and after
        for kind in KINDS:
            text = reader.get(f"/ar/{place}/feed.{kind}?q=المساطر").text
            assert "سرية" not in text
            assert ids[0] not in text
            assert ids[4] not in text
        drain(services)


@each_kind
@each_place
def test_who_has_it_is_told_so_until_something_is_new(archive: Archive, kind: str, place: str) -> None:
    services, reader, _ = archive
    address = f"/ar/{place}/feed.{kind}"
    tag = reader.get(address).headers["etag"]
    for had in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = reader.get(address, headers={"If-None-Match": had})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    publish(services, "دليل جديد عن المساطر")
    drain(services)
    new = reader.get(address, headers={"If-None-Match": tag})
    assert new.status_code == 200
    assert new.headers["etag"] != tag


def test_a_date_tells_of_a_list_alone(visitor: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditional, "now", lambda: now() + dt.timedelta(hours=1))
    listed = visitor.get("/ar/browse/feed.atom")
    since = listed.headers["last-modified"]
    assert visitor.get("/ar/browse/feed.atom", headers={"If-Modified-Since": since}).status_code == 304
    early = {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}
    assert visitor.get("/ar/browse/feed.atom", headers=early).status_code == 200
    both = {"If-Modified-Since": since, "If-None-Match": '"other"'}
    assert visitor.get("/ar/browse/feed.atom", headers=both).status_code == 200
    assert "last-modified" not in visitor.get("/ar/search/feed.atom").headers
    for broken in ("yesterday", "", "Sat, 99 Jan 2000", "-1"):
        assert visitor.get("/ar/browse/feed.atom", headers={"If-Modified-Since": broken}).status_code == 200


@pytest.mark.parametrize(("age", "dated"), [(-3600, False), (3600, True)])
def test_what_may_change_once_more_in_its_second_has_no_date(age: int, dated: bool) -> None:  # noqa: FBT001
    request = Request({"type": "http", "headers": []})
    answered = conditional.answer(request, b"", "text/plain", now() - dt.timedelta(seconds=age))
    assert ("last-modified" in answered.headers) == dated


@each_kind
@pytest.mark.parametrize(
    "query",
    [
        "q=%00%01<script>&type=../..&page=99999999999",
        "page=999999&q=%F0%9F%98%80",
        "page=0&page=x&year_from=9999&year_to=0000",
        "q=" + "أ" * 700,
        "&".join(f"type=t{n}" for n in range(300)),
        "type=%FF%FE&theme=%EF%BF%BF&q=]]>&language=&organisation=%0b",
        "q=-&q=OR&also=0&former=1&precision=x&letter=%00",
    ],
)
@each_place
def test_whatever_is_asked_the_answer_is_a_feed(visitor: TestClient, place: str, kind: str, query: str) -> None:
    read(visitor, f"/ar/{place}/feed.{kind}?{query}")


@each_kind
def test_hostile_titles_are_text(archive: Archive, kind: str) -> None:
    services, reader, _ = archive
    publish(
        services, "]]><script>alert(1)</script>\x01\x0b\ufffe &amp; \U0001f600", summary={"fr": "<b>\u2028gras</b>"}
    )
    entry = read(reader, f"/ar/browse/feed.{kind}").entries[0]
    assert entry.title_detail.type in {"text/plain", "text/html"}
    raw = reader.get(f"/ar/browse/feed.{kind}").text
    assert "<script>" not in raw
    assert "&lt;script&gt;" in raw


def test_other_endings_and_methods_are_refused(visitor: TestClient) -> None:
    assert visitor.get("/ar/search/feed.json").status_code == 404
    assert visitor.get("/ar/browse/feed.").status_code == 404
    assert visitor.head("/ar/browse/feed.atom").content == b""
    assert visitor.post("/ar/browse/feed.atom").status_code == 405


def test_an_empty_library_has_empty_feeds(tmp_path: Path) -> None:
    with library(tmp_path / "home") as services, TestClient(create_site(services, create_router)) as reader:
        for kind in KINDS:
            assert read(reader, f"/ar/search/feed.{kind}?q=شيء").entries == []
            assert read(reader, f"/ar/browse/feed.{kind}").entries == []


@pytest.mark.parametrize("query", ["?q=المساطر", "", "?q=كلمةلاتوجدأبدا", "?type=publication&sort=title&page=1"])
def test_the_page_of_results_leads_to_its_feed(visitor: TestClient, query: str) -> None:
    text = visitor.get(f"/ar/search{query}").text
    found = re.findall(r'<link rel="alternate" type="application/(atom|rss)\+xml" title="[^"]+" href="([^"]+)"', text)
    own = [(kind, address.replace("&amp;", "&")) for kind, address in found if "/search/" in address]
    assert [kind for kind, _ in own] == ["atom", "rss"]
    for _, address in own:
        read(visitor, address)
    assert re.search(r'<a class="btn sm" href="/ar/search/feed\.atom', text)


def test_a_feed_is_not_counted_as_a_question_of_a_reader(archive: Archive) -> None:
    services, reader, _ = archive
    reader.get("/ar/search/feed.atom?q=المساطر")
    services.recorder.write()
    with services.database.reading() as session:
        assert session.scalars(select(Searched)).all() == []


@pytest.mark.parametrize("path", ["browse?type=publication&sort=title", "themes/simplification", "browse"])
def test_the_page_of_a_list_leads_to_its_feed(visitor: TestClient, path: str) -> None:
    text = visitor.get(f"/fr/{path}").text
    shown = re.search(r'<a class="btn sm" href="(/fr/browse/feed\.atom[^"]*)"', text)
    assert shown
    address = shown[1].replace("&amp;", "&")
    assert read(visitor, address).entries
    assert "sort" not in address
    assert f'type="application/atom+xml" title="Suivre les nouveautés (Atom)" href="{shown[1]}"' in text
