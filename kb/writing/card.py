"""The picture of a document for those to whom its address is sent: its title, from whom, of when. Drawn by Pillow.

Letters come joined and in the order of the eye (kb.writing.pdf.shaping), so that it looks the same on every machine,
whether or not its Pillow can shape Arabic.
"""

import io
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from itertools import groupby
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from kb.writing.pdf.shaping import runs_right_to_left, visual
from kb.writing.plain import plain

WIDTH, HEIGHT = 1200, 630
STAMP: Final = "1"
"""Changes when the same card would be drawn differently."""

TITLE_CHARS: Final = 240
"""More letters are not looked at: they have no room."""

_MARGIN: Final = 76
_SIZES: Final = (76, 68, 60, 54, 48)
_TOP, _BOTTOM = 160, 490
_LINES: Final = 4
_LEADING: Final = 1.55
_GREEN: Final = (6, 53, 42)
_LIGHTER: Final = (10, 70, 54)
_BRASS: Final = (226, 196, 138)
_PAPER: Final = (255, 255, 255)
_SOFT: Final = (207, 230, 219)
_MOTIF: Final = 34  # of 255: how far the star shows on the ground
_STAR: Final = (  # of the site's own pattern, in a square of 96
    (96, 48), (81.94, 62.06), (81.94, 81.94), (62.06, 81.94), (48, 96), (33.94, 81.94), (14.06, 81.94), (14.06, 62.06),
    (0, 48), (14.06, 33.94), (14.06, 14.06), (33.94, 14.06), (48, 0), (62.06, 14.06), (81.94, 14.06), (81.94, 33.94),
)  # fmt: skip
_FONTS: Final = ("print-700", "print-tfng")

Font = ImageFont.FreeTypeFont


@dataclass(frozen=True, slots=True)
class Card:
    """What is on it; any text may be anything. `right_to_left` is the side that it begins at."""

    title: str
    type: str
    institution: str
    year: str
    brand: str
    right_to_left: bool


