"""The server that carries the site. Uvicorn waits without limit for headers that never end; this one does not."""

import asyncio
from typing import ClassVar, Final

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from kb.core.settings import Settings

_LATE: Final = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Impatient(H11Protocol):
    """Closes a connection that has brought no whole headers `seconds` after it, or a later request on it, was begun."""

    seconds: ClassVar[float]
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait()
        else:
            self._wait_no_more()

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that are no HTTP; what the site was about to say of the same request is then heard by nobody."""
        if self.cycle:
            self.cycle.disconnected = True
        super().send_400_response(msg)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self.seconds, self._give_up)

    def _wait_no_more(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(_LATE)
            self.transport.close()


def server(site: ASGIApp, settings: Settings, grace_seconds: float) -> uvicorn.Server:
    """Build a server, to be run on sockets that listen; it ends `grace_seconds` after it is told to, at the latest."""

    class Protocol(Impatient):
        seconds = settings.header_seconds

    config = uvicorn.Config(
        site,
        log_level="warning",
        log_config=None,  # ours
        access_log=False,  # kb.web.watch tells of requests
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=int(grace_seconds),
        http=Protocol,
        ws="none",
        h11_max_incomplete_event_size=settings.max_header_bytes,
        limit_concurrency=settings.max_connections,
    )
    return uvicorn.Server(config)
