"""On which pages of a file hits are, remembered: who steps from hit to hit asks the same again and again."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final

Pages = tuple[tuple[int, int], ...]
"""(page, number of hits) of each page that has some, in order."""

_MOST: Final = 100_000


class Counts:
    """For any thread. Keeps what was counted last, up to so many pages in all."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Pages] = OrderedDict()
        self._lock = Lock()
        self._held = 0

    def of(self, key: Hashable, count: Callable[[], Pages]) -> Pages:
        """Return what was counted under this key, which has to tell all that the count depends on; else count."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = count()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = found
                self._held += _cost(found)
            while self._held > self._most and len(self._kept) > 1:
                self._held -= _cost(self._kept.popitem(last=False)[1])
        return found


def _cost(pages: Pages) -> int:
    return len(pages) + 1
