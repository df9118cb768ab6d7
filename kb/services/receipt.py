"""What is told of the reading of a file when it ends: how much, in which languages, how well, and what finds it now.

The figures are kept with the file. Sample questions are kept as candidates and asked whenever the receipt is shown:
only those that find the document then are told.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from kb.catalog import corrections, documents, files
from kb.catalog.access import audience_of
from kb.catalog.changes import INDEX
from kb.catalog.tables import Document, File, FileState
from kb.core.clock import now
from kb.core.text import DocumentId, Page, codes
from kb.ingest.passages import passages
from kb.ingest.verdict import NEEDS_OCR, NO_TEXT, REPAIRS
from kb.jobs import queue
from kb.services import find, shown
from kb.services.answers import Ask
from kb.services.context import Services
from kb.services.samples import samples
from kb.services.told import LanguageShare, Noticed, Receipt, SampleQuestion

ORIGINS = ("text", "repaired", "ocr", "none")
QUESTIONS = 3
FIRST = 5
"""Of the answers to a question, among how many the document must be."""
MOST_ASKED = 9
MOST_DETAILS = 40


def keep(
    services: Services,
    session: Session,
    file: File,
    *,
    whole: Sequence[str] | None = None,
    seconds: float | None = None,
) -> None:
    """Write the receipt of a file whose pages are in place: after its reading, and when OCR has changed some of them.

    `whole` are the codes of what was found of the file and of no page, `seconds` is what the reading took; not given,
    both stay as they were. The file's warnings are those and the pages'.
    """
    before = file.receipt
    whole = list(before.get("whole", ()) if whole is None else whole)
    pages = [files.as_page(row) for row in files.pages(session, file)]
    file.receipt = {
        "at": now().isoformat(),
        "seconds": before.get("seconds", 0) if seconds is None else round(seconds, 1),
        "words": sum(len(page.text.split()) for page in pages),
        "quality": _quality(pages),
        "origins": {name: n for name in ORIGINS if (n := sum(page.origin == name for page in pages))},
        "languages": _languages(pages),
        "findings": [*([code, [], []] for code in whole), *_findings(pages)],
        "whole": whole,
        "samples": [list(sample) for sample in samples(pages, services.analyzer)],
    }
    file.warnings = list(dict.fromkeys((*whole, *(code for page in pages for code in codes(page.findings)))))
    session.flush()


def show(services: Services, id: str, number: int, audience: frozenset[str], language: str) -> Receipt:
    """Return the receipt of a document's n-th file. Raises NotFound, and Gone for a document that was withdrawn."""
    with services.database.reading() as session:
        document = documents.get(session, id, audience)
        told = of_file(session, document, files.numbered(document, number))
        candidates = files.numbered(document, number).receipt.get("samples", [])
    return _with_questions(services, told, candidates, DocumentId(id), audience, language)


def of_all(services: Services, ids: Sequence[str], *, ask: bool = True) -> list[tuple[str, Receipt]]:
    """Return (document id, receipt) of every file of these documents, whoever may see them: for their operator.

    Without `ask` no questions are tried, which takes a search or more each.
    """
    order = {id: place for place, id in enumerate(ids)}
    with services.database.reading() as session:
        found = [
            (document.id, audience_of(document), of_file(session, document, row), row.receipt.get("samples", []))
            for document in sorted(documents.load_all(session, ids), key=lambda one: order[one.id])
            for row in document.files
        ]
    return [
        (id, _with_questions(services, told, candidates, DocumentId(id), audience, "ar") if ask and audience else told)
        for id, audience, told, candidates in found
    ]


def of_file(session: Session, document: Document, row: File) -> Receipt:
    """Return the receipt of a file, without questions."""
    kept: Mapping[str, Any] = row.receipt or {}
    on = {code: ranges for code, ranges, _ in kept.get("findings", ())}
    noticed = [
        Noticed(code, tuple(map(tuple, ranges)), sum(last - first + 1 for first, last in ranges), tuple(details))
        for code, ranges, details in kept.get("findings", ())
        if code != NO_TEXT or ranges != on.get(NEEDS_OCR)  # said twice of a scan
    ]
    return Receipt(
        file=shown.file(row),
        at=dt.datetime.fromisoformat(kept["at"]) if "at" in kept else None,
        seconds=kept.get("seconds", 0),
        by=row.read_by,
        ocr_by=row.ocr_by,
        words=kept.get("words", 0),
        quality=kept.get("quality", 0.0),
        origins=tuple((name, kept["origins"][name]) for name in ORIGINS if name in kept.get("origins", {})),
        languages=tuple(LanguageShare(*one) for one in kept.get("languages", ())),
        repaired=tuple(one for one in noticed if one.code in REPAIRS),
        doubtful=tuple(one for one in noticed if one.code not in REPAIRS),
        meta=dict(row.meta or {}),
        headings=len(row.outline or ()),
        corrected=len(corrections.counts(session, row)),
        settled=row.state != FileState.WAITING
        and not queue.is_open(session, files.OCR, row.id)
        and not queue.is_open(session, INDEX, document.id),
    )


def _with_questions(
    services: Services,
    told: Receipt,
    candidates: Iterable[Sequence[Any]],
    id: DocumentId,
    audience: frozenset[str],
    language: str,
) -> Receipt:
    """Ask the candidates one by one until enough of them find the document among the FIRST answers."""
    found: list[SampleQuestion] = []
    for text, page in list(candidates)[:MOST_ASKED] if told.settled else ():
        answer = find.find(services, Ask(q=text, size=FIRST), audience, language)
        place = next((place for place, one in enumerate(answer.found, 1) if one.card.id == id), 0)
        if place and len(found) < QUESTIONS:
            found.append(SampleQuestion(text, page, place))
        if len(found) == QUESTIONS:
            break
    return replace(told, questions=tuple(found))


def _quality(pages: Sequence[Page]) -> float:
    """Return the mean of the pages that hold text, by their words; 0 where none does."""
    words = [len(page.text.split()) for page in pages]
    total = sum(words)
    return round(sum(page.quality * n for page, n in zip(pages, words, strict=True)) / total, 3) if total else 0.0


def _languages(pages: Sequence[Page]) -> list[tuple[str, int, int, float]]:
    """Return (code, pages mostly in it, words of passages in it, their share of the words), the first the most."""
    on = Counter(page.language for page in pages if page.language)
    words: Counter[str] = Counter()
    for passage in (passage for page in pages for passage in passages([page], page.language)):
        if passage.language:
            words[passage.language] += len(passage.text.split())
    total = words.total()
    return [(code, on[code], n, round(n / total, 3)) for code, n in words.most_common()]


def _findings(pages: Sequence[Page]) -> list[tuple[str, list[list[int]], list[str]]]:
    """Return (code, ranges of pages, different details) of what was found on pages."""
    numbers: dict[str, list[int]] = {}
    details: dict[str, dict[str, None]] = {}
    for page in pages:
        for finding in page.findings:
            if page.number not in numbers.setdefault(finding.code, []):
                numbers[finding.code].append(page.number)
            if finding.detail:
                details.setdefault(finding.code, {})[finding.detail] = None
    return [(code, _ranges(found), list(details.get(code, ()))[:MOST_DETAILS]) for code, found in numbers.items()]


def _ranges(numbers: Sequence[int]) -> list[list[int]]:
    """Return the stretches of numbers without a gap, as first and last."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found
