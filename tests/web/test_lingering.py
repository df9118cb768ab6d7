"""What is refused before it has come is answered in words that arrive."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Scope

from tests.visited import House


def ask(house: House, size: int, pieces: int, **more: bytes) -> list[str]:
    """Send so many pieces of a body; return in order what was read and what was answered."""
    happened: list[str] = []
    left = pieces

    async def receive() -> Message:
        nonlocal left
        if not left:
            await asyncio.sleep(3600)
        left -= 1
        happened.append("read")
        return {"type": "http.request", "body": b"x" * 1000, "more_body": bool(left)}

    async def send(message: Message) -> None:
        kind = message["type"].rpartition(".")[2]
        happened.append(
            f"{kind} {message['status']}" if kind == "start" else f"{kind} {message.get('more_body', False)}"
        )

    headers = {b"host": b"testserver", b"content-length": str(size).encode(), b"sec-fetch-site": b"same-origin"}
    headers |= {name.replace("_", "-").encode(): value for name, value in more.items()}
    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/ar/profile",
        "raw_path": b"/ar/profile",
        "query_string": b"",
        "headers": list(headers.items()),
        "client": ("192.0.2.1", 1),
        "server": ("testserver", 80),
    }
    asyncio.run(house.site(scope, receive, send))
    return happened


@pytest.mark.parametrize(
    ("size", "more", "status"),
    [(10**9, {}, 413), (3000, {"sec_fetch_site": b"cross-site"}, 403), (3000, {"host": b"x"}, 400)],
)
def test_the_rest_is_let_come_before_the_answer_is_ended(
    house: House, size: int, more: dict[str, Any], status: int
) -> None:
    happened = ask(house, size, 3, **more)
    assert happened[0] == f"start {status}"
    assert happened[-5:] == ["body True", "read", "read", "read", "body False"]


def test_whoever_stops_sending_is_not_waited_for_long(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.web.lingering.LINGER_SECONDS", 0.05)

    happened = ask(house, 10**9, 0)
    assert happened[-2:] == ["body True", "body False"]


def test_a_request_that_has_come_whole_is_answered_at_once(house: House) -> None:
    happened = ask(house, 3000, 3, content_type=b"application/x-www-form-urlencoded")
    assert happened.count("read") == 3
    assert "body True" not in happened
