"""Short ways to make the rows that the catalog's tests are about."""

from typing import Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.catalog import documents, files, workflow
from kb.catalog.documents import Sheet
from kb.catalog.tables import Document, File, State
from kb.core.text import Finding, Page
from kb.db.database import Database
from kb.jobs.queue import Job

ACTOR = "أمينة المكتبة"
PAGES = (
    Page(1, "تبسيط المساطر الإدارية"),
    Page(2, "تحسين الاستقبال", label="ب", quality=0.5, findings=(Finding("faint", "12"),)),
)


def draft(
    session: Session, name: str = "دليل تبسيط المساطر", type: str = "publication", **sheet: Unpack[Sheet]
) -> Document:
    """Make a draft with this Arabic title."""
    sheet.setdefault("title", {"ar": name})
    return documents.create(session, type=type, actor=ACTOR, **sheet)


def published(
    session: Session, name: str = "دليل تبسيط المساطر", type: str = "publication", **sheet: Unpack[Sheet]
) -> Document:
    document = draft(session, name, type, **sheet)
    workflow.move(session, document, State.PUBLISHED, actor=ACTOR)
    return document


def attached(session: Session, document: Document, digest: str = "ab12", name: str = "دليل.pdf") -> File:
    return files.attach(session, document, digest=digest, name=name, media_type="application/pdf", size=10)


def jobs(database: Database, kind: str = "index") -> list[str]:
    """Keys of the jobs of this kind that wait."""
    with database.reading() as session:
        waiting = select(Job.key).where(Job.kind == kind, Job.state == "waiting").order_by(Job.id)
        return list(session.scalars(waiting))


def forget_jobs(database: Database) -> None:
    with database.writing() as session:
        session.query(Job).delete()
