"""The receipt of a reading tells the truth, and the words it names find the document."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.catalog import documents, files
from kb.catalog.access import PUBLIC
from kb.core.errors import NotFound
from kb.core.text import Finding, Page
from kb.services import importing, read, receipt
from kb.services.context import Services
from kb.services.told import LanguageShare, Noticed, as_json
from tests.opening import ask, drain, library, take_in

DEMO = Path(__file__).parents[2] / "corpus" / "demo"
ARABIC = "تلتزم الإدارة بتبسيط المساطر الإدارية وتحدد آجالا معقولة للرد على طلبات المرتفقين. " * 12
FRENCH = "Le guide décrit la simplification des procédures administratives devant le guichet unique. " * 12


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with library(tmp_path / "home") as opened:
        yield opened


def brought(services: Services, tmp_path: Path, text: str, name: str = "guide.txt") -> str:
    """Bring a text file in; return its document's id."""
    path = tmp_path / name
    path.write_text(text, "utf-8")
    [id] = take_in(services, path).touched
    return id


def rewrite(services: Services, id: str, *pages: Page) -> None:
    """Give the document's file other pages, as OCR does, and its receipt after them."""
    with services.database.writing() as session:
        [file] = documents.load(session, id).files
        files.mark_read(session, file, pages, stamp=file.read_by)
        receipt.keep(services, session, file)
    drain(services)


def test_the_words_of_a_receipt_find_the_document(services: Services) -> None:
    for path in ("guide-reception.pdf", "report-2020.pdf", "white-paper-deconcentration.pdf"):
        take_in(services, DEMO / path)
    [id] = take_in(services, DEMO / "booklet-complaints.txt").touched
    told = receipt.show(services, id, 1, PUBLIC, "ar")
    assert len(told.questions) == receipt.QUESTIONS
    for question in told.questions:
        assert id in [found.card.id for found in ask(services, question.text).found[: receipt.FIRST]]


def test_words_that_find_other_documents_only_are_not_told(services: Services, tmp_path: Path) -> None:
    for number in range(receipt.FIRST + 2):
        brought(services, tmp_path, f"تبسيط المساطر. تبسيط المساطر. وثيقة {'كذا ' * number}", f"{number}.txt")
    long = brought(services, tmp_path, "تبسيط المساطر. " + "في الباب الذي يليه على ما تقدم من كلام طويل. " * 30)
    with services.database.writing() as session:
        [file] = documents.load(session, long).files
        file.receipt = {**file.receipt, "samples": [["تبسيط المساطر", 1]]}
    drain(services)
    assert receipt.show(services, long, 1, PUBLIC, "ar").questions == ()


def test_nothing_is_promised_before_the_index_has_it(services: Services, tmp_path: Path) -> None:
    id = brought(services, tmp_path, ARABIC)
    with services.database.writing() as session:
        documents.edit(session, documents.load(session, id), actor="test", language="ar")
        documents.load(session, id).organisation_text = "القسم"
    told = receipt.show(services, id, 1, PUBLIC, "ar")
    assert (told.settled, told.questions) == (False, ())
    drain(services)
    assert receipt.show(services, id, 1, PUBLIC, "ar").settled


