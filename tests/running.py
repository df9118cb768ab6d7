"""A site on a port of this machine, in a thread of the process of the tests, for those that need a real connection."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from tests.waiting import eventually


@contextmanager
def running(server: uvicorn.Server) -> Iterator[int]:
    """Serve while the block runs; give the port. What a server that does not start says stands in the failure."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            eventually(lambda: server.started or not thread.is_alive(), what="the start of the server", pause=0.01)
            assert server.started, "the server ended before it answered"
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(10)
