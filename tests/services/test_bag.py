"""A library that is packed into a bag is, elsewhere, the same library: row by row, byte by byte."""

import datetime as dt
import json
import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from sqlalchemy import select

from kb.app import open_services
from kb.catalog import corrections, documents, files, people, relations, rows, trace, workflow
from kb.catalog.authority import Organisation, OrganisationName
from kb.catalog.period import Period
from kb.catalog.tables import Document, Event, State
from kb.core.clock import now
from kb.core.errors import Conflict, Invalid, Unavailable
from kb.core.settings import Settings
from kb.core.text import Page
from kb.db.database import Database
from kb.ingest.store import Store
from kb.jobs import queue
from kb.services import bag, unbag
from kb.services.context import Services
from kb.services.packed import Damaged, Newer
from kb.services.unbag import ARRIVED
from kb.writing.bag import Packing
from tests.db.versions.library import fill
from tests.growth import grows_in_proportion

NUMBERS = count()
WORDS = ["تبسيط", "المساطر", "الإدارية", "guide", "pratique", "№", "31.13", "\u200f'\"<b>%\n", "ⵜⴰⴳⵍⴷⵉⵜ", "𝒳"]
STATES = ((), (State.PUBLISHED,), (State.SUBMITTED,), (State.PUBLISHED, State.WITHDRAWN))


def ignore(_done: int, _total: int) -> None:
    pass


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """What all libraries of these tests share but the database and the originals."""
    with open_services(Settings(home=tmp_path_factory.mktemp("house"))) as opened:
        yield opened


def library(house: Services, url: str, folder: Path) -> Services:
    return replace(house, database=Database(url), store=Store(folder))


@pytest.fixture
def source(house: Services, database: Database, tmp_path: Path) -> Services:
    """A library with something of everything, on each database."""
    services = replace(house, database=database, store=Store(tmp_path / "corpus"))
    populate(services, random.Random(1), 6)
    return services


@pytest.fixture
def target(house: Services, migrated_sqlite: Path, tmp_path: Path) -> Iterator[Services]:
    shutil.copyfile(migrated_sqlite, tmp_path / "target.sqlite3")
    services = library(house, f"sqlite:///{tmp_path}/target.sqlite3", tmp_path / "elsewhere")
    with closing(services.database):
        yield services


def said(dice: random.Random) -> str:
    return " ".join(dice.choices(WORDS, k=dice.randint(1, 5))) or "x"


def populate(services: Services, dice: random.Random, number: int) -> None:
    """Fill a library by chance: documents of all states with files, texts, relations, versions, and persons."""
    with services.database.writing() as session:
        session.add(Organisation(id="old-body", kind="ministry", acronyms=["و"]))
        session.flush()
        session.add(OrganisationName(organisation_id="old-body", language="ar", text="هيئة قديمة", position=0))
        person = people.create(session, email=f"p{dice.random()}@example.ma", name="أمينة", role="curator", actor="t")
        person.password = "kept"
    made: list[str] = []
    for _ in range(number):
        with services.database.writing() as session:
            document = _document(services, session, dice, people.actor_of(person.id), made)
            made.append(document.id)
        if dice.random() < 0.5:
            with services.database.writing() as session:
                documents.edit(session, documents.load(session, document.id), actor="x", summary={"ar": said(dice)})
    with services.database.writing() as session:
        gone = documents.create(session, type="news", actor="x", title={"ar": "زائل"})
    with services.database.writing() as session:
        documents.destroy(session, documents.load(session, gone.id), actor="x", reason=said(dice))


