"""PDF as a whole: what its pages say, and that no file does harm or fails without a name."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.core.text import Heading, Page, codes
from kb.ingest import sandbox
from kb.ingest.extraction import Damaged, Encrypted, Extraction, ExtractionError, Limits, TooCostly
from kb.ingest.formats.pdf import Pdf
from tests.ingest.pdfs import HOSTILE, PAGE, encrypted, pdf, stream

STRICT = Limits(seconds=8.0, bytes=700 * 1024 * 1024)


def read(path: Path, data: bytes, limits: Limits | None = None) -> Extraction:
    path.write_bytes(data)
    return Pdf().extract(path, limits or Limits())


def three_pages(labels: bytes = b"") -> bytes:
    return pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % labels,
            2: b"<< /Type /Pages /Kids [3 0 R 6 0 R 3 0 R 7 0 R] /Count 3 >>",
            6: PAGE.replace(b"4 0 R", b"8 0 R"),
            7: PAGE,
            8: stream(b"0 0 m 100 100 l S"),
        }
    )


def test_a_page_on_which_nothing_is_written_keeps_its_number_and_is_no_cause_for_doubt(tmp_path: Path) -> None:
    extraction = read(tmp_path / "a.pdf", three_pages())
    assert [page.text for page in extraction.pages] == ["Hello world", "", "Hello world"]
    assert extraction.pages[1] == Page(2, "", "none", quality=0.0, width=6000, height=8000)
    assert extraction.findings == ()


@pytest.mark.parametrize(
    ("drawn", "found"),
    [
        (b"q 60 0 0 80 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q", ["no-text-layer"]),
        (b"q 500 0 0 800 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q", ["no-text-layer", "needs-ocr"]),
        (b"9 9 m " + b"1 2 3 4 5 6 c " * 200 + b"f", ["no-text-layer", "needs-ocr"]),
    ],
)
def test_a_page_of_images_or_outlines_says_that_it_has_no_text(tmp_path: Path, drawn: bytes, found: list[str]) -> None:
    extraction = read(tmp_path / "a.pdf", pdf({4: stream(drawn)}))
    assert list(codes(extraction.pages[0].findings)) == found


def test_printed_page_numbers_are_labels_where_they_differ(tmp_path: Path) -> None:
    labels = b"/PageLabels << /Nums [0 << /S /r >> 1 << /S /D /St 2 >> 2 << /S /D /St 1 >>] >>"
    pages = read(tmp_path / "a.pdf", three_pages(labels)).pages
    assert [page.label for page in pages] == ["i", "", "1"]


def test_a_file_at_the_limit_of_pages_is_read_and_one_page_more_is_too_costly(tmp_path: Path) -> None:
    assert len(read(tmp_path / "a.pdf", three_pages(), Limits(pages=3)).pages) == 3
    with pytest.raises(TooCostly):
        read(tmp_path / "a.pdf", three_pages(), Limits(pages=2))


@pytest.mark.slow
def test_a_page_that_takes_too_long_is_lost_alone(tmp_path: Path) -> None:
    slow = b"BT /F 12 Tf 72 700 Td " + b"(a) Tj " * 300_000 + b"ET"
    data = pdf(
        {
            2: b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>",
            6: PAGE.replace(b"4 0 R", b"8 0 R"),
            8: stream(slow),
        }
    )
    extraction = read(tmp_path / "a.pdf", data, Limits(seconds=3.0))
    assert [page.text for page in extraction.pages] == ["Hello world", ""]
    assert codes(extraction.findings) == ("too-costly-page",)


def test_pages_the_file_promises_and_does_not_hold_are_reported(tmp_path: Path) -> None:
    data = pdf({2: b"<< /Type /Pages /Kids [3 0 R 9 0 R] /Count 2 >>"})
    assert codes(read(tmp_path / "a.pdf", data).findings) == ("missing-pages",)


def test_glyphs_without_a_map_lower_the_quality(tmp_path: Path) -> None:
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts "
        b"[<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /DW 500 /CIDSystemInfo "
        b"<< /Registry (Adobe) /Ordering (Identity) >> "
        b"/FontDescriptor << /Type /FontDescriptor /FontName /A /Flags 4 /FontBBox [0 0 1 1] >> >>] >>"
    )
    extraction = read(tmp_path / "a.pdf", pdf({4: stream(b"BT /F 12 Tf 72 700 Td <00010002> Tj ET"), 5: font}))
    assert codes(extraction.findings) == ("unmapped-glyphs",)
    assert extraction.pages[0].quality == 0.0


def test_the_file_says_who_and_when_and_names_of_programs_are_no_titles(tmp_path: Path) -> None:
    written = "تقرير".encode("utf-16-be").hex().encode()
    trailer = (
        b"/Info << /Title <feff%s> /Author (Microsoft Word - a.docx) /CreationDate (D:20210305120000) >>" % written
    )
    assert read(tmp_path / "a.pdf", pdf(trailer=trailer)).meta == {
        "title": "تقرير",
        "created": "2021-03-05",
        "heading": "Hello world",
    }


def test_the_heading_is_the_largest_text_above_the_middle_of_the_first_page(tmp_path: Path) -> None:
    content = b"""BT /F 10 Tf 72 780 Td (Kingdom of Morocco) Tj
        /F 22 Tf 0 -60 Td (Guide to better) Tj 0 -26 Td (services) Tj
        /F 11 Tf 0 -60 Td (This guide is for all.) Tj /F 30 Tf 0 -500 Td (2023) Tj ET"""
    assert read(tmp_path / "a.pdf", pdf({4: stream(content)})).meta["heading"] == "Guide to better services"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("/F 24 Tf 72 780 Td (Kingdom of Morocco) Tj /F 16 Tf 0 -80 Td (Guide to services) Tj", "Guide to services"),
        ("/F 24 Tf 72 780 Td (2023) Tj /F 16 Tf 0 -80 Td (Yearly report) Tj", "Yearly report"),
        ("/F 14 Tf 72 780 Td (Page 1 of 12) Tj 0 -40 Td (Report on archives) Tj", "Report on archives"),
        ("/F 14 Tf 72 780 Td (Rabat, le 12 mars 2019) Tj 0 -40 Td (Note on leave) Tj", "Note on leave"),
        ("/F 24 Tf 72 780 Td (Archives) Tj /F 10 Tf 0 -80 Td (All offices keep) Tj 0 -12 Td (them.) Tj", "Archives"),
        ("/F 24 Tf 72 780 Td (Kingdom of Morocco) Tj", "Kingdom of Morocco"),
    ],
)
def test_what_stands_on_many_documents_is_no_heading_unless_there_is_no_other(
    tmp_path: Path, content: str, expected: str
) -> None:
    data = pdf({4: stream(f"BT {content} ET".encode())})
    assert read(tmp_path / "a.pdf", data).meta["heading"] == expected


def test_what_is_drawn_outside_the_page_is_not_read(tmp_path: Path) -> None:
    content = b"BT /F 12 Tf 72 700 Td (seen) Tj 0 500 Td (slug) Tj ET BT /F 12 Tf 900 700 Td (margin) Tj ET"
    assert read(tmp_path / "a.pdf", pdf({4: stream(content)})).pages[0].text == "seen"


def test_slanted_text_is_kept_apart_from_the_lines_it_crosses(tmp_path: Path) -> None:
    content = b"""BT /F 12 Tf 72 700 Td (one line) Tj 0 -20 Td (two lines) Tj ET
        BT /F 40 Tf .7 .7 -.7 .7 60 640 Tm (DRAFT) Tj ET"""
    assert read(tmp_path / "a.pdf", pdf({4: stream(content)})).pages[0].text == "one line\ntwo lines\n\nDRAFT"


def test_a_page_turned_by_90_or_180_degrees_reads_as_one_that_stands(tmp_path: Path) -> None:
    for matrix in (b"0 1 -1 0 300 100", b"-1 0 0 -1 300 300"):
        content = b"BT /F 12 Tf %s Tm (first line) Tj 0 -15 Td (second line) Tj ET" % matrix
        text = read(tmp_path / "a.pdf", pdf({4: stream(content)})).pages[0].text
        assert text.split() == ["first", "line", "second", "line"]


def test_a_letter_drawn_twice_to_look_bold_is_read_once(tmp_path: Path) -> None:
    content = b"BT /F 12 Tf 72 700 Td (Bold) Tj .3 0 Td (Bold) Tj ET"
    assert read(tmp_path / "a.pdf", pdf({4: stream(content)})).pages[0].text == "Bold"


def test_a_raised_number_of_a_note_stands_beside_its_word(tmp_path: Path) -> None:
    content = b"BT /F 12 Tf 72 700 Td (word) Tj /F 7 Tf 5 Ts (12) Tj 0 Ts /F 12 Tf ( and) Tj 0 -15 Td (next) Tj ET"
    assert read(tmp_path / "a.pdf", pdf({4: stream(content)})).pages[0].text == "word 12 and\nnext"


def test_the_number_of_a_note_is_no_part_of_the_heading_it_ends(tmp_path: Path) -> None:
    content = b"""BT /F 20 Tf 72 700 Td (Labour) Tj /F 9 Tf 8 Ts (1) Tj 0 Ts
        /F 11 Tf 0 -40 Td (This code is for all who work, and for those who make them work.) Tj ET"""
    assert [one.text for one in read(tmp_path / "a.pdf", pdf({4: stream(content)})).outline] == ["Labour"]


def test_stated_text_replaces_the_glyphs_it_stands_for(tmp_path: Path) -> None:
    stated = "كلمة".encode("utf-16-be").hex().encode()
    content = b"BT /F 12 Tf 72 700 Td /Span << /ActualText <feff%s> >> BDC (xyz) Tj EMC ET" % stated
    assert read(tmp_path / "a.pdf", pdf({4: stream(content)})).pages[0].text == "كلمة"


def test_an_empty_password_opens_a_file_and_any_other_is_asked_for_by_name(tmp_path: Path) -> None:
    opened = Pdf().extract(encrypted(tmp_path / "open.pdf", ""), Limits())
    assert opened.pages[0].text == "Hello world"
    with pytest.raises(Encrypted):
        Pdf().extract(encrypted(tmp_path / "closed.pdf", "secret"), Limits())


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_ends_in_text_or_a_named_failure(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(HOSTILE[name])
    try:
        pages = sandbox.extract(Pdf(), path, STRICT).pages
    except ExtractionError as error:
        pages = ()
        named = error.code
    else:
        blank = name == "brackets-a-million-deep"
        named = pages[0].text or (blank and pages[0].origin) or pages[0].findings[0].code
    assert named


@pytest.mark.parametrize("name", ["not-a-pdf", "cut", "cut-before-the-end"])
def test_a_file_without_its_end_is_damaged(tmp_path: Path, name: str) -> None:
    with pytest.raises(Damaged):
        read(tmp_path / "a.pdf", HOSTILE[name])


def test_a_file_with_a_wrong_table_of_objects_is_read_all_the_same(tmp_path: Path) -> None:
    assert read(tmp_path / "a.pdf", b"\n\n" + pdf()).pages[0].text == "Hello world"


@pytest.mark.slow
@settings(max_examples=60)
@given(st.data())
def test_a_byte_changed_anywhere_gives_text_or_a_named_failure(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    broken = bytearray(three_pages())
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("fuzz") / "a.pdf"
    try:
        pages = read(path, bytes(broken), Limits(seconds=20.0)).pages
    except ExtractionError:
        pages = (Page(1, ""),)
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))


def test_bookmarks_are_the_outline_where_they_name_something_else_the_headings_are(tmp_path: Path) -> None:
    def written(titles: list[bytes]) -> bytes:
        marks = {
            20 + n: b"<< /Title (%s) /Parent 10 0 R /Dest [3 0 R /Fit] %s >>"
            % (title, b"/Next %d 0 R" % (21 + n) if n + 1 < len(titles) else b"/Next 20 0 R")
            for n, title in enumerate(titles)
        }
        return pdf(
            {
                1: b"<< /Type /Catalog /Pages 2 0 R /Outlines 10 0 R >>",
                4: stream(
                    b"BT /F 20 Tf 72 700 Td (Large words) Tj /F 10 Tf 0 -40 Td (and many small ones below it) Tj ET"
                ),
                10: b"<< /Type /Outlines /First 20 0 R /Count 1 >>",
                **marks,
            }
        )

    named = read(tmp_path / "a.pdf", written([b"Part one", b"Part two"]))
    assert named.outline == (Heading("Part one", 1, 1), Heading("Part two", 1, 1))
    numbered = read(tmp_path / "b.pdf", written([b"Page 1", b"Page 2"]))
    assert numbered.outline == (Heading("Large words", 1, 1),)


def test_places_are_those_of_the_page_as_it_is_turned_and_cropped(tmp_path: Path) -> None:
    turned = read(tmp_path / "a.pdf", pdf({3: PAGE.replace(b"/MediaBox", b"/Rotate 90 /MediaBox")})).pages[0]
    cropped = read(
        tmp_path / "b.pdf", pdf({3: PAGE.replace(b"/MediaBox", b"/CropBox [50 100 550 750] /MediaBox")})
    ).pages[0]
    assert (turned.width, turned.height) == (8000, 6000)
    assert (cropped.width, cropped.height) == (5000, 6500)
    assert [(box.x0, box.y0) for box in cropped.boxes] == [(220, 398), (527, 398)]
    # The page is turned clockwise: what is written upwards from the lower left runs down from the upper left.
    assert [box.y0 for box in turned.boxes] == [720, 1027]


NUMBERS = st.one_of(
    st.integers(-900, 900).map(str), st.sampled_from(["0", "9" * 40, "1" * 400, "0.00001", "-0", "1e5"])
)
SHOWN = st.sampled_from(["(a) Tj", "(Page 3) Tj", "[(1 note) -900 (x)] TJ", "(iv) Tj", "<00410042> Tj", "T*", "q", "Q"])
TAKES = {"Td": 2, "Tm": 6, "cm": 6, "re S": 4, "re f": 4, "Tz": 1, "Tc": 1, "Ts": 1, "TL": 1, "m": 2, "l S": 2}
OPERATIONS = st.one_of(
    SHOWN,
    NUMBERS.map(lambda size: f"/F {size} Tf"),
    st.sampled_from(sorted(TAKES)).flatmap(
        lambda name: st.lists(NUMBERS, min_size=TAKES[name], max_size=TAKES[name]).map(
            lambda values: " ".join([*values, name])
        )
    ),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(OPERATIONS, max_size=30), min_size=1, max_size=4))
def test_whatever_pages_draw_their_words_have_places_on_them(drawn: list[list[str]]) -> None:
    kids = b" ".join(b"%d 0 R" % (20 + 2 * number) for number in range(len(drawn)))
    objects = {2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(drawn))}
    for number, operations in enumerate(drawn):
        objects[20 + 2 * number] = PAGE.replace(b"4 0 R", b"%d 0 R" % (21 + 2 * number))
        objects[21 + 2 * number] = stream(f"BT /F 12 Tf 72 700 Td {' '.join(operations)} ET".encode())
    with TemporaryDirectory() as folder:
        try:
            pages = read(Path(folder) / "a.pdf", pdf(objects)).pages
        except ExtractionError:
            return
    for page in pages:
        assert all(box.word < len(page.text.split()) for box in page.boxes)
        assert all(box.x0 <= box.x1 <= page.width and box.y0 <= box.y1 <= page.height for box in page.boxes)
