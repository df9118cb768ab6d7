"""No word, title, count, picture or file reaches somebody who may not see it: every address, everybody who may ask."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from kb.api.routes import create_router
from kb.app import open_services
from kb.catalog import documents
from kb.catalog.access import PUBLIC
from kb.core.settings import Settings
from kb.jobs.pulse import Pulse
from kb.services import accounts, curate, importing
from kb.services.context import Services
from kb.web.site import OUTSIDE, PAGES, create_site
from tests.ingest import pdfs
from tests.visited import Browser, settle

PASSWORD: Final = "خمس نخلات على الواد"
COMMON: Final = "shared"
"""A word of every document."""

KINDS: Final = ("public", "administration", "organisation:mtnra", "draft", "withdrawn")
SECRETS: Final = dict(zip(KINDS, ("narenjol", "zafranol", "qaranfol", "yasminol", "banafsol"), strict=True))
"""A word that only the document of this kind holds: in its title, its summary and its file."""

ASKERS: Final = ("visitor", "reader", "contributor", "curator", "program")
SEES: Final = {
    "visitor": {"public"},
    "reader": {"public", "administration"},
    "contributor": {"public", "administration", "organisation:mtnra"},
    "curator": {"public", "administration"},
    "program": {"public", "administration"},
}
"""The contributor belongs to the body; the program is the administrator's."""


def sees(asker: str, path: str) -> set[str]:
    """Return what they see there: a curator works at the desk on whatever is in the library."""
    return set(KINDS) if asker == "curator" and "/desk" in path else SEES[asker]


@dataclass(frozen=True)
class Walk:
    services: Services
    ids: dict[str, str]
    askers: dict[str, TestClient]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    folder = tmp_path_factory.mktemp("rights")
    for number, (kind, word) in enumerate(SECRETS.items()):
        _describe(folder, number, kind, word)
    with open_services(Settings(home=folder / "home")) as services:
        summary = importing.take_in(services, [folder / f"{number}.toml" for number in range(len(KINDS))])
        assert not summary.refused, summary.refused
        ids = dict(zip(KINDS, summary.touched, strict=True))
        curate.withdraw(services, ids["withdrawn"], "سحبت")
        settle(services)
        with services.database.reading() as session:
            assert documents.counts(session, PUBLIC).total == 1
        Pulse(services.settings.pulses, "all").beat()
        yield Walk(services, ids, _askers(services))


def _describe(folder: Path, number: int, kind: str, word: str) -> None:
    audience = kind if kind in {"administration", "organisation:mtnra"} else "public"
    page = pdfs.stream(b"BT /F 12 Tf 72 700 Td (The %s word is %s) Tj ET" % (word.encode(), COMMON.encode()))
    (folder / f"{number}.pdf").write_bytes(pdfs.pdf({4: page}))
    (folder / f"{number}.toml").write_text(
        f"""
        id = "doc-{number}"
        type = "publication"
        audience = "{audience}"
        state = "{"draft" if kind == "draft" else "published"}"
        date = "{1990 + number}"
        language = "fr"
        organisation_text = "Office {word}"
        themes = ["simplification"]
        title = {{ fr = "Guide {word} {COMMON}" }}
        summary = {{ fr = "Tout sur {word}" }}
        [[file]]
        path = "{number}.pdf"
        """,
        "utf-8",
    )


def _askers(services: Services) -> dict[str, TestClient]:
    site = create_site(services, create_router)
    found: dict[str, TestClient] = {}
    for asker in ASKERS:
        browser = Browser(site, follow_redirects=False, headers={"Origin": "http://testserver"})
        found[asker] = browser
        if asker == "visitor":
            continue
        role = "administrator" if asker == "program" else asker
        more = {"organisation_id": "mtnra"} if asker == "contributor" else {}
        invited = accounts.invite(services, "test", email=f"{asker}@example.ma", name=asker, role=role, **more)
        accounts.redeem(services, invited.secret, PASSWORD)
        fields = {"email": f"{asker}@example.ma", "password": PASSWORD}
        assert browser.post("/ar/sign-in", data=fields).status_code == 303
    token = re.findall(r'name="csrf" value="([0-9a-f]+)"', found["program"].get("/ar/profile").text)[0]
    made = found["program"].post("/ar/profile/keys", data={"csrf": token, "key": "k", "scope": "curate"}).text
    found["program"].cookies.clear()
    found["program"].headers["Authorization"] = f"Bearer {re.findall(r'kb_[A-Za-z0-9_-]+', made)[0]}"
    return found


