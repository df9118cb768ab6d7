"""Files drawn glyph by glyph or word by word: ReportLab pages, Word documents, scanned pages."""

import io
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

from arabic_reshaper import reshape
from bidi.algorithm import get_display
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from PIL import Image, ImageChops, ImageFilter
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from scripts.demo import blocks as source

FONTS = Path("/usr/share/fonts")
FACES = {
    "ar": ("opentype/fonts-hosny-amiri/Amiri-Regular", "opentype/fonts-hosny-amiri/Amiri-Bold"),
    "fr": ("truetype/noto/NotoSans-Regular", "truetype/noto/NotoSans-Bold"),
}
SIZES = {"h1": 20, "h2": 15, "h3": 13, "note": 10}
MARGIN = 60
SCAN_DPI = 110
SCAN_QUALITY = 38
ZIP_TIME = (2024, 1, 1, 0, 0, 0)


def reportlab(blocks: list[source.Block], language: str, target: Path) -> None:
    """Letters are shaped and turned before they are drawn, as many Arabic programs do: a hard case for readers."""
    regular, bold = FACES[language]
    for name in (regular, bold):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))
    canvas = Canvas(str(target), pagesize=A4, invariant=1)
    canvas.setTitle(blocks[0].text)
    width, top = A4[0] - 2 * MARGIN, A4[1] - MARGIN
    y, page = top, 1
    for block in blocks:
        font, size = (bold if block.kind in {"h1", "h2", "h3"} else regular), SIZES.get(block.kind, 12)
        for line in _wrapped(block, font, size, width):
            if y < MARGIN + 30:
                _folio(canvas, regular, page)
                canvas.showPage()
                y, page = top, page + 1
            canvas.setFont(font, size)
            if language == "ar":
                canvas.drawRightString(A4[0] - MARGIN, y, get_display(reshape(line), base_dir="R"))
            else:
                canvas.drawString(MARGIN, y, line)
            y -= size * 1.75
        y -= 2 if block.kind in {"h1", "h2", "h3"} else 14
    _folio(canvas, regular, page)
    canvas.save()


def _folio(canvas: Canvas, font: str, page: int) -> None:
    canvas.setFont(font, 10)
    canvas.drawCentredString(A4[0] / 2, MARGIN / 2, str(page))


def _wrapped(block: source.Block, font: str, size: int, width: float) -> Iterator[str]:
    for number, line in enumerate(block.lines, start=1):
        sign = {"ul": "- ", "ol": f"{number}. "}.get(block.kind, "")
        row = ""
        for word in (sign + line.replace("|", " | ").strip(" |")).split():
            longer = f"{row} {word}".strip()
            if row and pdfmetrics.stringWidth(reshape(longer), font, size) > width:
                yield row
                longer = word
            row = longer
        yield row


def word(blocks: list[source.Block], language: str, target: Path) -> None:
    document = Document()
    document.core_properties.title = blocks[0].text
    document.core_properties.author = ""
    for block in blocks:
        if block.kind == "table":
            _table(document, block, language)
            continue
        for line in block.lines if block.kind in {"ul", "ol"} else (block.text,):
            style = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2", "ul": "List Bullet", "ol": "List Number"}
            paragraph = document.add_paragraph(line, style=style.get(block.kind, "Normal"))
            _turn(paragraph, language)
    buffer = io.BytesIO()
    document.save(buffer)
    _steady(buffer, target)


def _table(document: object, block: source.Block, language: str) -> None:
    rows = block.rows
    table = document.add_table(rows=0, cols=len(rows[0]), style="Table Grid")  # type: ignore[attr-defined]
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
            _turn(cell.paragraphs[0], language)


def _turn(paragraph: object, language: str) -> None:
    if language != "ar":
        return
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT  # type: ignore[attr-defined]  # leading edge of a bidi paragraph
    paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))  # type: ignore[attr-defined]  # noqa: SLF001
    for run in paragraph.runs:  # type: ignore[attr-defined]
        run._r.get_or_add_rPr().append(OxmlElement("w:rtl"))  # noqa: SLF001


def _steady(package: io.BytesIO, target: Path) -> None:
    """Write the package again without the clock."""
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            entry = zipfile.ZipInfo(item.filename, ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(item))


def scan(pictures: list[Path], title: str, target: Path) -> None:
    """Pages as a tired photocopier gives them: grey, slightly turned, grainy, without any text layer."""
    canvas = Canvas(str(target), pagesize=A4, invariant=1)
    canvas.setTitle(title)
    for number, picture in enumerate(pictures):
        page = (
            Image.open(picture)
            .convert("L")
            .rotate(0.6 - 0.4 * number, fillcolor=255, resample=Image.Resampling.BICUBIC)
        )
        grain = Image.frombytes("L", page.size, random.Random(number).randbytes(page.width * page.height))
        soft = grain.filter(ImageFilter.GaussianBlur(0.8)).point([208 + level // 6 for level in range(256)])
        copied = io.BytesIO()
        ImageChops.multiply(page, soft).save(copied, "JPEG", quality=SCAN_QUALITY)
        canvas.drawImage(ImageReader(copied), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
