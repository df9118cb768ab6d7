"""Every limit holds at its number, before anything is parsed."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2 as httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from kb.core.settings import Settings
from kb.services.meters import Unmetered
from kb.web.guard import POLICY, Guard, SlowBody
from kb.web.site import create_site
from kb.web.watch import Watch
from tests.visited import House

LIMITS = Settings(max_body_bytes=100, max_upload_bytes=1000, max_header_bytes=2000, max_target_bytes=200)
OWN = {"Sec-Fetch-Site": "same-origin"}


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the body and says how long it was."""
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


def refuse(_: Scope, status: int) -> Response:
    return PlainTextResponse("refused", status)


@pytest.fixture
def guarded() -> TestClient:
    return TestClient(Watch(Guard(echo, LIMITS, refuse), Unmetered()), raise_server_exceptions=False, headers=OWN)


def test_a_body_is_cut_at_its_limit_by_the_announced_length(guarded: TestClient) -> None:
    assert guarded.post("/ar/search", content=b"x" * 100).text == "100"
    assert guarded.post("/ar/search", content=b"x" * 101).status_code == 413


def test_only_an_upload_may_be_long(guarded: TestClient) -> None:
    assert guarded.post("/ar/upload", content=b"x" * 5000).text == "5000"
    assert guarded.post("/ar/upload", content=b"x" * (1000 + 64 * 1024 + 1)).status_code == 413
    assert guarded.post("/ar/upload/", content=b"x" * 5000).status_code == 413
    assert guarded.put("/ar/upload", content=b"x" * 5000).status_code == 413


def test_a_body_of_unknown_length_is_counted_while_it_comes() -> None:
    read = 0

    async def counting() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 10
            yield b"x" * 10

    async def ask() -> int:
        transport = httpx.ASGITransport(Watch(Guard(echo, LIMITS, refuse), Unmetered()))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=OWN) as client:
            return (await client.post("/ar/search", content=counting())).status_code

    assert asyncio.run(ask()) == 500  # the bare reader of this test lets the failure through; the site says 413
    assert read <= 130


def test_the_site_answers_413_to_a_body_of_unknown_length(house: House) -> None:
    settings = house.services.settings.model_copy(update={"max_upload_bytes": 1})
    site = create_site(replace(house.services, settings=settings))
    head = b'--a\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'

    async def endless(token: str) -> AsyncIterator[bytes]:
        yield f'--a\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'.encode() + head
        for _ in range(100):
            yield b"x" * 1024

    async def ask() -> int:
        transport = httpx.ASGITransport(site, client=("127.0.0.1", 5))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=OWN) as client:
            headers = {"Content-Type": "multipart/form-data; boundary=a"}
            found = re.search('name="csrf" value="([0-9a-f]+)"', (await client.get("/ar/upload")).text)
            assert found
            return (await client.post("/ar/upload", content=endless(found[1]), headers=headers)).status_code

    assert asyncio.run(ask()) == 413


@pytest.mark.parametrize(
    ("method", "target"),
    [("OPTIONS", "*"), ("CONNECT", "localhost:443"), ("GET", "foo/ar/"), ("GET", ""), ("POST", "x")],
)
def test_a_target_that_is_no_path_is_refused_in_words(house: House, method: str, target: str) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    headers = [(b"host", b"localhost"), (b"cookie", b"language=fr")]
    scope = {"type": "http", "method": method, "path": target, "query_string": b"", "headers": headers}
    asyncio.run(house.site(scope, receive, send))
    assert sent[0]["status"] == 400
    assert b'<html lang="fr"' in sent[1]["body"]


def test_a_dripping_body_is_given_up() -> None:
    settings = LIMITS.model_copy(update={"body_seconds": 0.05})
    seen: list[BaseException] = []

    async def reader(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await Request(scope, receive).body()
        except SlowBody as error:
            seen.append(error)
        await PlainTextResponse("late", 408)(scope, receive, send)

    async def drip() -> Message:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/ar/upload",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"sec-fetch-site", b"same-origin")],
    }
    asyncio.run(Watch(Guard(reader, settings, refuse), Unmetered())(scope, drip, keep))
    assert len(seen) == 1
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]


