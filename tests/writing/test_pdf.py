"""Papers as PDF: what is printed is what was written, for the eye and for search."""

import io
import unicodedata
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.ingest.extraction import Limits
from kb.ingest.formats import FORMATS
from kb.writing import pdf
from kb.writing.pdf import Block, Facts, Grid, Heading, Paper, Points, Words
from kb.writing.pdf.lines import broken
from kb.writing.pdf.shaping import visual

PAPER = Paper(
    title="نظام للمواعيد",
    language="ar",
    author="المستشفى الإقليمي النموذجي",
    subject="رسملة معارف الإدارة",
    address="https://library.example/d/abcdefghij",
    foot="اطلع عليه في 25 نونبر 2026",
    folio="الصفحة {page} من {pages}",
    blocks=(
        Words("نظام للمواعيد يحفظ ثلث الأماكن لمن لا موعد له", "title"),
        Words("أُلغيت الآجال بنسبة 98% وفق Guide de la simplification (version 2.1) سنة 2023.", "lead"),
        Heading("الإشكال"),
        Words("كان المرضى يصطفون منذ الرابعة صباحا للحصول على رقم. " * 12),
        Points(("ساعة واحدة لتوزيع كل الأرقام", "Troisième point: l'été, 12,5 €")),
        Facts((("الجهة", "المستشفى الإقليمي (جهة توضيحية)"), ("مهمل", ""))),
        Grid(("المؤشر", "قبل", "بعد"), (("متوسط الانتظار", "220", "65"), ("نسبة الغياب", "31%", "12%"))),
    ),
)


def with_blocks(*blocks: Block) -> Paper:
    return replace(PAPER, blocks=blocks)


def texts(paper: Paper) -> list[str]:
    """The text of each page as a reader that is not ours gives it, without differences of form and of space."""
    with pypdfium2.PdfDocument(pdf.write(paper)) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    return [" ".join(unicodedata.normalize("NFKC", page).split()) for page in pages]


def ours(paper: Paper, folder: Path) -> str:
    path = folder / "paper.pdf"
    path.write_bytes(pdf.write(paper))
    return "\n".join(page.text for page in FORMATS["application/pdf"].extract(path, Limits()).pages)


PHRASES = (
    "نظام للمواعيد يحفظ ثلث الأماكن لمن لا موعد له",
    "كان المرضى يصطفون منذ الرابعة صباحا",
    "ساعة واحدة لتوزيع كل الأرقام",
    "متوسط الانتظار",
    "الصفحة 1 من",
)


def test_what_is_printed_is_read_by_pdfium() -> None:
    page = texts(PAPER)[0]
    assert [phrase for phrase in PHRASES if phrase not in page] == []


def test_what_is_printed_is_read_by_our_own_reader(tmp_path: Path) -> None:
    text = ours(PAPER, tmp_path)
    latin = ("Guide de la simplification (version 2.1)", "Troisième point: l'été, 12,5 €", PAPER.address)
    assert [phrase for phrase in (*PHRASES[:4], *latin) if phrase not in " ".join(text.split())] == []
    assert "المستشفى الإقليمي (جهة توضيحية)" in text
    assert "أُلغيت" in text


def test_a_paper_states_title_language_and_author() -> None:
    written = pdf.write(PAPER)
    with pypdfium2.PdfDocument(written) as document:
        facts = document.get_metadata_dict()
        assert (facts["Title"], facts["Author"]) == (PAPER.title, PAPER.author)
        assert [entry.get_title() for entry in document.get_toc()] == ["الإشكال"]
    assert b"/Lang (ar)" in written
    assert b"/DisplayDocTitle true" in written


def test_every_page_bears_the_address_and_its_number() -> None:
    paper = with_blocks(*[Words("فقرة من كلمات كثيرة " * 60)] * 12)
    pages, written = texts(paper), pdf.write(paper)
    assert len(pages) > 2
    assert written.count(f"/URI ({PAPER.address})".encode()) == len(pages)
    for number, page in enumerate(pages, start=1):
        assert f"الصفحة {number} من {len(pages)}" in page


