"""The library that every version of the schema is remembered by.

`python -m tests.db.versions.library FILE` writes it, as SQL, with the newest schema: run it once for each migration,
before the next one is begun, and keep the file as tests/fixtures/versions/<revision>.sql for ever.
"""

import datetime as dt
import sqlite3
import sys
import tempfile
from pathlib import Path

from kb.catalog import (
    corrections,
    documents,
    drafts,
    files,
    intake,
    keys,
    organisations,
    people,
    relations,
    searched,
    second_factor,
    workflow,
)
from kb.catalog import vocabulary as vocabularies
from kb.catalog.period import Period
from kb.catalog.tables import State
from kb.core.text import Page
from kb.db.database import Database
from kb.db.upgrade import upgrade

ACTOR = "أمينة المكتبة"
EMAIL = "amina@example.ma"
LAW = "القانون رقم 31.13 المتعلق بالحق في الحصول على المعلومات"
GUIDE = "الدليل العملي لتبسيط المساطر"
TEXT = "تبسيط المساطر الإدارية وتحسين الاستقبال"


def fill(database: Database) -> None:
    with database.writing() as session:
        organisations.install(session, vocabularies.load().organisations.values())
        law = documents.create(session, type="law", actor=ACTOR, title={"ar": LAW}, data={"number": "31.13"})
        workflow.move(session, law, State.PUBLISHED, actor=ACTOR)
        guide = documents.create(
            session,
            type="publication",
            actor=ACTOR,
            import_id="guide-1",
            title={"ar": GUIDE, "fr": {"text": "Guide pratique", "state": "draft"}},
            summary={"ar": "كيف نبسط مسطرة"},
            language="ar",
            period=Period(dt.date(2019, 1, 1), dt.date(2019, 12, 31), "year", text="2019"),
            organisation_id="mtnra",
            organisation_text="وزارة إصلاح الإدارة",
            themes=["simplification"],
        )
        file = files.attach(
            session, guide, digest="ab" * 32, name="دليل.pdf", media_type="application/pdf", size=1234, language="ar"
        )
        files.mark_read(session, file, [Page(1, TEXT, label="أ")], stamp="pdf/1", warnings=["no-title"])
        relations.add(session, guide, "explained_by", "القانون 13-31", page=1)
        relations.add(session, guide, "related", "وثيقة لم تصل بعد")
        workflow.move(session, guide, State.PUBLISHED, actor=ACTOR)
        old = documents.create(session, type="news", actor=ACTOR, title={"ar": "خبر قديم"}, import_id="news-1")
        workflow.move(session, old, State.PUBLISHED, actor=ACTOR)
        workflow.move(session, old, State.WITHDRAWN, actor=ACTOR, reason="نسخة قديمة")
        gone = documents.create(session, type="news", actor=ACTOR, title={"ar": "خبر زائل"})
    with database.writing() as session:
        person = people.create(
            session, email=EMAIL, name=ACTOR, role="curator", actor="operator", organisation_id="mtnra", confined=True
        )
        keys.begin(session, person, lasts=dt.timedelta(hours=1), agent="Firefox")
        keys.cut_key(session, person, "harvester", ["deposit"], dt.timedelta(days=1))
        keys.cut_link(session, keys.Purpose.RESET, person, dt.timedelta(hours=1))
        keys.failed(session, EMAIL)
        second_factor.enrol(session, person, "sealed", 58_000_000)
        second_factor.begin_half(session, person)
        searched.add(session, dt.date(2026, 1, 2), {"تبسيط المساطر": searched.Tally(3, 1, {"تبسيط المساطر": 3})})
        batch = intake.new_batch(session, owner=f"person:{person.id}", type="publication", language="", state="draft")
        intake.add(session, batch, path="ملف/دليل.pdf", size=2**33, sha256="cd" * 32, modified=1_700_000_000_000)
        intake.count(session, f"person:{person.id}", 2, 2**33)
        bulk = intake.BulkImport(id="bulkimport", owner=f"person:{person.id}", name="x.csv", type="law", state="draft")
        session.add(bulk)
        session.flush()
        corrections.add(session, files.load(session, file.id), 1, TEXT.replace("الإدارية", "العمومية"), actor=ACTOR)
        drafts.keep(session, f"person:{person.id}", "/desk/new/law", [("title.ar", LAW)], most=20, days=30)
        session.add(
            intake.BulkRow(import_id=bulk.id, number=2, cells=[["title_ar", LAW]], problems=[["date", "x", ""]])
        )
        documents.destroy(session, documents.load(session, gone.id), actor=ACTOR, reason="خطأ")


def write(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/kb.sqlite3")
        upgrade(database, Path(folder) / "kept")
        fill(database)
        database.close()
        connection = sqlite3.connect(f"{folder}/kb.sqlite3")
        target.write_text("\n".join(connection.iterdump()) + "\n", "utf-8")
        connection.close()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
