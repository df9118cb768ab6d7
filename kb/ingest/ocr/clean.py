"""A scanned page made easy to read: noise taken off, straightened, rules wiped out."""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter, ImageOps, ImageStat

from kb.ingest.ocr.layout import Ink
from kb.ingest.ocr.tesseract import Grey

_GRAIN = 3.0  # levels of grey
_SPECK = 0.4  # of the pixels around
_DARK, _WHITE = 110, 235
_COARSER = 12  # times: at which the letters vanish and the paper shows
_TURN = 4.0  # degrees each way within which a page is straightened
SMOOTH = Image.Resampling.BICUBIC
_COARSE, _FINE = 0.5, 0.1
_LEAST_TURN = 0.15
_RULE, _UPRIGHT = 1.0, 0.4  # inches: a straight stroke that is longer, level or upright, is no letter
_RULE_THICK = 0.03  # inches


def threshold(image: Grey) -> int:
    """Return the grey that divides ink from paper (Otsu)."""
    counts = np.bincount(image.ravel(), minlength=256).astype(float)
    levels = np.arange(256)
    below = np.cumsum(counts)
    above = below[-1] - below
    weight = np.cumsum(counts * levels)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (weight / below - (weight[-1] - weight) / above) ** 2
    return int(np.argmax(np.nan_to_num(between)))


def levelled(picture: Image.Image) -> Image.Image:
    """Return black on white: a page that is dark is turned over, and paper that is grey here and there made white."""
    if ImageStat.Stat(picture).median[0] < _DARK:
        picture = ImageOps.invert(picture)
    small = picture.reduce(_COARSER)
    paper = small.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.BoxBlur(4))
    light = np.asarray(paper.resize(picture.size, Image.Resampling.BILINEAR)).astype(np.float32)
    if light.min() > _WHITE:
        return picture
    even = np.asarray(picture).astype(np.float32) * (255.0 / np.maximum(light, 1.0))
    return Image.fromarray(np.clip(even, 0, 255).astype(np.uint8))


def denoised(picture: Image.Image) -> tuple[Image.Image, bool]:
    """Take off grain, which would be read as marks and dots; tell whether there was any."""
    grain = noise(picture)
    if grain < _GRAIN:
        return picture, False
    smooth = picture.filter(ImageFilter.MedianFilter(5 if grain > 2 * _GRAIN else 3))
    return (smooth.filter(ImageFilter.GaussianBlur(1.2)) if grain > 2 * _GRAIN else smooth), True


def noise(picture: Image.Image) -> float:
    """Return how uneven the paper is: the typical distance from its surroundings, in levels of grey."""
    high = picture.height // 3
    part = picture.crop((0, high, picture.width, 2 * high)).reduce(2)
    apart = np.asarray(part).astype(np.float32) - np.asarray(part.filter(ImageFilter.BoxBlur(3)))
    return float(np.median(np.abs(apart)))


def without_specks(ink: Ink) -> Ink:
    """Return the ink without what is smaller than a dot of a letter."""
    near = Image.fromarray(ink.astype(np.uint8) * 255).filter(ImageFilter.BoxBlur(2))
    return ink & (np.asarray(near) > 255 * _SPECK)


def angle(ink: Ink) -> float:
    """Return by how many degrees to turn the page, counter-clockwise, so that its lines lie level."""
    small = _shrunk(ink)
    if small.sum() < 50:
        return 0.0
    best = 0.0
    for step, reach in ((_COARSE, _TURN), (_FINE, _COARSE)):
        tried = np.arange(best - reach, best + reach + step / 2, step)
        best = float(max(tried, key=lambda one: _sharpness(small, float(one))))
    return -best if abs(best) >= _LEAST_TURN else 0.0


def _shrunk(ink: Ink) -> npt.NDArray[np.float32]:
    step = max(1, max(ink.shape) // 1000)
    height, width = (size // step * step for size in ink.shape)
    part = ink[:height, :width].reshape(height // step, step, width // step, step)
    return np.asarray(part.mean(axis=(1, 3)), dtype=np.float32)


def _sharpness(small: npt.NDArray[np.float32], degrees: float) -> float:
    """Return how unlike the sums of neighbouring rows are when the page is sheared by this angle."""
    height, width = small.shape
    shift = np.rint(np.tan(np.radians(degrees)) * (np.arange(width) - width / 2)).astype(int)
    rows = np.arange(height)[:, None] + shift[None, :]
    weights = np.where((rows >= 0) & (rows < height), small, 0.0)
    sums = np.bincount(np.clip(rows, 0, height - 1).ravel(), weights.ravel(), minlength=height)
    return float(np.square(np.diff(sums)).sum())


def without_rules(image: Grey, ink: Ink, dpi: float) -> tuple[Grey, Ink, Ink]:
    """Paint over straight lines: frames of tables and lines under headings. The last is what was painted over."""
    thick = max(2, int(_RULE_THICK * dpi))
    rule = _long(ink, int(_RULE * dpi), thick) | _long(ink.T, int(_UPRIGHT * dpi), thick).T
    if not rule.any():
        return image, ink, rule
    return np.where(rule, np.uint8(255), image), ink & ~rule, rule


def _long(ink: Ink, length: int, thick: int) -> Ink:
    """Return the ink of level strokes that are at least so long and at most so thick."""
    sums = np.cumsum(np.pad(ink, ((0, 0), (1, 0))), axis=1, dtype=np.int32)
    full = (sums[:, length:] - sums[:, :-length]) >= length - 2
    if not full.any():
        return np.zeros_like(ink)
    marks = np.zeros((ink.shape[0], ink.shape[1] + 1), dtype=np.int32)
    marks[:, : full.shape[1]] += full
    marks[:, length : length + full.shape[1]] -= full
    found = np.cumsum(marks, axis=1)[:, :-1] > 0
    tall = np.cumsum(np.pad(found, ((1, 0), (0, 0))), axis=0, dtype=np.int32)
    reach = thick + 1
    if found.shape[0] <= reach:
        return np.zeros_like(ink)
    block = (tall[reach:] - tall[:-reach]) >= reach
    thickness = np.zeros_like(found)
    for offset in range(reach):
        thickness[offset : offset + block.shape[0]] |= block
    return found & ~thickness
