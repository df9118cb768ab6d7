"""Pages as a scanner sees them, drawn with the fonts of the web site: made small, for a page takes a second to read."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).parents[2] / "kb" / "web" / "static" / "fonts"
DPI = 200
WIDTH = 1000


def drawn(*lines: str, size: int = 36, width: int = WIDTH) -> Image.Image:
    """Return a page of these lines, Arabic ones from the right."""
    page = Image.new("L", (width, 160 + 2 * size * len(lines)), 255)
    write(page, lines, size=size, right=width - 60)
    return page


def write(page: Image.Image, lines: Sequence[str], *, size: int = 36, right: int, top: int = 60) -> None:
    pen = ImageDraw.Draw(page)
    for number, line in enumerate(lines):
        arabic = not line.isascii()
        font = ImageFont.truetype(str(FONTS / ("naskh-ar-400.woff2" if arabic else "ui-la-400.woff2")), size)
        place = (right, top + 2 * size * number) if arabic else (60, top + 2 * size * number)
        pen.text(place, line, font=font, fill=0, anchor="ra" if arabic else "la")


def saved(path: Path, *pages: Image.Image) -> Path:
    """Write the pages as a PDF, TIFF, PNG or JPEG, by the end of the name."""
    first, *rest = pages
    if path.suffix == ".pdf":
        first.save(path, resolution=DPI, save_all=True, append_images=rest)
    elif path.suffix == ".tif":
        first.save(path, dpi=(DPI, DPI), save_all=True, append_images=rest)
    else:
        first.save(path, dpi=(DPI, DPI))
    return path
