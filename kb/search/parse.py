"""Turns what people type into a Clause. Total: no input is an error."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from kb.arabic import letters
from kb.arabic.fold import fold
from kb.languages.keys import number
from kb.search.query import All, And, Between, Clause, Has, Not, Or, Phrase, Prefix, Titled, Words

SYNTAX: Final = 1
"""Version of the language below. A stored search states it, so that a later one can read it as it was meant."""

FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        fold(name): canonical
        for canonical, names in (
            ("title", "title titre عنوان العنوان"),
            ("type", "type kind نوع النوع صنف"),
            ("year", "year année سنة السنة عام"),
            ("organisation", "organisation organization organisme جهة الجهة مؤسسة هيئة"),
            ("theme", "theme topic thème موضوع الموضوع"),
            ("language", "language langue لغة اللغة"),
            ("number", "number numéro رقم الرقم"),
        )
        for name in names.split()
    }
)
"""What a field may be called in each language, folded."""

Values = Callable[[str, str], Clause | None]
"""Reads the value of a named field; None where it means nothing, and is taken for words."""

_LONGEST = 64  # letters of a name or of a beginning
_QUOTED = r'"(?P<{0}straight>[^"]*)"|«(?P<{0}guillemets>[^«»]*)»|“(?P<{0}curly>[^“”]*)”'
# Each but a phrase stands after a blank or at the beginning.
_PART = re.compile(
    rf"""
    (?<!\S)(?P<without>-)?(?P<name>[^\W\d_]{{1,{_LONGEST}}}):(?:{_QUOTED.format("of_")}|(?P<value>[^\s"«»“”]+))
    | (?P<minus>(?<!\S)-)?(?:{_QUOTED.format("")})
    | (?<!\S)(?P<hyphen>-)?(?P<beginning>[^\W_][\w{letters.MARKS}]{{1,{_LONGEST}}})\*(?!\S)
    | (?<!\S)-(?P<excluded>[^\W\d_][^\s"«»“”]*)
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]")
_YEARS = re.compile(r"(?P<first>\d{4})?(?P<range>\.\.|…|[-–])?(?P<last>\d{4})?")
_OR: Final = frozenset(map(fold, ("أو", "ou", "or")))
_NOT: Final = frozenset(map(fold, ("ليس", "sauf", "not")))


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, in parts. `fields` are alternatives under each name; everything but `words` is required."""

    words: str = ""
    prefixes: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    fields: tuple[tuple[str, tuple[Clause, ...]], ...] = ()
    excluded: tuple[Clause, ...] = ()
    signs: bool = False  # something was typed, but no word

    @property
    def clause(self) -> Clause:
        """Words (any of them) choose documents, but only rank them where a phrase is required."""
        some = [Words(self.words)] if _WORD.search(self.words) else []
        loose = _one_of([*some, *map(Prefix, self.prefixes)])
        if loose and self.phrases:
            loose = Or((All(), loose))
        named = [_one_of(clauses) for _, clauses in self.fields]
        parts = [part for part in (loose, *map(Phrase, self.phrases), *named, *self.excluded) if part]
        if not parts:
            return Words(self.words) if self.words or self.signs else All()
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    @property
    def loosened(self) -> Clause | None:
        """The same with its phrases as words; None where there is no phrase."""
        if not self.phrases:
            return None
        return replace(self, words=" ".join((self.words, *self.phrases)).strip(), phrases=()).clause


@dataclass(slots=True)
class _Draft:
    """What has been read so far."""

    values: Values
    loose: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    fields: dict[str, list[Clause]] = field(default_factory=dict)
    excluded: list[Clause] = field(default_factory=list)
    signs: bool = False

    def take(self, found: re.Match[str]) -> int:
        """Take one part; return where reading goes on."""
        if found["name"]:
            return self._take_field(found)
        if found["beginning"]:
            prefix = Prefix(found["beginning"])
            if found["hyphen"]:
                self.excluded.append(Not(prefix))
            else:
                self.prefixes.append(prefix.text)
        elif found["excluded"]:
            self.excluded.append(Not(Words(found["excluded"], any=False)))
        else:
            self._take_phrase(found)
        return found.end()

    def _take_phrase(self, found: re.Match[str]) -> None:
        phrase = (found["straight"] or found["guillemets"] or found["curly"] or "").strip()
        if not _WORD.search(phrase):
            self.signs = True
        elif found["minus"]:
            self.excluded.append(Not(Phrase(phrase)))
        else:
            self.phrases.append(phrase)

    def _take_field(self, found: re.Match[str]) -> int:
        name = FIELDS.get(fold(found["name"]))
        if name is None:  # a word with a colon
            typed = found.group().partition(":")[0] + ":"
            self.loose.append(typed)
            return found.start() + len(typed)
        quoted = found["of_straight"] or found["of_guillemets"] or found["of_curly"]
        value = (quoted or found["value"] or "").strip()
        clause = _field(name, value, self.values, phrase=bool(quoted)) if _WORD.search(value) else None
        if clause is None:
            self.loose.append(value)
        elif found["without"]:
            self.excluded.append(Not(clause))
        else:
            self.fields.setdefault(name, []).append(clause)
        return found.end()


def as_said(name: str, value: str) -> Clause:
    """Read the value of a field as a code, for who knows no labels."""
    return Has(name, frozenset({value}))


def parse(typed: str, values: Values = as_said) -> Clause:
    """Return what is asked; see `read`."""
    return read(typed, values).clause


def read(typed: str, values: Values = as_said) -> Typed:
    """Read words, phrases in "…" «…» “…”, beginnings*, name:values, and any of the last three after a minus.

    Everything else is text: ؟ ? أو ليس, a quote without its partner, the dash of 31-13. Nothing typed asks for All;
    signs without a letter or digit ask for words that nothing matches.
    """
    typed = unicodedata.normalize("NFC", typed)
    draft = _Draft(values)
    end = 0
    while found := _PART.search(typed, end):
        draft.loose.append(typed[end : found.start()])
        end = draft.take(found)
    draft.loose.append(typed[end:])
    words = " ".join(" ".join(draft.loose).split())
    required = draft.phrases or draft.fields or draft.prefixes or draft.excluded
    return Typed(
        words="" if required and not _WORD.search(words) else words,
        prefixes=tuple(draft.prefixes),
        phrases=tuple(draft.phrases),
        fields=tuple((name, tuple(clauses)) for name, clauses in draft.fields.items()),
        excluded=tuple(draft.excluded),
        signs=draft.signs,
    )


def compose(every: str = "", some: str = "", none: str = "", phrase: str = "") -> Clause | None:
    """Return what the fields of a form ask for, all of them together; None where they hold no word.

    In `every` the words أو, ou and or part alternatives, and a word after ليس, sauf or not is excluded.
    """
    parts: list[Clause] = []
    alternatives = [clause for words in _parted(every.split()) if (clause := _every(words))]
    if alternatives:
        parts.append(alternatives[0] if len(alternatives) == 1 else Or(tuple(alternatives)))
    if _WORD.search(some):
        parts.append(Words(" ".join(some.split())))
    if _WORD.search(phrase):
        parts.append(Phrase(" ".join(phrase.strip(' "«»“”').split())))
    parts += [Not(Words(word, any=False)) for word in none.split() if _WORD.search(word)]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _parted(words: Sequence[str]) -> list[list[str]]:
    groups: list[list[str]] = [[]]
    for word in words:
        if fold(word) in _OR:
            groups.append([])
        else:
            groups[-1].append(word)
    return groups


def _every(words: Sequence[str]) -> Clause | None:
    kept: list[str] = []
    excluded: list[Clause] = []
    negated = False
    for word in words:
        if fold(word) in _NOT:
            negated = True
        elif _WORD.search(word):
            if negated:
                excluded.append(Not(Words(word, any=False)))
            else:
                kept.append(word)
            negated = False
    parts = ([Words(" ".join(kept), any=False)] if kept else []) + excluded
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _field(name: str, value: str, values: Values, *, phrase: bool) -> Clause | None:
    match name:
        case "title":
            return Titled(value, phrase=phrase)
        case "year":
            return _years(fold(value))
        case "number":
            keys = frozenset(filter(None, (*number(value), fold(value))))
            # The words only rank: the number as it is typed before the flipped one.
            return And((Has("number", keys), Or((All(), Words(value)))))
        case _:
            return values(name, value)


def _years(value: str) -> Between | None:
    found = _YEARS.fullmatch(value)
    if not found or not (found["first"] or found["last"]):
        return None
    first, last = (int(year) if year else None for year in (found["first"], found["last"]))
    if not found["range"]:
        return None if first and last else Between("year", first or last, first or last)
    return Between("year", last, first) if first and last and last < first else Between("year", first, last)


def _one_of(clauses: Sequence[Clause]) -> Clause | None:
    if len(clauses) < 2:
        return clauses[0] if clauses else None
    return Or(tuple(clauses))
