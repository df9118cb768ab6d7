"""What the log tells of a whole walk through the site: every request and job, and no secret of anybody."""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from starlette.testclient import TestClient

from kb.api.routes import create_router
from kb.app import open_services, worker
from kb.catalog.keys import Purpose
from kb.core import logs
from kb.core.settings import Settings
from kb.services import accounts, importing, mail
from kb.services.context import Services
from kb.web.site import create_site
from tests.visited import LIBRARY, Browser, settle

PLANTED = "planted"
"""Part of everything that must not be told."""
PASSWORD = "خمس نخلات على الواد"
BOSS, WRONG = "planted.boss@example.ma", "planted.stranger@example.ma"


@dataclass
class Walk:
    """Everything that was logged, in both forms, and the secrets that were made on the way."""

    services: Services
    browser: Browser
    lines: list[str] = field(default_factory=list)
    objects: list[dict[str, object]] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)


class _Both(logging.Handler):
    def __init__(self, walk: Walk) -> None:
        super().__init__(logging.DEBUG)
        self._walk = walk

    def emit(self, record: logging.LogRecord) -> None:
        self._walk.lines.append(logs.formatter("text").format(record))
        self._walk.objects.append(json.loads(logs.formatter("json").format(record)))


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    settings = Settings(
        home=tmp_path_factory.mktemp("log") / "home",
        smtp="smtp+plain://planted-user:planted-word@127.0.0.1:9",
        mail_from="planted.house@example.ma",
    )
    with open_services(settings) as services:
        browser = Browser(create_site(services, create_router), raise_server_exceptions=False, headers=OWN)
        walked = Walk(services, browser)
        ours = logging.getLogger("kb")
        level, handler = ours.level, _Both(walked)
        ours.addHandler(handler)
        ours.setLevel(logging.DEBUG)
        try:
            _walk(walked)
            yield walked
        finally:
            ours.removeHandler(handler)
            ours.setLevel(level)


OWN = {"Origin": "http://testserver"}


def _walk(walk: Walk) -> None:
    services, browser = walk.services, walk.browser
    importing.take_in(services, [LIBRARY / "guide.toml"])
    settle(services)
    first = accounts.first(services)
    assert first
    walk.secrets |= {first, PASSWORD}
    assert browser.get(f"/ar/link/{first}").status_code == 200
    fields = {"email": BOSS, "name": "planted name", "password": PASSWORD, "again": PASSWORD}
    browser.post(f"/ar/link/{first}", data=fields)
    walk.secrets.add(browser.cookies["session"])
    browser.get("/ar/link/" + PLANTED * 5)
    browser.post("/ar/sign-in", data={"email": WRONG, "password": PASSWORD})
    browser.post("/ar/sign-in", data={"email": BOSS, "password": PASSWORD})
    walk.secrets.add(browser.cookies["session"])
    token = re.findall(r'name="csrf" value="([0-9a-f]+)"', browser.get("/ar/profile").text)[0]
    made = browser.post("/ar/profile/keys", data={"csrf": token, "key": "planted key", "scope": "curate"})
    [key] = re.findall(r"kb_[\w-]+", made.text)
    walk.secrets |= {token, key}
    browser.get("/ar/", headers={"Authorization": f"Bearer {key}"})
    browser.get("/ar/", headers={"Authorization": f"Bearer {key}x", "Cookie": "x=planted-cookie"})
    browser.post("/ar/forgot", data={"email": BOSS})
    browser.get("/ar/search", params={"q": "planted question"})
    browser.get("/api/v1/search", params={"q": "planted question", "planted": "1"})
    browser.get(f"/ar/nothing/{BOSS}?planted=1")
    browser.get("/ar/nothing%0d%0aforged")
    browser.post("/ar/people", data={"csrf": token, "email": "planted.new@example.ma", "name": "x", "role": "reader"})
    mail.ask(services, Purpose.RESET, BOSS)
    assert worker(services).run_once() == 0, "no letter could be sent"
    browser.get("/health/live")


def test_nothing_that_was_typed_brought_or_made_is_in_the_log(walk: Walk) -> None:
    told = "\n".join(walk.lines) + "\n".join(json.dumps(one, ensure_ascii=False) for one in walk.objects)
    assert PLANTED not in told, [line for line in walk.lines if PLANTED in line]
    assert not [secret for secret in walk.secrets if secret in told]
    assert "127.0.0.1 port 9" in told, "what went wrong is told all the same"


def test_a_request_is_one_line_by_the_address_of_its_kind(walk: Walk) -> None:
    told = [one for one in walk.objects if one["logger"] == "kb.requests"]
    routes = {(one["method"], one["route"], one["status"]) for one in told}
    assert ("GET", "/{language}/search", 200) in routes
    assert ("POST", "/{language}/sign-in", 303) in routes
    assert ("POST", "/{language}/sign-in", 401) in routes
    assert ("GET", "/{language}/link/{secret}", 404) in routes
    assert ("GET", "/api/v1/search", 422) in routes
    assert ("GET", "-", 404) in routes
    assert all(isinstance(one["ms"], float) for one in told)
    assert {one["level"] for one in told if one["route"] == "/health/live"} == {"debug"}
    assert len({one["request"] for one in told}) == len(told)


def test_the_number_of_a_request_is_in_its_answer_its_page_of_failure_and_the_log(walk: Walk) -> None:
    visitor = TestClient(walk.browser.app, headers={"X-Request-ID": "mine"})
    answer = visitor.get("/ar/nothing")
    number = answer.headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{8}", number)
    assert number in answer.text
    assert sum(number in line for line in walk.lines) == 2, "the request, and what was asked for in vain"


def test_a_job_is_a_line_too(walk: Walk) -> None:
    told = [one for one in walk.objects if one.get("kind")]
    assert {("extract", "done"), ("index", "done"), ("mail", "sent back")} <= {
        (one["kind"], one["outcome"]) for one in told
    }


def test_no_line_is_forged(walk: Walk) -> None:
    assert not [line for line in walk.lines if re.search(r"^forged", line, re.MULTILINE)]
