"""What a reader of a file sees: one page, its hits with their places, and where else hits are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from kb.catalog import corrections, documents, files
from kb.catalog.tables import Document, File
from kb.core.errors import Unavailable
from kb.core.text import Page, Region, Span, codes
from kb.search.highlight import Marker
from kb.search.hits import runs
from kb.search.query import Clause
from kb.services import citing, read, shown
from kb.services.answers import Ask
from kb.services.citing import Place
from kb.services.context import Services
from kb.services.counts import Pages
from kb.services.question import ask_for, looser, widened
from kb.services.spots import Spot, doubts, spots
from kb.services.views import FileShown, Record, Said
from kb.writing.citation import Citation, Passage

AROUND = 12
"""Pages before and after the one that is read whose printed labels are told."""

_DIGITS = 8


@dataclass(frozen=True, slots=True)
class PageShown:
    """One page of one file; `origin` none and empty `said.text` where the page has no text to read.

    `width` and `height` are tenths of a point, 0 where that is not known. `hits` are (page, number of hits) of the
    pages of this file that have some; `spots` are those of this page. `doubts` are words that OCR was not sure of.
    `labels` are those of near pages where another than the number is printed. `corrected` where people put words of
    the text right.
    """

    record: Record
    file: FileShown
    number: int
    label: str
    said: Said
    origin: str
    quality: float
    warnings: tuple[str, ...]
    width: int = 0
    height: int = 0
    regions: tuple[Region, ...] = ()
    head: str = ""
    foot: str = ""
    spots: tuple[Spot, ...] = ()
    hits: Pages = ()
    doubts: tuple[Span, ...] = ()
    labels: Mapping[int, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a page is read from."""

    services: Services
    session: Session
    document: Document
    file: File
    audience: frozenset[str]

    @property
    def language(self) -> str:
        """That of a page which has none of its own."""
        return self.file.language or self.document.language


def page(
    services: Services,
    id: str,
    place: Place,
    audience: frozenset[str],
    language: str,
    base: str,
    ask: Ask | None = None,
) -> tuple[PageShown, Citation]:
    """Return one page of one file with the hits of `ask`, and how it is cited (see citing.cited).

    Raises as `read.record`, NotFound for a page not there.
    """
    with services.database.reading() as session:
        opened = _opened(services, session, id, place.file, audience)
        text, corrected = corrections.page_to_read(session, opened.file, place.page)
        marker, hits, notices = _marked(opened, ask or Ask())
        here = _spots(opened, text, marker)
        label = text.label or str(text.number)
        shown_page = PageShown(
            record=read.shown_record(services, session, opened.document, audience, language),
            file=shown.file(opened.file),
            number=text.number,
            label=label,
            said=Said(text.text, text.language or opened.language, tuple(spot.span for spot in here)),
            origin=text.origin,
            quality=text.quality,
            warnings=codes(text.findings),
            width=text.width,
            height=text.height,
            regions=text.regions,
            head=text.head,
            foot=text.foot,
            spots=here,
            hits=hits,
            doubts=doubts(text),
            labels=files.labels(session, opened.file, text.number - AROUND, text.number + AROUND),
            notices=notices,
            corrected=corrected,
        )
        return shown_page, citing.of(services, opened.document, base, Passage(place.file, place.page, label, ""))


def hit_at(services: Services, id: str, place: Place, audience: frozenset[str], ask: Ask, start: int) -> int:
    """Return the number of the hit of a page that stands at `start` in its text, else of the next, else of the last.

    0 where the page has none. Raises as `page`.
    """
    with services.database.reading() as session:
        opened = _opened(services, session, id, place.file, audience)
        text = corrections.page(session, opened.file, place.page)
        marker, _, _ = _marked(opened, ask)
        here = _spots(opened, text, marker)
    return next((spot.number for spot in here if spot.span.end > start), len(here))


def named(services: Services, id: str, file: int, audience: frozenset[str], label: str) -> int:
    """Return the page on which this is printed, else the one of this number, at most the last; 0 for anything else.

    Raises as `page`.
    """
    with services.database.reading() as session:
        row = files.numbered(documents.get(session, id, audience), file)
        number = int(label) if label.isdecimal() and len(label) < _DIGITS else 0
        return files.labelled(session, row, label) or min(number, row.pages)


def first_hit(services: Services, id: str, file: int, audience: frozenset[str], ask: Ask, start: int = 1) -> int:
    """Return the first page with a hit from `start` on, else the first of all; 0 where there is none.

    Raises as `page`.
    """
    with services.database.reading() as session:
        _, hits, _ = _marked(_opened(services, session, id, file, audience), ask)
    pages = [number for number, _ in hits]
    return next((number for number in pages if number >= start), pages[0] if pages else 0)


def _opened(services: Services, session: Session, id: str, file: int, audience: frozenset[str]) -> _Opened:
    document = documents.get(session, id, audience)
    return _Opened(services, session, document, files.numbered(document, file), audience)


def _spots(opened: _Opened, text: Page, marker: Marker | None) -> tuple[Spot, ...]:
    return spots(text, marker.marks(text.text, text.language or opened.language)) if marker else ()


def _marked(opened: _Opened, ask: Ask) -> tuple[Marker | None, Pages, tuple[str, ...]]:
    """Return what marks the pages, where hits are, and what has to be said of it; None where nothing is asked.

    Where the file has nothing of what is asked, what is asked less strictly marks it, as a search that finds nothing
    is answered.
    """
    if not ask.typed:
        return None, (), ()
    strict: tuple[Marker, Pages, tuple[str, ...]] | None = None
    for notices, clause in _clauses(opened, ask):
        marker = Marker(clause, opened.services.analyzer, ask.precision)
        key = (opened.file.id, opened.document.revision, clause, ask.precision)
        hits = opened.services.counts.of(key, lambda marker=marker: _count(opened, marker))  # type: ignore[misc]  # bound now
        if hits:
            return marker, hits, notices
        strict = strict or (marker, hits, notices)
    assert strict
    return strict


def _clauses(opened: _Opened, ask: Ask) -> Iterator[tuple[tuple[str, ...], Clause]]:
    services, audience = opened.services, opened.audience
    question = ask_for(services, ask, audience)
    try:
        yield question.notices, widened(services, question.clause, ask, audience)
        for notices, clause in looser(services, question, ask, audience):
            yield (*question.notices, *notices), clause
    except Unavailable:  # the index is being built; pages are read all the same
        yield question.notices, question.clause


def _count(opened: _Opened, marker: Marker) -> Pages:
    """Return where hits are: of each page the number that `spots` would make."""
    return tuple(
        (number, len(runs(text.split(), marked)))
        for number, text, language in corrections.texts(opened.session, opened.file)
        if (marked := marker.words(text, language or opened.language))
    )
