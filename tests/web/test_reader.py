"""Hits in the reader: boxes on the picture, marks in the text, steps between them, addresses that keep the question."""

import gzip
import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from starlette.testclient import TestClient

from kb.catalog import documents, files, relations, workflow
from kb.catalog.documents import load
from kb.catalog.tables import State
from kb.core.text import Box, Heading, Page
from kb.ingest import media
from kb.services import curate
from kb.services.context import Services
from kb.web.site import create_site
from tests.catalog.test_lists import queries
from tests.opening import library, take_in

LINES = {
    1: ("Simplifier les procedures", "Les procedures des communes", "Simplifier"),
    2: ("Un autre sujet",),
    3: ("Procedures sans objet",),
}
GUIDE = "# الدليل\n\nتبسيطُ المساطر أولا، ثم تبسيط المسطرة.\n\n| أ | ب |\n"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("files")
    canvas = Canvas(str(folder / "paper.pdf"), pagesize=A4)
    for lines in LINES.values():
        for place, line in enumerate(lines):
            canvas.drawString(72, 700 - 40 * place, line)
        canvas.showPage()
    canvas.save()
    (folder / "guide.md").write_text(GUIDE, "utf-8")
    with library(folder / "home") as services:
        take_in(services, folder / "paper.pdf", folder / "guide.md")
        yield services


@pytest.fixture(scope="module")
def at(services: Services) -> dict[str, str]:
    from sqlalchemy import select  # noqa: PLC0415

    from kb.catalog.tables import File  # noqa: PLC0415

    with services.database.reading() as session:
        return {row.name: f"/d/{row.document_id}/f/1" for row in session.scalars(select(File))}


@pytest.fixture(scope="module")
def visitor(services: Services) -> TestClient:
    return TestClient(create_site(services), raise_server_exceptions=False, follow_redirects=False)


def links(text: str, of: str) -> dict[str, str]:
    """Return where the steps named by `of` lead, by what they are."""
    return {key: html.unescape(href) for href, key in re.findall(of, text)}


STEPS = r'href="([^"]+)" data-beyond="[^"]*" data-by="(-?1)"'


def test_each_hit_is_a_box_on_the_picture_and_leads_to_the_same_words_of_the_text(
    visitor: TestClient, at: dict[str, str]
) -> None:
    text = visitor.get(f"/fr{at['paper.pdf']}/p/1?q=procedures").text
    drawing = text[text.index('<svg class="spots"') : text.index("</svg>", text.index('<svg class="spots"'))]
    assert 'viewBox="0 0 5953 8419"' in drawing
    assert re.findall(r'<a id="hit-(\d)" href="#text-(\d)"', drawing) == [("1", "1"), ("2", "2")]
    assert drawing.count("<rect") == 2
    assert "Occurrence 2 sur 2 de cette page" in drawing
    assert re.findall(r'<mark id="text-(\d)"', text) == ["1", "2"]
    assert "style=" not in text


def test_one_steps_from_hit_to_hit_over_the_pages_and_from_the_last_to_the_first(
    visitor: TestClient, at: dict[str, str]
) -> None:
    address, seen = f"/fr{at['paper.pdf']}/p/1?q=procedures", []
    for _ in range(4):
        text = visitor.get(address).text
        seen.append(re.findall(r'data-here="(\d)" data-nth="(\d)"', text)[0])
        address = links(text, STEPS)["1"]
    assert seen == [("1", "1"), ("2", "2"), ("1", "3"), ("1", "1")]
    back = links(visitor.get(f"/fr{at['paper.pdf']}/p/1?q=procedures").text, STEPS)["-1"]
    assert re.search(r"/p/3\?q=procedures#hit-1$", back)


def test_a_page_without_a_hit_leads_to_those_around_it(visitor: TestClient, at: dict[str, str]) -> None:
    text = visitor.get(f"/fr{at['paper.pdf']}/p/2?q=procedures").text
    steps = links(text, STEPS)
    assert re.search(r"/p/1\?q=procedures&hit=2#hit-2$", steps["-1"])
    assert re.search(r"/p/3\?q=procedures#hit-1$", steps["1"])
    assert "3 occurrences" in text


@pytest.mark.parametrize("hit", ["0", "99", "-1", "x", "٣", "9" * 40])
def test_any_number_of_a_hit_is_one_of_the_page(visitor: TestClient, at: dict[str, str], hit: str) -> None:
    text = visitor.get(f"/fr{at['paper.pdf']}/p/1?q=procedures&hit={hit}").text
    assert text.count('class="cur"') >= 2


def test_a_place_in_the_text_leads_to_the_hit_that_begins_there(visitor: TestClient, at: dict[str, str]) -> None:
    answer = visitor.get(f"/fr{at['paper.pdf']}/p/1?q=procedures&at=30")
    assert answer.headers["location"] == f"/fr{at['paper.pdf']}/p/1?q=procedures&hit=2#hit-2"
    assert visitor.get(f"/fr{at['paper.pdf']}/p/2?q=procedures&at=30").status_code == 200


