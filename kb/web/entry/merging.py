"""Two people described one document: what each of them changed, put together where they did not mean the same field."""

from dataclasses import dataclass
from typing import Final

from kb.catalog.content_type import ContentType
from kb.catalog.documents import Sheet
from kb.catalog.vocabulary import Vocabulary
from kb.web.entry import differences
from kb.web.entry.differences import Difference
from kb.web.entry.typed import Typed
from kb.web.words import Tongue

CONFLICT: Final = "conflict"
CHOOSE: Final = "choose"
THEN: Final = "then"
MINE: Final = "mine"
THEIRS: Final = "theirs"


@dataclass(frozen=True, slots=True)
class Versions:
    """What was read before one typed (None where it is not known), what others made of it, and what one typed."""

    before: Sheet | None
    theirs: Sheet
    mine: Sheet


def conflicts(
    type: ContentType, of: Versions, vocabulary: Vocabulary, tongue: Tongue
) -> tuple[list[Difference], list[str]]:
    """Return the fields that both changed, each in its own way, and the names of those that only the others did."""
    differ = differences.between(type, of.theirs, of.mine, vocabulary, tongue)
    if of.before is None:
        return differ, []
    by_them = {one.name for one in differences.between(type, of.before, of.theirs, vocabulary, tongue)}
    by_me = {one.name for one in differences.between(type, of.before, of.mine, vocabulary, tongue)}
    both = [one for one in differ if one.name in by_them and one.name in by_me]
    return both, [one.name for one in differ if one.name not in by_me]


def chosen(typed: Typed, theirs: Typed) -> tuple[Typed, list[str]]:
    """Return what was typed with the fields of the others that were chosen, and the names of those not chosen yet."""
    missing = []
    for name in typed.all(CONFLICT):
        choice = typed.text(f"{CHOOSE}.{name}")
        if choice == THEIRS:
            typed = typed.taking(name, theirs)
        elif choice != MINE:
            missing.append(name)
    if missing:
        return typed, missing
    return typed.without(CHOOSE).without(CONFLICT).but("do", typed.text(THEN)).without(THEN), []


def kept(typed: Typed) -> list[tuple[str, str]]:
    """Return the fields that the page of the merge carries along unseen."""
    own = {"do", "revision", CONFLICT, THEN}
    return [(name, value) for name, value in typed.pairs if name not in own and not name.startswith(f"{CHOOSE}.")]