def _document(services: Services, session: Any, dice: random.Random, actor: str, made: list[str]) -> Document:
    document = documents.create(
        session,
        type=dice.choice(["publication", "news", "law"]),
        actor=actor,
        title={"ar": said(dice), "fr": {"text": said(dice), "state": "draft"}},
        audience=dice.choice(["public", "administration", "organisation:old-body"]),
        import_id=f"import-{len(made)}" if dice.random() < 0.5 else None,
        organisation_id=dice.choice([None, "old-body"]),
        period=dice.choice([None, Period(dt.date(2019, 1, 1), dt.date(2019, 12, 31), "year", text="2019")]),
        themes=dice.choice([[], ["simplification"]]),
        data={"keywords": [said(dice)], "share": dice.choice([0.1, 1e16, 3, 1e-7])},
    )
    before = None
    for _ in range(dice.randint(0, 3)):
        content = said(dice).encode() * dice.randint(1, 2000)
        stored = services.store.put(BytesIO(content), len(content))
        file = files.attach(
            session, document, digest=stored.digest, name=said(dice), media_type="text/plain", size=stored.size
        )
        if dice.random() < 0.6:
            files.mark_read(session, file, [Page(1, said(dice)), Page(2, said(dice))], stamp="text/1", warnings=[])
            corrections.add(session, file, 1, f"مصحح {said(dice)}", actor=actor)
        if before:
            files.replace(session, before, file)
        before = file
    session.flush()
    for id in dice.sample(made, min(len(made), 2)):
        relations.add(session, document, "related", documents.load(session, id))
    relations.add(session, document, "explained_by", f"القانون {said(dice)}")
    for state in dice.choice(STATES):
        workflow.move(session, document, state, actor=actor, reason="سبب")
    return document


def everything(services: Services) -> dict[str, list[dict[str, Any]]]:
    """Every row that is taken along. Rows of bodies have other numbers elsewhere; that a bag came in is an event."""
    with services.database.reading() as session:
        names = [rows.DOCUMENT, rows.PAGES, *rows.OF_A_DOCUMENT, *rows.OF_A_FILE, *rows.OF_THE_LIBRARY]
        found = {name: list(rows.each(session, name)) for name in names}
    for name in ("organisation_name", "organisation_link"):
        found[name] = [{key: value for key, value in row.items() if key != "id"} for row in found[name]]
    found["event"] = [row for row in found["event"] if row["action"] != ARRIVED]
    return {name: sorted(lines, key=lambda row: json.dumps(row, sort_keys=True)) for name, lines in found.items()}


def pack(services: Services, folder: Path, *, people: bool = False) -> Path:
    bag.export(services, folder, with_people=people, progress=ignore)
    return folder


def test_a_library_is_the_same_elsewhere_and_its_trace_still_verifies(
    source: Services, target: Services, tmp_path: Path
) -> None:
    packed = pack(source, tmp_path / "bag")
    found = unbag.take_in(target, packed, ignore)
    assert everything(target) == everything(source)
    assert list(target.store.digests()) == list(source.store.digests())
    assert (found.documents, found.kept, found.missing) == (6, 0, 0)
    with source.database.reading() as session:
        anchor = trace.head(session)
    with target.database.reading() as session:
        assert trace.verify(session, [anchor], ignore).fault is None
        assert trace.head(session).number == anchor.number + 1, "that it came in is told too"
        assert queue.counts(session)["index"]["waiting"] == 6
        assert queue.counts(session)["extract"]["waiting"] > 0


@pytest.mark.slow
def test_a_library_moves_by_a_bag_from_sqlite_to_postgresql(
    house: Services, sqlite_url: str, postgres_url: str, tmp_path: Path
) -> None:
    one = library(house, sqlite_url, tmp_path / "one")
    other = library(house, postgres_url, tmp_path / "other")
    fill_without_files(one)
    unbag.take_in(other, pack(one, tmp_path / "bag"), ignore)
    assert everything(other) == everything(one)
    with other.database.writing() as session:  # numbers go on
        first, second = session.scalars(select(Document).order_by(Document.id).limit(2))
        relations.add(session, first, "replaces", second)
    with other.database.reading() as session:
        assert trace.verify(session, [], ignore).fault is None
    for services in (one, other):
        services.database.close()


def fill_without_files(services: Services) -> None:
    fill(services.database)
    populate(services, random.Random(7), 4)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=strategies.integers(0, 10**9))
