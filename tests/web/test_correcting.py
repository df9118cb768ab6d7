"""A page put right by hand: kept over what was read, shown and searched at once, found again after another reading."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from kb.api.routes import create_router
from kb.app import open_services
from kb.catalog import corrections, documents, files, people
from kb.catalog.access import PUBLIC
from kb.catalog.people import PersonRole
from kb.catalog.rights import Someone
from kb.core.settings import Settings
from kb.core.text import Box, Page
from kb.search.query import Precision
from kb.services import accounts, correcting, find, forgetting
from kb.services.answers import Ask
from kb.services.context import Services
from kb.services.deposit import Deposit, Original, create
from kb.web.site import create_site
from tests.visited import Browser, settle

PASSWORD = "خمس نخلات على الواد"
READ = "قرر الوزير تبسيظ المسطرة في المغرب\nوتحسين الاستقبال بالمصالح"
RIGHT = READ.replace("تبسيظ", "تبسيط")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with open_services(Settings(home=tmp_path_factory.mktemp("correcting"))) as found:
        for role in ("contributor", "curator"):
            invited = accounts.invite(found, "test", email=f"{role}@example.ma", name=f"اسم {role}", role=role)
            accounts.redeem(found, invited.secret, PASSWORD)
        yield found


def browser(services: Services, role: str) -> Browser:
    found = Browser(create_site(services), follow_redirects=False, headers={"Origin": "http://testserver"})
    assert found.post("/ar/sign-in", data={"email": f"{role}@example.ma", "password": PASSWORD}).status_code == 303
    return found


@pytest.fixture(scope="module")
def curator(services: Services) -> Browser:
    return browser(services, "curator")


def read(services: Services, id: str, text: str, stamp: str = "pdf/1") -> None:
    """Keep a reading of the document's one file, as a reader of files would."""
    boxes = tuple(Box(n, 100 * n, 100, 100 * n + 90, 120) for n in range(len(text.split())))
    with services.database.writing() as session:
        file = files.numbered(documents.load(session, id), 1)
        files.mark_read(
            session, file, [Page(1, text, boxes=boxes, width=5950, height=8420)], stamp=stamp, language="ar"
        )
        corrections.settle(session, file)


@pytest.fixture
def id(services: Services) -> str:
    with services.database.writing() as session:
        original = Original(digest="ab" * 32, name="محضر.pdf", media_type="application/pdf", size=9)
        deposit = Deposit(title={"ar": "محضر"}, state="published", files=(original,))
        id = create(session, deposit, actor="test").id
    settle(services)
    read(services, id, READ)
    settle(services)
    return id


def correct(curator: Browser, id: str, text: str, *, seen: str = "") -> int:
    address = f"/ar/desk/documents/{id}/pages/1/1"
    held = re.findall(r'name="seen" value="(\w+)"', curator.get(address).text)[0]
    return curator.post(address, data={"text": text, "seen": seen or held}).status_code


def found(services: Services, question: str) -> set[str]:
    return {
        one.card.id
        for one in find.find(services, Ask(q=f'"{question}"', precision=Precision.WRITTEN), PUBLIC, "ar").found
    }


def test_what_is_put_right_is_shown_and_searched_at_once_and_what_was_read_stays(
    services: Services, curator: Browser, id: str
) -> None:
    assert correct(curator, id, RIGHT.replace("\n", "\r\n")) == 303
    settle(services)
    assert id in found(services, "تبسيط المسطرة")
    page = Browser(create_site(services)).get(f"/ar/d/{id}/f/1/p/1?q=تبسيط").text
    assert "صُحح النص يدويا" in page
    assert "تبسيظ" not in page
    assert "اسم curator" not in page, "readers are not told who"
    reviewed = curator.get(f"/ar/desk/documents/{id}").text
    assert "تبسيط" in reviewed
    assert "تبسيظ" not in reviewed, "who decides sees what readers will see"
    assert (
        Browser(create_site(services, create_router)).get(f"/api/v1/documents/{id}/files/1/receipt").json()["corrected"]
        == 1
    )
    assert "صُحح النص يدويا" in Browser(create_site(services)).get(f"/ar/d/{id}/f/1/receipt").text
    with services.database.reading() as session:
        assert files.page(session, files.numbered(documents.load(session, id), 1), 1).text == READ
        told = [(event.action, event.note) for event in documents.events(session, id)]
    assert told[-1] == ("correct", "1/1")


def test_the_same_words_with_other_breaks_are_no_correction(services: Services, curator: Browser, id: str) -> None:
    with services.database.reading() as session:
        before = documents.load(session, id).revision
    assert correct(curator, id, READ.replace("\n", " ")) == 303
    with services.database.reading() as session:
        assert documents.load(session, id).revision == before