def test_a_visitor_who_leaves_is_no_failure(house: House, caplog: pytest.LogCaptureFixture) -> None:
    heads = {
        b"host": b"localhost",
        b"sec-fetch-site": b"same-origin",
        b"content-type": b"multipart/form-data; boundary=a",
    }
    sent: list[Message] = []

    async def leave() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/ar/upload",
        "query_string": b"",
        "headers": list(heads.items()),
        "client": ("127.0.0.1", 5),
    }
    asyncio.run(house.site(scope, leave, send))
    assert not sent
    assert "Traceback" not in caplog.text


def test_two_ways_to_say_how_long_a_body_is_are_one_too_many(guarded: TestClient) -> None:
    headers = {"Transfer-Encoding": "chunked", "Content-Length": "3"}
    assert guarded.post("/ar/upload", content=b"abc", headers=headers).status_code == 400


@pytest.mark.parametrize("length", ["-1", "1e3", "١٢", "0x10", "9" * 30, ""])
def test_a_length_that_is_no_number_is_refused(guarded: TestClient, length: str) -> None:
    answer = guarded.post("/ar/search", content=b"", headers={b"Content-Length": length.encode()})
    assert answer.status_code == 400


def test_targets_and_headers_are_cut_at_their_limits(guarded: TestClient) -> None:
    assert guarded.get("/" + "a" * 199).status_code == 200
    assert guarded.get("/" + "a" * 200).status_code == 414
    assert guarded.get("/?" + "a" * 200).status_code == 414
    assert guarded.get("/", headers={"X-Long": "a" * 1000}).status_code == 200
    assert guarded.get("/", headers={"X-Long": "a" * 2000}).status_code == 431


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:8000", 200),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("localhost:8000:9", 400),
        ("localhost/path", 400),
        ("", 400),
    ],
)
def test_only_hosts_of_the_list_are_answered(guarded: TestClient, host: str, status: int) -> None:
    assert guarded.get("/", headers={"Host": host}).status_code == status


def test_two_hosts_are_one_too_many(guarded: TestClient) -> None:
    assert guarded.get("/", headers=[("Host", "localhost"), ("Host", "localhost")]).status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:81"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_forms_that_do_not_come_from_our_own_pages_are_refused(
    method: str, headers: dict[str, str], status: int
) -> None:
    answer = TestClient(Watch(Guard(echo, LIMITS, refuse), Unmetered())).request(
        method, "/ar/upload", headers={"Host": "localhost", **headers}
    )
    assert answer.status_code == status


@pytest.mark.parametrize(
    "address", ["/", "/ar/", "/ar/search", "/nothing", "/health", "/api/v1/search", "/api/v1/x", "/robots.txt"]
)
def test_every_answer_bears_the_protective_headers(visitor: TestClient, address: str) -> None:
    headers = visitor.get(address).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "server" not in headers


def test_a_refusal_bears_them_too(visitor: TestClient) -> None:
    answer = visitor.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert answer.headers["content-security-policy"] == POLICY


def test_head_is_get_without_a_body(visitor: TestClient) -> None:
    for address in ("/ar/", "/ar/search", "/robots.txt", "/health"):
        head = visitor.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) > 0


def test_options_names_the_methods_of_an_address(visitor: TestClient) -> None:
    answer = visitor.options("/ar/upload")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert visitor.options("/ar/search").headers["allow"] == "GET, HEAD, OPTIONS"
    assert visitor.options("/nothing").status_code == 404


def test_a_method_that_is_not_allowed_is_told_which_are(visitor: TestClient) -> None:
    for method in ("DELETE", "PUT", "PATCH", "TRACE", "BREW"):
        answer = visitor.request(method, "/ar/search")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_no_other_site_may_read_an_answer(house: House) -> None:
    """Neither a page, nor the JSON, nor what a browser asks beforehand."""
    with house.visitor() as client:
        for address in ("/ar/", "/api/v1/search?q=x", "/oai?verb=Identify"):
            for method in ("GET", "OPTIONS"):
                origin = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
                answer = client.request(method, address, headers=origin)
                assert not [name for name in answer.headers if name.startswith("access-control-")]
                assert answer.headers["cross-origin-resource-policy"] == "same-origin"
