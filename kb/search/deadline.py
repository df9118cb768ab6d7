"""The time a search may take, as something that can be asked."""

from time import monotonic


class Deadline:
    """Starts when it is made. Once passed it stays so, and `passed` tells that the answer is not whole."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds
        self.passed = False

    def check(self) -> bool:
        """Look at the clock; true when the time is over."""
        self.passed = self.passed or monotonic() >= self._end
        return self.passed
