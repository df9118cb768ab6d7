"""How much OCR reads of documents whose fonts hide their letters: floors, a little below what was measured."""

import json
import re
from collections import Counter

import pytest

from kb.ingest import ocr
from kb.ingest.extraction import Limits
from tests.shared import SHARED, needs_shared

BED = SHARED / "data" / "pdf"
MARKS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670]")

# Lowest recall of words; measured .91, .80, .89 and .96 (Tesseract alone: .79, .33, .60 and .91).
FLOORS = {
    "notounicode_chromium-plain-amiri": 0.88,
    "qt5-diac-amiri": 0.72,
    "qt5-diac-naskh": 0.80,
    "qt5-mixed-amiri": 0.92,
}

pytestmark = [
    pytest.mark.slow,
    needs_shared,
    pytest.mark.skipif(not ocr.is_here(), reason="missing tesserocr"),
]


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+(?:[.,/@:-]\w+)*", MARKS.sub("", text).lower()))


@pytest.mark.parametrize("name", FLOORS)
def test_words_that_only_the_picture_tells_are_read(name: str) -> None:
    wanted = words(" ".join(json.loads((BED / "truth" / f"{name}.json").read_text("utf-8"))["paras"]))
    file = BED / "files" / f"{name}.pdf"
    page = ocr.read(file, 1, Limits(seconds=120.0), dpi=300, pixels=25_000_000, source=80_000_000)
    assert (wanted & words(page.text)).total() / wanted.total() >= FLOORS[name]
