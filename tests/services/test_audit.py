"""The trace as it is read and taken along: nothing secret is in it, and only administrators have it."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from kb.app import open_services
from kb.catalog import keys, passwords, people
from kb.catalog.events import Wanted
from kb.catalog.people import Person, PersonRole
from kb.catalog.rights import Act, Someone
from kb.catalog.trace import Fault
from kb.core.errors import Forbidden, NotFound, SignInRefused
from kb.core.settings import Settings
from kb.services import accounts, audit, backup, deposit, own
from kb.services.context import Services
from kb.services.deposit import Deposit

GOOD = "خمس نخلات على الواد"
OTHER = "a bicycle in the rain"
BOSS = "boss@example.ma"
NAME = "المديرة الأولى"


def ignore(_done: int, _total: int) -> None:
    pass


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with open_services(Settings(home=tmp_path_factory.mktemp("home"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def boss(services: Services) -> Someone:
    secret = accounts.first(services)
    assert secret
    someone = accounts.who(services, accounts.redeem(services, secret, GOOD, email=BOSS, name=NAME))
    assert someone is not None
    return someone


def everything(services: Services) -> str:
    return "\n".join(str(row) for row in audit.export(services, None, Wanted()))


def kept(services: Services) -> str:
    """What the table of events itself holds: an export adds the names."""
    with services.database.reading() as session:
        return "\n".join(str(tuple(row)) for row in session.execute(text("SELECT * FROM event")))


def test_no_event_holds_a_secret_a_digest_of_one_an_address_or_a_name(services: Services, boss: Someone) -> None:
    secrets = [GOOD, OTHER, BOSS, NAME, "reader@example.ma", "اسم القارئ", "اسم جديد", "مفتاح ليلى"]
    invited = accounts.invite(services, boss, email="reader@example.ma", name="اسم القارئ", role="reader")
    secrets += [invited.secret, accounts.redeem(services, invited.secret, OTHER)]
    with pytest.raises(SignInRefused):
        accounts.sign_in(services, BOSS, "wrong and long enough")
    visit = accounts.sign_in(services, "reader@example.ma", OTHER, "Firefox")
    reader = accounts.who(services, visit)
    assert reader is not None
    secrets += [visit, "wrong and long enough", accounts.reset(services, boss, reader.id).secret]
    forgotten = accounts.forgotten(services, "reader@example.ma")
    assert forgotten is not None
    secrets += [forgotten.secret, own.cut_key(services, boss, "مفتاح ليلى", [Act.CURATE], dt.timedelta(days=1))]
    secrets.append(accounts.change_password(services, reader, OTHER, GOOD + GOOD))
    secrets.append(GOOD + GOOD)
    accounts.change_own(services, reader, name="اسم جديد", language="fr")
    own.end_visits(services, reader, [], "")
    accounts.change(services, boss, reader.id, active=False)
    said = kept(services)
    with services.database.reading() as session:
        secrets += [person.password for person in people.everybody(session)]
        secrets += [key.digest for key in keys.api_keys(session, boss.id)]
    assert "person.password" in said
    assert "key.create" in said
    for secret in secrets:
        assert secret
        assert secret not in said
        assert keys.digest(secret) not in said
    assert passwords.digest(GOOD)[:10] not in said, "no password is kept in any form"
    assert said.count("active: True > False") == 1


def test_only_an_administrator_reads_the_trace_and_a_key_needs_the_scope(services: Services, boss: Someone) -> None:
    assert audit.trail(services, boss, Wanted(), 1, "ar").total > 1
    for role in PersonRole:
        for scopes in (None, frozenset(["curate"]), frozenset(["audit"])):
            someone = Someone(id="x", name="x", email="x", role=role, scopes=scopes)
            if role == PersonRole.ADMINISTRATOR and scopes != frozenset(["curate"]):
                assert next(audit.export(services, someone, Wanted()))
                continue
            with pytest.raises(Forbidden):
                audit.trail(services, someone, Wanted(), 1, "ar")
            with pytest.raises(Forbidden):
                audit.export(services, someone, Wanted())


def test_a_page_of_the_trace_names_persons_and_documents_as_they_are_called_now(
    services: Services, boss: Someone
) -> None:
    with services.database.writing() as session:
        made = deposit.create(session, Deposit(type="news", title={"ar": "خبر"}), actor=boss.actor)
    found = audit.trail(services, boss, Wanted(document=made.id), 1, "ar")
    assert [(event.name, event.action, event.title and event.title.text) for event in found.events] == [
        (NAME, "publish", "خبر"),
        (NAME, "create", "خبر"),
    ]
    assert (boss.actor, NAME) in found.people
    with pytest.raises(NotFound):
        audit.trail(services, boss, Wanted(document=made.id), 2, "ar")


def test_an_export_is_all_that_the_digests_are_made_of(services: Services, boss: Someone) -> None:
    import hashlib  # noqa: PLC0415 - as a stranger would check it, with nothing of ours
    import json  # noqa: PLC0415

    digest = hashlib.sha256(b"the trace begins here").hexdigest()
    for row in audit.export(services, boss, Wanted()):
        said = [row[name] for name in ("number", "at", "document", "actor", "action", "note", "revision", "seal")]
        plain = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(f"{digest}\n{plain}".encode()).hexdigest()
        assert row["digest"] == digest
    assert str(audit.head(services)).endswith(digest)


def test_a_backup_remembers_where_the_trace_ended(services: Services, boss: Someone, tmp_path: Path) -> None:
    folder, made = backup.make(services, tmp_path / "place")
    assert made.trace == str(audit.head(services))
    anchors = audit.anchors_of(tmp_path / "place")
    assert anchors == audit.anchors_of(folder) == [audit.head(services)]
    assert audit.verify(services, anchors, ignore).fault is None
    end = anchors[0].number
    path = services.database.engine.url.database
    with open_services(Settings(home=tmp_path / "other")) as other:
        with other.database.writing() as session:
            session.execute(text("DROP TRIGGER event_no_delete"))
            session.execute(text(f"ATTACH '{path}' AS living"))
        with other.database.writing() as session:
            session.execute(text(f"INSERT INTO event SELECT * FROM living.event WHERE id < {end}"))
        assert audit.verify(other, [], ignore).fault is None
        assert audit.verify(other, anchors, ignore).fault == Fault(end, "cut-off")


def test_a_place_without_backups_has_no_anchors(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        audit.anchors_of(tmp_path)


def test_names_of_persons_are_in_no_event_and_may_change(services: Services, boss: Someone) -> None:
    before = audit.head(services)
    with services.database.writing() as session:
        session.get_one(Person, boss.id).name = "أخرى"
    assert audit.verify(services, [before], ignore).fault is None
    assert "أخرى" in everything(services)
    with services.database.writing() as session:
        session.get_one(Person, boss.id).name = NAME
