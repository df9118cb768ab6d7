"""What was counted, remembered: who steps from hit to hit, or turns over a list, asks the same again and again."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sized
from threading import Lock
from typing import Final, Generic, TypeVar

Pages = tuple[tuple[int, int], ...]
"""(page, number of hits) of each page that has some, in order."""

Tally = Mapping[str, int]
"""{value: documents} of one facet of a list."""

C = TypeVar("C", bound=Sized)

_MOST: Final = 100_000


class Counts(Generic[C]):
    """For any thread. Keeps what was counted last, up to so many pages or values in all."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, C] = OrderedDict()
        self._lock = Lock()
        self._held = 0

    def of(self, key: Hashable, count: Callable[[], C]) -> C:
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


def _cost(counted: Sized) -> int:
    return len(counted) + 1
