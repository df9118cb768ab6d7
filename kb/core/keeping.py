"""Child processes that are to be there for as long as we are: started again when they die, ended when we end."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

RESTART_SECONDS = 1.0

_FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
"""glibc gives each of many threads memory of its own, up to eight times the cores, and what one of these has used and
freed serves no other. The environment's own word stands.
"""

_log = logging.getLogger("kb")


class Keeper:
    """Keeps one `kb` command running, in a thread of its own, from `start` until `stop` is set.

    The command is told our process number (`--parent`), so that it can end by itself if we are killed. `descriptors`
    are open files it inherits. It has `grace` seconds to end once it is told to.
    """

    def __init__(
        self, name: str, command: Sequence[str], stop: threading.Event, grace: float, descriptors: Sequence[int] = ()
    ) -> None:
        self._name = name
        self._command = [sys.executable, "-m", "kb", *command, "--parent", str(os.getpid())]
        self._stop = stop
        self._grace = grace
        self._descriptors = tuple(descriptors)
        self._thread = threading.Thread(target=self._keep, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        """Wait until the child has ended, which it does within its grace once `stop` is set."""
        self._thread.join(self._grace + RESTART_SECONDS)

    def _keep(self) -> None:
        while not self._stop.is_set():
            child = subprocess.Popen(  # noqa: S603 - ourselves
                self._command,
                env={**_FEW_ARENAS, **os.environ},
                start_new_session=True,
                pass_fds=self._descriptors,
            )
            while child.poll() is None and not self._stop.wait(RESTART_SECONDS):
                pass
            if child.poll() is None:
                child.terminate()
                try:
                    child.wait(self._grace)
                except subprocess.TimeoutExpired:
                    child.kill()
            elif not self._stop.wait(RESTART_SECONDS):
                _log.error("%s ended with %s: starting another", self._name, child.returncode)


def until_told() -> threading.Event:
    """Return what SIGTERM and Ctrl-C set, instead of ending the process on the spot."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def watch_parent(parent: int, orphaned: Callable[[], None]) -> None:
    """Return at once; call `orphaned` once the process that started us is gone, and again each second till we end.

    A signal that it sends may come before anybody listens for it.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(RESTART_SECONDS)
        while True:
            orphaned()
            time.sleep(RESTART_SECONDS)

    threading.Thread(target=watch, daemon=True).start()
