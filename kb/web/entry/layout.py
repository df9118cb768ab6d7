"""What the form of a content type looks like: its blocks and what is filled in where, for entry_fields.html."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kb.catalog import values
from kb.catalog.content_type import SOURCES, ContentType, Field
from kb.catalog.fields import Column
from kb.catalog.fields import Label as Labels
from kb.catalog.vocabulary import Vocabulary, labelled
from kb.web.entry import sheet
from kb.web.entry.typed import Typed
from kb.web.words import Tongue

Option = tuple[str, str]

WRITTEN: Final = ("ar", "fr", "en")
"""Languages that are offered side by side; another has its place where something is written in it."""

_LINE: Final[Mapping[str, int]] = {"url": values.URL_CHARS, "email": 254}


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing to fill in under a name; `widget` is the kind of field. `options` are (code, label)."""

    name: str
    widget: str
    label: str
    help: str = ""
    required: bool = False
    personal: bool = False
    options: tuple[Option, ...] = ()
    columns: tuple["Input", ...] = ()

    @property
    def longest(self) -> int:
        return _LINE.get(self.widget, values.LINE_CHARS)


@dataclass(frozen=True, slots=True)
class Block:
    anchor: str
    label: str
    icon: str
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """`found` are what was found for a field that looks for something, `previews` the texts to be shown as they will
    look. `titles` are those of documents that are linked to, `bodies` the names that can be chosen.
    """

    action: str
    blocks: tuple[Block, ...]
    typed: Typed
    bodies: tuple[str, ...]
    kinds: tuple[Option, ...]
    titles: Mapping[str, str]
    found: Mapping[str, Sequence[Option]]
    previews: frozenset[str]

    def labels(self) -> Mapping[str, str]:
        """Return the label of every field of the form that has one, for the list of what is wrong."""
        return {one.name: one.label for block in self.blocks for one in block.inputs}

    def label_of(self, name: str) -> str:
        """Return what the field is called that this is or is a part of."""
        labels = self.labels()
        while name and name not in labels:
            name = name.rpartition(".")[0]
        return labels.get(name, "")

    def languages(self, name: str) -> list[str]:
        """Return the languages to write a text in: those offered and any that is written in."""
        return [code for code in values.LANGUAGES if code in WRITTEN or self.typed.text(f"{name}.{code}").strip()]


def form(
    type: ContentType,
    vocabulary: Vocabulary,
    typed: Typed,
    tongue: Tongue,
    *,
    action: str,
    titles: Mapping[str, str],
    found: Mapping[str, Sequence[Option]],
    previews: frozenset[str],
) -> Form:
    language = tongue.code
    return Form(
        action=action,
        blocks=tuple(_blocks(type, vocabulary, typed, tongue)),
        typed=typed,
        bodies=tuple(sorted(vocabulary.said(id, language)[0] for id in vocabulary.organisations)),
        kinds=tuple((name, labelled(kind.label, language)[0]) for name, kind in vocabulary.relations.items()),
        titles=titles,
        found=found,
        previews=previews,
    )


def label(type: ContentType, language: str) -> str:
    return labelled(type.label, language)[0]


def _blocks(type: ContentType, vocabulary: Vocabulary, typed: Typed, tongue: Tongue) -> Iterator[Block]:
    yield Block("entry-about", tongue.text("entry.column.about"), "file-text", tuple(_about(vocabulary, typed, tongue)))
    groups = {group.name: group for group in type.groups}
    for name in sorted(dict.fromkeys(one.group for one in type.fields), key=bool):
        inside = tuple(_field(type, one, tongue.code) for one in type.fields if one.group == name)
        group = groups.get(name)
        label = labelled(group.label, tongue.code)[0] if group else labelled(type.label, tongue.code)[0]
        yield Block(f"entry-{name or 'own'}", label, group.icon if group else type.icon, inside)
    yield Block(
        "entry-relations",
        tongue.text("entry.column.relations"),
        "link",
        (Input(name=sheet.RELATION, widget="relations", label=tongue.text("entry.column.relations")),),
    )


def _about(vocabulary: Vocabulary, typed: Typed, tongue: Tongue) -> Iterator[Input]:
    def named(name: str, widget: str, **more: object) -> Input:
        return Input(name=name, widget=widget, label=tongue.text(f"entry.column.{name}"), **more)  # type: ignore[arg-type]

    hint = tongue.text("entry.column.organisation_text.hint")
    yield named("title", "translated_line", required=True)
    yield named("summary", "translated_plain")
    yield named("language", "choice", options=_kept(_named(vocabulary.languages, tongue), typed, "language"))
    yield named("audience", "select", options=_audiences(typed, tongue), required=True)
    yield named(sheet.PERIOD, "period")
    yield named("organisation", "body")
    yield named("organisation_text", "line", help=hint)
    themes = {code: term.label for code, term in vocabulary.themes.items()}
    yield named("themes", "choices", options=_kept(_named(themes, tongue), typed, "themes"))


def _audiences(typed: Typed, tongue: Tongue) -> tuple[Option, ...]:
    offered = tuple((code, tongue.text(f"audience.{code}")) for code in ("public", "administration", sheet.OWN))
    return _kept(offered, typed, "audience")


def _named(labels: Mapping[str, Labels], tongue: Tongue) -> tuple[Option, ...]:
    return tuple((code, labelled(label, tongue.code)[0]) for code, label in labels.items())


def _kept(options: tuple[Option, ...], typed: Typed, name: str) -> tuple[Option, ...]:
    """Return the options with what is chosen already, known or not: a form must not lose it."""
    known = {code for code, _ in options}
    return (*options, *((code, code) for code in typed.all(name) if code and code not in known))


def _field(type: ContentType, one: Field, language: str) -> Input:
    """Of the sources of statements the first column names a field of the type: it is chosen, not written."""
    found = _input(one, language)
    if one.kind.name != SOURCES:
        return found
    stated = tuple((field.name, labelled(field.label, language)[0]) for field in type.fields)
    first, *others = found.columns
    return replace(found, columns=(replace(first, widget="choice", options=stated), *others))


def _input(one: Field | Column, language: str, prefix: str = sheet.DATA) -> Input:
    name = f"{prefix}.{one.name}" if prefix else one.name
    return Input(
        name=name,
        widget=one.kind.name if one.kind.shape not in {"rows", "record"} else one.kind.shape,
        label=labelled(one.label, language)[0],
        help=labelled(one.help, language)[0] if isinstance(one, Field) and one.help else "",
        required=one.required,
        personal=one.kind.personal or (isinstance(one, Field) and one.personal),
        options=tuple((code, labelled(label, language)[0]) for code, label in (one.choices or {}).items()),
        columns=tuple(_input(column, language, "") for column in one.kind.columns),
    )
