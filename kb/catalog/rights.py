"""Who may do what: one table, and the one place that reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kb.catalog import access
from kb.catalog.people import ROLES, PersonRole, actor_of
from kb.core.errors import Forbidden


class Act(StrEnum):
    """What somebody may want to do here that a visitor may not."""

    DEPOSIT = "deposit"  # bring files in, and describe what one brought
    SEE_DRAFTS = "see-drafts"  # of others
    CURATE = "curate"  # describe, return, publish, withdraw, correct
    IMPORT = "import"  # many at once, with their descriptions
    PEOPLE = "people"  # open and close accounts, give roles
    AUDIT = "audit"  # read the whole trace


LEAST: Final[Mapping[Act, PersonRole]] = {
    Act.DEPOSIT: PersonRole.CONTRIBUTOR,
    Act.SEE_DRAFTS: PersonRole.CURATOR,
    Act.CURATE: PersonRole.CURATOR,
    Act.IMPORT: PersonRole.CURATOR,
    Act.PEOPLE: PersonRole.ADMINISTRATOR,
    Act.AUDIT: PersonRole.ADMINISTRATOR,
}
"""The least role that may."""


@dataclass(frozen=True, slots=True)
class Someone:
    """Who is asking. `organisation` is the body they belong to, "" for none; `scopes` bounds a program's key."""

    id: str
    name: str
    email: str
    role: PersonRole
    organisation: str = ""
    confined: bool = False
    language: str = "ar"
    scopes: frozenset[str] | None = None

    @property
    def actor(self) -> str:
        """Return how events name them."""
        return actor_of(self.id)

    @property
    def audience(self) -> frozenset[str]:
        """Return whose documents they see among those that are published."""
        return access.readers(official=True, organisations=[self.organisation] if self.organisation else [])

    def may(self, act: Act) -> bool:
        """Tell whether they may do so to anything at all."""
        within = self.scopes is None or act in self.scopes
        return within and ROLES.index(self.role) >= ROLES.index(LEAST[act])

    def may_with(self, act: Act, organisation: str | None) -> bool:
        """Tell whether they may do so to what belongs to this body."""
        return self.may(act) and (not self.confined or organisation == self.organisation)


def demand(someone: Someone, act: Act) -> None:
    """Raise Forbidden unless they may."""
    if not someone.may(act):
        raise Forbidden(f"forbidden.{act}")
