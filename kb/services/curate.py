"""A curator's steps: publish, withdraw."""

from kb.catalog import documents, workflow
from kb.catalog.tables import State
from kb.services.context import Services

OPERATOR = "operator"
"""Who acts when somebody types a command; persons come with accounts."""


def publish(services: Services, id: str, *, actor: str = OPERATOR) -> None:
    """Publish the document. Raises NotFound, and Conflict when its state does not allow it."""
    with services.database.writing() as session:
        workflow.move(session, documents.load(session, id), State.PUBLISHED, actor=actor)


def withdraw(services: Services, id: str, reason: str, *, actor: str = OPERATOR) -> None:
    """Withdraw the document; `reason` is what readers are told. Raises as `publish`, and Invalid without a reason."""
    with services.database.writing() as session:
        workflow.move(session, documents.load(session, id), State.WITHDRAWN, actor=actor, reason=reason)
