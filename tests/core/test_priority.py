"""What takes long lets readers go first, where nice numbers count within a session only too."""

import os
import subprocess
import sys

import pytest

from kb.core import priority

AT_FIRST = "import os; from pathlib import Path; from kb.core import priority\n"
TOLD = "print(os.getpriority(os.PRIO_PROCESS, 0), Path('/proc/self/autogroup').read_text().split()[-1])\n"
IN_SESSIONS = pytest.mark.skipif(
    not os.access("/proc/self/autogroup", os.W_OK), reason="this kernel does not share time out by session"
)


def least() -> int:
    """Return how nice is who stands back and was as nice as we are before."""
    return max(10, os.getpriority(os.PRIO_PROCESS, 0))


def leading_a_session(code: str) -> list[int]:
    """Return the numbers that a process prints which leads a session of its own."""
    command = [sys.executable, "-c", AT_FIRST + code]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, start_new_session=True)
    return [int(word) for word in done.stdout.split()]


@IN_SESSIONS
def test_who_stands_back_does_so_with_the_whole_session_and_twice_no_more() -> None:
    assert leading_a_session("priority.stand_back(); priority.stand_back()\n" + TOLD) == [least()] * 2


@IN_SESSIONS
def test_who_is_nicer_still_stays_so() -> None:
    assert leading_a_session("os.nice(19); priority.stand_back()\n" + TOLD) == [19, 19]


@IN_SESSIONS
def test_those_who_read_files_stand_back_with_whoever_asks_them() -> None:
    code = (
        "from kb.ingest.nursery import Nursery; from tests.waiting import eventually\n"
        "priority.stand_back(); nursery = Nursery(); nursery._open()\n"
        "session = Path(f'/proc/{nursery._process.pid}/autogroup')\n"
        f"eventually(lambda: session.read_text().split()[-1] == '{least()}', what='standing back')\n"
    )
    assert leading_a_session(code) == []


def test_a_session_that_another_has_just_told_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the kernel has it for others than root."""
    told: list[str] = []

    class Busy:
        def write_text(self, text: str, _encoding: str) -> None:
            told.append(text)
            if len(told) < 3:
                raise BlockingIOError

    monkeypatch.setattr(priority, "_OF_OUR_SESSION", Busy())
    monkeypatch.setattr(priority, "_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("os.getsid", lambda _of: os.getpid())
    monkeypatch.setattr("os.getpriority", lambda _which, _who: 10)
    priority.stand_back_together()
    assert told == ["10", "10", "10"]
