"""Why a word of a text answers a word of a question: the step of analysis that joined the two."""

from enum import StrEnum
from typing import NamedTuple

from kb.languages.analyzer import Terms
from kb.search.units import same_spelling


class Step(StrEnum):
    """The steps from the nearest to the farthest. THESAURUS and DICTIONARY are the sources of a Reading."""

    WRITTEN = "written"  # as it was typed
    NUMBER = "number"  # the same number or date, however written
    BEGINNING = "beginning"  # begins as was asked with a star
    SPELLING = "spelling"  # other hamza, marks, case or accents
    FORM = "form"  # with other particles, article, number or endings
    FAMILY = "family"  # the same consonants: a broken plural, a noun of the verb
    THESAURUS = "thesaurus"
    DICTIONARY = "dictionary"
    LIKE = "like"  # looks like it, misspelt


class Reason(NamedTuple):
    """`found` is in the spelling of the text, `asked` in that of the question."""

    step: Step
    asked: str
    found: str


def step_between(asked: Terms, found: Terms) -> Step:
    """Return the nearest step that joins two words."""
    if same_spelling(asked, found):
        return Step.WRITTEN
    if asked.exact == found.exact:
        return Step.SPELLING
    if not set(asked.light).isdisjoint(found.light):
        return Step.FORM
    return Step.LIKE if set(asked.skeleton).isdisjoint(found.skeleton) else Step.FAMILY