def test_a_page_reads_its_document_once(visitor: TestClient, at: dict[str, str], services: Services) -> None:
    address = f"/fr{at['paper.pdf']}/p/1?q=procedures"
    visitor.get(address)  # where hits are is known from now on
    with queries(services.database) as sent:
        visitor.get(address)
    assert sum("FROM document \n" in statement and "document.id =" in statement for statement in sent) == 1
    assert len(sent) == 9
    with queries(services.database) as sent:
        visitor.get(f"{address}&at=30")
    assert len(sent) == 5


def test_a_result_leads_to_the_hit_that_it_quotes(visitor: TestClient, at: dict[str, str]) -> None:
    found = visitor.get("/fr/search?q=communes").text
    [address] = set(re.findall(rf'href="(/fr{at["paper.pdf"]}/p/1[^"]*)"', found))
    led = visitor.get(html.unescape(address))
    page = visitor.get(led.headers["location"].partition("#")[0]).text if led.status_code == 302 else led.text
    assert re.search(r'<mark[^>]* class="cur">communes</mark>', page)


def test_looking_in_a_document_goes_to_the_next_hit(visitor: TestClient, at: dict[str, str]) -> None:
    def led(query: str) -> str:
        return visitor.get(f"/fr{at['paper.pdf']}?{query}").headers["location"].partition("/p/")[2]

    assert led("page=2&q=procedures") == "3?q=procedures#hit-1"
    assert led("page=2&q=Simplifier") == "1?q=Simplifier#hit-1"
    assert led("page=2&q=absent") == "2?q=absent"
    assert led("page=2&q=procedures&view=text") == "3?q=procedures&view=text#hit-1"
    assert led("") == "1"


@pytest.mark.parametrize(("go", "page"), [("3", "3"), ("٣", "3"), ("99", "3"), ("x", "2"), ("0", "2")])
def test_one_can_go_to_a_page(visitor: TestClient, at: dict[str, str], go: str, page: str) -> None:
    answer = visitor.get(f"/fr{at['paper.pdf']}?page=2&go={go}")
    assert answer.headers["location"] == f"/fr{at['paper.pdf']}/p/{page}"


def test_a_page_that_is_not_there_is_not_led_to(visitor: TestClient, at: dict[str, str]) -> None:
    assert visitor.get(f"/fr{at['paper.pdf']}".replace("/f/1", "/f/9")).status_code == 404
    assert visitor.get("/fr/d/aaaaaaaaaa/f/1?q=a").status_code == 404


@pytest.mark.parametrize(
    ("asked", "marked"),
    [
        ("q=المسطرة", ["المساطر", "المسطرة"]),
        ("q=المسطرة&precision=same", ["المسطرة"]),
        ("q=المسطرة&precision=written", ["المسطرة"]),
        ('q="تبسيط المسطرة"', ["تبسيط المسطرة"]),
        ("phrase=تبسيط المسطرة", ["تبسيط المسطرة"]),
        ("all=المسطرة&precision=written", ["المسطرة"]),
    ],
)
def test_a_page_marks_what_the_search_was_asked_for(
    visitor: TestClient, at: dict[str, str], asked: str, marked: list[str]
) -> None:
    found = visitor.get(f"/ar/search?{asked}").text
    address = html.unescape(re.findall(rf'href="(/ar{at["guide.md"]}/p/1[^"]*)"', found)[0])
    answer = visitor.get(address)
    page = visitor.get(answer.headers["location"].partition("#")[0]).text
    assert [re.sub("<[^>]+>", "", mark) for mark in re.findall("<mark.*?</mark>", page)] == marked


def test_all_that_was_asked_goes_along_to_the_next_page(visitor: TestClient, at: dict[str, str]) -> None:
    asked = "all=procedures&precision=same&also=0&view=text"
    text = visitor.get(f"/fr{at['paper.pdf']}/p/1?{asked}").text
    ahead = re.search(r'<a href="([^"]*/p/2[^"]*)" rel="next"', text)
    assert ahead is not None
    assert html.unescape(ahead[1]).endswith("?all=procedures&precision=same&also=0&view=text")
    assert 'href="/fr/search?all=procedures&amp;precision=same&amp;also=0"' in text


def test_a_phrase_that_a_file_has_only_in_words_is_said_to_be_loosened(visitor: TestClient, at: dict[str, str]) -> None:
    text = visitor.get(f"/fr{at['paper.pdf']}/p/1", params={"q": '"communes procedures"'}).text
    assert 'id="hit-1"' in text
    assert 'class="note"' in text


