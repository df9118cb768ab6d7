"""Lists that come page by page."""


def pages_of(total: int, size: int) -> int:
    """Return how many pages so many lines fill: one where there are none."""
    return max(1, -(-total // size))
