"""Where the server listens: its sockets are had before anything is started, so that a taken port is told at once."""

import errno
import os
import socket
from contextlib import ExitStack

from kb.core.errors import Unavailable

Door = socket.socket
BACKLOG = 2048
_TAKEN = ": another program listens there. KB_PORT (PORT= under make) names another port"


def listen(host: str, port: int) -> list[socket.socket]:
    """Return a listening socket for each address of `host`. Raises Unavailable when one is taken, or there is none."""
    with ExitStack() as opened:
        found: list[socket.socket] = []
        try:
            for family, address in _addresses(host, port):
                door = opened.enter_context(socket.create_server(address, family=family, backlog=BACKLOG))
                found.append(door)
        except OSError as error:
            if not found or error.errno != errno.EADDRNOTAVAIL:  # a host may have a name in IPv6 and no IPv6
                reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
                advice = _TAKEN if error.errno == errno.EADDRINUSE else ""
                raise Unavailable(f"{host} port {port} ({reason}){advice}") from error
        opened.pop_all()
        return found


def address(door: socket.socket) -> str:
    """Return what to type in a browser to come to this socket."""
    host, port = door.getsockname()[:2]
    return f"http://[{host}]:{port}/" if door.family == socket.AF_INET6 else f"http://{host}:{port}/"


def _addresses(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    """IPv4 first: an address of it is what the operator is shown."""
    known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    found = dict.fromkeys((family, (str(place[0]), port)) for family, _, _, _, place in known)
    return sorted(found, key=lambda one: one[0] != socket.AF_INET)
