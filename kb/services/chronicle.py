"""Where the yearly reports deal with each theme of reform: a line a theme, a column a year, a page in each cell.

A page is given where a report says so: in the results that its sheet lists with their pages, else by a heading of its
outline, else where its text names the theme most often. A cell without any is empty.
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from sqlalchemy.orm import Session

from kb.arabic.fold import fold
from kb.catalog import files, listing
from kb.catalog.listing import Wanted
from kb.catalog.tables import Document, File
from kb.catalog.vocabulary import Term, labelled
from kb.services import shown
from kb.services.context import Services
from kb.services.views import Card, FacetValue

REPORT: Final = "yearly_report"
MOST: Final = 400
"""Reports that are laid out; of more, the newest."""

PATIENCE: Final = 2.0
"""Seconds that one request reads texts of reports that were not read for this before; the next one goes on."""

By = Literal["results", "outline", "text", "theme"]
_CLITICS: Final = "(?:[وف]?(?:(?:[بك]?ال)|لل|[بلك])?)"
_REMEMBERED: Final = 4_000


@dataclass(frozen=True, slots=True)
class Spot:
    """The page of a report that deals with a theme, and what says so; `page` is 0 where only its record does."""

    card: Card
    by: By
    file: int = 0
    page: int = 0
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` are in the order of the years."""

    theme: FacetValue
    cells: tuple[tuple[Spot, ...], ...]


@dataclass(frozen=True, slots=True)
class Chronicle:
    """`years` are those of a report each, the oldest first; `reports` are (years it is for, its card). While `partial`,
    the texts of some reports are still to be searched.
    """

    years: tuple[int, ...]
    rows: tuple[Row, ...]
    reports: tuple[tuple[tuple[int, ...], Card], ...]
    partial: bool = False


def chronicle(services: Services, audience: frozenset[str], language: str, patience: float = PATIENCE) -> Chronicle:
    """Return every theme that a report deals with, in the order of the vocabulary."""
    until = time.monotonic() + patience
    with services.database.reading() as session:
        wanted = Wanted(types=frozenset({REPORT}), order="newest")
        found = listing.listing(session, wanted, audience, MOST).documents
        reports = [(report, tuple(shown.years(report)), shown.card(services, report, language)) for report in found]
        dealt = {report.id: _dealt(session, services.vocabulary.themes, report, until) for report in found}
        partial = any(_reading(file) not in _read for report in found for file in report.files)
    years = tuple(sorted({year for _, of, _ in reports for year in of}))
    rows = []
    for code, term in services.vocabulary.themes.items():
        cells = tuple(
            tuple(
                Spot(card, *spot)
                for _, of, card in reversed(reports)
                if year in of and (spot := dealt[str(card.id)].get(code))
            )
            for year in years
        )
        if any(cells):
            rows.append(Row(FacetValue(code, labelled(term.label, language)[0], sum(map(len, cells))), cells))
    return Chronicle(years, tuple(rows), tuple((of, card) for _, of, card in reversed(reports)), partial)


_Place = tuple[By, int, int, str]


def _dealt(session: Session, themes: Mapping[str, Term], report: Document, until: float) -> dict[str, _Place]:
    """Return where the report deals with each theme, by the best that says so."""
    found: dict[str, _Place] = {}
    in_text: dict[str, _Place] = {}
    for file in report.files:
        for code, page in _in_text(session, themes, file, until).items():
            in_text.setdefault(code, ("text", file.number, page, ""))
    for code, term in themes.items():
        named = naming(tuple(term.words))
        place = _in_results(report, named) or _in_outline(report, named) or in_text.get(code)
        if place is None and code in report.theme_codes:
            place = ("theme", 0, 0, "")
        if place:
            found[code] = place
    return found


def _in_results(report: Document, named: re.Pattern[str]) -> _Place | None:
    """Pages of results are those of the report's first file."""
    for row in report.data.get("results", ()):
        page = row.get("page", 0)
        if not page or not any(page <= file.pages for file in report.files[:1]):
            continue
        for column in ("workshop", "action", "axis"):
            if named.search(fold(str(row.get(column, "")))):
                return "results", report.files[0].number, page, str(row[column])
    return None


def _in_outline(report: Document, named: re.Pattern[str]) -> _Place | None:
    for file in report.files:
        for text, page, _ in file.outline or ():
            if 0 < page <= file.pages and named.search(fold(text)):
                return "outline", file.number, page, text
    return None


_read: dict[tuple[str, ...], dict[str, int]] = {}
"""{file and reading: {theme: page}}: texts of reports are long and change only when they are read again."""


def _reading(file: File) -> tuple[str, ...]:
    return file.id, file.read_by, file.ocr_by, str(file.unread)


def _in_text(session: Session, themes: Mapping[str, Term], file: File, until: float) -> dict[str, int]:
    """Return the page of the file that names each theme most often, the first of several; none when it is too late."""
    reading = _reading(file)
    known = _read.get(reading)
    if known is not None or time.monotonic() >= until:
        return known or {}
    counted: dict[str, tuple[int, int]] = {}
    for number, text in _folded(session, file):
        for code, term in themes.items():
            names = tuple(term.words)
            if not any(clue in text for clue in _clues(names)):  # half the time of a search on every page
                continue
            times = len(naming(names).findall(text))
            if times > counted.get(code, (0, 0))[0]:
                counted[code] = (times, number)
    if len(_read) >= _REMEMBERED:
        _read.clear()
    found = _read[reading] = {code: page for code, (_, page) in counted.items()}
    return found


def _folded(session: Session, file: File) -> Iterator[tuple[int, str]]:
    for page in files.pages(session, file):
        yield page.number, fold(page.text)


@lru_cache(maxsize=256)
def naming(words: Sequence[str]) -> re.Pattern[str]:
    """Match folded text that has one of the names, word by word, with or without article, conjunction, preposition."""
    if not words:
        return re.compile(r"(?!)")
    names = (r"\s+".join(_word(word) for word in fold(name).split()) for name in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)")


@lru_cache(maxsize=256)
def _clues(words: Sequence[str]) -> tuple[str, ...]:
    """What folded text holds that has one of the names."""
    return tuple(fold(name).split()[0].removeprefix("ال") for name in words)


def _word(word: str) -> str:
    if not "\u0600" <= word[0] <= "\u06ff":
        return re.escape(word) + "s?"
    return _CLITICS + re.escape(word.removeprefix("ال"))
