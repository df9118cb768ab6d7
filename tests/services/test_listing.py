"""What a list is narrowed by is counted once for as long as nothing is written."""

from pathlib import Path

from kb.catalog import documents, workflow
from kb.catalog.access import PUBLIC
from kb.catalog.listing import Wanted
from kb.catalog.tables import State
from kb.services import listing
from kb.services.context import Services
from tests.catalog.library import ACTOR, published
from tests.catalog.test_lists import queries
from tests.opening import library

OFFICIALS = PUBLIC | {"administration"}


def types(services: Services, audience: frozenset[str] = PUBLIC, wanted: Wanted = Wanted()) -> dict[str, int]:  # noqa: B008 - frozen
    [group] = [group for group in listing.browse(services, wanted, audience, "ar").facets if group.name == "type"]
    return {value.value: value.count for value in group.values}


def test_another_page_or_order_of_a_list_counts_nothing_again(tmp_path: Path) -> None:
    with library(tmp_path) as services:
        with services.database.writing() as session:
            for number in range(3):
                published(session, f"دليل {number}")
        with queries(services.database) as sent:
            listing.browse(services, Wanted(order="newest"), PUBLIC, "ar")
        first = len(sent)
        with queries(services.database) as sent:
            listing.browse(services, Wanted(order="oldest"), PUBLIC, "ar", 2)
            listing.browse(services, Wanted(order="newest"), PUBLIC, "fr")
        assert first == 9
        assert len(sent) == 1 + 4


def test_counts_are_those_of_this_moment_and_of_these_readers(tmp_path: Path) -> None:
    with library(tmp_path) as services:
        with services.database.writing() as session:
            law = published(session, "قانون", type="law").id
            published(session, "دليل", type="publication", audience="administration")
        assert types(services) == {"law": 1}
        assert types(services, OFFICIALS) == {"law": 1, "publication": 1}
        with services.database.writing() as session:
            published(session, "قانون آخر", type="law")
        assert types(services) == {"law": 2}
        with services.database.writing() as session:
            workflow.move(session, documents.load(session, law), State.WITHDRAWN, actor=ACTOR, reason="خطأ")
        assert types(services) == {"law": 1}
        assert types(services, OFFICIALS) == {"law": 1, "publication": 1}
