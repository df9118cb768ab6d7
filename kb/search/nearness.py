"""What words asked for earn by standing near each other."""

import math
from collections.abc import Mapping, Sequence

_WINDOW = 8  # words within which two are near each other


def nearness(places: Sequence[tuple[int, int]], worth: Mapping[int, float]) -> float:
    """Return what pairs of different words asked for earn by standing within _WINDOW words, each pair at its nearest.

    A pair is worth its commoner word, less by the root of the distance: Büttcher, Clarke and Lushman (2006) in spirit.
    """
    nearest: dict[tuple[int, int], int] = {}
    for at, (place, number) in enumerate(places):
        for other, another in places[at + 1 :]:
            distance = other - place
            if distance > _WINDOW:
                break
            if another != number:
                pair = (number, another) if number < another else (another, number)
                nearest[pair] = min(distance, nearest.get(pair, distance))
    return sum(min(worth[a], worth[b]) / math.sqrt(distance) for (a, b), distance in nearest.items())
