"""Pictures of pages: who may see them, which there are, and what many who ask at once cost."""

import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from reportlab.lib.colors import red
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas
from starlette.testclient import TestClient

from kb.services import curate
from kb.services.context import Services
from kb.web.site import create_site
from tests.ingest.pdfs import pdf
from tests.opening import library, take_in

REASON = "نسخة قديمة"


def paper(path: Path) -> None:
    canvas = Canvas(str(path), pagesize=A4)
    canvas.drawString(72, 700, "Page one, in black")
    canvas.showPage()
    canvas.setPageSize(landscape(A4))
    canvas.setFillColor(red)
    canvas.rect(100, 100, 300, 300, fill=1)
    canvas.showPage()
    canvas.setPageSize((72, 72 * 100))
    canvas.showPage()
    canvas.save()


def scan(path: Path) -> None:
    pages = []
    for number in range(2):
        page = Image.new("L", (620, 877), "white")
        ImageDraw.Draw(page).text((100, 100), f"scan {number}", fill="black")
        pages.append(page)
    pages[0].save(path, save_all=True, append_images=pages[1:], dpi=(75, 75))


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("files")
    paper(folder / "paper.pdf")
    scan(folder / "scan.tiff")
    (folder / "text.txt").write_text("نص بلا صورة")
    Image.new("RGB", (300, 400), "blue").save(folder / "photo.jpeg", exif=_turned())
    (folder / "bad.pdf").write_bytes(pdf({2: b"<< /Type /Pages /Kids [2 0 R] /Count 9 >>"}))
    Image.new("1", (9000, 9000), 1).save(folder / "huge.png")
    (folder / "cut.jpeg").write_bytes((folder / "photo.jpeg").read_bytes()[:200])
    with library(folder / "home") as services:
        take_in(services, *(path for path in sorted(folder.iterdir()) if path.is_file()))
        yield services


def _turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()