def test_any_library_is_the_same_elsewhere(house: Services, migrated_sqlite: Path, tmp_path: Path, seed: int) -> None:
    folder = tmp_path / str(next(NUMBERS))
    folder.mkdir()
    for name in ("one", "other"):
        shutil.copyfile(migrated_sqlite, folder / f"{name}.sqlite3")
    one, other = (library(house, f"sqlite:///{folder}/{name}.sqlite3", folder / name) for name in ("one", "other"))
    populate(one, random.Random(seed), 5)
    unbag.take_in(other, pack(one, folder / "bag"), ignore)
    assert everything(other) == everything(one)
    for services in (one, other):
        services.database.close()
    shutil.rmtree(folder)


def test_the_same_bag_again_changes_nothing_also_when_the_library_went_on(
    source: Services, target: Services, tmp_path: Path
) -> None:
    packed = pack(source, tmp_path / "bag")
    ids = unbag.take_in(target, packed, ignore).ids
    with target.database.writing() as session:
        documents.edit(session, documents.load(session, ids[0]), actor="x", summary={"ar": "جديد"})
    before = everything(target)
    again = unbag.take_in(target, packed, ignore)
    assert (again.documents, again.kept, again.events) == (0, len(ids), 0)
    assert everything(target) == before


def test_a_bag_that_broke_off_goes_on(source: Services, target: Services, tmp_path: Path) -> None:
    packed = pack(source, tmp_path / "bag")
    first = next((packed / "data" / "originals").rglob("*/*/*"))
    with first.open("rb") as stream:
        target.store.put(stream, 10**9)  # one original had arrived
    assert unbag.take_in(target, packed, ignore).documents == 6
    assert everything(target) == everything(source)


def test_a_document_of_the_same_name_is_never_written_over(source: Services, target: Services, tmp_path: Path) -> None:
    packed = pack(source, tmp_path / "bag")
    id = unbag.take_in(target, packed, ignore).ids[0]
    with source.database.writing() as session:
        documents.edit(session, documents.load(session, id), actor="x", summary={"ar": "في الأصل"})
    with target.database.writing() as session:
        documents.edit(session, documents.load(session, id), actor="x", summary={"ar": "في النسخة"})
    before = everything(target)
    with pytest.raises(Conflict, match=f"{id} here is another"):
        unbag.take_in(target, pack(source, tmp_path / "later"), ignore)
    assert everything(target) == before


def test_an_import_id_in_use_and_a_destroyed_document_are_refused_by_name(
    source: Services, target: Services, tmp_path: Path
) -> None:
    packed = pack(source, tmp_path / "bag")
    with source.database.reading() as session:
        named = session.scalars(select(Document.import_id).where(Document.import_id.is_not(None))).first()
    with target.database.writing() as session:
        documents.create(session, type="news", actor="x", title={"ar": "خبر"}, import_id=named)
    with pytest.raises(Conflict, match=str(named)):
        unbag.take_in(target, packed, ignore)


def test_a_library_with_a_trace_of_its_own_takes_the_other_along_at_its_end(
    source: Services, target: Services, tmp_path: Path
) -> None:
    with target.database.writing() as session:
        own = documents.create(session, type="news", actor="x", title={"ar": "خبر من هنا"})
    packed = pack(source, tmp_path / "bag")
    found = unbag.take_in(target, packed, ignore)
    assert unbag.take_in(target, packed, ignore).events == 0
    with target.database.reading() as session:
        assert trace.verify(session, [], ignore).fault is None
        kept = session.scalars(select(Event).where(Event.action != ARRIVED).order_by(Event.id)).all()
        assert kept[0].document_id == own.id
        told = [(event.at, event.actor, event.action, event.revision, event.seal) for event in kept[1:]]
    with source.database.reading() as session:
        theirs = session.scalars(select(Event).order_by(Event.id)).all()
        assert told == [(event.at, event.actor, event.action, event.revision, event.seal) for event in theirs]
    assert found.events == len(told)


