"""What the platform says of itself is there in each language, and true to what it does."""

import pkgutil
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from importlib import import_module
from types import ModuleType

import pytest
from pydantic import ValidationError
from sqlalchemy import inspect
from starlette.routing import BaseRoute, Route
from starlette.testclient import TestClient

from kb.catalog.keys import ApiKey, Link, Tries, Visit
from kb.catalog.notices import Notice
from kb.catalog.people import Person
from kb.catalog.second_factor import HalfVisit, RecoveryCode, SecondFactor
from kb.core.settings import Settings
from kb.db.database import Base
from kb.web import pages, words
from kb.web.site import create_site
from tests.visited import House

# What no reader goes to by itself: it answers a form, serves programs, or is for the staff.
ACCOUNT = {
    "/sign-in",
    "/sign-in/second-step",
    "/profile/second-step",
    "/sign-in/provider",
    "/signed-out",
    "/forgot",
    "/profile",
    "/people",
}
NO_DESTINATION = frozenset({"", "/suggest", "/suggest.json", "/opensearch.xml"} | ACCOUNT)


@pytest.fixture
def told(house: House) -> Iterator[TestClient]:
    """A site whose settings name who answers, and do not count searches."""
    changed = {"institution": "Agence <B>", "contact": "dpo@example.ma", "record_searches": False}
    services = replace(house.services, settings=house.services.settings.model_copy(update=changed))
    with TestClient(create_site(services), base_url="http://testserver") as client:
        yield client


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_settings_name_who_answers(told: TestClient, language: str) -> None:
    page = told.get(f"/{language}/data-protection").text
    assert "<bdi>Agence &lt;B&gt;</bdi>" in page
    assert '<a href="mailto:dpo@example.ma"><bdi dir="ltr">dpo@example.ma</bdi></a>' in page
    assert "dpo@example.ma" in told.get(f"/{language}/accessibility").text


@pytest.mark.parametrize("contact", ["nobody", "http://x.ma", "javascript:alert(1)", "a@b?bcc=c@d", "https://x y"])
def test_a_contact_is_an_address_of_mail_or_of_a_page(contact: str) -> None:
    with pytest.raises(ValidationError, match="https://"):
        Settings(contact=contact)
    assert Settings(contact="https://www.example.ma/contact").contact


def test_counting_is_told_as_it_is(visitor: TestClient, told: TestClient) -> None:
    counted, uncounted = (client.get("/fr/data-protection").text for client in (visitor, told))
    assert "Les mots cherchés" in counted
    assert "désactivé" not in counted
    assert "Les mots cherchés" not in uncounted
    assert "désactivé" in uncounted


def test_the_cookie_lasts_as_long_as_the_page_says(visitor: TestClient) -> None:
    cookie = visitor.get("/fr/", headers={"Sec-Fetch-Site": "same-origin"}).headers["set-cookie"]
    seconds = re.search("Max-Age=([0-9]+)", cookie)
    assert seconds is not None
    assert f"{int(seconds[1]) // 86400} jours" in visitor.get("/fr/data-protection").text


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/sign-in/second-step", "/profile/second-step", "/search?q=simplification", "/d/{guide}"]
)
def test_no_cookie_is_set_that_the_page_does_not_name(house: House, path: str) -> None:
    with TestClient(create_site(house.services), base_url="http://testserver") as client:
        client.get("/fr" + path.format(**house.ids), headers={"Sec-Fetch-Site": "same-origin"})
        page = client.get("/fr/data-protection").text
        assert client.cookies
        for name in client.cookies:
            assert f"<li>{name}\u00a0: un cookie" in page


def test_a_session_lasts_as_long_as_the_page_says(house: House) -> None:
    changed = {"session_seconds": 2 * 3600.0, "session_idle_seconds": 1800.0}
    services = replace(house.services, settings=house.services.settings.model_copy(update=changed))
    with TestClient(create_site(services), base_url="http://testserver") as client:
        assert "بعد ساعتين من الدخول، ولا بعد 30 دقيقة دون استعمال" in client.get("/ar/data-protection").text
        assert "2 heures après la connexion, ni après 30 minutes" in client.get("/fr/data-protection").text


@pytest.mark.parametrize("table", [Person, Visit, ApiKey, Link, Tries, SecondFactor, RecoveryCode, HalfVisit, Notice])
def test_whoever_keeps_more_of_persons_reads_the_statement_again(table: type[Base]) -> None:
    """A column that is new here is one that /data-protection must tell of."""
    told = {
        Person: "id email key name role organisation_id confined language password active created_at seen_at",
        Visit: "id person_id begun_at seen_at ends_at agent",
        ApiKey: "id person_id digest name scopes created_at ends_at used_at revoked_at",
        Link: "id purpose person_id ends_at used_at",
        Tries: "key failures last_at",
        SecondFactor: "person_id secret since last_step",
        RecoveryCode: "id person_id used_at",
        HalfVisit: "id person_id ends_at",
        Notice: "id person_id document_id kind actor note at read_at mailed_at letter sendings",
    }
    assert set(told[table].split()) == {column.key for column in inspect(table).columns}


def routes_of(module: ModuleType) -> list[BaseRoute]:
    return module.router.routes if hasattr(module, "router") else []


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_page_that_stands_for_itself_is_on_the_map(house: House, visitor: TestClient, language: str) -> None:
    page = visitor.get(f"/{language}/map").text
    linked = {unescape(link) for link in re.findall(f'href="/{language}([^"]*)"', re.split("</?main", page)[1])}
    modules = [import_module(f"kb.web.pages.{found.name}") for found in pkgutil.iter_modules(pages.__path__)]
    routes = [route for module in modules for route in routes_of(module) if isinstance(route, Route)]
    ours = {route.path for route in routes if "GET" in (route.methods or ())}
    assert len(ours) > 30
    assert {path for path in ours if "{" not in path and not path.startswith("/desk")} - NO_DESTINATION <= linked
    for link in linked:
        assert visitor.get(f"/{language}{link}").status_code == 200, link
