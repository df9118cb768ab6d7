"""A limit of processor time for one step, so that a step that never ends costs itself and not the whole file."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kb.ingest.extraction import TooCostly


@contextmanager
def processor(seconds: float) -> Iterator[None]:
    """Raise TooCostly in the block after `seconds` of processor time. Only the main thread can be interrupted so;
    in another the limits of the sandbox alone hold.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TooCostly(f"more than {seconds:g} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