def test_people_come_along_where_it_is_asked_and_without_what_opens_a_door(
    source: Services, target: Services, tmp_path: Path
) -> None:
    packed = pack(source, tmp_path / "bag")
    assert not (packed / "data" / "people").exists()
    assert "أمينة" not in everything_written(packed)
    packed = pack(source, tmp_path / "with", people=True)
    assert "kept" not in (packed / "data" / "people" / "person.jsonl").read_text("utf-8")
    assert unbag.take_in(target, packed, ignore).people == 1
    with target.database.reading() as session, source.database.reading() as other:
        (one,), (same,) = people.everybody(session), people.everybody(other)
        assert (one.id, one.email, one.key, one.role, one.password) == (same.id, same.email, same.key, "curator", "")
    assert unbag.take_in(target, packed, ignore).people == 0


def everything_written(folder: Path) -> str:
    return "".join(path.read_text("utf-8", errors="replace") for path in folder.rglob("*.json*"))


def test_an_account_of_the_same_address_is_one_clear_line(source: Services, target: Services, tmp_path: Path) -> None:
    packed = pack(source, tmp_path / "bag", people=True)
    with source.database.reading() as session:
        email = people.everybody(session)[0].email
    with target.database.writing() as session:
        people.create(session, email=email, name="x", role="reader", actor="x")
    with pytest.raises(Conflict, match=email):
        unbag.take_in(target, packed, ignore)
    with target.database.reading() as session:
        assert rows.ids(session) == []


def test_a_damaged_bag_is_refused_with_the_name_of_the_file(source: Services, target: Services, tmp_path: Path) -> None:
    packed = pack(source, tmp_path / "bag")
    spoiled = next((packed / "data" / "documents").rglob("document.json"))
    spoiled.write_bytes(spoiled.read_bytes().replace(b"2", b"3", 1))
    with pytest.raises(Damaged) as refusal:
        unbag.take_in(target, packed, ignore)
    assert list(refusal.value.problems) == [spoiled.relative_to(packed).as_posix()]
    with target.database.reading() as session:
        assert rows.ids(session) == []
    assert not list(target.store.digests())


def repack(packed: Path, path: str, content: bytes) -> Path:
    """A bag that is sound, with other content in one file: packed by somebody who means no good."""
    other = packed.with_name(f"{packed.name}-{next(NUMBERS)}")
    made = Packing(other)
    for file in sorted((packed / "data").rglob("*")):
        name = file.relative_to(packed / "data").as_posix()
        if file.is_file():
            made.add(name, [content if name == path else file.read_bytes()])
    lines = (line.split(": ", 1) for line in (packed / "bag-info.txt").read_text("utf-8").splitlines())
    made.seal({name: value for name, value in lines if name != "Payload-Oxum"})
    return other


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record["document"] | {"state": 3},
        lambda record: record["document"] | {"type": "nothing"},
        lambda record: record["document"] | {"id": "aaaaaaaaaa"},
        lambda record: record["document"] | {"more": "x"},
        lambda record: record["document"] | {"organisation_id": "nobody"},
        lambda record: record["document"] | {"created_at": "yesterday"},
        lambda _: ["a list"],
    ],
)
def test_a_sound_bag_with_rows_that_are_none_changes_nothing(
    source: Services, target: Services, tmp_path: Path, change: Any
) -> None:
    packed = pack(source, tmp_path / "bag")
    record = min((packed / "data" / "documents").rglob("document.json"))
    said = json.loads(record.read_text("utf-8"))
    said["document"] = change(said)
    other = repack(packed, record.relative_to(packed / "data").as_posix(), json.dumps(said).encode())
    with pytest.raises((Invalid, Unavailable)):
        unbag.take_in(target, other, ignore)
    with target.database.reading() as session:
        assert rows.ids(session) == []


def test_a_sound_bag_whose_trace_is_altered_is_refused(source: Services, target: Services, tmp_path: Path) -> None:
    packed = pack(source, tmp_path / "bag")
    lines = (packed / "data" / "library" / "event.jsonl").read_text("utf-8").splitlines(keepends=True)
    lines[2] = lines[2].replace('"note": "', '"note": "x', 1)
    with pytest.raises(Damaged, match="event 3"):
        unbag.take_in(target, repack(packed, "library/event.jsonl", "".join(lines).encode()), ignore)


