"""Every word of a PDF has its place on the page, and the place covers its ink: over all documents with known text."""

import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache
from itertools import groupby
from pathlib import Path

import pypdfium2
import pytest

from kb.arabic.fold import fold
from kb.core.text import Page
from kb.ingest.extraction import Limits
from kb.ingest.formats.pdf import Pdf
from tests.shared import SHARED, needs_shared

FILES = sorted((SHARED / "data" / "pdf" / "files").glob("*.pdf"))
LEAST_PLACED, LEAST_COVERED = 0.995, 0.93
LEAST_HELD, LEAST_SAME = 0.985, 0.83
# PDFium does not read the letters of the first; in the last it leaves out the room that follows an empty string of TJ.
MISREAD = re.compile("qt5|notounicode|diac|weasyprint-mixed-naskh")

pytestmark = [pytest.mark.slow, needs_shared]


@cache
def pages(path: Path) -> tuple[Page, ...]:
    return Pdf().extract(path, Limits()).pages


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_words_have_their_places_inside_the_page(path: Path) -> None:
    for page in pages(path):
        words = page.text.split()
        assert len({box.word for box in page.boxes}) >= LEAST_PLACED * len(words)
        assert all(0 <= box.word < len(words) for box in page.boxes)
        assert all(0 <= box.x0 < box.x1 <= page.width and 0 <= box.y0 < box.y1 <= page.height for box in page.boxes)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_words_of_a_line_stand_in_one_band(path: Path) -> None:
    for page in pages(path):
        start = 0
        for line in page.text.split("\n"):
            words = range(start, start + len(line.split()))
            start = words.stop
            middles = [(box.y0 + box.y1) / 2 for box in page.boxes if box.word in words]
            tallest = max((box.y1 - box.y0 for box in page.boxes if box.word in words), default=0)
            if "\t" not in line:
                assert not middles or max(middles) - min(middles) <= tallest


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_ink_of_the_page_is_within_the_places_of_its_words(path: Path) -> None:
    """Of the dark points of the page, nearly all lie in a box; and nearly every box holds some."""
    inside = total = filled = boxes = 0
    with pypdfium2.PdfDocument(path) as document:
        for number, page in enumerate(pages(path)):
            image = document[number].render(scale=1, grayscale=True).to_numpy()
            dark = image.reshape(image.shape[:2]) < 128
            total += int(dark.sum())
            rows: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
            for box in page.boxes:
                rows[box.y0 // 10, -(-box.y1 // 10)].append((box.x0 // 10, -(-box.x1 // 10)))
                cut = dark[box.y0 // 10 : -(-box.y1 // 10), box.x0 // 10 : -(-box.x1 // 10)]
                filled += bool(cut.any())
                boxes += 1
            for (top, bottom), sides in rows.items():
                for x0, x1 in sides:
                    inside += int(dark[top:bottom, x0:x1].sum())
                    dark[top:bottom, x0:x1] = False
    assert filled >= 0.99 * boxes
    if not any(kind in path.stem for kind in ("table", "furniture", "pua", "libreoffice-diac")):
        assert inside >= LEAST_COVERED * total


def letters(text: str) -> Counter[str]:
    return Counter(letter for letter in fold(unicodedata.normalize("NFKC", text)) if letter.isalnum())


@pytest.mark.parametrize("path", [path for path in FILES if not MISREAD.search(path.stem)], ids=lambda path: path.stem)
def test_another_reader_finds_the_letters_of_each_word_in_its_place(path: Path) -> None:
    """PDFium gives the text inside a rectangle. Where lines are close it gives letters of the next one too."""
    held = same = total = 0
    with pypdfium2.PdfDocument(path) as document:
        for number, page in enumerate(pages(path)):
            drawn, high, words = document[number].get_textpage(), page.height / 10, page.text.split()
            for word, boxes in groupby(page.boxes, key=lambda box: box.word):
                inside = "".join(
                    drawn.get_text_bounded(box.x0 / 10, high - box.y1 / 10, box.x1 / 10, high - box.y0 / 10)
                    for box in boxes
                )
                asked, found = letters(words[word]), letters(inside)
                held += asked <= found
                same += asked == found
                total += 1
    assert held >= LEAST_HELD * total
    assert same >= LEAST_SAME * total