def test_a_correction_survives_another_reading_and_is_listed_where_its_words_are_gone(
    services: Services, curator: Browser, id: str
) -> None:
    correct(curator, id, RIGHT)
    read(services, id, f"المملكة المغربية\n{READ}", "pdf/2")
    page = curator.get(f"/ar/desk/documents/{id}/pages/1/1").text
    assert f"المملكة المغربية\n{RIGHT}" in page
    assert id not in curator.get("/ar/desk/corrections").text
    read(services, id, "نص آخر لا علاقة له", "pdf/3")
    listed = curator.get("/ar/desk/corrections").text
    assert f"/ar/desk/documents/{id}/pages/1/1" in listed
    assert "لم يعد له مكان" in listed
    assert "صُحح النص يدويا" not in Browser(create_site(services)).get(f"/ar/d/{id}/f/1/p/1").text
    read(services, id, RIGHT, "pdf/4")
    assert "صار النص يُقرأ كذلك" in curator.get(f"/ar/desk/documents/{id}/pages/1/1").text


def test_corrections_of_a_page_are_listed_and_one_is_taken_back(services: Services, curator: Browser, id: str) -> None:
    address = f"/ar/desk/documents/{id}/pages/1/1"
    correct(curator, id, RIGHT.replace("المغرب", "المملكة"))
    page = curator.get(address).text
    assert page.count("اسم curator") >= 2
    numbers = re.findall(r'name="id" value="(\d+)"', page)
    assert curator.post(f"{address}/undo", data={"id": numbers[0]}).status_code == 303
    settle(services)
    assert RIGHT in curator.get(address).text
    assert "متراجع عنه" in curator.get(address).text
    assert curator.post(f"{address}/undo", data={"id": "999999"}).status_code == 404


def test_who_corrects_a_page_that_has_changed_meanwhile_loses_nothing(curator: Browser, id: str) -> None:
    address = f"/ar/desk/documents/{id}/pages/1/1"
    held = re.findall(r'name="seen" value="(\w+)"', curator.get(address).text)[0]
    assert correct(curator, id, RIGHT) == 303
    answer = curator.post(address, data={"text": READ.replace("المغرب", "البلاد"), "seen": held})
    assert answer.status_code == 409
    assert "في البلاد" in answer.text
    assert held not in answer.text


def test_what_somebody_put_right_who_is_forgotten_was_put_right_by_a_former_colleague(
    services: Services, curator: Browser, id: str
) -> None:
    invited = accounts.invite(services, "test", email="leaver@example.ma", name="اسم الراحل", role="curator")
    leaver = accounts.known(services, people.actor_of(invited.id))
    assert leaver is not None
    seen = correcting.opened(services, leaver, id, 1, 1, "ar").seen
    assert correcting.save(services, leaver, id, 1, 1, RIGHT, seen) == 1
    address = f"/ar/desk/documents/{id}/pages/1/1"
    assert "اسم الراحل" in curator.get(address).text
    accounts.change(services, "test", invited.id, active=False)
    forgetting.forget(services, "test", invited.id)
    page = curator.get(address).text
    assert "زميل سابق" in page
    assert "اسم الراحل" not in page
    read(services, id, "نص آخر", "pdf/2")
    assert "زميل سابق" in curator.get("/ar/desk/corrections").text


def test_only_who_curates_puts_texts_right(services: Services, id: str) -> None:
    address = f"/ar/desk/documents/{id}/pages/1/1"
    assert browser(services, "contributor").get(address).status_code == 403
    assert Browser(create_site(services), follow_redirects=False).get(address).status_code == 303


def test_corrections_that_fit_no_more_are_narrowed_and_each_sees_those_of_what_they_curate(
    services: Services, curator: Browser, id: str
) -> None:
    correct(curator, id, RIGHT)
    read(services, id, "نص آخر لا علاقة له", "pdf/2")
    here = f"/ar/desk/documents/{id}/pages/1/1"
    assert here in curator.get("/ar/desk/corrections?standing=lost").text
    assert here not in curator.get("/ar/desk/corrections?standing=read").text
    confined = Someone("x", "س", "x@example.ma", PersonRole.CURATOR, organisation="mtnra", confined=True)
    assert correcting.lost(services, confined, 1, "ar").total == 0
    with services.database.writing() as session:
        documents.edit(session, documents.load(session, id), actor="test", organisation_id="mtnra")
    assert [one.id for one in correcting.lost(services, confined, 1, "ar").rows] == [id]


def test_corrections_of_an_earlier_version_are_looked_at_by_the_house(
    services: Services, curator: Browser, id: str
) -> None:
    correct(curator, id, RIGHT)
    read(services, id, "نص آخر لا علاقة له", "pdf/2")
    with services.database.writing() as session:
        session.execute(update(corrections.Correction).values(standing=None))
    assert id not in curator.get("/ar/desk/corrections").text
    correcting.settle(services)
    assert id in curator.get("/ar/desk/corrections").text
