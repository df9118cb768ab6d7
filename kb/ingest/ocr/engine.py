"""Whether Tesseract is there, and which languages it can read; without loading it."""

from importlib.util import find_spec
from pathlib import Path

LIBRARY = "tesserocr"
MODELS = Path(__file__).parent / "models"


def is_here() -> bool:
    return find_spec(LIBRARY) is not None


def models() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in MODELS.glob("*.traineddata")))
