"""Cuts pages and fields into the passages that are ranked and shown. Pure, so they are made anew, never stored."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kb.core.text import Page, Passage, Span
from kb.ingest import language as languages

_CHUNK = re.compile(r"\S+")
_WORDLIKE = re.compile(r"\w")
_SENTENCE_END = re.compile(r"[.!?؟…۔][»”\"')\]]*$")
_CLAUSE_END = re.compile(r"[؛;:]$")

# What a cut is worth in words of distance from the wanted size.
_PARAGRAPH, _SENTENCE, _LINE, _CLAUSE = 40, 25, 8, 5


class _Word(NamedTuple):
    """`worth` is how good it is to cut after this word."""

    start: int
    end: int
    worth: int


def passages(pages: Sequence[Page], language: str = "ar", words: int = 90, file: int = 0) -> list[Passage]:
    """Cut each page into passages of about `words` words, two thirds to four thirds of it; none crosses a page.

    A page with fewer words is one short passage, a page without words none. A passage starts and ends with what
    is written, not with space. `language` is given to passages whose own text does not tell.
    """
    return [
        Passage(
            text=page.text[span.start : span.end],
            span=span,
            file=file,
            page=page.number,
            language=languages.of(page.text[span.start : span.end], language),
        )
        for page in pages
        for span in _cut(page.text, words)
    ]


def field_passages(field: str, text: str, language: str = "ar", words: int = 90) -> list[Passage]:
    """Cut one field of a sheet as `passages` does a page."""
    return [
        Passage(
            text=text[span.start : span.end],
            span=span,
            field=field,
            language=languages.of(text[span.start : span.end], language),
        )
        for span in _cut(text, words)
    ]


def _cut(text: str, size: int) -> Iterator[Span]:
    words = _words(text)
    least, most = max(1, size * 2 // 3), max(1, size * 4 // 3)
    start = 0
    while len(words) - start > most:
        # The rest keeps at least `least` words, so that no page ends in a crumb.
        choices = range(start + least, min(start + most, len(words) - least) + 1)
        cut = max(choices, key=lambda after: words[after - 1].worth - abs(after - start - size))
        yield Span(words[start].start, words[cut - 1].end)
        start = cut
    if start < len(words):
        yield Span(words[start].start, words[-1].end)


def _words(text: str) -> list[_Word]:
    """Return the words with the punctuation around them; signs standing alone belong to the word before."""
    spans: list[tuple[int, int]] = []
    opening: int | None = None
    for chunk in _CHUNK.finditer(text):
        if _WORDLIKE.search(chunk[0]):
            spans.append((chunk.start() if opening is None else opening, chunk.end()))
            opening = None
        elif spans:
            spans[-1] = (spans[-1][0], chunk.end())
        elif opening is None:
            opening = chunk.start()
    following = [start for start, _ in spans[1:]] + [len(text)]
    return [
        _Word(start, end, _worth(text[start:end], text[end:next_start]))
        for (start, end), next_start in zip(spans, following, strict=False)
    ]


def _worth(word: str, gap: str) -> int:
    lines = gap.count("\n")
    if lines > 1:
        return _PARAGRAPH
    if _SENTENCE_END.search(word):
        return _SENTENCE
    if lines:
        return _LINE
    return _CLAUSE if _CLAUSE_END.search(word) else 0
