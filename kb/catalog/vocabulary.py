"""The controlled vocabularies that documents are described with, read from vocabularies/*.toml."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final, Literal

from kb.arabic.fold import fold
from kb.catalog.fields import Label
from kb.core.errors import Invalid

LinkKind = Literal["parent", "renamed", "merged", "split"]

_FALLBACK: Final = ("ar", "fr", "en")
_WORD: Final = re.compile(r"[^\W_]+")


def labelled(label: Label, language: str) -> tuple[str, str]:
    """The label and the language it is in: the one asked for, else Arabic, French, English, whichever is first."""
    for choice in (language, *_FALLBACK, *label):
        if choice in label:
            return label[choice], choice
    return "", ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A theme or a region; `icon` is an id of the icon sheet, `note` says what is meant by it.

    `broader` and `related` are codes of other terms.
    """

    code: str
    words: Sequence[str] = ()
    """What headings and texts about it call it, in any language, without articles."""
    label: Label
    icon: str = ""
    note: Label = field(default_factory=dict)
    broader: str = ""
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name as written, used from `first` to `last` (both included; None: not known, or until now)."""

    language: str
    text: str
    first: dt.date | None = None
    last: dt.date | None = None

    def held_on(self, day: dt.date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """From the organisation that holds it to `to`: its parent, or the body that it became in the year of `first`."""

    kind: LinkKind
    to: str
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """One body under all its names, oldest first."""

    id: str
    kind: str
    names: tuple[Name, ...]
    acronyms: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()

    def name(self, language: str, on: dt.date | None = None) -> Name:
        """Its name of that day (today's when None) in that language, else in Arabic, French, English.

        Of several names of one day the first listed is the proper one.
        """
        current = [name for name in self.names if name.held_on(on or dt.date.max)] or self._latest()
        for choice in (language, *_FALLBACK):
            found = [name for name in current if name.language == choice]
            if found:
                return found[0]
        return current[0]

    def _latest(self) -> list[Name]:
        """The names that ended last: those of a body that is no more, or was not yet."""
        ended = [name.last or dt.date.max for name in self.names]
        return [name for name, last in zip(self.names, ended, strict=True) if last == max(ended)]

    def parents(self, on: dt.date | None = None) -> tuple[str, ...]:
        """Ids of the bodies it sat in on that day; all of them when None."""
        links = (link for link in self.links if link.kind == "parent")
        return tuple(
            link.to
            for link in links
            if on is None or ((link.first is None or link.first <= on) and (link.last is None or on <= link.last))
        )

    @property
    def successors(self) -> tuple[Link, ...]:
        return tuple(link for link in self.links if link.kind != "parent")


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationKind:
    """`label` reads from the source, `inverse` from the target."""

    name: str
    label: Label
    inverse: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Everything keyed by code, in the order of its file."""

    themes: Mapping[str, Term]
    regions: Mapping[str, Term]
    organisations: Mapping[str, Organisation]
    relations: Mapping[str, RelationKind]
    languages: Mapping[str, Label]
    _by_name: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def organisation(self, id: str) -> Organisation | None:
        return self.organisations.get(id)

    def find_organisation(self, text: str) -> str | None:
        """The id of the body with this id, name or acronym, whatever its hamza, marks, case and spaces."""
        return text if text in self.organisations else self._by_name.get(_key(text))

    def predecessors(self, id: str) -> tuple[str, ...]:
        """Ids of the bodies that became this one, wholly or in part."""
        return tuple(o.id for o in self.organisations.values() if any(link.to == id for link in o.successors))

    def near(self, id: str) -> tuple[str, ...]:
        """Ids of the bodies that are this one under another roof or name.

        Those that it came from or became in one step; and, where years are known, the ministry that a department sat
        in and the departments that sat in a ministry.
        """
        body = self.organisations[id]
        above = (link.to for link in body.links if _dated(link))
        below = (o.id for o in self.organisations.values() for k in o.links if k.to == id and _dated(k))
        return tuple(dict.fromkeys((*above, *below)))

    def under_former_names(self, ids: Iterable[str]) -> frozenset[str]:
        """These ids with those of all bodies that went before and came after, however many steps."""
        found = set(ids)
        for step in (self._before, self._after):
            left = list(ids)
            while left:
                new = set(step(left.pop())) - found
                found |= new
                left += new
        return frozenset(found)

    def _before(self, id: str) -> Iterable[str]:
        departments = (o.id for o in self.organisations.values() for k in o.links if k.to == id and k.kind == "parent")
        return (*self.predecessors(id), *(key for key in departments if key in self.near(id)))

    def _after(self, id: str) -> Iterable[str]:
        body = self.organisations.get(id)
        return [link.to for link in body.links if _dated(link)] if body else ()

    def said(self, value: str, language: str, on: dt.date | None = None) -> tuple[str, str]:
        """An id as the body's name with the language of it; a printed name as it stands."""
        body = self.organisations.get(value)
        if body is None:
            return value, ""
        name = body.name(language, on)
        return name.text, name.language


def _dated(link: Link) -> bool:
    return link.kind != "parent" or link.first is not None


def _key(text: str) -> str:
    return "".join(_WORD.findall(fold(text)))


@lru_cache(maxsize=1)
def load() -> Vocabulary:
    """The vocabularies that ship with the house."""
    return load_folder(files("kb.catalog") / "vocabularies")


def load_folder(folder: Traversable) -> Vocabulary:
    """Read the vocabularies of a folder. Raises Invalid where a link or a name leads nowhere or to two bodies."""
    bodies = {body.id: body for body in map(_organisation, _rows(folder, "organisations", "organisation"))}
    strangers = {f"{body.id}.links": "unknown" for body in bodies.values() for k in body.links if k.to not in bodies}
    if strangers:
        raise Invalid(strangers)
    themes = {row["code"]: _term(row) for row in _rows(folder, "themes", "theme")}
    for term in themes.values():
        if not {term.broader, *term.related} <= {"", *themes} - {term.code}:
            raise Invalid({f"{term.code}.related": "unknown"})
    return Vocabulary(
        themes=themes,
        regions={row["code"]: Term(**row) for row in _rows(folder, "regions", "region")},
        organisations=bodies,
        relations={name: _relation(name, row) for name, row in _toml(folder, "relations").items()},
        languages=_toml(folder, "languages"),
        _by_name=_index(bodies.values()),
    )


def _index(bodies: Iterable[Organisation]) -> dict[str, str]:
    found: dict[str, str] = {}
    for body in bodies:
        for text in (*(name.text for name in body.names), *body.acronyms):
            if found.setdefault(_key(text), body.id) != body.id:
                raise Invalid({text: "two-bodies"})
    return found


def _term(row: Mapping[str, Any]) -> Term:
    return Term(**{**row, "related": tuple(row.get("related", ()))})


def _organisation(row: dict[str, Any]) -> Organisation:
    names = tuple(
        Name(language=n["language"], text=n["text"], first=_opening(n.get("from")), last=_closing(n.get("to")))
        for n in row["names"]
    )
    links = tuple(
        Link(kind=k["kind"], to=k["to"], first=_opening(k.get("first")), last=_closing(k.get("last")))
        for k in row.get("links", ())
    )
    acronyms = tuple(row.get("acronyms", ()))
    return Organisation(id=row["id"], kind=row["kind"], names=names, acronyms=acronyms, links=links)


def _relation(name: str, row: Mapping[str, Any]) -> RelationKind:
    return RelationKind(name=name, label=row["label"], inverse=row["label"] if row.get("symmetric") else row["inverse"])


def _opening(year: int | None) -> dt.date | None:
    return dt.date(year, 1, 1) if year else None


def _closing(year: int | None) -> dt.date | None:
    return dt.date(year, 12, 31) if year else None


def _toml(folder: Traversable, name: str) -> dict[str, Any]:
    return tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))


def _rows(folder: Traversable, name: str, key: str) -> list[dict[str, Any]]:
    return list(_toml(folder, name)[key])
