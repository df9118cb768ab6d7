"""What tests of running programs share: a port that nobody has, and patience that ends."""

import socket
import time
from collections.abc import Callable


def free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


def eventually(fact: Callable[[], object], seconds: float = 60.0, *, what: str = "it", pause: float = 0.1) -> None:
    """Look every `pause` seconds until something is so, and fail when it is not in so many `seconds`."""
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, f"{what} did not come true in {seconds:.0f} s"
        time.sleep(pause)
