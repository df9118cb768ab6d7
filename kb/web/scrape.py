"""The address for who watches the house, apart from that of its readers: one page, on sockets of its own."""

import logging
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from kb.core.errors import KbError

PATH: Final = "/metrics"
TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_log = logging.getLogger("kb")


def answer(doors: list[socket.socket], told: Callable[[], bytes]) -> None:
    """Answer on these sockets, in threads of their own, until the process ends; return at once."""

    class Page(BaseHTTPRequestHandler):
        timeout = 10  # seconds that a visitor may be silent

        def do_GET(self) -> None:
            if self.path != PATH:
                self._send(404, b"")
                return
            try:
                self._send(200, told())
            except (KbError, OSError) as error:
                _log.warning("no figures for now: %s", error)
                self._send(503, b"")

        def _send(self, status: int, body: bytes) -> None:
            self.send_response_only(status)
            self.send_header("Content-Type", TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Who asks every few seconds is not told of."""

    for door in doors:
        server = ThreadingHTTPServer(door.getsockname()[:2], Page, bind_and_activate=False)
        server.socket.close()
        server.socket = door
        threading.Thread(target=server.serve_forever, name="figures", daemon=True).start()
