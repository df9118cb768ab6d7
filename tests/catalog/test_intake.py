"""What is on its way in as rows, on both databases."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.catalog import intake
from kb.catalog.intake import Batch, Upload, UploadState
from kb.core.clock import now
from kb.db.database import Database

OWNER = "person:a"
DAY = dt.timedelta(days=1)


def opened(session: Session, owner: str = OWNER) -> Batch:
    return intake.new_batch(session, owner=owner, type="publication", language="", state="draft")


def test_what_one_brings_in_a_day_is_one_count_of_all_doors(database: Database) -> None:
    with database.writing() as session:
        batch = opened(session)
        intake.add(session, batch, path="a.txt", size=2**33, state=UploadState.DONE)
        intake.add(session, batch, path="b.txt", size=5, state=UploadState.REFUSED)
        intake.add(session, opened(session, "person:b"), path="c.txt", size=7)
        intake.add(session, batch, path="d.txt", size=9, created_at=now() - 2 * DAY)
        intake.count(session, OWNER, 3, 2**33)
        intake.count(session, "person:b", 1, 1)
    with database.reading() as session:
        assert intake.brought(session, OWNER, now() - DAY) == (4, 2**34)
        assert intake.brought(session, "person:c", now() - DAY) == (0, 0)
        assert (intake.refused(session, OWNER, now() - DAY), intake.refused(session, "person:b", now() - DAY)) == (1, 0)


def test_an_upload_that_moves_is_the_last_of_its_new_batch_and_leaves_no_empty_one(database: Database) -> None:
    with database.writing() as session:
        before, after = opened(session), opened(session)
        moved = intake.add(session, before, path="a.txt", size=1)
        intake.add(session, after, path="b.txt", size=1)
        intake.move(session, moved, after)
    with database.reading() as session:
        (batch,) = session.scalars(select(Batch))
        assert [(one.path, one.number) for one in batch.uploads] == [("b.txt", 1), ("a.txt", 2)]


def test_what_was_refused_goes_with_batches_of_which_nothing_is_left(database: Database) -> None:
    with database.writing() as session:
        whole, part = opened(session), opened(session)
        for batch, state in ((whole, UploadState.REFUSED), (part, UploadState.REFUSED), (part, UploadState.DONE)):
            intake.add(session, batch, path="a.txt", size=1, state=state, created_at=now() - 2 * DAY)
            batch.created_at = now() - 2 * DAY
        intake.add(session, opened(session), path="new.txt", size=1, state=UploadState.REFUSED)
        kept = part.id
    with database.writing() as session:
        intake.forget_refused(session, now() - DAY)
    with database.reading() as session:
        assert sorted(one.path for one in session.scalars(select(Upload))) == ["a.txt", "new.txt"]
        assert len(session.scalars(select(Batch)).all()) == 2
        assert [one.state for one in intake.batch(session, kept, OWNER).uploads] == [UploadState.DONE]
