"""From what a reader asks to an answer with documents, passages, marks and facets."""

import logging
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kb.catalog.briefs import Brief, briefs
from kb.catalog.changes import INDEX
from kb.core.clock import now
from kb.core.errors import Unavailable
from kb.core.text import DocumentId, Passage
from kb.db.columns import HIGHEST
from kb.jobs import queue
from kb.search.highlight import Marker
from kb.search.highlight import marker as marker_of
from kb.search.query import Between, Query, Reading
from kb.search.results import Facet, Hit, Results
from kb.search.stamp import Fit, Progress
from kb.services import alternatives, anew, shown
from kb.services.answers import Also, Alternative, Answer, Ask, FacetGroup, Found, Quoted
from kb.services.context import Services
from kb.services.question import Question, ask_for, looser, widened
from kb.services.quoting import ANSWER_WORDS, FURTHER_WORDS, SNIPPET_WORDS, answering, quote
from kb.services.views import FacetValue, Said
from kb.services.why import why

FACETS = ("type", "year", "organisation", "theme", "language")
QUOTES = 3
PASSAGES = 6
"""Best passages looked at for a hit, of which QUOTES are shown: pages first, and any may answer of the first hit."""

_log = logging.getLogger(__name__)


def find(services: Services, ask: Ask, audience: frozenset[str], language: str, *, quotes: int = QUOTES) -> Answer:
    """Answer a search. Any text and any filter values are fine; Unavailable when the index cannot be read.

    Filters of unknown names are dropped. `language` is the reader's, for labels. A question longer than the settings
    allow is cut; a notice says so. Of each hit the best passages are quoted, `quotes` at most; where it is one, the
    hits do not say why they matched either: that takes most of the time where there are many.
    """
    started = time.perf_counter()
    question = ask_for(services, ask, audience)
    size = max(1, ask.size)
    asked = replace(
        _query(services, ask, audience, question),
        facets=FACETS,
        offset=(max(1, ask.page) - 1) * size,
        limit=size,
        passages=PASSAGES,
        enough=QUOTES,
    )
    standing = anew.standing(services)
    outdated = standing.fit is Fit.OLDER
    asked, results, notices = _answered(services, asked, question, ask)
    marker = marker_of(asked.clause, services.analyzer, ask.precision)
    with services.database.reading() as session:
        rows = briefs(session, [hit.id for hit in results.hits], audience)
        here = [(rows[hit.id], hit) for hit in results.hits if hit.id in rows]
        found = tuple(_found(services, row, hit, marker, language, quotes) for row, hit in here)
        quoted = _quoted(services, rows, answering(ask, results, marker), results, marker, language)
    _repair(services, [hit.id for hit in results.hits if hit.id not in rows])
    seen = replace(results, hits=tuple(hit for _, hit in here))  # no word of what is withdrawn is offered
    answer = Answer(
        ask=ask,
        total=results.total,
        found=found,
        facets=tuple(_group(services, facet, ask, language) for facet in results.facets),
        pages=math.ceil(results.total / size),
        notices=(*notices, *(["partial"] if results.partial else []), *(["index-outdated"] if outdated else [])),
        alternatives=() if results.partial else _alternatives(services, ask, audience, language, seen),
        also=_also(results.readings),
        former=_filters(services, replace(ask, former=True)) != _filters(services, replace(ask, former=False)),
        quoted=quoted,
        rebuilding=(standing.progress or Progress(0, 0)) if outdated else None,
        milliseconds=(time.perf_counter() - started) * 1000,
    )
    services.meters.search(answer.milliseconds / 1000, partial=results.partial)
    return answer


def count(services: Services, ask: Ask, audience: frozenset[str]) -> int:
    """Return how many documents a search finds."""
    question = ask_for(services, ask, audience)
    return _answered(services, _query(services, ask, audience, question), question, ask)[1].total


def every(services: Services, ask: Ask, audience: frozenset[str]) -> frozenset[DocumentId]:
    """Return all documents that a search finds as it was asked, on whatever page; none by a looser reading.

    Raises Unavailable also where the time was too short for all: some of them would pass for all.
    """
    question = ask_for(services, ask, audience)
    results = services.engine.search(replace(_query(services, ask, audience, question), limit=HIGHEST))
    if results.partial:
        raise Unavailable("the search took too long")
    return frozenset(hit.id for hit in results.hits)


