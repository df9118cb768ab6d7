"""The picture of a document for others: whose it is, what it is, and that any title has room on it."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from kb.catalog import documents, workflow
from kb.catalog.tables import State
from kb.services.context import Services
from kb.web.site import create_site
from kb.writing.card import HEIGHT, WIDTH, Card, draw
from tests.opening import library
from tests.visited import House

WHITE = 200


def white(png: bytes) -> list[tuple[int, int]]:
    """Where the title's letters stand."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    assert image.size == (WIDTH, HEIGHT)
    pixels = image.load()
    assert pixels is not None
    return [
        (x, y)
        for x in range(0, WIDTH, 3)
        for y in range(150, 500, 3)
        if min(pixels[x, y]) > WHITE  # type: ignore[arg-type]  # three channels
    ]


def card(title: str, *, right_to_left: bool = True) -> bytes:
    return draw(Card(title, "إصدار", "وزارة", "2021", "رصيد", right_to_left))


def test_a_document_has_a_card_that_its_page_names(visitor: TestClient, house: House) -> None:
    address = f"/d/{house.ids['guide']}/card.png"
    answered = visitor.get(address)
    assert answered.headers["content-type"] == "image/png"
    assert white(answered.content)
    assert len(answered.content) < 120_000
    again = visitor.get(address, headers={"If-None-Match": answered.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert visitor.get(address).content == answered.content
    assert visitor.head(address).content == b""


def test_an_arabic_title_begins_at_the_right_and_a_french_one_at_the_left() -> None:
    assert min(x for x, _ in white(card("قانون"))) > WIDTH / 2
    assert max(x for x, _ in white(card("Loi", right_to_left=False))) < WIDTH / 2


def test_letters_are_joined() -> None:
    apart = white(card("ب ب ب ب"))
    joined = white(card("بببب"))
    assert joined
    assert len(joined) < len(apart)


@pytest.mark.parametrize(
    "title",
    [
        "",
        " ",
        "😀" * 50,
        "ا" * 5000,
        "W" * 5000,
        "كلمة طويلة جدا " * 400,
        "\u202eعنوان\u202c مقلوب (98%) Chikaya.ma 55.19 \x00\ufffe",
        "<script>alert(1)</script>",
        "ⵜⴰⴳⵍⴷⵉⵜ ⵏ ⵍⵎⵖⵔⵉⴱ",
        "مُعَلَّمٌ" * 30,
        "漢字のタイトル",
        "a\u0301\u0301\u0301" * 300,
        "\n\t\r" * 20,
    ],
)
def test_any_title_stays_within_its_room(title: str) -> None:
    for right_to_left in (True, False):
        for x, y in white(card(title, right_to_left=right_to_left)):
            assert 70 <= x <= WIDTH - 70
            assert 150 <= y <= 500


def test_a_long_body_leaves_the_year_its_place() -> None:
    draw(Card("قانون", "نوع" * 200, "وزارة " * 200, "2010–2021", "رصيد" * 50, True))


@pytest.fixture(name="changing")
def _changing(tmp_path: Path) -> Iterator[tuple[Services, TestClient, str]]:
    with library(tmp_path / "home") as services, TestClient(create_site(services)) as client:
        with services.database.writing() as session:
            made = documents.create(session, type="publication", actor="test", title={"ar": "دليل"})
        yield services, client, made.id


def test_nobody_sees_the_card_of_what_they_may_not_see(
    changing: tuple[Services, TestClient, str], visitor: TestClient, house: House
) -> None:
    services, client, id = changing
    assert client.get(f"/d/{id}/card.png").status_code == 404
    with services.database.writing() as session:
        workflow.move(session, documents.load(session, id), State.PUBLISHED, actor="test")
    assert client.get(f"/d/{id}/card.png").status_code == 200
    with services.database.writing() as session:
        documents.edit(session, documents.load(session, id), actor="test", audience="administration")
    assert client.get(f"/d/{id}/card.png").status_code == 404
    assert visitor.get(f"/d/{house.ids['withdrawn']}/card.png").status_code == 410
    assert visitor.get("/d/0123456789/card.png").status_code == 404


def test_a_new_title_has_a_new_card(changing: tuple[Services, TestClient, str]) -> None:
    services, client, id = changing
    with services.database.writing() as session:
        workflow.move(session, documents.load(session, id), State.PUBLISHED, actor="test")
    first = client.get(f"/d/{id}/card.png")
    with services.database.writing() as session:
        documents.edit(session, documents.load(session, id), actor="test", title={"ar": "دليل آخر"})
    second = client.get(f"/d/{id}/card.png", headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 200
    assert second.content != first.content


def test_a_card_that_was_cut_on_disk_is_drawn_again(changing: tuple[Services, TestClient, str]) -> None:
    services, client, id = changing
    with services.database.writing() as session:
        workflow.move(session, documents.load(session, id), State.PUBLISHED, actor="test")
    whole = client.get(f"/d/{id}/card.png").content
    (kept,) = services.settings.cards.iterdir()
    kept.write_bytes(whole[:1000])
    assert client.get(f"/d/{id}/card.png").content == whole
