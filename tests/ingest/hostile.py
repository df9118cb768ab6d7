"""Files of every format that are made to hang, to fill the memory, to read what is not theirs, or to lie."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from itertools import pairwise

from reportlab.pdfgen.canvas import Canvas

from tests.ingest.pdfs import PAGE, packed, pdf, stream

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="{part}"/>'
    "</Relationships>"
)
_LAUGHS = "".join(
    ("<!DOCTYPE w [<!ENTITY a 'ha'>", *(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in pairwise("abcdefghij")), "]>")
)
_PASSWORDS = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_MAIL = b"From: a@b.ma\r\nTo: c@d.ma\r\nSubject: x\r\nDate: Mon, 1 Jan 2024 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"


def package(parts: Mapping[str, str | bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return written.getvalue()


def docx(body: str, before: str = "") -> bytes:
    part = "word/document.xml"
    document = f"<?xml version='1.0'?>{before}<w:document {_W}><w:body>{body}</w:body></w:document>"
    return package(
        {
            "[Content_Types].xml": _TYPES.format(part=part, kind="wordprocessingml.document"),
            "_rels/.rels": _RELATIONS.format(part=part),
            part: document,
        }
    )


def xlsx(sheet: str) -> bytes:
    part = "xl/workbook.xml"
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    return package(
        {
            "[Content_Types].xml": _TYPES.format(part=part, kind="spreadsheetml.sheet"),
            "_rels/.rels": _RELATIONS.format(part=part),
            part: f'<workbook {main} {rel}><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _RELATIONS.format(part="worksheets/sheet1.xml")
            .replace('"r"', '"r1"')
            .replace("officeDocument/2006/relationships/officeDocument", "officeDocument/2006/relationships/worksheet"),
            "xl/worksheets/sheet1.xml": f"<worksheet {main}>{sheet}</worksheet>",
        }
    )


def ods(table: str) -> bytes:
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    return package(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f'<o:document-content xmlns:o="{office}office:1.0" xmlns:t="{office}table:1.0" '
            f'xmlns:x="{office}text:1.0"><o:body><o:spreadsheet><t:table t:name="a">{table}</t:table>'
            "</o:spreadsheet></o:body></o:document-content>",
        }
    )


def epub(chapter: str) -> bytes:
    return package(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="../../../../etc/passwd" media-type="application/oebps-package+xml"/>'
            '<rootfile full-path="a.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
            "a.opf": '<package xmlns="http://www.idpf.org/2007/opf"><manifest>'
            '<item id="c" href="c.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="p" href="file:///etc/passwd" media-type="application/xhtml+xml"/></manifest>'
            '<spine>' + '<itemref idref="c"/>' * 20_000 + '<itemref idref="p"/></spine></package>',
            "c.xhtml": chapter,
        }
    )  # fmt: skip


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def tiff(entries: bytes, count: int, following: int) -> bytes:
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", count) + entries + struct.pack("<I", following)


def _tag(tag: int, value: int) -> bytes:
    return struct.pack("<HHII", tag, 4, 1, value)


def _pages(count: int) -> bytes:
    written = io.BytesIO()
    canvas = Canvas(written)
    for number in range(count):
        canvas.drawString(72, 700, f"page {number}")
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def _zip_in_zip(depth: int) -> bytes:
    data = b"0" * 10_000_000
    for _ in range(depth):
        data = package({f"{n}.zip": data for n in range(4)})
    return data


def _overlapping() -> bytes:
    """Ten thousand entries, all of them the same million bytes of the file."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = body.compress(bytes(1_000_000)) + body.flush()
    crc = zlib.crc32(bytes(1_000_000))
    facts = struct.pack("<HHHHHIIIH", 20, 0, 8, 0, 0x21, crc, len(data), 1_000_000, 5)
    head = b"PK\x03\x04" + facts + struct.pack("<H", 0) + b"a.txt"
    entries = b"".join(
        b"PK\x01\x02" + struct.pack("<H", 20) + facts + struct.pack("<HHHHII", 0, 0, 0, 0, 0, 0) + b"%05d" % number
        for number in range(10_000)
    )
    start = len(head) + len(data)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 10_000, 10_000, len(entries), start, 0)
    return head + data + entries + end


