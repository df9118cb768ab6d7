"""The lists of the desk with ten thousand rows: a page of them is read, in as many queries as of a few."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, insert

from kb.app import open_services
from kb.catalog.corrections import Correction
from kb.catalog.intake import BulkImport, BulkRow, RowState, Stage
from kb.catalog.notices import Notice
from kb.catalog.people import actor_of
from kb.catalog.tables import Document, Event, File
from kb.core.clock import now
from kb.core.settings import Settings
from kb.db.database import Base
from kb.services import accounts
from kb.services.context import Services
from kb.web.site import create_site
from tests.catalog.test_lists import queries
from tests.visited import Browser

MANY = 10_000
PASSWORD = "خمس نخلات على الواد"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with open_services(Settings(home=tmp_path_factory.mktemp("many"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def visitor(services: Services) -> Browser:
    invited = accounts.invite(services, "test", email="a@example.ma", name="أمينة", role="administrator")
    accounts.redeem(services, invited.secret, PASSWORD)
    other = accounts.invite(services, "test", email="b@example.ma", name="بشرى", role="contributor").id
    fill(services, invited.id, actor_of(other))
    found = Browser(create_site(services), follow_redirects=False, headers={"Origin": "http://testserver"})
    assert found.post("/ar/sign-in", data={"email": "a@example.ma", "password": PASSWORD}).status_code == 303
    return found


def fill(services: Services, person: str, depositor: str) -> None:
    """Half of the documents wait, half are due; each has a file, a correction that fits no more, a notice, an event."""
    moment, ids = now(), [f"d{n:09}" for n in range(MANY)]
    said: list[dict[str, Any]] = [
        {"id": id, "type": "publication", "title": {"ar": {"text": f"وثيقة {id}", "state": "reviewed"}}} for id in ids
    ]
    for n, one in enumerate(said):
        one |= {
            "state": "published" if n % 2 else "submitted",
            "published_at": moment - dt.timedelta(days=3000) if n % 2 else None,
            "review_on": dt.date(2020, 1, 1) if n % 2 else None,
            "deposited_by": depositor,
            "sort_title": one["id"],
        }
    files = [
        {
            "id": f"f{id}",
            "document_id": id,
            "number": 1,
            "digest": id,
            "name": f"{id}.txt",
            "media_type": "text/plain",
            "size": 1,
            "state": "read",
            "read_by": "t/1",
            "pages": 1,
            "receipt": {"quality": 0.95},
        }
        for id in ids
    ]
    put_right = [
        {
            "file_id": f"f{id}",
            "page": 1,
            "actor": depositor,
            "before": ["أ"],
            "after": "ب",
            "left": [],
            "right": [],
            "place": 0,
            "standing": "lost",
        }
        for id in ids
    ]
    told = [{"person_id": person, "document_id": id, "kind": "submitted", "actor": depositor} for id in ids]
    done = [{"document_id": id, "actor": depositor, "action": "create", "digest": ""} for id in ids]
    rows: list[dict[str, Any]] = [
        {
            "import_id": "aaaaaaaaaa",
            "number": n + 2,
            "cells": [["title_ar", f"صف {n}"]],
            "state": RowState.WRONG if n % 10 == 0 else RowState.RIGHT,
            "change": "" if n % 10 == 0 else "created",
            "problems": [["date", "not-a-date", "x"]] if n % 10 == 0 else [],
        }
        for n in range(MANY)
    ]
    made = {
        "id": "aaaaaaaaaa",
        "owner": actor_of(person),
        "name": "t.csv",
        "type": "publication",
        "state": "draft",
        "stage": Stage.CHECKED,
    }
    with services.database.writing() as session:
        for table, values in (
            (Document, said),
            (File, files),
            (Correction, put_right),
            (Notice, told),
            (Event, done),
            (BulkImport, [made]),
            (BulkRow, rows),
        ):
            session.execute(insert(table), values)


@contextmanager
def loads() -> Iterator[list[object]]:
    """What is read from the database into objects meanwhile."""
    found: list[object] = []

    def note(target: object, _: object) -> None:
        found.append(target)

    event.listen(Base, "load", note, propagate=True)
    yield found
    event.remove(Base, "load", note)


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/ar/desk", 22),
        ("/ar/desk?sort=quality", 22),
        ("/ar/desk?tab=all&page=400", 22),
        ("/ar/desk/due", 12),
        ("/ar/desk/due?page=250", 12),
        ("/ar/desk/notices", 12),
        ("/ar/desk/notices?page=200", 12),
        ("/ar/desk/corrections", 10),
        ("/ar/desk/corrections?standing=lost&page=500", 10),
        ("/ar/desk/audit", 14),
        ("/ar/desk/audit?page=200", 14),
        ("/ar/desk/imports/aaaaaaaaaa", 10),
        ("/ar/desk/imports/aaaaaaaaaa?page=90", 10),
    ],
)
def test_a_page_of_ten_thousand_is_read_and_no_more(
    services: Services, visitor: Browser, address: str, most: int
) -> None:
    visitor.get(address)  # what is loaded once is not counted
    with queries(services.database) as asked, loads() as read:
        answer = visitor.get(address)
    assert answer.status_code == 200
    assert 'class="pager"' in answer.text
    assert ('class="tbl wrong"' in answer.text) == address.endswith("aaaaaaaaaa"), "problems stand on the first page"
    assert len(asked) <= most
    assert len(read) <= 400
