"""Pages read from their picture by the real Tesseract: what is read, in which order, and what goes wrong by name."""

from pathlib import Path

import pytest
from PIL import Image, ImageOps

from kb.core.text import Finding, Page
from kb.ingest import ocr
from kb.ingest.extraction import Damaged, Limits, TooCostly
from tests.ingest import scans

LIMITS = Limits(seconds=60.0)
needs_tesseract = pytest.mark.skipif(not ocr.is_here(), reason="missing tesserocr")
SENTENCE = "تبسيط المساطر الإدارية"


def read(path: Path, number: int = 1, limits: Limits = LIMITS) -> Page:
    return ocr.read(path, number, limits, dpi=300, pixels=25_000_000, source=80_000_000)


def test_the_models_are_in_the_package() -> None:
    assert ocr.models() == ("ara", "eng", "fra")


@needs_tesseract
@pytest.mark.parametrize("name", ["a.pdf", "a.tif", "a.png", "a.jpg"])
def test_a_page_of_any_file_of_pictures_is_read_with_the_places_of_its_words(tmp_path: Path, name: str) -> None:
    pages = [scans.drawn("ملف الحفظ"), scans.drawn(SENTENCE)] if name in {"a.pdf", "a.tif"} else [scans.drawn(SENTENCE)]
    page = read(scans.saved(tmp_path / name, *pages), len(pages))
    assert (page.number, page.text, page.origin, page.language) == (len(pages), SENTENCE, "ocr", "ar")
    assert [box.word for box in page.boxes] == [0, 1, 2]
    first, _, last = page.boxes
    assert first.x0 > last.x1  # from right to left
    assert page.width // 2 < first.x0 < first.x1 < page.width
    assert 0 < first.y0 < first.y1 < page.height
    assert first.confidence > 60
    assert page.quality > 0.9


@needs_tesseract
def test_french_within_an_arabic_page_is_read_as_french(tmp_path: Path) -> None:
    page = read(scans.saved(tmp_path / "a.png", scans.drawn(SENTENCE, "Rapport annuel 2021", "وزارة التعليم")))
    assert page.text.split("\n\n") == [SENTENCE, "Rapport annuel 2021", "وزارة التعليم"]


@needs_tesseract
def test_a_page_of_french_alone_is_read_and_said_to_be_french(tmp_path: Path) -> None:
    page = read(scans.saved(tmp_path / "a.png", scans.drawn("Rapport annuel sur la simplification")))
    assert (page.text, page.language) == ("Rapport annuel sur la simplification", "fr")


@needs_tesseract
def test_two_columns_are_read_one_after_the_other_from_the_right(tmp_path: Path) -> None:
    sheet = Image.new("L", (1000, 460), 255)
    right = ["تبسيط المساطر الإدارية", "وتحديث خدمات الإدارة", "لفائدة المواطنين والمقاولات", "في جميع جهات المملكة"]
    left = ["تقييم السياسات العمومية", "وتتبع تنفيذ البرامج", "ونشر التقارير السنوية", "على الموقع الإلكتروني"]
    scans.write(sheet, right, right=960, size=30)
    scans.write(sheet, left, right=460, size=30)
    assert read(scans.saved(tmp_path / "a.png", sheet)).text.split() == " ".join([*right, *left]).split()


@needs_tesseract
@pytest.mark.parametrize(
    "spoilt",
    [
        lambda page: page.rotate(2.5, fillcolor=255, resample=Image.Resampling.BICUBIC),
        ImageOps.invert,
        lambda page: page.point(lambda value: value * 0.3 + 90),
        lambda page: Image.blend(page, Image.effect_noise(page.size, 60), 0.3),
    ],
    ids=["askew", "white on black", "pale", "grainy"],
)
def test_a_page_is_put_right_before_it_is_read(tmp_path: Path, spoilt: "object") -> None:
    assert callable(spoilt)
    page = spoilt(scans.drawn(SENTENCE, "وزارة التعليم", "تقرير اللجنة"))
    assert read(scans.saved(tmp_path / "a.png", page)).text.split() == f"{SENTENCE} وزارة التعليم تقرير اللجنة".split()


@needs_tesseract
def test_places_are_those_of_the_page_as_it_came_not_as_it_was_straightened(tmp_path: Path) -> None:
    straight = scans.drawn(SENTENCE, "وزارة التعليم", "تقرير اللجنة")
    page = read(scans.saved(tmp_path / "a.png", straight.rotate(3, fillcolor=255)))
    level = read(scans.saved(tmp_path / "b.png", straight))
    # Turned counter-clockwise, what is on the right rises.
    assert page.boxes[0].y0 < level.boxes[0].y0 - 40


@needs_tesseract
def test_a_page_number_is_no_part_of_the_text(tmp_path: Path) -> None:
    sheet = scans.drawn(SENTENCE, "وزارة التعليم", "", "", "", "", "", "", "", "", "")
    scans.write(sheet, ["- 12 -"], right=0, top=sheet.height - 50)
    page = read(scans.saved(tmp_path / "a.png", sheet))
    assert "12" not in page.text
    assert "12" in page.foot


@needs_tesseract
def test_a_blank_page_says_that_it_has_no_text(tmp_path: Path) -> None:
    page = read(scans.saved(tmp_path / "a.png", Image.new("L", (400, 400), 255)))
    assert (page.text, page.origin, page.findings) == ("", "none", (Finding("no-text-layer"),))


@needs_tesseract
def test_a_page_that_takes_too_long_is_named(tmp_path: Path) -> None:
    path = scans.saved(tmp_path / "a.png", scans.drawn(SENTENCE))
    with pytest.raises(TooCostly):
        read(path, limits=Limits(seconds=0.05))


@needs_tesseract
def test_a_page_that_is_not_there_is_damage(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        read(scans.saved(tmp_path / "a.png", scans.drawn(SENTENCE)), 2)
