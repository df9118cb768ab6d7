"""Alembic's way in: runs the steps on the connection that upgrade.py holds, in the transaction it opened."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    render_as_batch=True,
    transactional_ddl=False,  # the transaction is upgrade.py's
)
context.run_migrations()
