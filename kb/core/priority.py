"""Readers come first: what takes long takes a smaller share of the machine than those who answer them."""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

_NICE: Final = 10
_TRIES: Final = 5
_PAUSE_SECONDS: Final = 0.15
_OF_OUR_SESSION: Final = Path("/proc/self/autogroup")


def stand_back() -> None:
    """Let readers go before this process and those that it starts from now on, for good. Twice does no more."""
    with suppress(OSError):  # a service may be forbidden to
        os.setpriority(os.PRIO_PROCESS, 0, max(_NICE, os.getpriority(os.PRIO_PROCESS, 0)))
    stand_back_together()


def stands_back() -> bool:
    return os.getpriority(os.PRIO_PROCESS, 0) > 0


def stand_back_together() -> None:
    """Let a whole session stand back as far as the process that leads it, which this one is; else do nothing.

    Where Linux shares time out by session first (sched_autogroup), nice numbers count only within one: a process that
    was started in a session of its own has a full share, however nice; and a command typed in a shell, whose session it
    does not lead, lets go first only those of that session. Others than root may say so to one session in a
    tenth of a second.
    """
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    if sys.platform != "linux" or nice <= 0 or os.getsid(0) != os.getpid():
        return
    for _ in range(_TRIES):
        try:
            _OF_OUR_SESSION.write_text(str(nice), "ascii")
        except BlockingIOError:
            time.sleep(_PAUSE_SECONDS)
        except OSError:
            return
        else:
            return
