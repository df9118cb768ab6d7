"""Two who would take over, at one moment, what a third has open."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from kb.app import open_services
from kb.catalog import documents
from kb.catalog.notices import Notice
from kb.catalog.people import PersonRole
from kb.catalog.rights import Someone
from kb.core.errors import KbError
from kb.core.settings import Settings
from kb.services import accounts, holding
from kb.services.context import Services
from kb.services.holding import OpenElsewhere
from tests.waiting import eventually


@pytest.fixture
def services(postgres_url: str, tmp_path: Path) -> Iterator[Services]:
    with open_services(Settings(home=tmp_path / "home", database=postgres_url)) as opened:
        yield opened


def curator(services: Services, name: str) -> Someone:
    email = f"{name}@example.ma"
    return Someone(
        accounts.invite(services, "test", email=email, name=name, role=PersonRole.CURATOR).id,
        name,
        email,
        PersonRole.CURATOR,
    )


@pytest.mark.slow
def test_of_two_who_take_a_document_over_at_once_the_second_is_asked_again(services: Services) -> None:
    first, second, third = (curator(services, name) for name in ("amina", "driss", "karima"))
    with services.database.writing() as session:
        id = documents.create(session, type="publication", actor=third.actor, title={"fr": "Un document"}).id
    holding.lock(services, third, id)
    open_by_third = holding.opened_by(services, first, id)
    assert open_by_third
    refused: list[KbError] = []

    def take_too() -> None:
        try:
            with services.database.writing() as session:
                holding.heed(services, session, documents.load(session, id), second, open_by_third.mark)
        except KbError as error:
            refused.append(error)

    other = threading.Thread(target=take_too)
    with services.database.writing() as session:
        holding.heed(services, session, documents.load(session, id), first, open_by_third.mark)
        session.flush()
        other.start()
        eventually(lambda: waits(services), what="the second waits for the first")
    other.join()
    assert [type(error) for error in refused] == [OpenElsewhere]
    with services.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == 1


def waits(services: Services) -> bool:
    with services.database.reading() as session:
        return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
