"""What a file is called here, and the title it gives a document until somebody writes one."""

import unicodedata
from collections.abc import Mapping
from pathlib import PurePath
from typing import Final

from kb.catalog.translated import UNREVIEWED
from kb.ingest.language import of as language_of

NAME_CHARS: Final = 200


def safe_name(name: str) -> str:
    """Return the last part of a path of any system, NFC, without control or bidi signs; "file" for nothing."""
    last = PurePath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    bare = "".join(c for c in last if c.isprintable() and c not in "\u200e\u200f\u061c").strip(". ")
    if len(bare) <= NAME_CHARS:
        return bare or "file"
    suffix = PurePath(bare).suffix[:20]
    return bare[: NAME_CHARS - len(suffix)] + suffix


def named_after(name: str) -> dict[str, Mapping[str, str]]:
    """Return a title that nobody has written: the file's name, until its text gives a heading."""
    text = " ".join(PurePath(name).stem.replace("_", " ").split()) or name
    return {language_of(text, "fr"): {"text": text, "state": UNREVIEWED}}