def _nested_mail(depth: int) -> bytes:
    start = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(depth)
    )
    return _MAIL + start + b"Content-Type: text/plain\r\n\r\nhello\r\n"


HOSTILE: Mapping[str, Callable[[], bytes]] = {
    "entities-in-entities.docx": lambda: docx("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", _LAUGHS),
    "an-entity-of-another-file.docx": lambda: docx("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", _PASSWORDS),
    "elements-too-deep.docx": lambda: docx("<w:p>" * 100_000),
    "tables-in-tables.docx": lambda: docx("<w:tbl><w:tr><w:tc>" * 80 + "</w:tc></w:tr></w:tbl>" * 80),
    "a-million-paragraphs.docx": lambda: docx("<w:p><w:r><w:t>a b</w:t></w:r></w:p>" * 1_000_000),
    "one-long-word.docx": lambda: docx("<w:p><w:r><w:t>" + "a" * 9_000_000 + "</w:t></w:r></w:p>"),
    "a-part-of-zeros.docx": lambda: package({"[Content_Types].xml": "", "word/document.xml": bytes(200_000_000)}),
    "a-cell-as-wide-as-the-sheet.docx": lambda: docx(
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'
    ),
    "a-range-of-everything.xlsx": lambda: xlsx(
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is>'
        '</c></row></sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    ),
    "a-cell-of-another-sheet.xlsx": lambda: xlsx('<sheetData><row><c t="s"><v>99999999999</v></c></row></sheetData>'),
    "cells-repeated-for-ever.ods": lambda: ods(
        '<t:table-row t:number-rows-repeated="2000000000"><t:table-cell t:number-columns-repeated="2000000000">'
        "<x:p>x</x:p></t:table-cell></t:table-row>"
    ),
    "blanks-repeated-for-ever.ods": lambda: ods(
        '<t:table-row><t:table-cell><x:p>a<x:s x:c="2000000000"/>b</x:p></t:table-cell></t:table-row>'
    ),
    "a-chapter-read-for-ever.epub": lambda: epub("<html><body><p>" + "word " * 5_000 + "</p></body></html>"),
    "zips-in-zips.zip": lambda: _zip_in_zip(4),
    "entries-that-overlap.zip": _overlapping,
    "too-many-entries.zip": lambda: package({f"{number}.txt": "a" for number in range(12_000)}),
    "ways-out.zip": lambda: package({"../../../etc/cron.d/a": "x", "/etc/passwd": "x", "C:\\a.txt": "x", "a\0b": "x"}),
    "itself.zip": lambda: b"PK\x03\x04" + bytes(26) + b"PK\x05\x06" + bytes(8) + struct.pack("<HHIIH", 1, 1, 46, 0, 0),
    "a-hundred-thousand-boxes.html": lambda: b"<html><body>" + b"<div>" * 100_000 + b"text",
    "tags-that-never-end.html": lambda: b"<html><body><p>" + b"<a href='" * 200_000,
    "a-table-of-tables.html": lambda: b"<html><body>" + b"<table><tr><td>" * 5_000,
    "a-cell-over-everything.html": lambda: (
        b"<html><body><table><tr><td rowspan=999999999 colspan=999999999>x</table>" * 50
    ),
    "references-for-ever.html": lambda: b"<html><body><p>" + b"&#x110000;&amp;&nosuch;&#0;" * 400_000,
    "an-encoding-of-its-own.html": lambda: b"<html><meta charset='zip'><meta charset='idna'><body>\xff\xfe\xfa" * 99,
    "one-long-line.txt": lambda: b"a" * 30_000_000,
    "one-long-arabic-word.txt": lambda: "\u0644".encode() * 3_000_000,
    "marks-upon-marks.txt": ("\u0628" + "\u064b" * 3_000_000).encode,
    "turns-of-direction.txt": ("\u202e\u202b\u2067" * 500_000 + "a").encode,
    "half-a-pair.txt": lambda: b"\xff\xfe" + b"\x00\xd8" * 300_000,
    "lines-without-text.txt": lambda: b"\n" * 5_000_000,
    "forms-without-text.txt": lambda: b"\f" * 2_000_000,
    "quotes-upon-quotes.md": lambda: b">" * 200_000 + b" a\n" + b"* " * 100_000 + b"[" * 100_000 + b"`" * 100_000,
    "a-million-columns.csv": lambda: b"a,b\n" + b"," * 1_000_000 + b'\n"' + b"x" * 1_000_000,
    "groups-too-deep.rtf": lambda: b"{\\rtf1 " + b"{" * 500_000,
    "bytes-for-ever.rtf": lambda: b"{\\rtf1 \\bin2000000000 x" + b"\\uc99999\\u-99999 ?" * 1000 + b"}",
    "parts-in-parts.eml": lambda: _nested_mail(2_000),
    "heads-for-ever.eml": lambda: _MAIL + b"X: =?utf-8?q?" * 100_000 + b"\r\n" * 2 + b"hello",
    "a-sky-of-pixels.png": lambda: png(60_000, 60_000, b"\0" * 1000),
    "a-bomb-of-rows.png": lambda: png(20_000, 20_000, b"\0" * 20_001 * 2_000),
    "no-pixels.png": lambda: png(0, 0),
    "cut.png": lambda: png(100, 100, bytes(101 * 100))[:60],
    "pages-in-a-circle.tiff": lambda: tiff(_tag(256, 10) + _tag(257, 10), 2, 8),
    "a-strip-elsewhere.tiff": lambda: tiff(
        _tag(256, 10) + _tag(257, 10) + _tag(258, 8) + _tag(273, 0xFFFFFFF0) + _tag(278, 10) + _tag(279, 0xFFFFFFFF),
        6,
        0,
    ),
    "wider-than-the-world.tiff": lambda: tiff(_tag(256, 0xFFFFFFFF) + _tag(257, 0xFFFFFFFF), 2, 0),
    "cut.jpeg": lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x11\x08\xff\xff\xff\xff\3",
    "ten-thousand-pages.pdf": lambda: _pages(10_000),
    "a-page-as-wide-as-a-town.pdf": lambda: pdf({3: PAGE.replace(b"600 800", b"9999999 9999999")}),
    "a-page-without-size.pdf": lambda: pdf({3: PAGE.replace(b"600 800", b"0 0")}),
    "a-page-of-no-number.pdf": lambda: pdf({3: PAGE.replace(b"600 800", b"-1e30 1e30")}),
    "objects-that-unpack-for-ever.pdf": lambda: pdf(
        {7: packed(b"0 0 " * 25_000_000, 2).replace(b"<< ", b"<< /Type /ObjStm /N 50000000 /First 8 ")},
        b"/Extra 8 0 R",
    ),
    "an-image-of-nothing.pdf": lambda: pdf(
        {
            3: PAGE.replace(b"/Font <<", b"/XObject << /X 10 0 R >> /Font <<"),
            4: stream(b"600 0 0 800 0 0 cm /X Do"),
            10: packed(bytes(10_000_000), 2).replace(
                b"<< ",
                b"<< /Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8 "
                b"/ColorSpace /DeviceRGB ",
            ),
        }
    ),
    "a-pattern-of-points.pdf": lambda: pdf({4: packed(b"0 0 m " + b"1 1 l 9 9 l " * 1_000_000 + b"S")}),
    "a-pdf-by-name-only.pdf": lambda: b"MZ" + bytes(range(256)) * 100,
    "a-pdf-in-truth.docx": pdf,
    "a-word-file-in-truth.pdf": lambda: docx("<w:p><w:r><w:t>hello</w:t></w:r></w:p>"),
    "a-picture-in-truth.txt": lambda: png(10, 10, bytes(110)),
    "nothing.bin": lambda: bytes(1_000_000),
}