def test_a_bag_of_a_later_version_or_of_something_else_is_refused(
    source: Services, target: Services, tmp_path: Path
) -> None:
    packed = pack(source, tmp_path / "bag")
    info = (packed / "bag-info.txt").read_text("utf-8")
    for file in packed.glob("tagmanifest-*"):
        file.unlink()
    (packed / "bag-info.txt").write_text(info.replace("Rassid-Schema: ", "Rassid-Schema: 9"), "utf-8")
    with pytest.raises(Newer):
        unbag.take_in(target, packed, ignore)
    (packed / "bag-info.txt").write_text("Source-Organization: another\n", "utf-8")
    with pytest.raises(Invalid, match="no library"):
        unbag.take_in(target, packed, ignore)


def test_what_was_lost_is_told_and_the_rest_is_packed(source: Services, target: Services, tmp_path: Path) -> None:
    lost, rotten, *_ = source.store.digests()
    source.store.path(lost).unlink()
    source.store.path(rotten).chmod(0o600)
    source.store.path(rotten).write_bytes(b"rotten")
    told = bag.export(source, tmp_path / "bag", with_people=False, progress=ignore)
    assert told.missing == (lost, rotten)
    assert unbag.take_in(target, tmp_path / "bag", ignore).missing == 2
    assert everything(target) == everything(source)


def test_a_folder_that_holds_something_is_left_alone(source: Services, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    with pytest.raises(Conflict):
        pack(source, tmp_path / "full")
    (tmp_path / "file").write_text("x")
    with pytest.raises(Conflict):
        pack(source, tmp_path / "file")
    with pytest.raises(Unavailable):
        pack(source, tmp_path / "file" / "below")
    assert sorted(path.name for path in (tmp_path / "full").iterdir()) == ["mine.txt"]
    assert not list(tmp_path.glob(".*.part"))


def test_each_document_is_told_in_dublin_core_too(source: Services, tmp_path: Path) -> None:
    packed = pack(source, tmp_path / "bag")
    records = list((packed / "data" / "documents").rglob("dublin-core.xml"))
    assert len(records) == 6
    assert all("<dc:title" in record.read_text("utf-8") for record in records)
    assert (packed / "data" / "vocabularies" / "types" / "law.toml").is_file()
    assert f"{now():%Y-%m-%d}" in (packed / "bag-info.txt").read_text("utf-8")


def test_packing_and_taking_in_grow_in_proportion_to_the_library(
    house: Services, migrated_sqlite: Path, tmp_path: Path
) -> None:
    numbers = count()

    def empty() -> Services:
        name = f"{next(numbers)}"
        shutil.copyfile(migrated_sqlite, tmp_path / f"{name}.sqlite3")
        return library(house, f"sqlite:///{tmp_path}/{name}.sqlite3", tmp_path / f"store-{name}")

    def stocked(size: int) -> Services:
        services = empty()
        for n in range(size):
            with services.database.writing() as session:
                stored = services.store.put(BytesIO(f"{n}".encode()), 10)
                row = documents.create(session, type="news", actor="x", title={"ar": f"خبر {n}"})
                facts = {"name": "a.txt", "media_type": "text/plain", "size": 1, "digest": stored.digest}
                files.mark_read(session, files.attach(session, row, **facts), [Page(1, "نص")], stamp="text/1")  # type: ignore[arg-type]
                workflow.move(session, row, State.PUBLISHED, actor="x")
        return services

    sizes = (8, 16, 32)
    sources, targets = ({size: make(size) for size in sizes} for make in (stocked, lambda _size: empty()))

    def pack(size: int) -> None:
        bag.export(sources[size], tmp_path / f"bag-{size}", with_people=True, progress=ignore)

    def take(size: int) -> None:
        unbag.take_in(targets[size], tmp_path / f"bag-{size}", ignore)

    try:
        assert grows_in_proportion(pack, 16)
        assert grows_in_proportion(take, 16)
        assert grows_in_proportion(take, 16), "the same again"
    finally:
        for services in (*sources.values(), *targets.values()):
            services.database.close()
