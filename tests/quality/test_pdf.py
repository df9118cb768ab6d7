"""The floor under the text of PDFs: 70 documents with known text, by several producers, fonts and kinds of text."""

import json
import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path
from statistics import mean

import pytest
from rapidfuzz.distance import Levenshtein

from kb.core.text import codes
from kb.ingest import lexicon
from kb.ingest.extraction import Extraction, Limits
from kb.ingest.formats.pdf import Pdf, glyphs, miner, page
from tests.shared import SHARED, needs_shared

BED = SHARED / "data" / "pdf"
MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
WORD = re.compile(r"[\w]+(?:[.,/@:\-][\w]+)*")

# Highest character error rate and lowest word recall; measured .0032 and .994, .008 and .975, .56 and .28.
FLOORS = {"mapped": (0.006, 0.99), "vowelled": (0.012, 0.97), "broken": (0.60, 0.25)}

pytestmark = [pytest.mark.slow, needs_shared]


def group(name: str) -> str:
    """Name the group of a document; "broken" are those whose fonts do not tell, or tell wrongly, what they draw."""
    if name.startswith(("notounicode", "pua")) or (name.startswith("qt5") and ("amiri" in name or "diac" in name)):
        return "broken"
    return "vowelled" if "-diac-" in name else "mapped"


def norm(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).replace("\u0640", "").replace("’", "'").split())


def words(text: str) -> Counter[str]:
    return Counter(WORD.findall(MARKS.sub("", text).lower()))


@cache
def extracted(name: str) -> Extraction:
    return Pdf().extract(BED / "files" / f"{name}.pdf", Limits())


@cache
def real(name: str) -> Extraction:
    return Pdf().extract(BED / "real" / f"{name}.pdf", Limits())


@cache
def scores() -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {}
    for truth in sorted((BED / "truth").glob("*.json")):
        expected = norm(" ".join(json.loads(truth.read_text())["paras"]))
        text = norm(" ".join(one.text for one in extracted(truth.stem).pages))
        errors = min(1.0, Levenshtein.distance(expected, text) / len(expected))
        recall = (words(expected) & words(text)).total() / words(expected).total()
        found.setdefault(group(truth.stem), []).append((errors, recall))
    return found


@pytest.mark.parametrize("name", FLOORS)
def test_text_is_as_good_as_it_was(name: str) -> None:
    most_errors, least_recall = FLOORS[name]
    assert mean(errors for errors, _ in scores()[name]) <= most_errors
    assert mean(recall for _, recall in scores()[name]) >= least_recall


@pytest.mark.parametrize(
    ("file", "phrases"),
    [
        ("zakariakassemi2000_moroccan-law-rag__53750fb3.pdf", ["قانون المسطرة المدنية", "بتاريخ 22 يوليو 2021"]),
        ("aminebenkii_legal-assistant-moroccan-law__code_du_travail.pdf", ["CODE DU TRAVAIL", "26 octobre 2011"]),
        ("AhmedHamdyRa_Gradution-Project__c1e3aeae.pdf", ["بإصدار قانون في شأن البيئة", "4 لسنة 1994"]),
    ],
)
def test_the_first_page_of_a_real_document_reads_as_a_person_reads_it(file: str, phrases: list[str]) -> None:
    with (BED / "real" / file).open("rb") as opened:
        first = next(miner.Document(opened).pages())
        text = " ".join(page.read(glyphs.Reader().read(first)).text.split())
    assert [phrase for phrase in phrases if phrase not in text] == []


def test_ocr_is_asked_for_where_the_fonts_do_not_tell_and_nowhere_else() -> None:
    asked = {"broken": set[str](), "mapped": set[str](), "vowelled": set[str]()}
    for file in (BED / "files").glob("*.pdf"):
        if "needs-ocr" in codes(extracted(file.stem).findings):
            asked[group(file.stem)].add(file.stem)
    assert asked["mapped"] | asked["vowelled"] == set()
    assert len(asked["broken"]) == 9


def test_letters_are_renamed_where_a_font_names_them_wrongly_and_nowhere_else() -> None:
    files = [file.stem for file in (BED / "files").glob("*.pdf") if group(file.stem) != "broken"]
    renamed = {name for name in files if "wrong-map-repaired" in codes(extracted(name).findings)}
    assert renamed == {"qt5-plain-naskh"}  # which leaves lam-alef unnamed


# Least share of known words, for Arabic by the half of the list that repair does not learn from. Measured: .979, .992
# (.63 before repair), .979. Files that fall short say so: see below.
@pytest.mark.parametrize(
    ("file", "least"),
    [
        ("zakariakassemi2000_moroccan-law-rag__53750fb3", 0.97),
        ("AhmedHamdyRa_Gradution-Project__c1e3aeae", 0.98),
        ("aminebenkii_legal-assistant-moroccan-law__code_du_travail", 0.97),
    ],
)
def test_the_words_of_real_documents_are_words(file: str, least: float) -> None:
    text = " ".join(one.text for one in real(file).pages)
    arabic, latin = lexicon.rate_unlearnt(text), lexicon.rate_latin(text)
    assert (arabic.known + latin.known) / (arabic.judged + latin.judged) >= least
    assert "needs-ocr" not in codes(real(file).findings)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("DS4SD_docling__e722b71d", "needs-ocr"),  # a slide of 150 words, too few to learn from
        ("IbtihalMakki_arabic-rag-pdf__4b93f8f5", "low-word-rate"),  # shapes of several letters, drawn apart
    ],
)
def test_a_file_whose_letters_stay_in_doubt_says_so(file: str, code: str) -> None:
    assert code in codes(real(file).findings)


def test_a_law_whose_font_names_its_letters_wrongly_is_repaired_and_says_how() -> None:
    pages = real("AhmedHamdyRa_Gradution-Project__c1e3aeae").pages
    assert {one.origin for one in pages} == {"repaired"}
    assert "ل ← ∅، ␣ ← ل، ␣ ← ق، ث ← لا" in pages[0].findings[0].detail
    assert "يعمل بأحكام القانون المرافق في شأن البيئة" in " ".join(pages[0].text.split())


def test_a_scan_says_that_it_has_no_text() -> None:
    extraction = Pdf().extract(BED / "real" / "taherfarg_OCR-ARABIC-DOCS__3691ab5c.pdf", Limits())
    assert codes(extraction.findings) == ("no-text-layer", "needs-ocr")
    assert {one.origin for one in extraction.pages} == {"none"}


def test_the_bed_is_the_one_the_floors_were_measured_on() -> None:
    assert len(list(Path(BED / "files").glob("*.pdf"))) == 70
