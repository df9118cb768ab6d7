"""Small PDFs written by hand, so that a test can break exactly what it wants."""

import zlib
from collections.abc import Mapping
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def packed(data: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        data = zlib.compress(data, 9)
    return stream(data, b"/Filter [%s]" % (b"/FlateDecode " * times))


def pdf(changed: Mapping[int, bytes] | None = None, trailer: bytes = b"") -> bytes:
    """Return a PDF of one page that says "Hello world", with some of its objects replaced or added."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: PAGE,
        4: stream(b"BT /F 12 Tf 72 700 Td (Hello world) Tj ET"),
        5: FONT,
        **(changed or {}),
    }
    written = b"%PDF-1.7\n"
    places: dict[int, int] = {}
    for number, body in sorted(objects.items()):
        places[number] = len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(written), max(objects) + 1
    rows = [b"%010d 00000 n \n" % places[n] if n in places else b"0000000000 65535 f \n" for n in range(1, size)]
    written += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, b"".join(rows))
    return written + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)


def encrypted(path: Path, user: str) -> Path:
    canvas = Canvas(str(path), pagesize=A4, encrypt=StandardEncryption(user, "owner", canCopy=1))
    canvas.drawString(72, 700, "Hello world")
    canvas.save()
    return path


def _forms_that_double(depth: int) -> dict[int, bytes]:
    forms = {
        10 + level: stream(
            b"/X Do /X Do",
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>" % (11 + level),
        )
        for level in range(depth)
    }
    return {
        **forms,
        10 + depth: stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"),
        3: PAGE.replace(b"/Font <<", b"/XObject << /X 10 0 R >> /Font <<"),
        4: stream(b"/X Do"),
    }


def _deep_tree(depth: int) -> dict[int, bytes]:
    nodes = {10 + n: b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (11 + n) for n in range(depth)}
    return {2: b"<< /Type /Pages /Kids [10 0 R] /Count 1 >>", **nodes, 10 + depth: PAGE}


def _wide_map() -> dict[int, bytes]:
    cmap = b"begincmap\n1 begincodespacerange <00000000> <ffffffff> endcodespacerange\n"
    cmap += b"1 beginbfrange <00000000> <efffffff> <0041> endbfrange\nendcmap"
    return {
        5: b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [6 0 R] "
        b"/ToUnicode 7 0 R >>",
        6: b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /CIDSystemInfo << /Registry (A) /Ordering (I) >> "
        b"/FontDescriptor << /Type /FontDescriptor /FontName /A /Flags 4 /FontBBox [0 0 1 1] >> >>",
        7: stream(cmap),
    }


SELF_DRAWING = {
    3: PAGE.replace(b"/Font <<", b"/XObject << /X 10 0 R >> /Font <<"),
    4: stream(b"BT /F 12 Tf 72 700 Td (Hello world) Tj ET /X Do"),
    10: stream(b"/X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 10 0 R >> >>"),
}

HOSTILE: Mapping[str, bytes] = {
    "not-a-pdf": b"%PDF-1.7\n" + bytes(range(256)) * 40,
    "cut": pdf()[:300],
    "cut-before-the-end": pdf()[:-20],
    "root-refers-to-itself": pdf({1: b"1 0 R"}),
    "pages-refer-to-themselves": pdf({2: b"2 0 R"}),
    "kids-contain-their-parent": pdf({2: b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"}),
    "contents-refer-to-themselves": pdf({4: b"4 0 R"}),
    "length-refers-to-its-stream": pdf({4: b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream"}),
    "previous-table-is-itself": pdf(trailer=b"/Prev 9"),
    "tree-of-pages-5000-deep": pdf(_deep_tree(5000)),
    "no-pages": pdf({2: b"<< /Type /Pages /Kids [] /Count 0 >>"}),
    "a-bomb-of-zeros": pdf({4: packed(b"\0" * 10**8, 2)}),
    "a-bomb-of-text": pdf(
        {4: packed(b"BT /F 12 Tf " + b"(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj " * 2_000_000 + b"ET", 2)}
    ),
    "a-form-that-draws-itself": pdf(SELF_DRAWING),
    "forms-that-double": pdf(_forms_that_double(60)),
    "two-hundred-thousand-glyphs-on-one-spot": pdf(
        {4: packed(b"BT /F 12 Tf 72 700 Td " + b"(a) Tj -6.67 0 Td " * 200_000 + b"ET")}
    ),
    "a-map-of-four-thousand-million-codes": pdf(_wide_map()),
    "a-million-saved-states": pdf({4: packed(b"q " * 1_000_000)}),
    "brackets-a-million-deep": pdf({4: packed(b"[" * 1_000_000)}),
    "labels-that-end-in-nonsense": pdf(
        {1: b"<< /Type /Catalog /Pages 2 0 R /PageLabels << /Nums [0 << /S /R /St -5 >>] >> >>"}
    ),
    "a-font-map-named-as-a-path": pdf(
        {
            5: b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /#2e#2e#2f#2e#2e#2fetc#2fpasswd "
            b"/DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /CIDSystemInfo << >> >>] >>"
        }
    ),
}