def test_a_table_has_its_head_on_every_page_and_loses_no_row() -> None:
    rows = tuple((f"مؤشر رقم {n}", "220", "65") for n in range(120))
    pages = texts(with_blocks(Grid(("عنوان العمود", "قبل", "بعد"), rows)))
    assert len(pages) > 2
    assert all("عنوان العمود" in page for page in pages)
    assert all(f"مؤشر رقم {n}" in " ".join(pages) for n in range(120))


def test_a_row_that_no_page_can_hold_is_written_as_facts() -> None:
    pages = texts(with_blocks(Grid(("أ", "ب"), (("كلمة طويلة " * 1500 + "النهاية", "قصير"),))))
    assert "النهاية" in " ".join(pages)
    assert "قصير" in " ".join(pages)


def test_a_word_that_never_ends_fills_its_lines() -> None:
    assert "".join(texts(with_blocks(Words("ا" * 20_000)))).count("ا") >= 20_000


def test_letters_that_no_font_has_are_not_lost_silently() -> None:
    assert "أ ? ب" in texts(with_blocks(Words("أ 中 ب")))[0]
    assert "ⵜⴰⴳⵍⴷⵉⵜ" in texts(with_blocks(Words("ⵜⴰⴳⵍⴷⵉⵜ")))[0]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("98%", "98%"),
        ("نسبة 98% هنا", "98%"),
        ("في 2019-03-06 مساء", "2019-03-06"),
        ("انظر https://library.example/d/a/f/1/p/2 هنا", "https://library.example/d/a/f/1/p/2"),
        ("رقم 31.13 المتعلق", "31.13"),
        ("عنوان a.b@c.example هنا", "a.b@c.example"),
        ("نص \u202ein reverse\u202c", "in reverse"),
    ],
)
def test_numbers_and_addresses_stand_as_they_are_read(line: str, shown: str) -> None:
    assert shown in visual(line, right_to_left=True)


def test_brackets_open_towards_what_they_hold() -> None:
    assert visual("(أ)", right_to_left=True) == "(ﺃ)"
    assert visual("ب (أ", right_to_left=True) == "ﺃ) ﺏ"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("إصدار · Direction modèle (organisme fictif) · أبريل", "Direction modèle (organisme fictif)"),
        ("organisme fictif) · أبريل", "organisme fictif)"),  # a line that begins within brackets
        ("إصدار · Direction (organisme", "Direction (organisme"),
        ("جهة (ONCF) هنا", "(ONCF)"),
        ("النص (version 2 [bis]) هنا", "(version 2 [bis])"),
        ("Guide (a) ثم Note (b [c]) هنا", "Note (b [c])"),
    ],
)
def test_a_latin_name_keeps_its_brackets_in_an_arabic_line(line: str, shown: str) -> None:
    assert shown in visual(line, right_to_left=True)


def test_an_arabic_name_keeps_its_brackets_in_a_latin_line() -> None:
    assert visual("Avis · جهة (توضيحية) · 2021", right_to_left=False) == (
        f"Avis · {visual('جهة (توضيحية)', right_to_left=True)} · 2021"
    )


@given(st.text(max_size=80))
def test_any_text_can_be_turned_for_the_eye(text: str) -> None:
    line = " ".join(text.split()).encode("utf-8", "ignore").decode()
    for right_to_left in (True, False):
        assert len(visual(line, right_to_left=right_to_left)) <= 2 * len(line) + 2


@given(st.text(max_size=200), st.integers(min_value=1, max_value=40))
def test_lines_hold_every_word_and_keep_to_their_room(text: str, room: int) -> None:
    lines = broken(text, room, lambda word: float(len(word)))
    assert "".join(lines).replace(" ", "") == "".join(text.split())
    assert all(len(line) <= room for line in lines)


@settings(max_examples=20)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_no_text_breaks_a_paper(given_texts: list[str]) -> None:
    row = tuple(given_texts)
    blocks: tuple[Block, ...] = (
        *map(Words, row),
        Heading(row[0]),
        Points(row),
        Facts(((row[0], row[-1]),)),
        Grid(row, (row,)),
    )
    with pypdfium2.PdfDocument(io.BytesIO(pdf.write(replace(PAPER, title=row[0], blocks=blocks)))) as document:
        assert len(document) >= 1
