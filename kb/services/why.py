"""«لماذا ظهرت؟»: the words of a hit that answer the question, and the step that joined each."""

from collections.abc import Iterable

from kb.search.highlight import Marker
from kb.search.reasons import Step
from kb.services.answers import Why
from kb.services.views import Said

MOST_FORMS = 6
"""Spellings told of one word asked for."""

_NEAREST_FIRST = {step: place for place, step in enumerate(Step)}


def why(marker: Marker, texts: Iterable[Said]) -> tuple[Why, ...]:
    """Return for each word asked for, and each step from it, the spellings found in these texts; the nearest first."""
    found: dict[tuple[Step, str], dict[str, None]] = {}
    for said in texts:
        for reason in marker.reasons(said.text, said.language):
            found.setdefault((reason.step, reason.asked), {})[reason.found] = None
    ordered = sorted(found, key=lambda key: (_NEAREST_FIRST[key[0]], key[1]))
    return tuple(Why(step.value, asked, tuple(found[step, asked])[:MOST_FORMS]) for step, asked in ordered)