def draw(card: Card) -> bytes:
    """Return the card as PNG."""
    image = _ground(card.right_to_left).copy()
    pen = _Pen(ImageDraw.Draw(image), card.right_to_left)
    pen.line(_MARGIN + 2, _fitted(card.brand, 40, WIDTH // 2), 40, _PAPER)
    pen.line(_MARGIN + 8, _fitted(card.type, 30, WIDTH // 2), 30, _BRASS, opposite=True)
    size, lines = _title(card.title)
    top = _TOP + max(0.0, (_BOTTOM - _TOP - len(lines) * size * _LEADING) / 2)
    for place, line in enumerate(lines):
        pen.line(top + place * size * _LEADING, line, size, _PAPER)
    room = WIDTH - 2 * _MARGIN - (160 if card.year else 0)
    pen.line(HEIGHT - 96, _fitted(card.institution, 30, room), 30, _SOFT)
    pen.line(HEIGHT - 96, card.year[:9], 30, _BRASS, opposite=True)
    kept = io.BytesIO()
    image.quantize(128, method=Image.Quantize.FASTOCTREE).save(kept, "PNG", optimize=True)
    return kept.getvalue()


class _Pen:
    def __init__(self, on: ImageDraw.ImageDraw, right_to_left: bool) -> None:  # noqa: FBT001 - the side
        self._on = on
        self._right_to_left = right_to_left

    def line(self, top: float, text: str, size: int, colour: tuple[int, int, int], *, opposite: bool = False) -> None:
        """Draw one line at the side where the card begins, or at the other."""
        right = self._right_to_left != opposite
        shown = visual(_drawable(text), right_to_left=runs_right_to_left(text, otherwise=self._right_to_left))
        left = WIDTH - _MARGIN - _wide(shown, size) if right else float(_MARGIN)
        for font, run in _runs(shown):
            loaded = _font(font, size)
            self._on.text((left, top), run, colour, loaded, anchor="la")
            left += loaded.getlength(run)


def _title(text: str) -> tuple[int, list[str]]:
    """Return the largest size at which the title has room, and its lines; what has none at any ends in dots."""
    words = _drawable(text)[:TITLE_CHARS].split()
    for size in _SIZES:
        lines = list(_broken(words, size, WIDTH - 2 * _MARGIN))
        if len(lines) * size * _LEADING <= _BOTTOM - _TOP:
            return size, lines
    kept = lines[:_LINES]
    kept[-1] = _fitted(f"{kept[-1]} {lines[_LINES]}", _SIZES[-1], WIDTH - 2 * _MARGIN)
    return _SIZES[-1], kept


def _broken(words: Sequence[str], size: int, room: float) -> Iterator[str]:
    line = ""
    for word in (part for whole in words for part in _parted(whole, size, room)):
        longer = f"{line} {word}".strip()
        if line and _measured(longer, size) > room:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line


def _parted(word: str, size: int, room: float) -> Iterator[str]:
    """Cut a word that is longer than a line."""
    while len(word) > 1 and _measured(word, size) > room:
        fits = max(1, bisect_right(range(1, len(word)), room, key=lambda n: _measured(word[:n], size)))
        yield word[:fits]
        word = word[fits:]
    yield word


def _fitted(text: str, size: int, room: float) -> str:
    """Return the text, or as many of its words as there is room for, with dots."""
    whole = _drawable(text)[:TITLE_CHARS]
    if _measured(whole, size) <= room:
        return whole
    while len(whole) > 1 and _measured(f"{whole}…", size) > room:
        whole = whole.rpartition(" ")[0] or whole[: len(whole) * 9 // 10]
    return f"{whole.rstrip(' ،,;:.؛')}…"


def _drawable(text: str) -> str:
    """Return the letters that some font has, without vowel marks: they need a place that Pillow alone cannot give."""
    bare = "".join(c for c in unicodedata.normalize("NFC", plain(text)) if not unicodedata.category(c).startswith("M"))
    return " ".join("".join(c if c == " " or _font_of(c) else " " for c in bare).split())


def _measured(text: str, size: int) -> float:
    return _wide(visual(text, right_to_left=runs_right_to_left(text, otherwise=True)), size)


def _wide(shown: str, size: int) -> float:
    return sum(_font(font, size).getlength(run) for font, run in _runs(shown))


def _runs(shown: str) -> Iterator[tuple[str, str]]:
    for font, run in groupby(shown, key=lambda c: _font_of(c) or _FONTS[0]):
        yield font, "".join(run)


@lru_cache(maxsize=4096)
def _font_of(letter: str) -> str:
    """Return the first font that has the letter; "" where none has."""
    return next((name for name in _FONTS if letter == " " or _picture(name, letter) != _picture(name, "\ue000")), "")


def _picture(font: str, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = _font(font, 32).getmask(letter)
    return mask.size, bytes(mask)


@lru_cache(maxsize=32)
def _font(name: str, size: int) -> Font:
    with as_file(files("kb.writing.pdf") / "fonts" / f"{name}.ttf") as path:
        return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=2)
def _ground(right_to_left: bool) -> Image.Image:  # noqa: FBT001 - the side
    """Return the ground: green, with the site's stars fading toward the side where the words begin."""
    scale, tile = 2, 126
    stars = Image.new("L", (WIDTH * scale, HEIGHT * scale))
    pen = ImageDraw.Draw(stars)
    for column in range(WIDTH // tile + 1):
        for row in range(HEIGHT // tile + 1):
            for share, light in ((1.0, 255), (0.62, 170)):
                pen.line(_star(column, row, tile * scale, share), fill=light, width=3)
    fade = Image.linear_gradient("L").rotate(-90 if right_to_left else 90).resize((WIDTH, HEIGHT))
    mask = Image.composite(
        stars.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS), Image.new("L", (WIDTH, HEIGHT)), fade
    )
    image = Image.new("RGB", (WIDTH, HEIGHT), _GREEN)
    image.paste(_BRASS, mask=mask.point(lambda value: value * _MOTIF * 2 // 255))
    rule = ImageDraw.Draw(image)
    rule.rectangle((0, 0, WIDTH, 14), fill=_BRASS)
    rule.line((_MARGIN, HEIGHT - 120, WIDTH - _MARGIN, HEIGHT - 120), fill=_LIGHTER, width=3)
    return image


def _star(column: int, row: int, tile: int, share: float) -> list[tuple[float, float]]:
    """Return the closed line of the star of a tile, as large as `share` says, around its middle."""
    points = [
        ((column + 0.5 + (x / 96 - 0.5) * share) * tile, (row + 0.5 + (y / 96 - 0.5) * share) * tile) for x, y in _STAR
    ]
    return [*points, points[0]]
