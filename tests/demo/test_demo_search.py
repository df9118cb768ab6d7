"""The demo library from its folder to an answer: what a visitor's first questions find."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import select

from kb.catalog.tables import Document, FileState, Relation
from kb.catalog.tables import File as FileRow
from kb.services import importing
from kb.services.context import Services
from kb.services.importing import Summary
from tests.demo.conftest import DEMO
from tests.opening import ask

pytestmark = pytest.mark.slow

with (Path(__file__).parent / "queries.tsv").open(encoding="utf-8", newline="") as lines:
    QUERIES = [(row["query"], row["import_id"]) for row in csv.DictReader(lines, delimiter="\t")]


@pytest.mark.parametrize(("query", "expected"), QUERIES, ids=[query for query, _ in QUERIES])
def test_the_expected_document_comes_first(demo: tuple[Services, Summary], query: str, expected: str) -> None:
    services, _ = demo
    answer = ask(services, query)
    with services.database.reading() as session:
        first = session.get(Document, answer.found[0].card.id)
        assert first is not None
        assert first.import_id == expected


def test_nothing_of_the_demo_is_refused_or_unreadable(demo: tuple[Services, Summary]) -> None:
    services, summary = demo
    assert summary.refused == []
    with services.database.reading() as session:
        assert set(session.scalars(select(FileRow.state))) == {FileState.READ}


def test_relations_of_the_demo_find_their_targets(demo: tuple[Services, Summary]) -> None:
    services, _ = demo
    with services.database.reading() as session:
        loose = session.scalars(select(Relation.target_text).where(Relation.target_id.is_(None))).all()
    assert loose == ["جماعة واحة الزيتون (جهة توضيحية)"]


def test_the_demo_imported_again_changes_nothing(demo: tuple[Services, Summary]) -> None:
    services, first = demo
    again = importing.take_in(services, [DEMO])
    assert (again.created, again.changed, again.unchanged) == (0, 0, first.created)