@pytest.fixture(scope="module")
def visitor(services: Services) -> TestClient:
    return TestClient(create_site(services), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def at(services: Services) -> dict[str, str]:
    from sqlalchemy import select  # noqa: PLC0415

    from kb.catalog.tables import File  # noqa: PLC0415

    with services.database.reading() as session:
        return {row.name: f"/d/{row.document_id}/f/1/p" for row in session.scalars(select(File))}


def picture(visitor: TestClient, address: str) -> Image.Image:
    answer = visitor.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp"), answer.text
    return Image.open(io.BytesIO(answer.content))


@pytest.mark.parametrize(("name", "pages"), [("paper.pdf", 3), ("scan.tiff", 2), ("photo.jpeg", 1)])
def test_every_page_has_a_thumbnail(visitor: TestClient, at: dict[str, str], name: str, pages: int) -> None:
    for page in range(1, pages + 1):
        assert picture(visitor, f"{at[name]}/{page}/thumb").width <= 240
    assert visitor.get(f"{at[name]}/{pages + 1}/thumb").status_code == 404


def test_a_page_is_as_wide_as_was_asked(visitor: TestClient, at: dict[str, str]) -> None:
    assert picture(visitor, f"{at['paper.pdf']}/1/image").size == (900, 1273)
    assert picture(visitor, f"{at['paper.pdf']}/2/image?size=1800").size == (1800, 1273)
    assert picture(visitor, f"{at['scan.tiff']}/2/image").size == (900, 1273)


def test_a_photo_stands_as_it_was_taken(visitor: TestClient, at: dict[str, str]) -> None:
    assert picture(visitor, f"{at['photo.jpeg']}/1/image").size == (900, 675)


def test_a_strip_of_paper_is_drawn_smaller(visitor: TestClient, at: dict[str, str]) -> None:
    drawn = picture(visitor, f"{at['paper.pdf']}/3/image")
    assert drawn.width * drawn.height <= 3.1 * 900 * 900


def test_a_page_without_colour_is_grey_and_one_with_a_little_keeps_it(visitor: TestClient, at: dict[str, str]) -> None:
    def colours(address: str) -> bool:
        red, green, blue = (band.getextrema() for band in picture(visitor, address).convert("RGB").split())
        return not red == green == blue

    assert not colours(f"{at['paper.pdf']}/1/image")
    assert colours(f"{at['paper.pdf']}/2/image")


@pytest.mark.parametrize(
    "rest", ["1/image?size=901", "1/image?size=", "0/image", "-1/thumb", "4/thumb", "99999999999/thumb", "x/thumb"]
)
def test_only_what_a_file_has_is_found(visitor: TestClient, at: dict[str, str], rest: str) -> None:
    assert visitor.get(f"{at['paper.pdf']}/{rest}").status_code == 404


@pytest.mark.parametrize(
    ("name", "status"), [("text.txt", 404), ("bad.pdf", 404), ("cut.jpeg", 404), ("huge.png", 422)]
)
def test_a_file_that_cannot_be_drawn_says_so(visitor: TestClient, at: dict[str, str], name: str, status: int) -> None:
    for _ in range(2):  # the second time it is known
        assert visitor.get(f"{at[name]}/1/image").status_code == status


def test_a_picture_never_runs_in_our_origin(visitor: TestClient, at: dict[str, str]) -> None:
    headers = visitor.get(f"{at['paper.pdf']}/1/thumb").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cache-control"] == "private, no-cache"
    assert "content-encoding" not in headers


def test_a_picture_that_the_visitor_holds_is_not_sent_again(visitor: TestClient, at: dict[str, str]) -> None:
    address = f"{at['paper.pdf']}/1/thumb"
    tag = visitor.get(address).headers["etag"]
    again = visitor.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert visitor.get(f"{at['paper.pdf']}/1/image").headers["etag"] != tag
    assert visitor.head(address).headers["content-length"]


@pytest.mark.parametrize("damage", [b"", b"RIFF\x10\x00\x00\x00WEBP", b"!x"])
def test_a_cache_cut_short_or_deleted_is_made_again(
    visitor: TestClient, services: Services, at: dict[str, str], damage: bytes
) -> None:
    address = f"{at['paper.pdf']}/1/thumb"
    whole = visitor.get(address).content
    for path in services.settings.pictures.glob("*"):
        path.write_bytes(damage)
    assert visitor.get(address).content == whole
    for path in services.settings.pictures.glob("*"):
        path.unlink()
    assert visitor.get(address).content == whole


def test_many_who_ask_for_one_page_cost_one_drawing(
    visitor: TestClient, services: Services, at: dict[str, str]
) -> None:
    address = f"{at['paper.pdf']}/2/image"
    for path in services.settings.pictures.glob("*"):
        path.unlink()
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda _: visitor.get(address), range(12)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(list(services.settings.pictures.glob("*"))) == 1


def test_who_asks_for_more_than_can_wait_is_asked_to_come_again(tmp_path: Path) -> None:
    paper(tmp_path / "paper.pdf")
    home = tmp_path / "home"
    with library(home, picture_children=1, picture_queue=0, picture_wait_seconds=0.001) as services:
        id = take_in(services, tmp_path / "paper.pdf").touched[0]
        visitor = TestClient(create_site(services), raise_server_exceptions=False)
        addresses = [f"/d/{id}/f/1/p/{page}/image?size=1800" for page in (1, 2, 3)]
        with ThreadPoolExecutor(3) as threads:
            answers = list(threads.map(visitor.get, addresses))
    assert {answer.status_code for answer in answers} == {503}
    assert all(answer.headers["retry-after"] for answer in answers)


def test_a_page_that_takes_too_long_is_refused_by_name(tmp_path: Path) -> None:
    paper(tmp_path / "paper.pdf")
    with library(tmp_path / "home", picture_seconds=0.001) as services:
        id = take_in(services, tmp_path / "paper.pdf").touched[0]
        visitor = TestClient(create_site(services), raise_server_exceptions=False)
        assert visitor.get(f"/d/{id}/f/1/p/1/thumb").status_code == 422


def test_a_picture_is_for_those_who_may_see_its_file(tmp_path: Path) -> None:
    paper(tmp_path / "draft.pdf")
    scan(tmp_path / "withdrawn.tiff")
    with library(tmp_path / "home") as services:
        draft = take_in(services, tmp_path / "draft.pdf", draft=True).touched[0]
        withdrawn = take_in(services, tmp_path / "withdrawn.tiff").touched[0]
        visitor = TestClient(create_site(services), raise_server_exceptions=False)
        assert visitor.get(f"/d/{withdrawn}/f/1/p/1/thumb").status_code == 200
        curate.withdraw(services, withdrawn, REASON)
        gone = visitor.get(f"/d/{withdrawn}/f/1/p/1/thumb")
        assert (gone.status_code, REASON in gone.text) == (410, True)
        assert visitor.get(f"/d/{draft}/f/1/p/1/thumb").status_code == 404


def test_a_file_lost_from_the_store_has_no_picture(tmp_path: Path) -> None:
    paper(tmp_path / "paper.pdf")
    with library(tmp_path / "home") as services:
        id = take_in(services, tmp_path / "paper.pdf").touched[0]
        for path in services.settings.corpus.rglob("*"):
            if path.is_file():
                os.chmod(path, 0o600)  # noqa: PTH101
                path.unlink()
        visitor = TestClient(create_site(services), raise_server_exceptions=False)
        assert visitor.get(f"/d/{id}/f/1/p/1/thumb").status_code == 404


@pytest.mark.parametrize(
    ("language", "said"), [("ar", "صورة الصفحة 2 من 3"), ("fr", "page 2 sur 3"), ("en", "page 2 of 3")]
)
def test_a_page_is_shown_as_it_looks_beside_its_text(
    visitor: TestClient, at: dict[str, str], language: str, said: str
) -> None:
    text = visitor.get(f"/{language}{at['paper.pdf']}/2").text
    sheet = text[text.index('<figure class="sheet"') : text.index("</figure>")]
    assert f'src="{at["paper.pdf"]}/2/image"' in sheet
    assert f'href="{at["paper.pdf"]}/2/image?size=1800"' in sheet
    assert said in sheet
    assert 'height="636"' in sheet  # as the page lies, before the picture is there
    assert 'id="text"' in text
    assert f'/{language}{at["paper.pdf"]}/2?view=text"' in text


def test_the_pages_around_are_shown_small_with_their_marks(visitor: TestClient, at: dict[str, str]) -> None:
    text = visitor.get(f"/ar{at['paper.pdf']}/2?q=black").text
    strip = text[text.index('<nav class="strip"') : text.index("</nav>", text.index('<nav class="strip"'))]
    assert [f'src="{at["paper.pdf"]}/{page}/thumb"' in strip for page in (1, 2, 3, 4)] == [True, True, True, False]
    assert strip.count('class="k"') == 1
    assert strip.count('loading="lazy"') == 3


def test_a_file_without_pictures_shows_its_text_alone(visitor: TestClient, at: dict[str, str]) -> None:
    assert "<figure" not in visitor.get(f"/ar{at['text.txt']}/1").text


def test_a_document_shows_the_first_page_of_its_file(visitor: TestClient, at: dict[str, str]) -> None:
    document = at["paper.pdf"].partition("/f/")[0]
    assert f'src="{at["paper.pdf"]}/1/thumb"' in visitor.get(f"/ar{document}").text