def _query(services: Services, ask: Ask, audience: frozenset[str], question: Question) -> Query:
    """Return what is asked of the engine; of the answer nothing but the total."""
    return Query(
        clause=widened(services, question.clause, ask, audience),
        filters=_filters(services, ask),
        ranges=(Between("year", ask.years.first, ask.years.last),) if ask.years else (),
        excluded={name: ask.excluded[name] for name in FACETS if ask.excluded.get(name)},
        audience=audience,
        sort=ask.sort,
        precision=ask.precision,
        limit=0,
        passages=0,
        seconds=services.settings.search_seconds,
    )


def _alternatives(
    services: Services, ask: Ask, audience: frozenset[str], language: str, results: Results
) -> tuple[Alternative, ...]:
    if ask.page > 1:
        return ()
    passages = [passage for hit in results.hits for passage in hit.passages[:QUOTES]]
    search = alternatives.Search(ask, audience, language, results.total, passages)
    return alternatives.offer(services, search, lambda other: count(services, other, audience))


def _answered(services: Services, asked: Query, question: Question, ask: Ask) -> tuple[Query, Results, tuple[str, ...]]:
    """Search; less strictly where that finds nothing. Return what was asked in the end."""
    results = services.engine.search(asked)
    if not results.total:
        for notices, clause in looser(services, question, ask, asked.audience):
            less = replace(asked, clause=clause)
            again = services.engine.search(less)
            if again.total:
                return less, again, (*question.notices, *notices)
    return asked, results, question.notices


def _also(readings: Sequence[Reading]) -> tuple[Also, ...]:
    """Return each other word once: two words of a question may have one translation."""
    once = {reading.text: reading for reading in reversed(readings)}
    return tuple(Also(r.of, Said(r.text, r.language), r.source) for r in reversed(once.values()))


def _filters(services: Services, ask: Ask) -> dict[str, frozenset[str]]:
    filters = {name: ask.filters[name] for name in FACETS if ask.filters.get(name)}
    if ask.former and "organisation" in filters:
        filters["organisation"] = services.vocabulary.under_former_names(filters["organisation"])
    return filters


def _found(services: Services, document: Brief, hit: Hit, marker: Marker, language: str, most: int) -> Found:
    card = shown.card(services, document, language)
    marked = shown.with_marks(card, marker)
    # A page that can be read and cited comes before a field that only describes it.
    chosen = sorted(hit.passages, key=lambda passage: not passage.page)[:most]
    quotes = tuple(
        quote(services, document, passage, marker, language, FURTHER_WORDS if place else SNIPPET_WORDS)
        for place, passage in enumerate(chosen)
    )
    texts = [card.title, *(Said(passage.text, passage.language) for passage in chosen)]
    return Found(marked, hit.score, quotes, hit.labels, why(marker, texts) if most > 1 else ())


def _quoted(
    services: Services,
    rows: Mapping[str, Brief],
    passage: Passage | None,
    results: Results,
    marker: Marker,
    language: str,
) -> Quoted | None:
    document = rows.get(results.hits[0].id) if passage else None
    if passage is None or document is None:
        return None
    said = quote(services, document, passage, marker, language, ANSWER_WORDS)
    return Quoted(shown.card(services, document, language), said)


def _group(services: Services, facet: Facet, ask: Ask, language: str) -> FacetGroup:
    """Values chosen or excluded stay in the list even when they count nothing, so that they can be taken back."""
    chosen, excluded = (named.get(facet.name, frozenset()) for named in (ask.filters, ask.excluded))
    counts = {bucket.value: bucket.count for bucket in facet.buckets}
    counts.update({value: 0 for value in sorted(chosen | excluded) if value not in counts})
    values = tuple(
        FacetValue(
            value,
            shown.facet_label(services, facet.name, value, language),
            count,
            selected=value in chosen,
            excluded=value in excluded,
        )
        for value, count in counts.items()
    )
    if facet.name == "year":
        values = tuple(sorted(values, key=lambda v: v.value, reverse=True))
    return FacetGroup(facet.name, values)


def _repair(services: Services, ids: list[DocumentId]) -> None:
    """Queue the documents that the index still shows and the catalog does not."""
    if not ids:
        return
    _log.warning("the index shows %d documents that the catalog does not: queued", len(ids))
    with services.database.writing() as session:
        for id in ids:
            queue.put(session, INDEX, id, now())
