"""Presentations, OpenDocument and books: what is read on paper or on the screen, and nothing that harms."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.ingest import package
from kb.ingest.extraction import Damaged, Empty, Encrypted, Extraction, Limits, TooCostly
from kb.ingest.formats import choose
from kb.ingest.sniff import sniff
from tests.ingest.packages import change, good, write

PACKAGES = ("docx", "pptx", "odt", "odp", "epub", "xlsx", "ods")


def read(path: Path, limits: Limits | None = None) -> Extraction:
    return choose(sniff(path)).extract(path, limits or Limits())


def edited(tmp_path: Path, name: str, part: str, edit: Callable[[str], str]) -> Extraction:
    path = change(good(name), tmp_path / "a", {part: lambda data: edit(data.decode()).encode()})
    return read(path)


@pytest.mark.parametrize("name", ["pptx", "odp", "ppt"])
def test_a_slide_is_a_page_its_title_a_heading_and_its_notes_follow(name: str) -> None:
    extraction = read(good(name))
    assert [(one.text, one.page, one.level) for one in extraction.outline] == [
        ("دليل تبسيط المساطر الإدارية", 1, 1),
        ("الإطار القانوني", 2, 1),
        ("الآجال", 3, 1),
    ]
    assert extraction.pages[1].text.endswith("ذكّر الحاضرين بنسبة الرضى 87,5%")
    assert extraction.pages[2].text.endswith("الخدمة\tالأجل\nشهادة السكنى\t3 أيام\nرخصة البناء\t30 يوما")
    assert [region.kind for region in extraction.pages[2].regions] == ["heading", "table"]


@pytest.mark.parametrize("name", ["pptx", "odp", "ppt", "odt", "doc", "rtf", "xlsx", "ods", "xls", "epub"])
def test_the_file_says_what_it_is_called(name: str) -> None:
    meta = read(good(name)).meta
    assert meta["title"] in ("تبسيط المساطر", "دليل التبسيط", "آجال المساطر")
    assert meta["author"] in ("المديرية", "مديرية التبسيط")


@pytest.mark.parametrize("name", ["odt", "doc", "rtf", "epub", "pptx", "odp", "ppt"])
def test_vowels_stay(name: str) -> None:
    assert "التَّنفيذِ" in "".join(page.text for page in read(good(name)).pages)


@pytest.mark.parametrize("name", ["odt", "doc", "rtf"])
def test_headings_notes_headers_and_boxes_are_told_apart(name: str) -> None:
    extraction = read(good(name))
    assert [one.text for one in extraction.outline][-2:] == ["الباب الأول: أحكام عامة", "الآجال"]
    kinds = [(region.kind, page.text[region.span.start :]) for page in extraction.pages for region in page.regions]
    assert ("footnote", "الجريدة الرسمية عدد 6866.") in kinds
    assert {(page.head, page.foot) for page in extraction.pages} == {("المملكة المغربية", "وزارة الانتقال الرقمي")}
    text = "\n".join(page.text for page in extraction.pages)
    assert text.count("إطار جانبي") == 1
    assert "محذوف" not in text
    assert "مخفي" not in text
    assert "الصفحة الثانية" not in extraction.pages[0].text


def test_a_slide_without_text_keeps_its_number(tmp_path: Path) -> None:
    extraction = edited(tmp_path, "pptx", "ppt/slides/slide1.xml", lambda text: re.sub("<a:t>[^<]*</a:t>", "", text))
    assert [(page.number, page.origin, bool(page.text)) for page in extraction.pages] == [
        (1, "none", False),
        (2, "text", True),
        (3, "text", True),
    ]


def test_a_presentation_without_any_text_is_empty(tmp_path: Path) -> None:
    without = {
        f"ppt/slides/slide{number}.xml": lambda data: re.sub(b"<a:t>[^<]*</a:t>", b"", data) for number in (1, 2, 3)
    }
    notes = {"ppt/notesSlides/notesSlide1.xml": without["ppt/slides/slide1.xml"]}
    with pytest.raises(Empty):
        read(change(good("pptx"), tmp_path / "a", without | notes))


def test_slides_up_to_the_limit_are_read_and_not_one_more() -> None:
    assert len(read(good("pptx"), Limits(pages=3)).pages) == 3
    with pytest.raises(TooCostly):
        read(good("pptx"), Limits(pages=2))


def test_the_second_copy_of_a_shape_is_not_read(tmp_path: Path) -> None:
    shape = "<p:sp><p:txBody><a:p><a:r><a:t>شكل</a:t></a:r></a:p></p:txBody></p:sp>"
    both = f'<mc:AlternateContent xmlns:mc="x"><mc:Choice>{shape}</mc:Choice><mc:Fallback>{shape}</mc:Fallback>'

    def edit(text: str) -> str:
        return text.replace("</p:spTree>", f"{both}</mc:AlternateContent></p:spTree>")

    assert edited(tmp_path, "pptx", "ppt/slides/slide1.xml", edit).pages[0].text.count("شكل") == 1


def test_blanks_of_an_open_document_are_those_it_means(tmp_path: Path) -> None:
    written = '<text:p>أ<text:s text:c="3"/>ب<text:tab/>ج   د\n<text:span> هـ</text:span><text:line-break/>و</text:p>'
    extraction = edited(
        tmp_path, "odt", "content.xml", lambda text: text.replace("</office:text>", written + "</office:text>")
    )
    assert "أ ب\tج د هـ\nو" in "\n".join(page.text for page in extraction.pages)


def test_an_open_document_that_a_password_protects_is_named_so(tmp_path: Path) -> None:
    told = '<m:file-entry xmlns:m="x" m:full-path="content.xml"><m:encryption-data/></m:file-entry></manifest:manifest>'
    for name in ("odt", "odp", "ods"):
        path = change(
            good(name),
            tmp_path / name,
            {"META-INF/manifest.xml": lambda data: data.replace(b"</manifest:manifest>", told.encode())},
        )
        with pytest.raises(Encrypted):
            read(path)


@pytest.mark.parametrize("name", PACKAGES)
def test_an_entry_that_a_password_protects_is_named_so(tmp_path: Path, name: str) -> None:
    data = bytearray(good(name).read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    path = tmp_path / "a"
    path.write_bytes(bytes(data))
    with pytest.raises(Encrypted):
        read(path)


PARTS = {
    "pptx": "ppt/slides/slide1.xml",
    "odt": "content.xml",
    "odp": "content.xml",
    "epub": "META-INF/container.xml",
}


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        b'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_entities_of_the_file_s_own_are_refused(tmp_path: Path, name: str, declaration: bytes) -> None:
    path = change(good(name), tmp_path / "a", {PARTS[name]: lambda data: data.replace(b"?>", b"?>" + declaration, 1)})
    with pytest.raises(Damaged, match="document type"):
        read(path)


@pytest.mark.parametrize("name", PACKAGES)
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, name: str) -> None:
    path = change(good(name), tmp_path / "a", {"media/bomb.bin": lambda _: bytes(8 * 1024 * 1024)})
    with pytest.raises(TooCostly, match="packed"):
        read(path)


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("data", [b"", b"<a", b"<a/>", b"\0" * 100])
def test_a_part_of_nonsense_is_a_named_failure(tmp_path: Path, name: str, data: bytes) -> None:
    path = change(good(name), tmp_path / "a", {PARTS[name]: lambda _: data})
    if name == "pptx" and data == b"<a/>":
        assert read(path).pages[0].text == ""
    else:
        with pytest.raises((Damaged, Empty)):
            read(path)


def book(tmp_path: Path, spine: str, **pages: str) -> Path:
    listed = "".join(
        f'<item id="{name}" href="text/{name}.xhtml" media-type="application/xhtml+xml"/>' for name in pages
    )
    return write(
        tmp_path / "a.epub",
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<c><rootfiles><rootfile full-path="OPS/b.opf"/></rootfiles></c>',
            "OPS/b.opf": f"<package><manifest>{listed}</manifest><spine>{spine}</spine></package>",
            **{f"OPS/text/{name}.xhtml": f"<html><body>{text}</body></html>" for name, text in pages.items()},
        },
    )


def test_a_book_is_read_in_the_order_of_its_spine(tmp_path: Path) -> None:
    spine = '<itemref idref="two"/><itemref idref="one"/>'
    extraction = read(book(tmp_path, spine, one="<h1>الفصل الثاني</h1>", two="<h1>الفصل الأول</h1><p>نص"))
    assert [page.text for page in extraction.pages] == ["الفصل الأول\n\nنص", "الفصل الثاني"]
    assert [(one.text, one.page) for one in extraction.outline] == [("الفصل الأول", 1), ("الفصل الثاني", 2)]


def test_a_book_whose_spine_names_what_is_not_there_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        read(book(tmp_path, '<itemref idref="three"/>', one="نص"))


def test_a_protected_book_is_named_so_and_one_with_disguised_fonts_is_read(tmp_path: Path) -> None:
    path = book(tmp_path, '<itemref idref="one"/>', one="نص")
    for target, readable in (("OPS/font.ttf", True), ("OPS/text/one.xhtml", False)):
        told = f'<e><CipherData><CipherReference URI="{target}"/></CipherData></e>'.encode()
        copy = change(path, tmp_path / "b", {"META-INF/encryption.xml": lambda _, told=told: told})  # type: ignore[misc]
        if readable:
            assert read(copy).pages[0].text == "نص"
        else:
            with pytest.raises(Encrypted):
                read(copy)


@pytest.mark.parametrize("target", ["../../../etc/passwd", "/etc/passwd", "..%2f..%2fetc/passwd"])
def test_a_name_in_a_package_leads_nowhere_else(tmp_path: Path, target: str) -> None:
    path = book(tmp_path, '<itemref idref="one"/>', one="نص")
    hostile = change(path, tmp_path / "b", {"OPS/b.opf": lambda data: data.replace(b"text/one.xhtml", target.encode())})
    with pytest.raises(Damaged, match="etc/passwd"):
        read(hostile)


def test_the_limit_of_the_xml_of_a_package_holds_at_the_next_byte(tmp_path: Path) -> None:
    path = write(tmp_path / "a", {"a.xml": "<a/>"})
    with package.opened(path, most_xml=4):
        pass
    with pytest.raises(TooCostly), package.opened(path, most_xml=3):
        pass


# What was typed into the document that LibreOffice then wrote as each of these, and into the slides and the sheet.
TYPED = """دليل تبسيط المساطر الإدارية الباب الأول: أحكام عامة صدر القانون رقم 55.19 في 6 مارس 2020، ودخل حيِّزَ التَّنفيذِ
داخل أجل 6 أشهر. انظر البوابة الوطنية، و«ce que l'usager doit savoir». الخدمة الأجل شهادة السكنى 3 أيام رخصة البناء
الوثائق المطلوبة الرسوم الآجال فقرة إطار جانبي الصفحة الثانية: نسبة الرضى 87,5%، والأهداف [1] و[2]."""
SHOWN = """دليل تبسيط المساطر الإدارية وزارة الانتقال الرقمي وإصلاح الإدارة الإطار القانوني صدر القانون رقم 55.19
(الجريدة الرسمية عدد 6866) في 6 مارس 2020 يَدخُلُ حيِّزَ التَّنفيذِ داخل أجل 6 أشهر ذكّر الحاضرين بنسبة الرضى 87,5% الآجال
الخدمة الأجل شهادة السكنى 3 أيام رخصة البناء 30 يوما"""
ENTERED = """دليل تبسيط المساطر الإدارية الخدمة الأجل بالأيام تاريخ النشر نسبة الرضى شهادة السُّكنى رخصة البناء
الشكايات الجهة عدد طنجة - تطوان - الحسيمة 3 30 1250 2020-03-06 الآجال 0.875 2021-04-01 09:30 1"""
NOTE = "الجريدة الرسمية عدد 6866."


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        *((name, f"{TYPED} {NOTE}") for name in ("odt", "doc", "rtf")),
        ("epub", TYPED),
        *((name, SHOWN) for name in ("pptx", "odp", "ppt")),
        *((name, ENTERED) for name in ("xlsx", "xls", "ods")),
    ],
)
def test_no_word_is_lost_and_none_is_made_up(name: str, typed: str) -> None:
    found = [unicodedata.normalize("NFC", word) for page in read(good(name)).pages for word in page.text.split()]
    wanted = [unicodedata.normalize("NFC", word) for word in typed.split()]
    assert set(wanted) == set(found)
