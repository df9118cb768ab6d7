"""Pages as pictures: the same for a PDF and an image file, upright, within the limit of pixels."""

import struct
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kb.ingest import render
from kb.ingest.extraction import Damaged, Encrypted, TooCostly
from tests.ingest.pdfs import encrypted, pdf

MANY = 10_000_000


def saved(path: Path, image: Image.Image, **options: Any) -> Path:
    image.save(path, **options)
    return path


def dark(picture: Image.Image) -> tuple[int, int, int, int] | None:
    return picture.point(lambda value: 255 if value < 128 else 0).getbbox()


def test_a_page_of_a_pdf_has_its_size_in_pixels_and_in_tenths_of_a_point(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf({}))
    page = render.render(path, 1, dpi=144, pixels=MANY)
    assert render.count(path) == 1
    assert (page.picture.mode, page.picture.size) == ("L", (page.width // 5, page.height // 5))
    assert dark(page.picture)


def test_a_page_that_would_be_too_large_is_drawn_coarser(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf({}))
    picture = render.render(path, 1, dpi=600, pixels=100_000, grey=False).picture
    assert picture.mode == "RGB"
    assert 90_000 < picture.width * picture.height < 101_000


def test_the_pages_of_a_tiff_are_its_pictures(tmp_path: Path) -> None:
    first, second = Image.new("L", (400, 600), 255), Image.new("L", (400, 600), 255)
    second.paste(0, (100, 200, 300, 400))
    path = saved(tmp_path / "a.tif", first, save_all=True, append_images=[second], dpi=(100, 100))
    assert render.count(path) == 2
    assert dark(render.render(path, 1, dpi=100, pixels=MANY).picture) is None
    page = render.render(path, 2, dpi=50, pixels=MANY)
    assert (page.width, page.height, page.picture.size) == (2880, 4320, (200, 300))
    assert dark(page.picture) == (50, 100, 150, 200)


def test_a_photograph_is_turned_as_the_camera_was_held(tmp_path: Path) -> None:
    lying = Image.new("RGB", (600, 400), "white")
    lying.paste("black", (0, 0, 60, 60))
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn clockwise makes it upright
    page = render.render(saved(tmp_path / "a.jpg", lying, exif=exif, dpi=(100, 100)), 1, dpi=100, pixels=MANY)
    assert (page.width, page.height, page.picture.size) == (2880, 4320, (400, 600))
    found = dark(page.picture)
    assert found
    assert found[0] > 330
    assert found[3] < 70


def test_an_image_that_states_no_sensible_size_counts_as_a_page_of_a4(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", Image.new("L", (3000, 4000), 255), dpi=(1, 1))
    page = render.render(path, 1, dpi=72, pixels=20_000_000)
    assert (page.width, page.height) == (6313, 8417)


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGBA", (300, 300), (0, 0, 0, 0)),
        Image.new("LA", (300, 300), (0, 0)),
        Image.new("1", (300, 300), 1),
        Image.new("P", (300, 300), 0),
        Image.new("I;16", (300, 300), 0),
    ],
    ids=lambda image: image.mode,
)
def test_every_kind_of_pixel_becomes_grey_on_white_paper(tmp_path: Path, image: Image.Image) -> None:
    if image.mode == "P":
        image.putpalette([255, 255, 255])
    if image.mode == "I;16":
        image.paste(65535, (0, 0, 300, 299))
    picture = render.render(saved(tmp_path / "a.png", image), 1, dpi=20, pixels=MANY).picture
    assert picture.mode == "L"
    assert picture.getpixel((5, 5)) == 255


@pytest.mark.parametrize("name", ["a.pdf", "a.png"])
@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_page_that_is_not_there_is_damage(tmp_path: Path, name: str, number: int) -> None:
    path = tmp_path / name
    path.write_bytes(pdf({})) if name == "a.pdf" else saved(path, Image.new("L", (9, 9)))
    with pytest.raises(Damaged):
        render.render(path, number, dpi=72, pixels=MANY)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 and no more", b"\x89PNG\r\n\x1a\n and no more", b"II*\0\0\0\0\0"])
def test_what_is_no_picture_is_damage(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    with pytest.raises(Damaged):
        render.render(path, 1, dpi=72, pixels=MANY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ((256, 4), (4000, 4)),  # no width
        ((256, 4), (256, 2)),  # a width that is text
        ((256, 4), (256, 7)),  # or bytes
        ((256, 4), (256, 12)),  # or a fraction
        ((259, 3), (259, 5)),  # a compression that is a fraction
        ((262, 3), (262, 7)),  # bytes for the kind of grey
        ((273, 4), (273, 2)),  # text for where the picture starts
    ],
)
def test_a_frame_whose_table_makes_no_sense_is_damage(
    tmp_path: Path, old: tuple[int, int], new: tuple[int, int]
) -> None:
    frame = Image.new("L", (40, 60), 255)
    path = saved(tmp_path / "a.tif", frame, save_all=True, append_images=[frame])
    before, mark, after = path.read_bytes().rpartition(struct.pack("<HH", *old))
    assert mark
    path.write_bytes(before + struct.pack("<HH", *new) + after)
    with pytest.raises(Damaged):
        render.render(path, 2, dpi=72, pixels=MANY)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 and no more", b"II*\0\x08\0\0\0\1\0\0\1\x0c\0"])
def test_pages_of_what_is_no_picture_cannot_be_counted(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    with pytest.raises(Damaged):
        render.count(path)


def test_an_encrypted_pdf_is_named(tmp_path: Path) -> None:
    with pytest.raises(Encrypted):
        render.render(encrypted(tmp_path / "a.pdf", "secret"), 1, dpi=72, pixels=MANY)


def test_an_image_at_the_limit_of_pixels_is_drawn_and_one_pixel_more_is_too_costly(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", Image.new("1", (100, 100)))
    assert render.render(path, 1, dpi=72, pixels=10_000)
    with pytest.raises(TooCostly):
        render.render(path, 1, dpi=72, pixels=9_999)