def test_picture_and_text_can_each_be_seen_alone(visitor: TestClient, at: dict[str, str]) -> None:
    picture = visitor.get(f"/fr{at['paper.pdf']}/p/1?q=procedures&view=page").text
    assert '<svg class="spots"' in picture
    assert "<article" not in picture
    assert re.search(r'<a id="hit-2" href="[^"]*view=text[^"]*#hit-2"', picture)
    words = visitor.get(f"/fr{at['paper.pdf']}/p/1?q=procedures&view=text").text
    assert "<figure" not in words
    assert '<mark id="hit-2"' in words
    assert visitor.get(f"/fr{at['paper.pdf']}/p/1?view=<script>").text.count("<script>") == 0


def test_headings_of_the_text_are_headings_of_the_page(visitor: TestClient, at: dict[str, str]) -> None:
    text = visitor.get(f"/ar{at['guide.md']}/p/1").text
    assert re.search(r'<h3 id="h-[0-9a-f]{8}" dir="auto">الدليل</h3>', text)


def test_what_is_gone_tells_when_why_and_what_took_its_place(tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text("# الدليل القديم\n\nنص.\n", "utf-8")
    (tmp_path / "new.md").write_text("# الدليل الجديد\n\nنص آخر.\n", "utf-8")
    with library(tmp_path / "home") as services:
        old, new = (take_in(services, tmp_path / name).touched[0] for name in ("old.md", "new.md"))
        with services.database.writing() as session:
            relations.add(session, load(session, new), "replaces", load(session, old))
        curate.withdraw(services, old, "صدرت نسخة أحدث")
        visitor = TestClient(create_site(services), raise_server_exceptions=False)
        for rest in ("", "/f/1/p/1"):
            gone = visitor.get(f"/ar/d/{old}{rest}")
            assert gone.status_code == 410
            for told in (
                "الدليل القديم",
                "صدرت نسخة أحدث",
                "سُحبت من النشر يوم",
                f'href="/ar/d/{new}"',
                "الدليل الجديد",
            ):
                assert told in gone.text
        with services.database.writing() as session:
            workflow.move(session, load(session, new), State.WITHDRAWN, actor="a", reason="خطأ")
        assert "الدليل الجديد" not in visitor.get(f"/ar/d/{old}").text


def test_the_address_of_a_hit_without_a_language_leads_to_it(visitor: TestClient, at: dict[str, str]) -> None:
    answer = visitor.get(f"{at['paper.pdf']}/p/1?q={quote('les procedures')}&hit=2&view=text&evil=1")
    assert answer.headers["location"].endswith(f"{at['paper.pdf']}/p/1?q=les+procedures&view=text&hit=2#hit-2")


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, str]]:
    """A document of 2,000 pages with a word on each and 500 headings."""
    with library(tmp_path_factory.mktemp("long") / "home") as services:
        with services.database.writing() as session:
            document = documents.create(session, type="publication", actor="a", title={"ar": "وثيقة " * 60})
            row = files.attach(session, document, digest="0" * 64, name="a.pdf", media_type=media.PDF, size=1)
            text = "تبسيط المساطر في الإدارة. " * 60
            boxes = tuple(Box(word, 100, 10 * word, 200, 10 * word + 9) for word in range(len(text.split())))
            pages = [
                Page(number, text, label=f"ص-{number + 4}", boxes=boxes, width=5953, height=8419)
                for number in range(1, 2001)
            ]
            headings = [Heading(f"الباب {number}", 4 * number, 1 + number % 2) for number in range(1, 500)]
            files.mark_read(session, row, pages, stamp="a", outline=headings, language="ar")
            workflow.move(session, document, State.PUBLISHED, actor="a")
            id = document.id
        yield TestClient(create_site(services), follow_redirects=False), f"/ar/d/{id}"


@pytest.mark.parametrize(
    "rest", ["", "/f/1/p/1?q=تبسيط المساطر", "/f/1/p/1000?q=تبسيط", "/f/1/p/2000?q=تبسيط&view=page"]
)
def test_a_page_of_a_very_long_document_stays_light(long: tuple[TestClient, str], rest: str) -> None:
    visitor, address = long
    text = visitor.get(address + rest).text
    assert len(re.findall("<[a-z]", text)) <= 900
    assert len(gzip.compress(text.encode())) < 14_000


def test_a_very_long_document_is_walked_from_end_to_end(long: tuple[TestClient, str]) -> None:
    visitor, address = long
    text = visitor.get(f"{address}/f/1/p/2000?q=تبسيط&hit=60").text
    assert "المطابقة 120000 من 120000" in text
    assert links(text, STEPS)["1"].endswith("/p/1?q=%D8%AA%D8%A8%D8%B3%D9%8A%D8%B7#hit-1")
    assert len(re.findall(r'<rect x="[^"]*" y="[^"]*" width="[^"]*" height="[^"]*" class="(?:v|cur)"', text)) == 125


def test_one_can_go_to_what_is_printed_on_a_page(long: tuple[TestClient, str]) -> None:
    visitor, address = long
    assert "(ص-14)" in re.sub("<[^>]+>", "", visitor.get(f"{address}/f/1/p/10").text)
    assert visitor.get(f"{address}/f/1?go=ص-14").headers["location"] == f"{address}/f/1/p/10"
