"""The files of a document at the desk."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kb.app import open_services
from kb.catalog import documents
from kb.core.settings import Settings
from kb.services import accounts
from kb.services.context import Services
from kb.web.site import create_site
from tests.visited import Browser, settle

PASSWORD = "خمس نخلات على الواد"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with open_services(Settings(home=tmp_path_factory.mktemp("filing"))) as found:
        for role in ("contributor", "curator"):
            invited = accounts.invite(found, "test", email=f"{role}@example.ma", name=role, role=role)
            accounts.redeem(found, invited.secret, PASSWORD)
        yield found


def browser(services: Services, role: str) -> Browser:
    found = Browser(create_site(services), follow_redirects=False, headers={"Origin": "http://testserver"})
    assert found.post("/ar/sign-in", data={"email": f"{role}@example.ma", "password": PASSWORD}).status_code == 303
    return found


@pytest.fixture(scope="module")
def curator(services: Services) -> Browser:
    return browser(services, "curator")


@pytest.fixture
def address(services: Services) -> str:
    with services.database.writing() as session:
        document = documents.create(session, type="publication", actor="test", title={"ar": "دليل"})
        return f"/ar/desk/documents/{document.id}/files"


def add(curator: Browser, address: str, name: str, content: bytes, **more: str) -> int:
    data = {"csrf": curator.token(), "role": "original", **more}
    return curator.post(address, data=data, files={"file": (name, content)}).status_code


def held(services: Services, address: str) -> list[tuple[int, str, str, bool]]:
    with services.database.reading() as session:
        document = documents.load(session, address.split("/")[4])
        return [(file.number, file.name, file.role, file.successor_id is not None) for file in document.files]


def test_a_file_is_added_read_and_replaced_by_a_newer_one(services: Services, curator: Browser, address: str) -> None:
    assert add(curator, address, "../دليل.txt", "نص الدليل الأول".encode()) == 303
    assert add(curator, address, "دليل 2.txt", "نص الدليل الثاني".encode(), replaces="1") == 303
    settle(services)
    assert held(services, address) == [(1, "دليل.txt", "original", True), (2, "دليل 2.txt", "original", False)]
    page = curator.get(address).text
    assert "حل محله الملف" in page
    with services.database.reading() as session:
        events = documents.events(session, address.split("/")[4])
        assert [(one.action, one.note) for one in events if one.action == "file"] == [("file", "1"), ("file", "2 > 1")]


def test_bytes_of_an_older_version_are_told_of_and_take_the_place_that_is_chosen(
    services: Services, curator: Browser, address: str
) -> None:
    add(curator, address, "a.txt", b"old")
    add(curator, address, "a.txt", b"new", replaces="1")
    sent = {"data": {"csrf": curator.token(), "role": "original"}, "files": {"file": ("a.txt", b"old")}}
    assert "هذه نسخة أقدم في الوثيقة" in curator.post(address, **sent).text
    sent["files"] = {"file": ("a.txt", b"new")}
    assert "هذا الملف نفسه في الوثيقة" in curator.post(address, **sent).text
    assert add(curator, address, "a.txt", b"old", replaces="2") == 303
    assert [(number, gone) for number, _, _, gone in held(services, address)] == [(1, False), (2, True)]


def test_roles_of_files_are_changed_together(services: Services, curator: Browser, address: str) -> None:
    add(curator, address, "a.txt", b"one")
    add(curator, address, "b.txt", b"two", role="annex")
    given = {"csrf": curator.token(), "role.1": "translation", "role.2": "annex"}
    assert curator.post(f"{address}/roles", data=given).status_code == 303
    assert [role for _, _, role, _ in held(services, address)] == ["translation", "annex"]
    assert curator.post(f"{address}/roles", data={**given, "role.1": "boss"}).status_code == 422


def test_what_is_no_file_is_refused_beside_its_field(services: Services, curator: Browser, address: str) -> None:
    for content, more in ((b"", {}), (b"x", {"role": "boss"})):
        assert add(curator, address, "a.txt", content, **more) == 422
    assert (
        curator.post(address, data={"csrf": curator.token(), "role": "original"}, files={"x": ("", b"")}).status_code
        == 422
    )
    assert add(curator, address, "a.txt", b"x", replaces="9") == 404
    assert held(services, address) == []


def test_a_file_above_what_one_may_bring_in_a_day_is_refused_before_it_is_kept(
    services: Services, curator: Browser, address: str
) -> None:
    few = replace(services, settings=services.settings.model_copy(update={"upload_day_bytes": 10}))
    before = list(services.store.digests())
    assert add(browser(few, "curator"), address, "a.txt", b"more than ten bytes") == 429
    assert list(services.store.digests()) == before
    assert held(services, address) == []
    assert add(curator, address, "a.txt", b"more than ten bytes") == 303


def test_files_of_others_are_not_a_contributors_to_change(services: Services, address: str) -> None:
    other = browser(services, "contributor")
    assert other.get(address).status_code == 404
    assert add(other, address, "a.txt", b"x") == 404
