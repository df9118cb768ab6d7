"""How work grows with what it is given, counted in lines of Python, which no load of the machine changes."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def lines_run(act: Callable[[], object]) -> int:
    """Return how many lines of Python run."""
    count = 0

    def watch(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        act()
    finally:
        sys.settrace(before)
    return count


def grows_in_proportion(act: Callable[[int], object], size: int) -> bool:
    """Tell whether twice as much is at most a little more than twice the work."""
    act(size // 2)  # what is loaded once is not counted; what is remembered of one size is of no use to another
    return lines_run(lambda: act(2 * size)) <= 2.2 * lines_run(lambda: act(size)) + 100
