"""The authority file: installing it, and the name of a body on a day."""

import datetime as dt
from dataclasses import replace

import pytest

from kb.catalog import organisations
from kb.catalog import vocabulary as vocabularies
from kb.catalog.vocabulary import Link, Name, Organisation
from kb.core.errors import NotFound
from kb.db.database import Database
from tests.catalog.library import draft, forget_jobs, jobs


def year(first: int) -> dt.date:
    return dt.date(first, 1, 1)


MINISTRY = Organisation(id="mtnra", kind="ministry", names=(Name(language="ar", text="وزارة الانتقال الرقمي"),))
FORMER = Organisation(
    id="mefra",
    kind="ministry",
    names=(Name(language="ar", text="وزارة الاقتصاد والمالية وإصلاح الإدارة"),),
    links=(Link(kind="split", to="mtnra", first=year(2021)),),
)
DEPARTMENT = Organisation(
    id="dra",
    kind="department",
    acronyms=("DRA",),
    names=(
        Name(language="ar", text="وزارة تحديث القطاعات العامة", first=year(2002), last=dt.date(2011, 12, 31)),
        Name(language="fr", text="Ministère de la Modernisation", first=year(2002), last=dt.date(2011, 12, 31)),
        Name(language="ar", text="قطاع إصلاح الإدارة", first=year(2012)),
        Name(language="ar", text="القطاع المكلف بإصلاح الإدارة", first=year(2012)),
    ),
    links=(
        Link(kind="parent", to="mefra", first=year(2019), last=dt.date(2021, 10, 7)),
        Link(kind="parent", to="mtnra", first=dt.date(2021, 10, 7)),
    ),
)
BODIES = (DEPARTMENT, FORMER, MINISTRY)


def install(database: Database, *bodies: Organisation) -> set[str]:
    with database.writing() as session:
        return organisations.install(session, bodies)


def test_installing_twice_changes_nothing(database: Database) -> None:
    assert install(database, *BODIES) == {"dra", "mefra", "mtnra"}
    assert install(database, *BODIES) == set()


def test_the_bodies_that_ship_can_be_installed(database: Database) -> None:
    bodies = vocabularies.load().organisations
    assert install(database, *bodies.values()) == set(bodies)
    assert install(database, *bodies.values()) == set()


def test_a_changed_body_is_brought_in_line_and_its_documents_are_indexed_again(database: Database) -> None:
    install(database, *BODIES)
    with database.writing() as session:
        document = draft(session, organisation_id="dra")
        draft(session, organisation_id="mtnra")
    forget_jobs(database)
    renamed = replace(DEPARTMENT, names=(*DEPARTMENT.names, Name(language="fr", text="Département")))
    assert install(database, renamed, FORMER, MINISTRY) == {"dra"}
    assert jobs(database) == [document.id]
    with database.reading() as session:
        assert organisations.name_at(session, "dra", None, "fr") == ("Département", "fr")


def test_a_changed_link_is_a_change(database: Database) -> None:
    install(database, *BODIES)
    assert install(database, replace(FORMER, links=()), DEPARTMENT, MINISTRY) == {"mefra"}
    with database.reading() as session:
        assert organisations.successors(session, "mefra") == []


def test_a_body_that_is_no_longer_listed_stays(database: Database) -> None:
    install(database, *BODIES)
    install(database, MINISTRY)
    with database.reading() as session:
        assert organisations.load(session, "dra").acronyms == ["DRA"]


@pytest.mark.parametrize(
    ("day", "language", "name"),
    [
        (dt.date(2011, 12, 31), "ar", ("وزارة تحديث القطاعات العامة", "ar")),
        (dt.date(2012, 1, 1), "ar", ("قطاع إصلاح الإدارة", "ar")),
        (dt.date(2010, 6, 1), "fr", ("Ministère de la Modernisation", "fr")),
        (dt.date(2020, 6, 1), "fr", ("قطاع إصلاح الإدارة", "ar")),
        (dt.date(2010, 6, 1), "en", ("وزارة تحديث القطاعات العامة", "ar")),
        (None, "ar", ("قطاع إصلاح الإدارة", "ar")),
    ],
)
def test_a_body_is_called_as_it_was_on_the_day(
    database: Database, day: dt.date | None, language: str, name: tuple[str, str]
) -> None:
    install(database, *BODIES)
    with database.reading() as session:
        assert organisations.name_at(session, "dra", day, language) == name


def test_a_body_without_a_name_for_the_day_is_called_by_its_last(database: Database) -> None:
    install(database, Organisation(id="old", kind="", names=DEPARTMENT.names[:1]))
    with database.reading() as session:
        assert organisations.name_at(session, "old", dt.date(1990, 1, 1), "ar")[0] == "وزارة تحديث القطاعات العامة"
        assert organisations.name_at(session, "old", None, "fr")[0] == "وزارة تحديث القطاعات العامة"


def test_parents_are_those_of_the_day(database: Database) -> None:
    install(database, *BODIES)
    with database.reading() as session:
        assert organisations.parents(session, "dra", dt.date(2020, 1, 1)) == ["mefra"]
        assert organisations.parents(session, "dra", dt.date(2024, 1, 1)) == ["mtnra"]
        assert organisations.parents(session, "dra") == ["mefra", "mtnra"]


def test_a_body_knows_what_it_became_and_came_from(database: Database) -> None:
    install(database, *BODIES)
    with database.reading() as session:
        assert [(k.kind, k.to_id) for k in organisations.successors(session, "mefra")] == [("split", "mtnra")]
        assert [(k.kind, k.from_id) for k in organisations.predecessors(session, "mtnra")] == [("split", "mefra")]


def test_an_unknown_body_is_not_found(database: Database) -> None:
    with database.reading() as session, pytest.raises(NotFound):
        organisations.name_at(session, "nobody", None, "ar")
