"""Entries as tantivy documents: terms that we made, numbers as columns, and a record of what is kept."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from tantivy import Document, Schema, SchemaBuilder

from kb.languages.analyzer import Analyzer
from kb.search.engine import Entry
from kb.search.engines.tantivy.record import DocumentRecord, grams_of, occurrences, pack_document, pack_unit
from kb.search.units import STOP, Unit, View, terms_of, units

VERSION = "tantivy/3"
"""Of the layout below; changing it forces a rebuild."""

DOCUMENT = "document"
"""The only value of `kind`; units have none."""

PLACES = 24
"""Bits of the number of a unit that say which of its document it is; the rest is the number of the document."""

_INDEXED = {View.EXACT: "position", View.WRITTEN: "basic", View.KEYS: "basic"}
_OF_DOCUMENTS = (View.EXACT, View.LIGHT, View.SKELETON, View.WRITTEN, View.KEYS)
_OF_TITLES = (View.EXACT, View.LIGHT, View.SKELETON, View.WRITTEN)
_MOST_TERMS = 2000  # of a document, by which it may be similar to others
_NO_DATE = "9999999"


def whole(view: View) -> str:
    """Return the field that holds the terms of all units of a document."""
    return f"all_{view}"


def titled(view: View) -> str:
    """Return the field that holds the terms of the title of a document, where View.TITLE knows the light ones only."""
    return f"title_{view}"


def length(view: View) -> str:
    return f"length_{view}"


def schema() -> Schema:
    """Return the fields. Of units: the views and their lengths, `doc` the number of the document, `unit` the own.

    Of documents: `all_…`, `title_…`, `kind`, `id` and what sorts, and `keywords`, as `named` has them for units.
    """
    made = SchemaBuilder()
    for view in View:
        tokenizer = "raw" if view is View.KEYS else "whitespace"
        made.add_text_field(view.value, tokenizer_name=tokenizer, index_option=_INDEXED.get(view, "freq"))
        made.add_unsigned_field(length(view), fast=True)
    for view in _OF_DOCUMENTS:
        tokenizer = "raw" if view is View.KEYS else "whitespace"
        made.add_text_field(whole(view), tokenizer_name=tokenizer, index_option="basic")
    for view in _OF_TITLES:
        option = "position" if view is View.EXACT else "basic"
        made.add_text_field(titled(view), tokenizer_name="whitespace", index_option=option)
    for name in ("kind", "owner", "audience"):
        made.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("id", "newest", "oldest", "titles", "revision"):
        made.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    made.add_json_field("keywords", tokenizer_name="raw", index_option="basic", fast=True)
    made.add_json_field("named", tokenizer_name="raw", index_option="basic")
    made.add_unsigned_field("doc", indexed=True)
    made.add_unsigned_field("unit", fast=True)
    made.add_bytes_field("record", stored=True)
    return made.build()


class Rows:
    """Makes tantivy documents of entries, of the views that an index must keep."""

    def __init__(self, analyzer: Analyzer, views: tuple[View, ...]) -> None:
        self._analyzer = analyzer
        self._views = views

    def of(self, entry: Entry, number: int) -> Iterator[Document]:
        """Yield what is added for an entry that gets the `number`: the document, then its units in order."""
        made = units(entry, self._analyzer)
        named = json.dumps({name: [f"={value}" for value in sorted(values)] for name, values in entry.keywords.items()})
        yield self._document(entry, made, number, named)
        for place, unit in enumerate(made):
            yield self._unit(entry, unit, number << PLACES | place + 1, named)

    def _document(self, entry: Entry, made: Sequence[Unit], number: int, named: str) -> Document:
        row = _owned(entry, number << PLACES)
        for view in _OF_DOCUMENTS:
            if view in self._views:
                _say(row, whole(view), view, set[str]().union(*(unit.counts[view] for unit in made)))
        title = [token.terms for token in self._analyzer.tokens(entry.title, entry.language)]
        for view in _OF_TITLES:
            row.add_text(titled(view), " ".join(term for word in title for term in terms_of(word, view)))
        days = entry.date.toordinal() if entry.date else None
        row.add_text("kind", DOCUMENT)
        row.add_text("id", entry.id)
        row.add_text("titles", f"{entry.order}\0{entry.id}")
        row.add_text("oldest", f"{_NO_DATE if days is None else f'{days:07}'}\0{entry.id}")
        row.add_text("newest", f"{_NO_DATE if days is None else f'{int(_NO_DATE) - days:07}'}\0{entry.id}")
        row.add_text("revision", f"{entry.id}\0{entry.revision}")
        row.add_json("keywords", named)
        light = Counter(chain.from_iterable(occurrences(unit.counts[View.LIGHT]) for unit in made))
        likely = light.most_common(_MOST_TERMS) if len(light) > _MOST_TERMS else light  # sorting is dear
        kept = DocumentRecord(entry.title, entry.language, len(made), dict(likely))
        row.add_bytes("record", pack_document(kept))
        return row

    def _unit(self, entry: Entry, unit: Unit, number: int, named: str) -> Document:
        row = _owned(entry, number)
        passage = entry.passages[(number & (1 << PLACES) - 1) - 1] if entry.passages else None
        for view in self._views:
            terms = unit.counts[view]
            match view:
                case View.EXACT:
                    for line in unit.words.replace(STOP, "").split("\n"):
                        row.add_text(view.value, line)
                case View.TRIGRAMS:
                    row.add_text(view.value, " ".join(map(grams_of, unit.words.split())))
                case _:
                    _say(row, view.value, view, terms if _INDEXED.get(view) else occurrences(terms))
            row.add_unsigned(length(view), terms.total())
        row.add_json("named", named)
        row.add_bytes("record", pack_unit(unit, entry, passage))
        return row


def _owned(entry: Entry, unit: int) -> Document:
    row = Document()
    row.add_text("owner", entry.id)
    for group in entry.audience:
        row.add_text("audience", group)
    row.add_unsigned("doc", unit >> PLACES)
    row.add_unsigned("unit", unit)
    return row


def _say(row: Document, field: str, view: View, terms: Iterable[str]) -> None:
    if view is View.KEYS:  # the only terms that may hold a blank
        for term in terms:
            row.add_text(field, term)
    else:
        row.add_text(field, " ".join(terms))
