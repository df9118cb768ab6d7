"""A page as a picture for a screen: the sandbox's task that draws one. Colour is kept where the page has any."""

import io
from pathlib import Path

from PIL import ImageChops

from kb.ingest.extraction import Limits
from kb.ingest.render import Picture, render

_DPI = 300.0  # counts only where no width is asked for
_QUALITY = 60  # of WebP: about 50 KB for a page of text, 900 pixels across
_SMALL, _QUALITY_SMALL = 240, 45  # pixels across up to which nobody reads the page: below 3 KB for one of text
_DIFFERENCE = 24  # between the channels of a pixel from which on it is coloured: above what JPEG does to grey
_SHARE = 0.0005  # of the pixels: a stamp or a signature counts, a few stray pixels do not


def draw(path: Path, limits: Limits, number: int, across: int, pixels: int) -> bytes:  # noqa: ARG001 - a task's form
    """Return page `number` as WebP, `across` pixels wide. Raises as `render`."""
    picture = render(path, number, dpi=_DPI, pixels=pixels, grey=False, across=across).picture
    if not is_coloured(picture):
        picture = picture.convert("L")
    written = io.BytesIO()
    picture.save(written, "WEBP", quality=_QUALITY_SMALL if across <= _SMALL else _QUALITY, method=4)
    return written.getvalue()


def is_coloured(picture: Picture) -> bool:
    red, green, blue = picture.split()
    spread = ImageChops.lighter(ImageChops.difference(red, green), ImageChops.difference(green, blue))
    count = sum(spread.histogram()[_DIFFERENCE:])
    return bool(count > _SHARE * picture.width * picture.height)
