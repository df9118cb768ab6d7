"""Text in any encoding becomes pages in the one form of the house."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.core.text import Finding, Heading, Page, codes
from kb.ingest import encoding, paging
from kb.ingest.extraction import Damaged, Empty, Extraction, Limits, TooCostly
from kb.ingest.formats.text import TextFile
from kb.ingest.tidy import letters, line, tidy

ARABIC = "يهدف هذا الدليل إلى تبسيط المساطر الإدارية."
FRENCH = "Ce guide vise à simplifier les procédures : délai, dépôt, reçu… « sans papier »."


def read(path: Path, data: bytes, limits: Limits | None = None) -> Extraction:
    path.write_bytes(data)
    return TextFile().extract(path, limits or Limits())


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1256"])
def test_arabic_is_read_in_every_encoding_it_comes_in(tmp_path: Path, name: str) -> None:
    assert read(tmp_path / "a.txt", ARABIC.encode(name)).pages == (Page(1, ARABIC),)


@pytest.mark.parametrize("name", ["utf-8", "utf-16", "cp1252"])
def test_french_is_not_taken_for_arabic(tmp_path: Path, name: str) -> None:
    assert read(tmp_path / "a.txt", FRENCH.encode(name)).pages[0].text == FRENCH


def test_one_wrong_byte_does_not_turn_a_whole_file_into_another_code_page(tmp_path: Path) -> None:
    read_back = read(tmp_path / "a.txt", ARABIC.encode() + b"\xff" + ARABIC.encode())
    assert read_back.pages[0].text == ARABIC + "\ufffd" + ARABIC
    assert codes(read_back.findings) == ("encoding-errors",)


def test_a_declared_encoding_is_believed_only_if_it_fits() -> None:
    decoded = encoding.decode(ARABIC.encode("iso8859-6"), "iso-8859-6")
    assert decoded
    assert decoded.text == ARABIC
    wrong = encoding.decode(ARABIC.encode(), "us-ascii")
    assert wrong
    assert wrong.text == ARABIC


ARABIC = "تبسيط المساطر الإدارية، القانون رقم 55.19 المتعلق بالإدارة"


@pytest.mark.parametrize(
    ("encoding_of_bytes", "declared"),
    [("utf-8", "windows-1256"), ("utf-8", "iso-8859-1"), ("cp1256", "iso-8859-1"), ("cp1256", "x-unknown")],
)
def test_a_declared_encoding_that_the_bytes_belie_is_not_believed(encoding_of_bytes: str, declared: str) -> None:
    decoded = encoding.decode(ARABIC.encode(encoding_of_bytes), declared)
    assert decoded is not None
    assert (decoded.text, decoded.lost) == (ARABIC, False)


def test_french_that_is_declared_as_latin_stays_so() -> None:
    text = "À côté de l’Être, où l’été est âgé : ÉÈÊ"
    decoded = encoding.decode(text.encode("cp1252"), "iso-8859-1")
    assert decoded is not None
    assert decoded.text == text


def test_the_article_tells_iso_8859_6_from_the_windows_page() -> None:
    for name in ("iso8859-6", "cp1256"):
        decoded = encoding.decode(ARABIC.encode(name))
        assert decoded is not None
        assert decoded.text == ARABIC


def test_a_form_feed_ends_a_page(tmp_path: Path) -> None:
    pages = read(tmp_path / "a.txt", "الأولى\fالثانية\f\fالثالثة".encode()).pages
    assert [(page.number, page.text) for page in pages] == [(1, "الأولى"), (2, "الثانية"), (3, "الثالثة")]


def test_a_long_text_is_cut_into_pages_at_paragraph_ends(tmp_path: Path) -> None:
    paragraph = "كلمة " * 120 + "انتهت الفقرة."
    pages = read(tmp_path / "a.txt", "\n\n".join([paragraph] * 20).encode()).pages
    assert all(page.text.endswith("انتهت الفقرة.") and len(page.text) <= paging.PAGE_CHARS for page in pages)
    assert "\n\n".join(page.text for page in pages) == "\n\n".join([paragraph] * 20)


TEXTS = st.text(alphabet="اب \n\f", max_size=40).map(lambda text: text * 40)


@given(st.lists(st.one_of(TEXTS, st.builds(paging.heading, TEXTS, st.just(2))), max_size=30))
def test_paging_loses_no_letter_and_makes_no_page_too_long(blocks: list[str | paging.Block]) -> None:
    try:
        pages = paging.pages(blocks, Limits())
    except Empty:
        pages = ()
    given = "".join(block if isinstance(block, str) else block.text for block in blocks)
    assert "".join("".join(page.text for page in pages).split()) == "".join(given.split())
    assert all(len(page.text) <= paging.PAGE_CHARS + 2 for page in pages)
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))


def test_a_heading_and_a_table_are_regions_of_their_page_and_headings_the_outline() -> None:
    rows = paging.table([["الخدمة", "الأجل"], ["شهادة\n السكنى", "يوم"]])
    (page,) = paging.pages(["تمهيد", paging.heading(" الباب  الأول", 1), rows, "خاتمة"], Limits())
    assert [(region.kind, page.text[region.span.start : region.span.end]) for region in page.regions] == [
        ("heading", "الباب الأول"),
        ("table", "الخدمة\tالأجل\nشهادة السكنى\tيوم"),
    ]
    assert paging.outline([page]) == (Heading("الباب الأول", 1, 1),)


def test_no_page_ends_with_a_heading() -> None:
    text = "كلمة " * 500
    pages = paging.pages([text, paging.heading("باب", 1), paging.heading("فصل", 2), text], Limits())
    assert [page.text[:3] for page in pages] == ["كلم", "باب"]
    assert [region.level for region in pages[1].regions] == [1, 2]


def test_the_heading_is_the_first_line_or_the_first_markdown_heading(tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", f"\n دليل المساطر \n\n{ARABIC}".encode()).meta == {"heading": "دليل المساطر"}
    assert read(tmp_path / "a.md", f"{ARABIC}\n\n## دليل المساطر ##\n".encode()).meta == {"heading": "دليل المساطر"}
    assert read(tmp_path / "b.txt", (ARABIC * 5).encode()).meta == {}


@pytest.mark.parametrize(
    ("text", "heading"),
    [("## دليل ##\nنص", "دليل"), ("# لغة C#\nنص", "لغة C#"), ("# " + "#" * 200_000 + " a", "")],
)
def test_a_markdown_heading_is_found_in_time_whatever_signs_follow(tmp_path: Path, text: str, heading: str) -> None:
    assert read(tmp_path / "a.md", text.encode()).meta.get("heading", "") == heading


def test_a_letterhead_and_a_date_are_no_heading_unless_there_is_no_other(tmp_path: Path) -> None:
    text = "المملكة المغربية\n22 فبراير 2018\n"
    assert read(tmp_path / "a.txt", (text + "أرشيف\nنص").encode()).meta["heading"] == "أرشيف"
    assert read(tmp_path / "b.txt", text.encode()).meta["heading"] == "المملكة المغربية"


def test_a_file_at_the_limit_of_pages_is_read_and_one_page_more_is_too_costly(tmp_path: Path) -> None:
    limits = Limits(pages=2)
    assert len(read(tmp_path / "a.txt", b"a\fb", limits).pages) == 2
    with pytest.raises(TooCostly):
        read(tmp_path / "a.txt", b"a\fb\fc", limits)


def test_a_page_above_its_limit_is_cut_and_says_so() -> None:
    limits = Limits(page_chars=5)
    assert paging.capped(Page(1, "خمسةخ"), limits) == Page(1, "خمسةخ")
    assert paging.capped(Page(1, "خمسةخ!"), limits) == Page(1, "خمسةخ", findings=(Finding("page-cut"),))


@pytest.mark.parametrize(("data", "error"), [(b"", Empty), (b" \n\t", Empty), (bytes(range(32)) * 9, Damaged)])
def test_no_text_has_a_name(tmp_path: Path, data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(tmp_path / "a.txt", data)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ﺍﻹﺩﺍﺭﺓ", "الإدارة"),
        ("ﷲ ﷺ", "الله صلى الله عليه وسلم"),
        ("﴿اقرأ﴾", "(اقرأ)"),
        ("ﹰا", "\u064bا"),
        ("ﱠ", "\u064e\u0651"),
        ("eﬃcace", "efficace"),
        ("e\u0301tat", "état"),
        ("ا\u0654", "أ"),
        ("\u202bنص\u202c\u200f", "نص"),
        ("\ufeffنص\x00", "نص"),
    ],
)
def test_letters_are_written_in_one_way(written: str, expected: str) -> None:
    assert letters(written) == expected


@given(st.text())
def test_tidy_text_is_nfc_without_presentation_forms_and_tidying_again_changes_nothing(text: str) -> None:
    tidied = tidy(text)
    assert unicodedata.is_normalized("NFC", tidied)
    assert not any("\ufb50" <= char <= "\ufeff" for char in tidied)
    assert tidy(tidied) == tidied
    tidied.encode()


def test_a_line_holds_no_line_end_and_is_cut() -> None:
    assert line(" دليل\r\nالمساطر\u2028الإدارية ", 12) == "دليل المساطر"
