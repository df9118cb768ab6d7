"""What the fonts of a PDF say of themselves: how heavy and how high their letters are."""

import re
from typing import Any

from kb.ingest.formats.pdf.sheet import Face

_BOLD = re.compile(r"bold|black|heavy|demi|semibold|[-,]b(?:d|i)?$", re.IGNORECASE)
_FORCE_BOLD = 1 << 18  # ISO 32000-1, table 123
_BOLD_WEIGHT = 600
_ASCENT, _DESCENT = (0.85, 1.2), (0.28, 0.6)  # least and most, of the size: what fonts state is often wrong


def of(font: Any, *, drawn: bool) -> Face:
    """Return the face of a font of pdfminer's; `drawn` says that it is of Type 3, whose shapes are pictures."""
    name = str(font.fontname)
    weight = font.descriptor.get("FontWeight")
    heavy = isinstance(weight, int | float) and weight >= _BOLD_WEIGHT
    bold = bool(_BOLD.search(name)) or bool(font.flags & _FORCE_BOLD) or heavy
    if drawn:
        return Face(name, bold, _ASCENT[0], _DESCENT[0])
    return Face(name, bold, _within(*_ASCENT, font.get_ascent()), _within(*_DESCENT, -font.get_descent()))


def _within(least: float, most: float, value: float) -> float:
    return min(most, max(least, value))


def height(font: Any, *, drawn: bool) -> float:
    """Return what the size of a font is to be multiplied by; Type 3 fonts have a scale of their own."""
    if not drawn:
        return 1.0
    whole = abs((font.ascent - font.descent) * font.vscale)
    return whole if 0.01 < whole < 100 else 1.0
