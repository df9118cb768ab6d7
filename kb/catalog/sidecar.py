"""Sidecars: what a curator writes beside a file, or instead of one, so that it enters the library described.

The format is told in docs/sidecar.md. TOML and JSON lines have the same keys.
"""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final, TypeVar

from kb.catalog import values
from kb.catalog.period import Period
from kb.core.errors import Invalid

SUFFIX: Final = ".toml"
ROLES: Final = ("original", "translation", "annex", "corrected")
STATES: Final = ("draft", "published")

_FILES: Final = 50
_RELATIONS: Final = 200
_DEPTH: Final = 8
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_AUDIENCE: Final = re.compile(r"public|administration|organisation:[a-z0-9][a-z0-9_-]{0,63}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_TOLD: Final = frozenset({"id", "type", "kind", "title", "summary", "language", "date", "audience", "state", "data"})
_TIED: Final = frozenset({"organisation", "organisation_text", "themes", "regions"})
_KEYS: Final = _TOLD | _TIED | {"file", "files", "relation", "relations"}
_PATH_CHARS: Final = 500

Translated = Mapping[str, Mapping[str, str]]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class SidecarFile:
    """`path` is relative to the sidecar's folder and cannot leave it; forward slashes."""

    path: str
    role: str = "original"
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SidecarRelation:
    """`target` is an import id, "" where only the printed `text` of the target is known; `page` is 0 when unsaid."""

    kind: str
    target: str = ""
    text: str = ""
    note: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """A description checked in form. Whether the type, its fields and the codes exist is for the importer to see:

    `data` goes through ContentType.clean (`kind` and `regions` are in it already), `organisation` is an id or a
    printed name for Vocabulary.find_organisation. `id` is "" when the sidecar names none.
    """

    id: str = ""
    type: str = "publication"
    title: Translated = field(default_factory=dict)
    summary: Translated = field(default_factory=dict)
    language: str = ""
    date: Period | None = None
    organisation: str = ""
    organisation_text: str = ""
    themes: tuple[str, ...] = ()
    audience: str = "public"
    state: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[SidecarFile, ...] = ()
    relations: tuple[SidecarRelation, ...] = ()


def read(raw: bytes | str) -> Sidecar:
    """Read a TOML sidecar. Raises Invalid with every problem at once; "" names a fault of the whole."""
    try:
        given = tomllib.loads(_text(raw))
    except (RecursionError, ValueError):
        raise Invalid({"": "not-toml"}) from None
    return from_mapping(given)


def read_line(raw: bytes | str) -> Sidecar:
    """Read one line of a JSON lines import, as `read` does."""
    try:
        given = json.loads(_text(raw))
    except (RecursionError, ValueError):
        raise Invalid({"": "not-json"}) from None
    if not isinstance(given, dict):
        raise Invalid({"": "not-json"})
    return from_mapping(given)


def from_mapping(given: Mapping[str, Any]) -> Sidecar:
    """Check a parsed description. Raises Invalid with every problem at once."""
    if _too_deep(given, _DEPTH):
        raise Invalid({"": "too-deep"})
    part = _Parts(given)
    language = part.read("language", _matching(_LANGUAGE), "")
    found = Sidecar(
        id=part.read("id", _matching(_ID), ""),
        type=part.read("type", values.code, "publication"),
        title=part.read("title", _in_language(values.translated_line, language), {}),
        summary=part.read("summary", _in_language(values.translated_text, language), {}),
        language=language,
        date=part.read("date", Period.read, None),
        organisation=part.read("organisation", values.line, ""),
        organisation_text=part.read("organisation_text", values.line, ""),
        themes=tuple(part.read("themes", values.codes, [])),
        audience=part.read("audience", _matching(_AUDIENCE), "public"),
        state=part.read("state", _one_of(STATES), ""),
        data={**part.read("data", _data, {}), **part.raw("kind", "regions")},
        files=part.read("files", _files, ()) or part.read("file", _files, ()),
        relations=part.read("relations", _relations, ()) or part.read("relation", _relations, ()),
    )
    if not found.title and not found.files:
        part.problems.setdefault("title", "required")
    if part.problems:
        raise Invalid(part.problems)
    return found


def _text(raw: bytes | str) -> str:
    try:
        return (raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw).replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Invalid({"": "not-utf-8"}) from None


class _Parts:
    """Reads key after key and keeps what was wrong with each."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given
        self.problems = {str(key)[:80]: "unknown" for key in given.keys() - _KEYS}

    def read(self, key: str, reader: Callable[[Any], Value], otherwise: Value) -> Value:
        if self.given.get(key) in (None, "", [], {}):
            return otherwise
        try:
            return reader(self.given[key])
        except ValueError as error:
            self.problems[key] = str(error)
            return otherwise

    def raw(self, *keys: str) -> dict[str, Any]:
        """Values that only the type can judge."""
        return {key: self.given[key] for key in keys if key in self.given}


def _too_deep(value: object, levels: int) -> bool:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return levels == 0 or any(_too_deep(item, levels - 1) for item in inner)


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], str]:
    def read(raw: Any) -> str:
        text = values.line(raw)
        if not pattern.fullmatch(text):
            raise ValueError("malformed")
        return text

    return read


def _in_language(reader: Callable[[Any], Translated], language: str) -> Callable[[Any], Translated]:
    return lambda raw: reader({values.script_language(raw, language): raw} if isinstance(raw, str) else raw)


def _one_of(choices: tuple[str, ...]) -> Callable[[Any], str]:
    def read(raw: Any) -> str:
        if raw not in choices:
            raise ValueError("unknown-choice")
        return str(raw)

    return read


def _data(raw: Any) -> Mapping[str, Any]:
    if isinstance(raw, dict):
        return dict(raw)
    raise ValueError("malformed")


def _rows(raw: Any, keys: frozenset[str], most: int, alone: str) -> list[dict[str, Any]]:
    """Tables with no other key than `keys`; a bare text stands for the key `alone`."""
    if not isinstance(raw, list):
        raise ValueError("malformed")  # noqa: TRY004  the reader contract is ValueError with a key
    if len(raw) > most:
        raise ValueError("too-many")
    rows = [{alone: item} if isinstance(item, str) else item for item in raw]
    if any(not isinstance(row, dict) or row.keys() - keys for row in rows):
        raise ValueError("malformed")
    return rows


def _files(raw: Any) -> tuple[SidecarFile, ...]:
    found = [
        SidecarFile(
            path=_inside(row.get("path")),
            role=_one_of(ROLES)(row.get("role", "original")),
            language=_matching(_LANGUAGE)(row["language"]) if row.get("language") else "",
        )
        for row in _rows(raw, frozenset({"path", "role", "language"}), _FILES, "path")
    ]
    if len({item.path for item in found}) < len(found):
        raise ValueError("twice")
    return tuple(found)


def _inside(raw: object) -> str:
    """A relative path that stays in its folder on every system, in the spelling given."""
    if not isinstance(raw, str) or not 0 < len(raw) <= _PATH_CHARS or not raw.isprintable():
        raise ValueError("bad-path")
    path = PurePosixPath(raw)
    if path.is_absolute() or set(path.parts) & {"..", ""} or not path.parts or set(raw) & set('\\:*?"<>|'):
        raise ValueError("path-leaves-folder")
    return path.as_posix()


def _relations(raw: Any) -> tuple[SidecarRelation, ...]:
    keys = frozenset({"kind", "target", "text", "note", "page"})
    found = [
        SidecarRelation(
            kind=values.code(row.get("kind", "related")),
            target=_matching(_ID)(row["target"]) if row.get("target") else "",
            text=values.line(row.get("text", "")),
            note=values.line(row.get("note", "")),
            page=values.count(row.get("page", 0)),
        )
        for row in _rows(raw, keys, _RELATIONS, "target")
    ]
    if any(not row.target and not row.text for row in found):
        raise ValueError("no-target")
    return tuple(found)
