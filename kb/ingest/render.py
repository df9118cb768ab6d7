"""A page as a picture, for OCR and for people. It opens strangers' files: only ever run in the sandbox's child.

The one file that knows PDFium, and where Pillow opens files.
"""

import struct
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps
from pypdfium2 import PdfDocument, PdfiumError

from kb.ingest.extraction import Damaged, Encrypted, TooCostly

Picture = Image.Image
FORMATS = ("PNG", "JPEG", "TIFF")
POINTS = 72
_PDF = b"%PDF-"
_PDF_WITHIN = 1024  # bytes in which readers look for the mark
_LONGEST = 11.69  # inches: an image that does not say how large it is counts as a page of A4
_INCHES = (3.0, 48.0)  # the longer side of a page that is believed
_FPDF_ERR_PASSWORD = 4
# What the libraries raise of files made wrong: Pillow of a TIFF whose table lacks an entry, or holds text as a width.
_FOREIGN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    struct.error,
    PdfiumError,
)
_TALLEST = 3  # how many times as high as wide a page is drawn at the width asked for


@dataclass(frozen=True, slots=True)
class Rendered:
    """`picture` is upright, grey ("L") or coloured ("RGB"); `width` and `height` of the page are tenths of a point."""

    picture: Picture
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _Size:
    """What was asked of `render`."""

    dpi: float
    pixels: int
    across: int
    source: int

    def dpi_for(self, wide: float, high: float) -> float:
        """Return the resolution for a page of so many inches."""
        area = max(wide * high, 1 / POINTS**2)
        if not self.across:
            return float(min(self.dpi, (self.pixels / area) ** 0.5))
        most = min(self.pixels, _TALLEST * self.across**2)
        # PDFium rounds up: a hair less, not a pixel more.
        return float(min((self.across - 0.01) / max(wide, 1 / POINTS), (most / area) ** 0.5))


def count(path: Path) -> int:
    """Return how many pages a PDF or an image file has. Raises as `render`."""
    with _damage_in("pages"):
        if _is_pdf(path):
            with _document(path) as document:
                return len(document)
        with _image(path) as image:
            return int(getattr(image, "n_frames", 1))


def render(
    path: Path, number: int, *, dpi: float, pixels: int, grey: bool = True, across: int = 0, source: int = 0
) -> Rendered:
    """Draw page `number` (from 1) of a PDF, PNG, JPEG or TIFF at `dpi`, or coarser where that is over `pixels`.

    With `across` the picture is that many pixels wide, whatever `dpi` says; a page more than three times as high as
    wide is drawn smaller. Raises Damaged, also where there is no such page, Encrypted, and TooCostly for an image of
    more than `source` pixels, or `pixels` where that is not said.
    """
    draw = _page if _is_pdf(path) else _frame
    with _damage_in(f"page {number}"):
        return draw(path, number, _Size(dpi, pixels, across, source or pixels), "L" if grey else "RGB")


@contextmanager
def _damage_in(what: str) -> Iterator[None]:
    """Name what the libraries raise in the block. Their warnings say what `pixels` limits, or what they then raise."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _FOREIGN as error:
        raise Damaged(f"{what}: {error}") from error


def _is_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        return _PDF in file.read(_PDF_WITHIN)


@contextmanager
def _document(path: Path) -> Iterator[PdfDocument]:
    try:
        document = PdfDocument(path)
    except PdfiumError as error:
        kind = Encrypted if getattr(error, "err_code", None) == _FPDF_ERR_PASSWORD else Damaged
        raise kind(str(error)) from error
    with closing(document):
        yield document


def _page(path: Path, number: int, size: _Size, mode: str) -> Rendered:
    with _document(path) as document:
        if not 1 <= number <= len(document):
            raise Damaged(f"no page {number}")
        page = document[number - 1]
        width, height = page.get_size()
        scale = size.dpi_for(width / POINTS, height / POINTS) / POINTS
        bitmap = page.render(scale=scale, grayscale=mode == "L", rev_byteorder=True, optimize_mode=None)
        return Rendered(bitmap.to_pil().convert(mode), round(width * 10), round(height * 10))


@contextmanager
def _image(path: Path) -> Iterator[Picture]:
    try:
        image = Image.open(path, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise TooCostly(str(error)) from error
    with image:
        yield image


def _frame(path: Path, number: int, size: _Size, mode: str) -> Rendered:
    with _image(path) as image:
        if not 1 <= number <= int(getattr(image, "n_frames", 1)):
            raise Damaged(f"no page {number}")
        image.seek(number - 1)
        if image.width * image.height > size.source:
            raise TooCostly(f"an image of more than {size.source} pixels")
        across, down = _resolution(image)
        lying = image.width > image.height
        wide, high = image.width / across, image.height / down  # inches
        # How it lies is not known yet: enough for either.
        image.draft(mode, _size(wide, high, size.dpi_for(min(wide, high), max(wide, high))))
        ImageOps.exif_transpose(image, in_place=True)
        if lying != (image.width > image.height):
            wide, high = high, wide
        scale = size.dpi_for(wide, high)
        picture = _flat(image, mode).resize(_size(wide, high, scale), Image.Resampling.LANCZOS, reducing_gap=3.0)
        return Rendered(picture, round(wide * POINTS * 10), round(high * POINTS * 10))


def _size(wide: float, high: float, scale: float) -> tuple[int, int]:
    return max(1, round(wide * scale)), max(1, round(high * scale))


def _resolution(image: Picture) -> tuple[float, float]:
    """Return pixels per inch, across and down: what the file says where a page of it makes sense, else as if A4."""
    longer = max(image.width, image.height)
    try:
        across, down = (float(value) for value in image.info["dpi"])
        if _INCHES[0] <= longer / max(across, down) and longer / min(across, down) <= _INCHES[1]:
            return across, down
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        pass
    return longer / _LONGEST, longer / _LONGEST


def _flat(image: Picture, mode: str) -> Picture:
    """Return the image on white paper, 8 bits a channel."""
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image).convert(mode)
    if "A" in image.getbands() or "transparency" in image.info:
        over = image.convert("RGBA")
        paper = Image.new("RGBA", over.size, "white")
        return Image.alpha_composite(paper, over).convert(mode)
    return image.convert(mode)


def _eight_bits(image: Picture) -> Picture:
    """Spread 16 or 32 bits of grey over 8."""
    wide = image.convert("F")
    low, high = wide.getextrema()
    assert isinstance(low, float)
    assert isinstance(high, float)
    scale = 255 / max(1.0, high - low)
    return wide.point(lambda value: value * scale - low * scale).convert("L")
