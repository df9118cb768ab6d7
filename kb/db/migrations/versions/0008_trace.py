"""Events are chained, only ever added, and lead to versions of documents. What is there is chained as it stands.

Addresses and names of persons, which two kinds of event repeated, are taken out before: events name persons by id.
"""

import datetime as dt
import hashlib
import json
import re
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
_NAME = re.compile(r"\bname=.*?(?=, organisation_id=|, role=|$)", re.DOTALL)
_REFUSED = "events are only ever added"

_EVENT = sa.table(
    "event",
    sa.column("id", sa.Integer),
    sa.column("at", MOMENT),
    *(sa.column(name, sa.Text) for name in ("document_id", "actor", "action", "note", "digest")),
)


def upgrade() -> None:
    op.add_column("event", sa.Column("revision", sa.Integer(), nullable=True))
    op.add_column("event", sa.Column("seal", sa.Text(), nullable=False, server_default=""))
    op.add_column("event", sa.Column("digest", sa.Text(), nullable=False, server_default=""))
    for column in ("at", "actor", "action"):
        op.create_index(f"ix_event_{column}", "event", [column])
    _chain()
    _only_added()


def _chain() -> None:
    """As kb.catalog.trace does: the form of what is sealed never changes."""
    connection = op.get_bind()
    digest, last = hashlib.sha256(b"the trace begins here").hexdigest(), 0
    while rows := connection.execute(
        sa.select(_EVENT).where(_EVENT.c.id > last).order_by(_EVENT.c.id).limit(1000)
    ).all():
        changes = []
        for row in rows:
            note = _without_persons(row)
            at = row.at if row.at.tzinfo else row.at.replace(tzinfo=dt.UTC)
            moment = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
            said = [row.id, moment, row.document_id, row.actor, row.action, note, None, ""]
            plain = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            digest = hashlib.sha256(digest.encode() + b"\n" + plain.encode()).hexdigest()
            changes.append({"of": row.id, "said": note, "sealed": digest})
        values: dict[str, Any] = {"note": sa.bindparam("said"), "digest": sa.bindparam("sealed")}
        connection.execute(_EVENT.update().where(_EVENT.c.id == sa.bindparam("of")).values(values), changes)
        last = rows[-1].id


def _without_persons(row: Any) -> str:
    note = str(row.note)
    if row.action == "person.create":
        parts = note.split(" ")
        return f"{parts[0]} {parts[-1]}"
    if row.action == "person.edit":
        return _NAME.sub("name", note)
    return "" if row.action == "key.create" else note


def _only_added() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER event_no_{verb.lower()} BEFORE {verb} ON event "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION event_only_added() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER event_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION event_only_added()"
    )
