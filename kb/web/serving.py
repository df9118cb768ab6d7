"""The server that carries the site. Uvicorn waits without limit for headers that never end; this one does not."""

import asyncio
import logging
from collections.abc import Sequence
from typing import ClassVar, Final

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from kb.core.settings import Settings
from kb.web.door import BACKLOG, Door

REST: Final = 0.0005
LONGEST_REST: Final = 0.02
"""Seconds before a process takes a connection: so many for each that it holds, and at the most."""
_NO_ROOM: Final = 1.0

log = logging.getLogger("kb.web")

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


class Sharing(uvicorn.Server):
    """Shares its sockets with other processes: whoever holds fewer connections is there first to take the next.

    An asyncio server takes as many as wait: of fifty that come at once the first process to wake would have them all,
    and keep them, while the others idle.
    """

    _doors: Sequence[Door] = ()

    async def startup(self, sockets: list[Door] | None = None) -> None:
        await super().startup([])
        self._loop = asyncio.get_running_loop()
        self._doors = sockets or ()
        for door in self._doors:
            door.setblocking(False)
            door.listen(BACKLOG)
            self._wait_at(door)

    async def shutdown(self, sockets: list[Door] | None = None) -> None:
        for door in self._doors:
            self._loop.remove_reader(door)
        self._doors = ()
        await super().shutdown(sockets)

    def _wait_at(self, door: Door) -> None:
        if door in self._doors:
            self._loop.add_reader(door, self._heard, door)

    def _heard(self, door: Door) -> None:
        self._loop.remove_reader(door)
        self._loop.call_later(min(REST * len(self.server_state.connections), LONGEST_REST), self._take, door)

    def _take(self, door: Door) -> None:
        if door not in self._doors:
            return
        try:
            taken, _ = door.accept()
        except (BlockingIOError, ConnectionError):  # another process has it, or it is gone
            self._wait_at(door)
        except OSError:  # too many files are open: some will be closed
            log.exception("a connection cannot be taken")
            self._loop.call_later(_NO_ROOM, self._wait_at, door)
        else:
            taken.setblocking(False)
            task = self._loop.create_task(self._begin(taken))
            self.server_state.tasks.add(task)
            task.add_done_callback(self.server_state.tasks.discard)
            self._wait_at(door)

    async def _begin(self, taken: Door) -> None:
        await self._loop.connect_accepted_socket(self._protocol, taken)

    def _protocol(self) -> asyncio.Protocol:
        return self.config.http_protocol_class(  # type: ignore[call-arg]  # as uvicorn makes it
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


def server(site: ASGIApp, settings: Settings, grace_seconds: float, *, shares: bool = False) -> uvicorn.Server:
    """Build a server, to be run on sockets that listen; it ends `grace_seconds` after it is told to, at the latest.

    `shares` tells that other processes are run on them too.
    """

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
    return Sharing(config) if shares else uvicorn.Server(config)
