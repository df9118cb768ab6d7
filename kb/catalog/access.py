"""The one place that decides who sees what: lists, counts, feeds, facets and the index ask here."""

import re
from collections.abc import Iterable
from functools import lru_cache

from sqlalchemy import ColumnElement

from kb.catalog.tables import Document, Revision, State

PUBLIC = frozenset({"public"})
_AUDIENCE = re.compile(r"public|administration|organisation:[a-z0-9][a-z0-9_.-]{0,49}")


def is_audience(text: str) -> bool:
    return _AUDIENCE.fullmatch(text) is not None


def readers(*, official: bool = False, organisations: Iterable[str] = ()) -> frozenset[str]:
    """Return what a person may see: everybody the public's, an official the administration's, members their body's."""
    own = {f"organisation:{body}" for body in organisations}
    return PUBLIC | own | ({"administration"} if official or own else set())


@lru_cache(256)
def visible_to(audience: frozenset[str]) -> ColumnElement[bool]:
    """Return the condition under which a reader of these audiences sees a Document."""
    return (Document.state == State.PUBLISHED) & Document.audience.in_(sorted(audience))


def version_visible_to(audience: frozenset[str]) -> ColumnElement[bool]:
    """Return the condition on a Revision: what was a draft or was reserved stays so when the document is public."""
    return (Revision.state == State.PUBLISHED) & Revision.audience.in_(sorted(audience))


def audience_of(document: Document) -> frozenset[str]:
    """Return who finds the document in the index; empty when nobody may, and then it must not be in it."""
    return frozenset({document.audience}) if document.state == State.PUBLISHED else frozenset()
