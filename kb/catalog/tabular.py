"""A row of a table as the description of a document: headings in three languages, cells as people write them.

The columns are told in docs/desk.md. What a row says is judged as a sidecar is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from kb.arabic.fold import fold
from kb.catalog import fields, sidecar, values, within
from kb.catalog.content_type import ContentType, Field
from kb.catalog.sidecar import Sidecar
from kb.catalog.tables import State
from kb.catalog.vocabulary import Vocabulary
from kb.core.errors import Invalid

Cells = Sequence[tuple[str, str]]
"""The heading and the text of each filled cell of a row."""

LANGUAGES: Final = ("ar", "fr", "en")
_TRANSLATED: Final = ("title", "summary")
_COMMON: Final[Mapping[str, Mapping[str, str]]] = {
    "file": {"ar": "الملف", "fr": "Fichier", "en": "File"},
    "id": {"ar": "المعرف", "fr": "Identifiant", "en": "Identifier"},
    "type": {"ar": "نوع الوثيقة", "fr": "Type de document", "en": "Type of document"},
    "title": {"ar": "العنوان", "fr": "Titre", "en": "Title"},
    "summary": {"ar": "الملخص", "fr": "Résumé", "en": "Summary"},
    "language": {"ar": "اللغة", "fr": "Langue", "en": "Language"},
    "date": {"ar": "التاريخ", "fr": "Date", "en": "Date"},
    "organisation": {"ar": "الجهة", "fr": "Organisme", "en": "Organisation"},
    "organisation_text": {"ar": "الجهة كما طُبعت", "fr": "Organisme tel qu'imprimé", "en": "Organisation as printed"},
    "themes": {"ar": "المواضيع", "fr": "Thèmes", "en": "Themes"},
    "audience": {"ar": "لمن", "fr": "Public visé", "en": "Audience"},
    "state": {"ar": "الحالة", "fr": "État", "en": "State"},
}
_STATES: Final = {
    State.DRAFT: ("مسودة", "brouillon", "draft"),
    State.PUBLISHED: ("منشورة", "منشور", "publié", "published"),
}
_AUDIENCES: Final = {
    "public": ("للجميع", "العموم", "public", "tous", "everybody"),
    "administration": ("الإدارة", "للإدارة", "administration"),
}
_FLAGS: Final = {"yes": ("نعم", "oui", "yes", "1", "x"), "no": ("لا", "non", "no", "0")}
_SPLIT: Final = re.compile("[;؛|\n]")
_LISTED: Final = re.compile("[|\n]")
_NUMBERED: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_NOISE: Final = re.compile(r"[\s_()\[\]:*'’\"-]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a table may have; `language` is that of a text which is told in several, "" for any other.

    `field` is the field of a type, None for what all types have.
    """

    key: str
    labels: Mapping[str, str]
    language: str = ""
    field: Field | None = None

    @property
    def is_translated(self) -> bool:
        return self.key in _TRANSLATED or (self.field is not None and self.field.kind.name.startswith("translated"))

    def heading(self, language: str, names: Mapping[str, Mapping[str, str]]) -> str:
        label = self.labels.get(language) or self.key
        return f"{label} ({names[self.language][language]})" if self.language else label

    @property
    def code(self) -> str:
        own = f"data_{self.key}" if self.field and self.key in _COMMON else self.key
        return f"{own}_{self.language}" if self.language else own


def columns(kind: ContentType) -> list[Column]:
    """Return the columns of a type, in the order of its template; those of tables within a document follow them."""
    found = [
        Column(key, labels, language)
        for key, labels in _COMMON.items()
        for language in (LANGUAGES if key in _TRANSLATED else ("",))
    ]
    for field in kind.fields:
        if field.kind.shape in {"one", "many"}:
            spoken = LANGUAGES if field.kind.name.startswith("translated") else ("",)
            found += [Column(field.name, field.label, language, field) for language in spoken]
    return found


