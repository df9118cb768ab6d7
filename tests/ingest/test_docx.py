"""Word documents: all that is read on paper, in its order, and nothing that harms."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml

from kb.ingest import package
from kb.ingest.extraction import Damaged, Empty, Encrypted, Extraction, Limits, TooCostly
from kb.ingest.formats.docx import Docx

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.docx"


def read(path: Path, write: Callable[[Any], object]) -> Extraction:
    document = docx.Document()
    write(document)
    document.save(str(path))
    return Docx().extract(path, Limits())


def change(path: Path, part: str, edit: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = edit(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_paragraphs_and_rows_are_read_in_order_and_headers_are_not(path: Path) -> None:
    def write(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = "المملكة المغربية"
        document.add_paragraph("يهدف هذا الدليل إلى:")
        table = document.add_table(2, 2)
        for place, written in enumerate(["الخدمة", "الأجل", "شهادة", "3 أيام"]):
            table.cell(place // 2, place % 2).text = written
        document.add_paragraph("انتهى")

    assert read(path, write).pages[0].text == "يهدف هذا الدليل إلى:\n\nالخدمة\tالأجل\nشهادة\t3 أيام\n\nانتهى"


def test_a_page_break_ends_a_page_and_so_does_a_section(path: Path) -> None:
    def write(document: Any) -> None:
        document.add_paragraph("الأولى").add_run().add_break(WD_BREAK.PAGE)
        document.add_paragraph("الثانية")
        document.add_section()
        document.add_paragraph("الثالثة").add_run().add_break(WD_BREAK.LINE)

    assert [page.text for page in read(path, write).pages] == ["الأولى", "الثانية", "الثالثة"]


def test_where_word_last_ended_a_page_one_ends(path: Path) -> None:
    def write(document: Any) -> None:
        paragraph = document.add_paragraph("آخر الأولى ")
        run = f"<w:r {W}><w:lastRenderedPageBreak/><w:t>أول الثانية</w:t></w:r>"
        paragraph._p.append(parse_xml(run))

    assert [page.text for page in read(path, write).pages] == ["آخر الأولى", "أول الثانية"]


def test_insertions_links_controls_and_boxes_are_read_and_deletions_are_not(path: Path) -> None:
    def write(document: Any) -> None:
        paragraph = document.add_paragraph("قبل ")
        for xml in (
            f'<w:ins {W} w:id="1"><w:r><w:t>مضاف </w:t></w:r></w:ins>',
            f'<w:del {W} w:id="2"><w:r><w:delText>محذوف</w:delText></w:r></w:del>',
            f'<w:moveFrom {W} w:id="3"><w:r><w:t>منقول</w:t></w:r></w:moveFrom>',
            f"<w:hyperlink {W}><w:r><w:t>رابط</w:t></w:r></w:hyperlink>",
            f"<w:r {W}><w:pict><w:txbxContent><w:p><w:r><w:t>إطار</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>",
        ):
            paragraph._p.append(parse_xml(xml))
        control = f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>حقل</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        document.element.body.insert(0, parse_xml(control))

    assert read(path, write).pages[0].text == "حقل\n\nقبل مضاف رابط\n\nإطار"


def test_the_heading_is_the_first_styled_one_and_the_properties_are_kept(path: Path) -> None:
    def write(document: Any) -> None:
        document.core_properties.title = "تقرير 2022"
        document.core_properties.author = "المديرية"
        document.add_paragraph("المملكة المغربية")
        document.add_heading("تقرير حول الأداء", 1)

    meta = read(path, write).meta
    assert (meta["title"], meta["author"], meta["heading"]) == ("تقرير 2022", "المديرية", "تقرير حول الأداء")


def test_without_styles_the_heading_is_the_first_paragraph_that_is_no_letterhead_or_date(path: Path) -> None:
    def write(document: Any) -> None:
        for text in ("المملكة المغربية", "الرباط في 22 فبراير 2018", "مذكرة حول الأرشيف", "نص المذكرة"):
            document.add_paragraph(text)

    assert read(path, write).meta["heading"] == "مذكرة حول الأرشيف"


def test_rows_marked_as_deleted_and_hidden_words_are_not_read(path: Path) -> None:
    def write(document: Any) -> None:
        table = document.add_table(2, 1)
        table.cell(0, 0).text, table.cell(1, 0).text = "محذوف", "باق"
        table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f'<w:del {W} w:id="1" w:author="a"/>'))
        paragraph = document.add_paragraph()
        paragraph.add_run("مخفي").font.hidden = True
        paragraph.add_run("ظاهر").font.hidden = False

    assert read(path, write).pages[0].text == "باق\n\nظاهر"


def test_a_document_in_the_strict_form_is_read_like_any_other(path: Path) -> None:
    def write(document: Any) -> None:
        document.core_properties.title = "تقرير 2022"
        document.add_heading("تقرير حول الأداء", 1)
        document.add_paragraph("نص").add_run().add_break(WD_BREAK.PAGE)
        document.add_table(1, 2).cell(0, 1).text = "خلية"

    expected = read(path, write)
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
    for name in names:
        change(path, name, strict)
    found = Docx().extract(path, Limits())
    assert b"schemas.openxmlformats.org/wordprocessingml" not in zipfile.ZipFile(path).read("word/document.xml")
    assert (found.pages, found.meta) == (expected.pages, expected.meta)


def strict(data: bytes) -> bytes:
    """Return a part with the names that ISO 29500-1 gives it, as Word writes them when asked for the strict form."""
    return re.sub(
        rb"http://schemas\.openxmlformats\.org/(wordprocessingml|officeDocument|drawingml)/2006/",
        rb"http://purl.oclc.org/ooxml/\1/",
        data,
    )


def test_a_document_without_text_is_empty(path: Path) -> None:
    with pytest.raises(Empty):
        read(path, lambda _: None)


def test_a_document_cut_anywhere_is_damaged(path: Path) -> None:
    read(path, lambda document: document.add_paragraph("نص"))
    whole = path.read_bytes()
    for share in (0.1, 0.5, 0.9, 0.999):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(Damaged):
            Docx().extract(path, Limits())


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        b'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE w SYSTEM "http://127.0.0.1/w.dtd">',
    ],
)
def test_a_document_type_declaration_is_refused(path: Path, declaration: bytes) -> None:
    read(path, lambda document: document.add_paragraph("نص"))
    change(path, "word/document.xml", lambda data: data.replace(b"?>", b"?>" + declaration, 1))
    with pytest.raises(Damaged, match="document type"):
        Docx().extract(path, Limits())


def test_a_zip_bomb_is_refused_before_it_is_unpacked(path: Path) -> None:
    read(path, lambda document: document.add_paragraph("نص"))
    change(path, "word/media/image1.bin", lambda _: b"\0" * (8 * 1024 * 1024))
    with pytest.raises(TooCostly, match="packed"):
        Docx().extract(path, Limits())


def test_the_limits_of_a_package_hold_at_the_next_number(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(path, lambda document: document.add_paragraph("نص"))
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    monkeypatch.setattr(package, "MAX_ENTRIES", len(entries))
    monkeypatch.setattr(package, "MAX_UNPACKED_BYTES", sum(entry.file_size for entry in entries))
    package.check(path)
    monkeypatch.setattr(package, "MAX_UNPACKED_BYTES", package.MAX_UNPACKED_BYTES - 1)
    with pytest.raises(TooCostly, match="unpacked"):
        package.check(path)
    monkeypatch.setattr(package, "MAX_ENTRIES", len(entries) - 1)
    with pytest.raises(TooCostly, match="entries"):
        package.check(path)


def test_an_encrypted_entry_is_named(path: Path) -> None:
    read(path, lambda document: document.add_paragraph("نص"))
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(Encrypted):
        Docx().extract(path, Limits())


@pytest.mark.parametrize("part", ["word/document.xml", "[Content_Types].xml", "_rels/.rels", "word/styles.xml"])
@pytest.mark.parametrize("data", [b"", b"<a", b"<a/>", b"\0" * 100])
def test_a_part_of_nonsense_is_a_named_failure(path: Path, part: str, data: bytes) -> None:
    read(path, lambda document: document.add_paragraph("نص"))
    change(path, part, lambda _: data)
    with pytest.raises((Damaged, Empty)):
        Docx().extract(path, Limits())


def test_headings_and_tables_are_regions_and_the_outline(path: Path) -> None:
    def write(document: Any) -> None:
        document.add_heading("الباب الأول", 1)
        document.add_heading("أحكام عامة", 2)
        document.add_table(1, 2).cell(0, 0).text = "خلية"

    extraction = read(path, write)
    assert [(one.kind, one.level) for one in extraction.pages[0].regions] == [
        ("heading", 1),
        ("heading", 2),
        ("table", 0),
    ]
    assert [(one.text, one.page, one.level) for one in extraction.outline] == [
        ("الباب الأول", 1, 1),
        ("أحكام عامة", 1, 2),
    ]


def test_the_header_that_all_pages_share_stands_apart_without_their_numbers(path: Path) -> None:
    def write(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = "المملكة المغربية"
        document.sections[0].footer.paragraphs[0].text = "12"
        document.add_paragraph("أولا").add_run().add_break(WD_BREAK.PAGE)
        document.add_paragraph("ثانيا")

    assert [(page.text, page.head, page.foot) for page in read(path, write).pages] == [
        ("أولا", "المملكة المغربية", ""),
        ("ثانيا", "المملكة المغربية", ""),
    ]


def test_a_section_that_goes_on_on_the_same_page_ends_none(path: Path) -> None:
    def write(document: Any) -> None:
        document.add_paragraph("أولا")
        document.add_section(WD_SECTION.CONTINUOUS)
        document.add_section(WD_SECTION.CONTINUOUS)
        document.add_paragraph("ثانيا")

    assert [page.text for page in read(path, write).pages] == ["أولا\n\nثانيا"]


def test_the_numbers_that_word_draws_are_written(path: Path) -> None:
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for depth, start, form, text in (
            (0, 1, "decimal", "المادة %1:"),
            (1, 2, "arabicAbjad", "%1-%2)"),
            (2, 1, "bullet", "o"),
            (3, 1, "upperRoman", "%4."),
        )
    )

    def write(document: Any) -> None:
        numbering = document.part.numbering_part.element
        numbering.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="90">{levels}</w:abstractNum>'))
        numbering.append(parse_xml(f'<w:num {W} w:numId="91"><w:abstractNumId w:val="90"/></w:num>'))
        for depth, text in ((0, "تعاريف"), (1, "الإدارة"), (1, "المرتفق"), (2, "نقطة"), (0, "أحكام"), (3, "ختام")):
            ask = f'<w:numPr {W}><w:ilvl w:val="{depth}"/><w:numId w:val="91"/></w:numPr>'
            document.add_paragraph(text)._p.get_or_add_pPr().append(parse_xml(ask))

    assert read(path, write).pages[0].text.split("\n\n") == [
        "المادة 1: تعاريف",
        "1-ب) الإدارة",
        "1-ج) المرتفق",
        "نقطة",
        "المادة 2: أحكام",
        "I. ختام",
    ]


def test_a_title_that_a_program_wrote_is_none(path: Path) -> None:
    def write(document: Any) -> None:
        document.core_properties.title = "Microsoft Word - document1"
        document.core_properties.keywords = "تبسيط، رقمنة; تبسيط"
        document.add_paragraph("نص")

    meta = read(path, write).meta
    assert "title" not in meta
    assert meta["keywords"] == "تبسيط; رقمنة"
