"""Content types, read from types/*.toml. Adding one adds no code."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final, Literal, get_args

from kb.catalog import check, values
from kb.catalog import fields as kinds
from kb.catalog.fields import Column, Kind, Label
from kb.core.errors import Invalid

Search = Literal["text", "keyword", "facet"]
Place = Literal["", "bar", "side", "lead"]

SOURCES: Final = "sources"
"""The kind of field whose rows say which page says what; each names a field of the type."""

_COMMON: Final = "_common.toml"
_DATA: Final = files("kb.catalog")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A block of the sheet; fields name it by `name`. A `box` stands out: it is what a reader came for."""

    name: str
    label: Label
    icon: str = "list"
    box: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Amounts in dirhams above those of the band before it and up to `most` (None: without end)."""

    code: str
    label: Label
    most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`search` tells the index: passages ("text"), exact words ("keyword"), a facet, or nothing.

    `dc` is the Dublin Core element for OAI-PMH. `choices` maps a code to its labels. A `personal` field is shown
    on the sheet alone: it is neither indexed nor exported. `place` is where on the sheet it stands: in the bar under
    the title, beside, as what it leads with, or ("") in the block of its group. A `sourced` field states something
    that should name the page which says so, and the sheet tells where none is named. `bands`, of a field of money,
    are what lists are narrowed by.
    """

    name: str
    kind: Kind
    label: Label
    required: bool = False
    search: Search | None = None
    dc: str | None = None
    help: Label | None = None
    group: str = ""
    choices: Mapping[str, Label] | None = None
    personal: bool = False
    place: Place = ""
    sourced: bool = False
    bands: tuple[Band, ...] = ()

    @property
    def narrows(self) -> Mapping[str, Label]:
        """The values that lists can be narrowed by, with their labels; none of most fields."""
        if self.bands:
            return {band.code: band.label for band in self.bands}
        return (self.choices or {}) if self.search == "facet" else {}

    @property
    def indexed(self) -> Search | None:
        return None if self.personal or self.kind.personal else self.search

    def read(self, raw: Any, language: str = "fr") -> Any:
        """The value to store, None when there is none. Latin words without a stated language are in `language`."""
        if isinstance(raw, str) and self.kind.name.startswith("translated"):
            raw = {values.script_language(raw, language): raw}
        value = kinds.chosen(self.kind, self.choices, raw)
        return None if kinds.blank(value) else value

    def said(self, value: Any) -> list[kinds.Said]:
        return list(kinds.say(self.kind, self.choices, value))


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentType:
    """`icon` is an id of the icon sheet; `oai` the DCMI type; types are listed by `order`.

    `note` says in a few words what one is. `schema` is the type of schema.org, `schemas` that of kinds that have
    another; `steps` names the field of a HowTo. `review_months` after it was published, or found right, somebody looks
    whether it still is; 0: never.
    """

    name: str
    label: Label
    plural: Label
    fields: tuple[Field, ...]
    groups: tuple[Group, ...] = ()
    icon: str = "file-text"
    oai: str = "Text"
    schema: str = "CreativeWork"
    schemas: Mapping[str, str] = made(default_factory=dict)
    steps: str = ""
    order: int = 100
    note: Label = made(default_factory=dict)
    checks: tuple[check.Check, ...] = ()
    review_months: int = 0

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    @property
    def kinds(self) -> Mapping[str, Label]:
        """The subtypes (guide, study, decree…) where the type has any."""
        field = self.field("kind")
        return (field.choices or {}) if field else {}

    def clean(self, raw: Mapping[str, Any], language: str = "fr", *, whole: bool = True) -> dict[str, Any]:
        """Return the storable data, or raise Invalid with every problem at once.

        `language` is that of texts in Latin script which do not state theirs. What is not `whole` yet may lack
        required fields.
        """
        data: dict[str, Any] = {}
        names = {field.name for field in self.fields}
        problems = {str(name)[:80]: "unknown" for name in raw.keys() - names}
        for field in self.fields:
            try:
                value = field.read(raw.get(field.name), language)
            except ValueError as error:
                problems[field.name] = str(error)
                continue
            if value is not None:
                data[field.name] = value
            elif field.required and whole:
                problems[field.name] = "required"
            if value and field.kind.name == SOURCES and {row["statement"] for row in value} - names:
                problems[field.name] = "unknown-choice"
        if problems:
            raise Invalid(problems)
        return data

    def words(self, data: Mapping[str, Any]) -> str:
        """All searchable text of the type's own fields, one value a line."""
        spoken = (f for f in self.fields if f.indexed and f.name in data)
        return "\n".join(text for field in spoken for text, _ in field.said(data[field.name]))

    def field_words(self, data: Mapping[str, Any], language: str = "ar") -> list[tuple[str, str, str]]:
        """(field, text, language) for each text that passages are cut from, in the order of the sheet.

        The texts of a list or table come as one, a line each; `language` is that of texts that do not state theirs.
        """
        found: list[tuple[str, str, str]] = []
        for field in self.fields:
            if field.indexed != "text" or field.name not in data:
                continue
            by_language: dict[str, list[str]] = {}
            for text, said_in in field.said(data[field.name]):
                by_language.setdefault(said_in or language, []).append(text)
            found.extend((field.name, "\n".join(texts), said_in) for said_in, texts in by_language.items())
        return found

    def keywords(self, data: Mapping[str, Any]) -> dict[str, frozenset[str]]:
        """Values of the keyword and facet fields, codes as they are stored."""
        found: dict[str, frozenset[str]] = {}
        for field in self.fields:
            if field.indexed not in {"keyword", "facet"} or field.name not in data:
                continue
            value = data[field.name]
            if field.kind.coded:
                found[field.name] = frozenset(value if isinstance(value, list) else [value])
            else:
                found[field.name] = frozenset(text for text, _ in field.said(value))
        return found

    def public(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data without personal values: what feeds, exports, meta tags and JSON may carry."""
        kept = {f.name: kinds.public(f.kind, data[f.name]) for f in self.fields if f.name in data and not f.personal}
        return {name: value for name, value in kept.items() if value is not None}


@lru_cache(maxsize=1)
def load() -> Mapping[str, ContentType]:
    """Every type that ships with the house, in display order."""
    return load_folder(_DATA / "types")


def load_folder(folder: Traversable) -> Mapping[str, ContentType]:
    """Read the types of a folder, in display order. Raises Invalid naming each bad file.

    Fields of `_common.toml`, where the folder has one, are added to every type.
    """
    problems: dict[str, str] = {}
    found: list[ContentType] = []
    sources = {item.name: item for item in folder.iterdir() if item.name.endswith(".toml")}
    common = _toml(sources.pop(_COMMON)) if _COMMON in sources else {}
    for name, source in sorted(sources.items()):
        try:
            found.append(_type(_toml(source), common))
        except (KeyError, TypeError, ValueError) as error:
            problems[name] = str(error)
    if problems:
        raise Invalid(problems)
    return {kind.name: kind for kind in sorted(found, key=lambda kind: (kind.order, kind.name))}


def stamp(types: Mapping[str, ContentType]) -> str:
    """A fingerprint of what the index reads from the types; a change of it asks for a rebuild."""
    facts = [
        (kind.name, field.name, field.kind.name, field.search, sorted((field.choices or {}).items(), key=str))
        for kind in sorted(types.values(), key=lambda kind: kind.name)
        for field in kind.fields
    ]
    return "types/" + hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


def _toml(source: Traversable) -> dict[str, Any]:
    return tomllib.loads(source.read_text("utf-8"))


def _type(raw: dict[str, Any], common: Mapping[str, Any]) -> ContentType:
    fields = [_field(row) for row in (*raw.pop("field"), *common.get("field", ()))]
    groups = tuple(Group(**row) for row in (*raw.pop("group", ()), *common.get("group", ())))
    checks = tuple(check.read(row, fields) for row in (*common.get("check", ()), *raw.pop("check", ())))
    if len({field.name for field in fields}) < len(fields):
        raise ValueError("a field name stands twice")
    strangers = {field.group for field in fields} - {group.name for group in groups} - {""}
    if strangers:
        raise ValueError(f"no such group: {', '.join(sorted(strangers))}")
    return ContentType(fields=tuple(fields), groups=groups, checks=checks, **raw)


def _field(row: Mapping[str, Any]) -> Field:
    if row.get("search") not in {None, *get_args(Search)}:
        raise ValueError(f"no such use in search: {row['search']}")
    if row.get("place", "") not in get_args(Place):
        raise ValueError(f"no such place: {row['place']}")
    bands = tuple(Band(**band) for band in row.get("bands", ()))
    return Field(**{**row, "kind": _kind(row["kind"]), "choices": _choices(row.get("choices")), "bands": bands})


def _kind(name: str) -> Kind:
    kind = kinds.KINDS.get(name) or _tables().get(name)
    if kind is None:
        raise ValueError(f"no such kind of field: {name}")
    return kind


def _choices(given: str | Mapping[str, Label] | None) -> Mapping[str, Label] | None:
    """Choices are listed in place, or named: a list of vocabularies/choices.toml, which several fields share."""
    return _shared_choices()[given] if isinstance(given, str) else given


@lru_cache(maxsize=1)
def _shared_choices() -> Mapping[str, Mapping[str, Label]]:
    vocabularies = _DATA / "vocabularies"
    regions = _toml(vocabularies / "regions.toml")["region"]
    return {**_toml(vocabularies / "choices.toml"), "regions": {row["code"]: row["label"] for row in regions}}


@lru_cache(maxsize=1)
def _tables() -> Mapping[str, Kind]:
    """Kinds made of columns (indicators, activities, a contact…), described in vocabularies/rows.toml."""
    raw = _toml(_DATA / "vocabularies" / "rows.toml")
    makers = {"rows": kinds.rows, "record": kinds.record}
    return {name: makers[row["shape"]](name, _columns(row["column"])) for name, row in raw.items()}


def _columns(rows: Iterable[Mapping[str, Any]]) -> tuple[Column, ...]:
    return tuple(
        Column(**{**row, "kind": kinds.KINDS[row["kind"]], "choices": _choices(row.get("choices"))}) for row in rows
    )
