"""What changed from one description of a document to another, with its words: each text in its own language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kb.catalog.content_type import ContentType
from kb.catalog.documents import Sheet
from kb.catalog.vocabulary import Vocabulary
from kb.web import changed_words
from kb.web.changed_words import Run
from kb.web.entry import differences
from kb.web.words import Tongue

_TEXTS: Final = ("title", "summary")
_DATA: Final = "data."


@dataclass(frozen=True, slots=True)
class Change:
    """`language` is that of the text, "" where it is a value in words of the reader's."""

    label: str
    runs: tuple[Run, ...]
    language: str = ""


def between(type: ContentType, sheets: tuple[Sheet, Sheet], vocabulary: Vocabulary, tongue: Tongue) -> Iterator[Change]:
    """Yield every field that differs, in the order of the form; one said in several languages once for each."""
    for field in differences.between(type, *sheets, vocabulary, tongue):
        wordings = [_wordings(type, sheet, field.name) for sheet in sheets]
        if wordings[0] is None and wordings[1] is None:
            yield Change(field.label, tuple(changed_words.runs(field.before, field.after)))
        else:
            yield from _translated(field.label, wordings[0] or {}, wordings[1] or {}, tongue)


def _wordings(type: ContentType, sheet: Sheet, name: str) -> Mapping[str, Any] | None:
    """Return {language: wording} of a field that has several; None of any other."""
    if name in _TEXTS:
        told: Mapping[str, Any] = sheet.get(name, {})  # type: ignore[assignment]  # a key of the sheet by _TEXTS
        return told
    field = type.field(name.removeprefix(_DATA)) if name.startswith(_DATA) else None
    if field is None or not field.kind.name.startswith("translated"):
        return None
    found: Mapping[str, Any] = sheet.get("data", {}).get(field.name) or {}
    return found


def _translated(label: str, before: Mapping[str, Any], after: Mapping[str, Any], tongue: Tongue) -> Iterator[Change]:
    for code in dict.fromkeys([*before, *after]):
        named = f"{label}{tongue.text('comma')}{tongue.text(f'language.{code}', otherwise='language.other')}"
        one, other = (_part(wording, code) for wording in (before, after))
        if one["text"] != other["text"]:
            yield Change(named, tuple(changed_words.runs(one["text"], other["text"])), code)
        if one["state"] != other["state"] and one["text"] and other["text"]:
            states = [tongue.text(f"wording.{part['state']}") for part in (one, other)]
            yield Change(f"{named}{tongue.text('comma')}{tongue.text('wording.state')}", tuple(_whole(*states)))


def _part(said: Mapping[str, Any], code: str) -> Mapping[str, str]:
    found = said.get(code) or {"text": "", "state": "missing"}
    return {"text": found, "state": "reviewed"} if isinstance(found, str) else found


def _whole(before: str, after: str) -> list[Run]:
    return [("gone", before), ("new", after)]
