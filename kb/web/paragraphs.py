"""Where the paragraphs of a page's text are, so that it flows in the reader's column and not in that of the paper."""

import re
from typing import Final

from kb.core.text import Span

# A line of paper is seldom longer (A4 in 9 points); where lines are, each of them is a paragraph already.
_PAPER_CHARS: Final = 150
# A line that stops before this part of the usual length was stopped by its author.
_FULL: Final = 0.8
_LINE: Final = re.compile(r"[^\n]+")
_ITEM: Final = re.compile(
    r"\s*(?:[-–—•▪●◦*○·]\s|\(?[0-9٠-٩]{1,3}\s?[-.)/–:]|[أ-ي]\s?[-.)]\s|[IVX]{1,5}[.)-]\s|"
    r"(?:أولا|ثانيا|ثالثا|رابعا|خامسا|سادسا|سابعا|ثامنا|تاسعا|عاشرا)\s?[:،-]|"
    r"(?:المادة|الفصل|الباب|القسم|الفرع|Article|Art\.|Chapitre|Section|Titre)\s)"
)


def spans(text: str, within: Span | None = None, full: float | None = None) -> list[Span]:
    """The paragraphs in order, without the white space around them. `full` is `full_length` of the text.

    A paragraph ends at an empty line, after a line too short to have been broken by the edge of the paper, and before
    an item, an article or a heading that is named as such.
    """
    within = within or Span(0, len(text))
    full = full_length(text) if full is None else full
    lines = [Span(match.start(), match.end()) for match in _LINE.finditer(text, within.start, within.end)]
    found: list[Span] = []
    for line in lines:
        words = text[line.start : line.end]
        if not words.strip():
            continue
        last = found[-1] if found else None
        if last and not _ends(text, last, line, full) and not _ITEM.match(words):
            found[-1] = Span(last.start, line.end)
        else:
            found.append(line)
    return found


def _ends(text: str, paragraph: Span, line: Span, full: float) -> bool:
    last_line = text[paragraph.start : paragraph.end].rpartition("\n")[2].strip()
    apart = text[paragraph.end : line.start].count("\n") > 1
    return apart or len(last_line) < full or last_line.endswith((":", "؛", ";"))


def full_length(text: str) -> float:
    """The length from which a line was broken by the paper; infinite where no line was."""
    lengths = sorted(match.end() - match.start() for match in _LINE.finditer(text))
    usual = lengths[int(len(lengths) * 0.9)] if lengths else 0
    return usual * _FULL if usual <= _PAPER_CHARS else float("inf")