def test_a_file_that_waits_has_no_receipt_yet(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(ARABIC, "utf-8")
    [id] = importing.take_in(services, [path]).touched
    told = receipt.show(services, id, 1, PUBLIC, "ar")
    assert (told.at, told.settled, told.words, told.file.state) == (None, False, 0, "waiting")


def test_a_file_that_failed_says_why(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4 no more")
    [id] = take_in(services, path).touched
    told = receipt.show(services, id, 1, PUBLIC, "ar")
    assert (told.file.state, told.file.failure, told.settled) == ("failed", "damaged-file", True)


def test_findings_are_told_with_their_pages(services: Services, tmp_path: Path) -> None:
    id = brought(services, tmp_path, ARABIC)
    repaired = Finding("wrong-map-repaired", "ك→ت")
    pages = [
        Page(1, ARABIC, "repaired", quality=0.9, findings=(repaired, Finding("low-word-rate", "70 %"))),
        Page(2, ARABIC, "repaired", quality=0.9, findings=(repaired,)),
        Page(3, "", "none", quality=0.0, findings=(Finding("no-text-layer"), Finding("needs-ocr"))),
        Page(4, ARABIC, findings=(Finding("wrong-map-repaired", "ل→ر"),)),
    ]
    rewrite(services, id, *pages)
    told = receipt.show(services, id, 1, PUBLIC, "ar")
    assert told.repaired == (Noticed("wrong-map-repaired", ((1, 2), (4, 4)), 3, ("ك→ت", "ل→ر")),)
    assert [(one.code, one.pages) for one in told.doubtful] == [("low-word-rate", ((1, 1),)), ("needs-ocr", ((3, 3),))]
    assert told.origins == (("text", 1), ("repaired", 2), ("none", 1))
    assert told.quality == pytest.approx(0.933)


def test_what_is_found_of_the_file_as_a_whole_stays_when_ocr_adds_pages(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "broken.txt"
    path.write_bytes(ARABIC.encode("utf-8") + b"\xff\xfe\xff" * 3)
    [id] = take_in(services, path).touched
    whole = [one for one in receipt.show(services, id, 1, PUBLIC, "ar").doubtful if not one.pages]
    assert [one.code for one in whole] == ["encoding-errors"]
    rewrite(services, id, Page(1, ARABIC, "ocr"))
    told = receipt.show(services, id, 1, PUBLIC, "ar")
    assert [one.code for one in told.doubtful] == ["encoding-errors"]
    assert told.origins == (("ocr", 1),)
    assert told.file.warnings == ("encoding-errors",)


def test_both_languages_of_a_mixed_file_are_told_and_filter_it(services: Services, tmp_path: Path) -> None:
    id = brought(services, tmp_path, ARABIC)
    rewrite(services, id, Page(1, ARABIC, language="ar"), Page(2, FRENCH, language="fr"))
    told = receipt.show(services, id, 1, PUBLIC, "ar")
    words = len(ARABIC.split()), len(FRENCH.split())
    shares = [round(one / sum(words), 3) for one in words]
    assert told.languages == (LanguageShare("ar", 1, words[0], shares[0]), LanguageShare("fr", 1, words[1], shares[1]))
    assert read.record(services, id, PUBLIC, "ar").card.languages == ("ar", "fr")
    for code in ("ar", "fr"):
        assert ask(services, "", filters={"language": frozenset({code})}).total == 1


def test_a_quotation_makes_no_second_language(services: Services, tmp_path: Path) -> None:
    id = brought(services, tmp_path, ARABIC)
    quoted = " ".join(FRENCH.split()[:12])
    rewrite(services, id, Page(1, ARABIC * 2, language="ar"), Page(2, quoted, language="fr"))
    told = receipt.show(services, id, 1, PUBLIC, "ar")
    assert [one.code for one in told.languages] == ["ar", "fr"]
    assert read.record(services, id, PUBLIC, "ar").card.languages == ("ar",)


def test_passages_of_a_mixed_file_are_analysed_by_their_own_language(services: Services, tmp_path: Path) -> None:
    id = brought(services, tmp_path, ARABIC)
    english = "The policies of administrative simplification are reviewed by the committee every year. " * 10
    rewrite(
        services, id, Page(1, ARABIC, language="ar"), Page(2, english, language="en"), Page(3, FRENCH, language="fr")
    )
    [found] = ask(services, "policy").found
    assert [quote.page for quote in found.quotes] == [2]
    assert found.quotes[0].said.language == "en"


def test_a_receipt_as_json_says_the_same(services: Services, tmp_path: Path) -> None:
    id = brought(services, tmp_path, ARABIC)
    told = receipt.show(services, id, 1, PUBLIC, "ar")
    json = as_json(told)
    assert (json["pages"], json["words"], json["questions"][0]["text"]) == (
        told.file.pages,
        told.words,
        told.questions[0].text,
    )
    assert json.keys() >= {"state", "failure", "unread", "languages", "repaired", "doubtful", "origins", "meta"}


def test_the_operator_sees_the_receipts_of_drafts_too(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(ARABIC, "utf-8")
    [id] = take_in(services, path, draft=True).touched
    with pytest.raises(NotFound):
        receipt.show(services, id, 1, PUBLIC, "ar")
    [(owner, told)] = receipt.of_all(services, [id])
    assert (owner, told.words, told.questions) == (id, len(ARABIC.split()), ())


def test_receipts_are_read_from_revisions_without_them(services: Services, tmp_path: Path) -> None:
    id = brought(services, tmp_path, ARABIC)
    [file] = read.version(services, id, 1, PUBLIC, "ar").files
    assert replace(file, outline=()) == file
