"""A real server and sockets that are in no hurry."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from kb.web import serving
from tests.running import running
from tests.visited import House

SECONDS = 0.6
HONEST = b"GET /ar/upload HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(name="port")
def _port(house: House) -> Iterator[int]:
    yield from serve(house, SECONDS)


@pytest.fixture(name="patient")
def _patient(house: House) -> Iterator[int]:
    yield from serve(house, 60)


def serve(house: House, seconds: float) -> Iterator[int]:
    """Serve, with this patience for headers and a hundred connections; yields the port."""
    limits = {"header_seconds": seconds, "max_connections": 100}
    with running(serving.server(house.site, house.services.settings.model_copy(update=limits), 5)) as port:
        yield port


def test_processes_that_share_a_socket_share_what_comes(house: House) -> None:
    with ExitStack() as opening, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        both = [serving.server(house.site, house.services.settings, 5, shares=True) for _ in range(2)]
        threads = [threading.Thread(target=one.run, args=([listening],), daemon=True) for one in both]
        for thread in threads:
            thread.start()
        while not all(one.started for one in both):
            time.sleep(0.01)
        for _ in range(60):  # all at once
            opening.enter_context(opened(listening.getsockname()[1]))
        until = time.monotonic() + 10
        while sum(held := [len(one.server_state.connections) for one in both]) < 60 and time.monotonic() < until:
            time.sleep(0.01)
        assert min(held) >= 15, held
        for one in both:
            one.should_exit = True
        for thread in threads:
            thread.join(10)
        assert not any(thread.is_alive() for thread in threads)


def opened(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def test_headers_that_never_end_are_given_up_however_they_drip(port: int) -> None:
    with opened(port) as dripping:
        dripping.sendall(b"GET /ar/ HTTP/1.1\r\n")
        dripping.settimeout(0.05)
        answer = b""
        for _ in range(1000):  # far below the limit on the size of headers
            try:
                answer = dripping.recv(1000)
                break
            except TimeoutError:
                dripping.sendall(b"X-A: b\r\n")
        assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_connection_that_says_nothing_is_closed(port: int) -> None:
    with opened(port) as silent:
        assert silent.recv(1000).startswith(b"HTTP/1.1 408 ")
        assert silent.recv(1000) == b""


def test_the_second_request_of_a_connection_is_hurried_too(port: int) -> None:
    with opened(port) as kept:
        kept.sendall(HONEST)
        assert kept.recv(100).startswith(b"HTTP/1.1 200 ")
        time.sleep(SECONDS * 1.5)
        kept.sendall(HONEST)
        said = b""
        while b"HTTP/1.1 200 " not in said and (more := kept.recv(100_000)):
            said += more
        kept.sendall(b"GET /ar/ HTT")
        while more := kept.recv(100_000):
            said += more
        assert b"HTTP/1.1 408 " in said


def test_eighty_dripping_connections_keep_nobody_else_waiting(patient: int) -> None:
    with ExitStack() as dripping:
        for number in range(80):
            drip(dripping.enter_context(opened(patient)), number)
        with opened(patient) as honest:  # it gives up long before any of the eighty is given up
            honest.sendall(HONEST)
            assert honest.recv(100).startswith(b"HTTP/1.1 200 ")


def drip(connection: socket.socket, number: int) -> None:
    """Begin a request that does not go on: of the odd ones the body, of the others the headers."""
    head = b"GET /ar/ HTTP/1.1\r\nHost: loc"
    if number % 2:
        head = b"POST /ar/upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=a\r\n"
        head += b"Sec-Fetch-Site: same-origin\r\nContent-Length: 9999\r\n\r\n--a\r\n"
    connection.sendall(head)


def test_a_request_above_the_number_of_connections_is_told_to_come_later(patient: int) -> None:
    with ExitStack() as held:
        for _ in range(98):
            held.enter_context(opened(patient))
        last = held.enter_context(opened(patient))
        last.sendall(HONEST)
        assert last.recv(100).startswith(b"HTTP/1.1 200 ")
        surplus = held.enter_context(opened(patient))
        surplus.sendall(HONEST)
        assert surplus.recv(100).startswith(b"HTTP/1.1 503 ")


def test_a_body_that_is_no_http_is_refused_once_without_a_traceback(
    patient: int, caplog: pytest.LogCaptureFixture
) -> None:
    head = b"POST /ar/upload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    with opened(patient) as confused:
        confused.sendall(head + b"ZZZ\r\n")
        answer = b"".join(iter(lambda: confused.recv(4096), b""))
    with opened(patient) as honest:  # is answered after what came of the other
        honest.sendall(HONEST)
        assert honest.recv(100).startswith(b"HTTP/1.1 200 ")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1
    assert [record for record in caplog.records if record.exc_info] == []
