"""What every format keeps. A folder of tests/fixtures/formats holds good.* with its text in good.txt, and broken.*."""

import unicodedata
from pathlib import Path

import pytest

from kb.core.text import codes
from kb.ingest import sandbox, verdict
from kb.ingest.extraction import Damaged, Empty, Extraction, Limits
from kb.ingest.formats import FORMATS, choose
from kb.ingest.sniff import sniff

FOLDERS = sorted((Path(__file__).parents[1] / "fixtures" / "formats").iterdir())
NEW_PAGE = "\n\f\n"


def sample(folder: Path, stem: str) -> Path:
    return next(path for path in sorted(folder.glob(f"{stem}.*")) if path.suffix != ".txt")


def read(path: Path, limits: Limits | None = None) -> Extraction:
    return choose(sniff(path)).extract(path, limits or Limits())


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.param
    return folder


def test_every_format_has_a_sample() -> None:
    assert {sniff(sample(folder, "good")) for folder in FOLDERS} == set(FORMATS)


def test_the_text_is_that_of_the_document(folder: Path) -> None:
    expected = (folder / "good.txt").read_text().removesuffix("\n")
    assert NEW_PAGE.join(page.text for page in read(sample(folder, "good")).pages) == expected


def test_pages_are_numbered_from_one_and_written_in_the_one_form(folder: Path) -> None:
    pages = read(sample(folder, "good")).pages
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        is_picture = codes(page.findings) == (verdict.NEEDS_OCR,)
        assert (page.origin, bool(page.text)) == (("none", False) if is_picture else ("text", True))
        assert page.quality >= (0 if is_picture else 0.99)
        assert unicodedata.is_normalized("NFC", page.text)
        assert not any("\ufb50" <= char <= "\ufeff" for char in page.text)


def test_places_belong_to_words_of_the_page_and_regions_to_its_text(folder: Path) -> None:
    for page in read(sample(folder, "good")).pages:
        assert all(box.word < len(page.text.split()) for box in page.boxes)
        assert all(0 <= box.x0 < box.x1 <= page.width and 0 <= box.y0 < box.y1 <= page.height for box in page.boxes)
        ends = [0, *(place for region in page.regions for place in (region.span.start, region.span.end))]
        assert ends == sorted(ends)
        assert ends[-1] <= len(page.text)


def test_the_reader_signs_its_work_and_finds_the_heading(folder: Path) -> None:
    path = sample(folder, "good")
    extraction = read(path)
    assert extraction.by == choose(sniff(path)).stamp
    scanned = all(page.origin == "none" for page in extraction.pages)
    assert extraction.meta.get("heading", "") == ("" if scanned else "دليل تبسيط المساطر الإدارية")


def test_the_child_reads_what_the_parent_would(folder: Path) -> None:
    path = sample(folder, "good")
    assert sandbox.extract(choose(sniff(path)), path, Limits()) == read(path)


@pytest.mark.parametrize("name", sorted(folder.name for folder in FOLDERS if list(folder.glob("broken.*"))))
def test_a_file_cut_in_half_is_damaged(name: str) -> None:
    """Formats without a broken sample are those whose halves are whole: half of a text is a text."""
    path = sample(FOLDERS[0].parent / name, "broken")
    with pytest.raises(Damaged):
        read(path)


@pytest.mark.parametrize("media_type", sorted(FORMATS))
def test_a_file_without_bytes_is_empty(tmp_path: Path, media_type: str) -> None:
    path = tmp_path / "empty"
    path.touch()
    with pytest.raises((Empty, Damaged)):
        choose(media_type).extract(path, Limits())
    with pytest.raises(Empty):
        read(path)


def test_a_stamp_names_a_reader_and_its_version() -> None:
    assert {extractor.stamp.partition("/")[2].isdigit() for extractor in FORMATS.values()} == {True}