def test_every_address_keeps_what_its_reader_may_not_see(walk: Walk) -> None:
    leaks, asked = [], 0
    for asker, client in walk.askers.items():
        for path in _addresses(walk):
            hidden = {kind: word for kind, word in SECRETS.items() if kind not in sees(asker, path)}
            answer = client.get(path)
            asked += 1
            assert answer.status_code < 500 or path.startswith("/health/"), (asker, path)  # no worker runs here
            said = answer.content.decode("utf-8", "replace").casefold() + str(answer.headers).casefold()
            for kind, word in hidden.items():
                told_of = kind == "withdrawn" and answer.status_code == 410  # whoever saw it is told what it was
                if word in said and word not in path and not told_of:
                    leaks.append((asker, path, kind))
    assert leaks == []
    assert asked >= 900


def test_a_hidden_document_answers_as_one_that_never_was(walk: Walk) -> None:
    for asker, client in walk.askers.items():
        for kind in sorted(set(KINDS) - SEES[asker]):
            for never, path in zip(_of_a_document("a" * 10), _of_a_document(walk.ids[kind]), strict=True):
                if kind in sees(asker, path):
                    continue
                status = client.get(path, follow_redirects=True).status_code
                told = {410} if kind == "withdrawn" else set()
                assert status in {client.get(never, follow_redirects=True).status_code, *told}, (asker, kind, path)


def test_totals_facets_and_lists_count_what_their_reader_sees(walk: Walk) -> None:
    for asker, client in walk.askers.items():
        number = len(SEES[asker])
        told = client.get("/api/v1/search", params={"q": COMMON}).json()
        assert told["total"] == len(told["hits"]) == number, asker
        for facet in told["facets"]:
            assert max(value["count"] for value in facet["values"]) <= number, (asker, facet)
        lines = client.get("/ar/browse/export.csv").text.strip().splitlines()
        assert len(lines) - 1 == number, asker


def test_nobody_learns_by_asking_whether_a_hidden_word_is_there(walk: Walk) -> None:
    for asker, client in walk.askers.items():
        for kind in set(KINDS) - SEES[asker]:
            word = SECRETS[kind]
            assert client.get("/api/v1/search", params={"q": word}).json()["total"] == 0, (asker, kind)
            nothing = client.get("/ar/search", params={"q": word[:-1] + "x"}).text
            assert word not in nothing, "no misspelling leads to it"
            assert word not in client.get("/api/v1/suggest", params={"q": word[:4]}).text


def _of_a_document(id: str) -> list[str]:
    """Return every address of a document, from the table of routes."""
    return [path.replace("{id}", id) for path in _routes() if "{id}" in path and "people" not in path]


def _addresses(walk: Walk) -> Iterator[str]:
    questions = ("", f"?q={COMMON}&sort=newest")
    for path in _routes():
        if "{id}" in path:
            yield from (path.replace("{id}", id) for id in walk.ids.values())
        elif "oai" not in path:
            yield from (path + question for question in questions)
    every = "&".join(f"id={id}" for id in walk.ids.values())
    yield f"/ar/reading-list?{every}"
    yield from (f"/ar/reading-list/export.{ending}?{every}" for ending in ("csv", "ris", "bib"))
    yield f"/ar/practices/compare?{every}"
    for verb in ("Identify", "ListSets", "ListRecords&metadataPrefix=oai_dc", "ListIdentifiers&metadataPrefix=oai_dc"):
        yield f"/oai?verb={verb}"
    host = re.findall(r"<identifier>(oai:[^<]*:)", walk.askers["visitor"].get(f"/oai?verb={verb}").text)[0]
    yield from (f"/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier={host}{id}" for id in walk.ids.values())
    for word in SECRETS.values():
        yield f"/ar/suggest?q={word[:4]}"
        yield f"/api/v1/suggest?q={word[:4]}"


def _routes() -> list[str]:
    """Return the path of every page and of the JSON, with all but the document filled in."""
    site = [("/ar", page.router) for page in PAGES] + [("", router) for router in OUTSIDE]
    paths = {
        prefix + route.path
        for prefix, router in site
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    }
    paths |= {f"/api/v1{path}" for path in API}
    assert len(paths) > 60
    return sorted({path for raw in paths for path in _filled(raw)})


API: Final = ("/search", "/suggest", "/documents/{id}", "/documents/{id}/similar", "/documents/{id}/files/1/receipt")

FILLED: Final = {
    "{number}": ["1"],
    "{page}": ["1"],
    "{kind}": ["atom", "rss"],
    "{ending}": ["csv", "ris", "bib", "json"],
    "{name}": ["organisation", "year"],
    "{code}": ["simplification"],
    "{code:path}": ["mtnra"],
    "{language}": ["fr"],
    "{secret}": ["s" * 43],
    "{batch}": ["b" * 10],
    "{type}": ["publication"],
}


def _filled(path: str) -> list[str]:
    if "{stamp}" in path:
        return []
    for place, values in FILLED.items():
        if place in path:
            return [whole for value in values for whole in _filled(path.replace(place, value))]
    return [path]
