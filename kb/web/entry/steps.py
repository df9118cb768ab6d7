"""What the buttons within a form do that do not save it: rows come and go, something is looked for and chosen."""

from dataclasses import dataclass
from typing import Final

from kb.arabic.fold import fold
from kb.catalog.vocabulary import Vocabulary
from kb.web.entry.typed import Typed

FOUND: Final = 12
"""Bodies that are offered where one is looked for."""

_STEPS: Final = frozenset(
    {"save", "add", "remove", "up", "find", "pick", "clear", "preview", "keep", "discard", "files"}
)


@dataclass(frozen=True, slots=True)
class Step:
    """`name` is the field, table or row that it is done to, `value` what was chosen."""

    what: str
    name: str = ""
    value: str = ""


def read(text: str) -> Step:
    """Return the step that a button means; whatever else comes is to save."""
    what, _, rest = text.partition(":")
    name, _, value = rest.partition(":")
    return Step(what, name[:200], value[:200]) if what in _STEPS else Step("save")


def done(typed: Typed, step: Step, vocabulary: Vocabulary, language: str) -> Typed:
    """Return what stands in the form after a step that looks nothing up."""
    name = step.name
    match step.what:
        case "add":
            typed = typed.with_row(name)
        case "remove":
            typed = typed.without(name)
        case "up":
            typed = typed.raised(name)
        case "pick" if name == "organisation":
            typed = typed.but(name, vocabulary.said(step.value, language)[0])
        case "pick":
            typed = typed.but(f"{name}.target", step.value).but(f"{name}.text", "")
        case "clear":
            typed = typed.but(f"{name}.target").but(f"{name}.text").but(f"{name}.id")
    return typed


def bodies(vocabulary: Vocabulary, text: str, language: str) -> list[tuple[str, str]]:
    """Return (id, name) of the bodies that bear these words in any of their names or acronyms, in any spelling."""
    words = fold(text).split()
    found = [
        (id, vocabulary.said(id, language)[0])
        for id, body in vocabulary.organisations.items()
        if words and _bears(words, [*(name.text for name in body.names), *body.acronyms])
    ]
    return found[:FOUND]


def _bears(words: list[str], names: list[str]) -> bool:
    folded = [fold(name) for name in names]
    return any(all(word in name for word in words) for name in folded)
