"""How often the language of a few words is told: every run of 2, 4 and 8 words of the demo library's own texts."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from kb.ingest import language

SOURCES = Path(__file__).parents[2] / "scripts" / "demo" / "sources"
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Share told right, as measured less a word or two; and the most that may be told wrong (the rest is not told).
FLOORS = {
    ("ar", 2): (1.0, 0.0),
    ("ar", 4): (1.0, 0.0),
    ("ar", 8): (1.0, 0.0),
    ("fr", 2): (0.94, 0.02),
    ("fr", 4): (0.99, 0.01),
    ("fr", 8): (1.0, 0.0),
    ("en", 2): (0.88, 0.05),
    ("en", 4): (0.98, 0.02),
    ("en", 8): (1.0, 0.0),
}


def lines() -> Iterator[tuple[str, str]]:
    """Yield (language, line) of every source; one that is not Arabic says so in its first line."""
    for path in sorted(SOURCES.glob("*/*.md")):
        text = path.read_text("utf-8")
        stated = re.match(r"lang: (\w+)\n", text)
        for line in text[stated.end() if stated else 0 :].splitlines():
            yield stated[1] if stated else "ar", line


@cache
def samples() -> dict[tuple[str, int], list[str]]:
    found: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for code, line in lines():
        words = WORD.findall(line)
        for size in (2, 4, 8):
            found[code, size] += [
                " ".join(words[start : start + size]) for start in range(0, len(words) - size + 1, size)
            ]
    return dict(found)


@pytest.mark.parametrize(("code", "size"), FLOORS)
def test_the_language_of_a_few_words_is_told(code: str, size: int) -> None:
    texts = samples()[code, size]
    told = [language.of(text, "") for text in texts]
    right, wrong = FLOORS[code, size]
    assert told.count(code) >= right * len(texts)
    assert len(texts) - told.count(code) - told.count("") <= wrong * len(texts)


def test_there_are_samples_enough_to_judge_by() -> None:
    assert {key: len(texts) > 20 for key, texts in samples().items()} == dict.fromkeys(FLOORS, True)
