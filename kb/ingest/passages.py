"""Cuts pages and fields into the passages that are ranked and shown. Pure, so they are made anew, never stored."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kb.core.text import Page, Passage, Region, Span
from kb.ingest import language as languages

_CHUNK = re.compile(r"\S+")
_WORDLIKE = re.compile(r"\w")
_SENTENCE_END = re.compile(r"[.!?؟…۔][»”\"')\]]*$")
_CLAUSE_END = re.compile(r"[؛;:]$")

# What a cut is worth in words of distance from the wanted size.
_HEADING, _PARAGRAPH, _SENTENCE, _LINE, _CLAUSE = 100, 40, 25, 8, 5


class _Word(NamedTuple):
    """`worth` is how good it is to cut after this word."""

    start: int
    end: int
    worth: int


def passages(pages: Sequence[Page], language: str = "ar", words: int = 90, file: int = 0) -> list[Passage]:
    """Cut each page into passages of about `words` words, two thirds to four thirds of it; none crosses a page.

    A page with fewer words is one short passage, a page without words none; its footnotes are cut by themselves. A
    passage starts and ends with what is written, not with space, and rather before a heading than anywhere; it never
    ends with one that has text below it if it can help it. Passages whose own text does not tell have the page's
    language, else `language`. The pages are those of one file in order, so that a heading holds for the pages after it.
    """
    found: list[Passage] = []
    above: list[tuple[int, str]] = []
    for page in pages:
        headings = [region for region in page.regions if region.kind == "heading"]
        for span in _spans(page, headings, words):
            while headings and headings[0].span.start < span.start:
                _descend(above, page.text, headings.pop(0))
            text = page.text[span.start : span.end]
            if headings and headings[0].span.start == span.start:
                # What the passage says itself is not said above it again.
                _descend(above, page.text, headings.pop(0))
                heading = above[-2][1] if len(above) > 1 else ""
            else:
                heading = above[-1][1] if above else ""
            found.append(
                Passage(
                    text=text,
                    span=span,
                    file=file,
                    page=page.number,
                    heading=heading,
                    language=languages.of(text, page.language or language),
                )
            )
        for region in headings:
            _descend(above, page.text, region)
    return found


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


def _descend(above: list[tuple[int, str]], text: str, heading: Region) -> None:
    """Put a heading in the place of those of its level and below."""
    while above and above[-1][0] >= heading.level:
        above.pop()
    above.append((heading.level, " ".join(text[heading.span.start : heading.span.end].split())))


def _spans(page: Page, headings: Sequence[Region], size: int) -> Iterator[Span]:
    """Cut the running text, then the notes, which stand at the end."""
    notes = min((region.span.start for region in page.regions if region.kind == "footnote"), default=len(page.text))
    yield from _cut(page.text[:notes], size, headings)
    for span in _cut(page.text[notes:], size):
        yield Span(span.start + notes, span.end + notes)


def _cut(text: str, size: int, headings: Sequence[Region] = ()) -> Iterator[Span]:
    words = _by_headings(_words(text), headings)
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


def _by_headings(words: list[_Word], headings: Sequence[Region]) -> list[_Word]:
    """Return the words with the worth that a cut has before a heading, and within or right after one."""
    place = 0
    for heading in headings:
        while place < len(words) and words[place].start < heading.span.start:
            place += 1
        if place and words[place - 1].worth >= 0:
            words[place - 1] = words[place - 1]._replace(worth=_HEADING)
        while place < len(words) and words[place].start < heading.span.end:
            words[place] = words[place]._replace(worth=-_HEADING)
            place += 1
    return words


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
