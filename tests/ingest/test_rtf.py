"""Rich text: Arabic in code pages and in Unicode, groups that are no text, and files that never end."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.ingest.extraction import Damaged, Empty, Extraction, ExtractionError, Limits, TooCostly
from kb.ingest.formats.rtf import Rtf
from tests.ingest.packages import good


def read(tmp_path: Path, body: str | bytes, head: str = r"\ansi\ansicpg1256\deff0") -> Extraction:
    path = tmp_path / "a.rtf"
    data = body if isinstance(body, bytes) else body.encode("ascii")
    path.write_bytes(rb"{\rtf1" + head.encode() + b" " + data + b"}")
    return Rtf().extract(path, Limits())


def text(tmp_path: Path, body: str | bytes) -> str:
    return "\f".join(page.text for page in read(tmp_path, body).pages)


def escaped(words: str, encoding: str) -> str:
    return "".join(f"\\'{byte:02x}" for byte in words.encode(encoding))


def test_arabic_is_read_from_the_code_page_of_the_file(tmp_path: Path) -> None:
    assert text(tmp_path, escaped("تبسيط المساطر", "cp1256")) == "تبسيط المساطر"
    assert text(tmp_path, "تبسيط المساطر".encode("cp1256")) == "تبسيط المساطر"


def test_the_character_set_of_a_font_outweighs_the_code_page(tmp_path: Path) -> None:
    fonts = r"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset178 Arial (Arabic);}}"
    body = rf"{fonts}\f1 {escaped('مسطرة', 'cp1256')} \f0 {escaped('été', 'cp1252')}"
    assert text(tmp_path, body) == "مسطرة été"
    assert read(tmp_path, body, r"\ansi\ansicpg1252").pages[0].text == "مسطرة été"


def test_unicode_is_read_and_what_stands_for_it_in_old_readers_is_not(tmp_path: Path) -> None:
    body = "".join(rf"\u{ord(char)}?" for char in "مذكرة")
    assert text(tmp_path, body) == "مذكرة"
    assert text(tmp_path, rf"\uc0{body.replace('?', ' ')}") == "مذكرة"


def test_paragraphs_rows_and_pages_end_where_they_should(tmp_path: Path) -> None:
    body = r"one\par two\line three\par\trowd\intbl a\cell b\par c\cell\row\intbl d\cell e\cell\row\pard four\page five"
    assert text(tmp_path, body) == "one\n\ntwo\nthree\n\na\tb c\nd\te\n\nfour\ffive"


def test_what_is_no_text_is_left_out(tmp_path: Path) -> None:
    body = (
        r"{\colortbl;\red0;}{\*\generator x;}{\pict\wmetafile8 0102}{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}"
        r"{\*\unknown y}{\v hidden}{\deleted gone}{\object{\objdata 00}{\result{\pard shown\par}}}{\bin4 {{}}} end"
    )
    assert "link" in text(tmp_path, body)
    for absent in ("HYPERLINK", "0102", "hidden", "gone", "unknown", "x;"):
        assert absent not in text(tmp_path, body)


def test_styles_make_headings(tmp_path: Path) -> None:
    body = r"{\stylesheet{\s0 Normal;}{\s3\b heading 2;}}\pard\s3 A title\par\pard\outlinelevel0 Another\par\pard text"
    regions = read(tmp_path, body).pages[0].regions
    assert [(region.kind, region.level) for region in regions] == [("heading", 2), ("heading", 1)]


def test_a_file_that_ends_before_its_last_brace_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    path.write_bytes(good("rtf").read_bytes().rstrip()[:-1])
    with pytest.raises(Damaged):
        Rtf().extract(path, Limits())


def test_groups_may_be_nested_a_thousand_deep_and_not_deeper(tmp_path: Path) -> None:
    assert text(tmp_path, "{" * 999 + "x" + "}" * 999) == "x"
    with pytest.raises(TooCostly):
        text(tmp_path, "{" * 1000 + "x" + "}" * 1000)


def test_a_file_without_text_is_empty(tmp_path: Path) -> None:
    with pytest.raises(Empty):
        read(tmp_path, r"\pard\par")


@given(
    st.lists(
        st.sampled_from(
            [
                b"{",
                b"}",
                b"\\",
                b"'",
                b"\\u",
                b"9",
                b"-",
                b"\\par",
                b"\\cell",
                b"\\*",
                b"\\upr",
                b"\\ud",
                b"\\bin",
                b"\\footnote",
                b"\\header",
                b"\\s1",
                b"\\stylesheet",
                b"\\row",
                b"x",
                b" ",
                b"\xc7",
                b"\\info",
                b"\\title",
            ]
        ),
        max_size=60,
    )
)
def test_any_words_and_braces_give_a_text_or_a_named_failure(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("rtf") / "a.rtf"
    path.write_bytes(b"{\\rtf1 " + b"".join(pieces) + b"}")
    try:
        Rtf().extract(path, Limits())
    except ExtractionError:
        return


def test_what_the_file_says_of_itself_is_read_and_stray_words_there_are_not(tmp_path: Path) -> None:
    body = r"{\info{\title Guide}{\author Office}{\creatim stray\yr2021\mo5\dy4}{\keywords a, b}{\operator x}}text"
    assert read(tmp_path, body).meta == {
        "title": "Guide",
        "author": "Office",
        "created": "2021-05-04",
        "keywords": "a; b",
        "heading": "text",
    }