def headings(kind: ContentType, language: str, names: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return what stands above the columns of a type's template, each once; `names` are those of languages."""
    found = [(column.code, column.heading(language, names)) for column in columns(kind)]
    found += [(cell.code, cell.heading(language)) for cell in within.offered(kind)]
    said = [_folded(heading) for _, heading in found]
    return [f"{head} ({code})" if said.count(_folded(head)) > 1 else head for code, head in found]


class Reader:
    """Reads rows with the types and vocabularies of a library; `usual` and `state` are of rows that do not say."""

    def __init__(
        self, types: Mapping[str, ContentType], vocabulary: Vocabulary, usual: str, state: str = State.PUBLISHED
    ) -> None:
        self._types = types
        self._vocabulary = vocabulary
        self._usual = usual
        self._state = state
        self._columns = {name: self._spelled(kind) for name, kind in types.items()}
        self._within = {name: within.Columns(kind, LANGUAGES, _folded) for name, kind in types.items()}
        self._type_names = _choices({name: kind.label for name, kind in types.items()})
        self._languages = _choices(vocabulary.languages)
        self._themes = _choices({code: term.label for code, term in vocabulary.themes.items()})
        self._states = {_folded(text): state.value for state, texts in _STATES.items() for text in (state, *texts)}
        self._audiences = {_folded(text): code for code, texts in _AUDIENCES.items() for text in texts}

    def strange(self, headings: Iterable[str]) -> list[str]:
        """Return the headings that no type of ours knows."""
        known = set().union(*self._columns.values())
        strange = (heading for heading in headings if heading.strip() and _folded(heading) not in known)
        return [heading for heading in strange if not any(one.find(heading) for one in self._within.values())]

    def describe(self, cells: Cells) -> Sidecar:
        """Return what a row says. Raises Invalid with every problem at once, by the heading of its column."""
        kind = self._kind(cells)
        known = self._columns[kind]
        told: dict[str, Any] = {"type": kind, "state": self._state, "data": {}}
        headings: dict[str, str] = {}
        problems: dict[str, str] = {}
        tables: dict[str, dict[int, dict[str, tuple[str, Any]]]] = {}
        for heading, text in cells:
            column = known.get(_folded(heading))
            cell = None if column else self._within[kind].find(heading)
            if cell:
                row = tables.setdefault(cell.field.name, {}).setdefault(cell.row, {})
                row[cell.column.name] = heading, self._value(cell.column, text)
                headings.setdefault(f"data.{cell.field.name}", heading)
                continue
            if column is None:
                problems[heading] = "not-of-this-type"
                continue
            headings.setdefault(f"data.{column.key}" if column.field else column.key, heading)
            self._put(told, column, text)
        if "file" in told:
            told["file"] = [{"path": part} for part in paths(told["file"])]
        spoiled = self._put_tables(kind, told, tables, problems)
        wrong: dict[str, str] = {}
        found = Sidecar()
        try:
            found = sidecar.from_mapping(told)
        except Invalid as error:
            wrong |= error.problems
        try:
            self._types[kind].clean(told["data"], found.language or "fr")
        except Invalid as error:
            wrong |= {f"data.{name}": self._of_a_list(kind, name, said) for name, said in error.problems.items()}
        if set(told.get("themes", ())) - self._vocabulary.themes.keys():
            wrong["themes"] = "unknown"
        told_of = ((key, said) for key, said in wrong.items() if key not in spoiled)
        problems |= {headings.get(key, key.removeprefix("data.")): said for key, said in told_of}
        if problems:
            raise Invalid(problems)
        return found

    def _put_tables(
        self, kind: str, told: dict[str, Any], tables: Mapping[str, Any], problems: dict[str, str]
    ) -> frozenset[str]:
        """Fill in the tables within the document; return those that cannot be judged as a whole: a cell is wrong."""
        spoiled = set()
        for field in self._types[kind].fields:
            if field.name in tables:
                told["data"][field.name], wrong = within.table(field, tables[field.name])
                problems |= wrong
                if wrong:
                    spoiled.add(f"data.{field.name}")
        return frozenset(spoiled)

    def _of_a_list(self, kind: str, name: str, said: str) -> str:
        """What is no code of a list may be any text: it is not in the list."""
        field = self._types[kind].field(name)
        return "unknown-choice" if said == "malformed" and field is not None and field.kind.coded else said

    def _kind(self, cells: Cells) -> str:
        own = next((text for heading, text in cells if _folded(heading) in _HEADINGS["type"]), "")
        if not own:
            return self._usual
        found = self._type_names.get(_folded(own))
        if found is None:
            heading = next(heading for heading, _ in cells if _folded(heading) in _HEADINGS["type"])
            raise Invalid({heading: "unknown"})
        return found

    def _spelled(self, kind: ContentType) -> dict[str, Column]:
        """Return every spelling of a heading that is taken, folded."""
        found: dict[str, Column] = {}
        for column in columns(kind):
            told = [column.code, *(column.heading(language, self._vocabulary.languages) for language in LANGUAGES)]
            told += [f"{label} ({sign})" for label in column.labels.values() for sign in (column.language, column.code)]
            for text in told:
                found.setdefault(_folded(text), column)
        for column in columns(kind):  # a text that is told in several: which one, its letters say
            for text in (column.key, *column.labels.values()):
                found.setdefault(_folded(text), replace(column, language=""))
        return found

    def _put(self, told: dict[str, Any], column: Column, text: str) -> None:
        target = told["data"] if column.field else told
        value = self._value(column.field, text) if column.field else self._common(column.key, text)
        if column.is_translated:
            target.setdefault(column.key, {})[column.language or values.script_language(text)] = value
        else:
            target[column.key] = value

    def _common(self, key: str, text: str) -> Any:
        if key == "date":
            return _date(text)
        if key == "themes":
            return [self._themes.get(_folded(part), part) for part in _parts(text, _SPLIT)]
        known = {
            "type": self._type_names,
            "language": self._languages,
            "state": self._states,
            "audience": self._audiences,
        }
        return known[key].get(_folded(text), text) if key in known else text

    def _value(self, field: Field | fields.Column, text: str) -> Any:
        choices = _choices(field.choices or {})
        if field.kind.shape == "many":
            sign = _LISTED if field.kind.name in {"texts", "lines"} else _SPLIT
            return [choices.get(_folded(part), part) for part in _parts(text, sign)]
        if field.kind.coded:
            return choices.get(_folded(text), text)
        if field.kind.name in {"date", "period"}:
            return _date(text)
        if field.kind.name == "flag":
            return next((flag for flag, texts in _FLAGS.items() if _folded(text) in map(_folded, texts)), text)
        return text


def paths(text: str) -> list[str]:
    """Return the files that a cell names, with forward slashes."""
    return [part.replace("\\", "/") for part in _parts(text, _SPLIT)]


def is_of(key: str, heading: str) -> bool:
    """Tell whether a heading is one of a column that all types have."""
    return _folded(heading) in _HEADINGS.get(key, {_folded(key)})


def _choices(labelled: Mapping[str, Any]) -> dict[str, str]:
    """Return {folded code or label in any language: code}."""
    found: dict[str, str] = {}
    for code, labels in labelled.items():
        for text in (code, *labels.values()):
            found.setdefault(_folded(text), code)
    return found


def _folded(text: str) -> str:
    return _NOISE.sub("", fold(text))


_HEADINGS: Final = {
    key: frozenset(_folded(text) for text in (key, *labels.values())) for key, labels in _COMMON.items()
}


def _parts(text: str, sign: re.Pattern[str]) -> list[str]:
    return [part for part in (piece.strip() for piece in sign.split(text)) if part]


def _date(text: str) -> str:
    """Take a day also as people write it here, 17/06/2019; 12/2019 too, and midnight as a spreadsheet adds it."""
    plain = fold(text).strip().removesuffix(" 00:00:00")
    if found := _NUMBERED.fullmatch(plain):
        return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    if found := re.fullmatch(r"(\d{1,2})/(\d{4})", plain):
        return f"{found[2]}-{int(found[1]):02}"
    return plain
