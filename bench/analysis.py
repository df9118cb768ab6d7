"""What analysis costs: words a second, cold and warm, and how many times a plain split at non-letters that is.

`python bench/analysis.py [CORPUS.jsonl]` reads the texts of a judged set ({"text"} a line); without a file it analyses
the words of our own lists, each with the usual particles.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from time import process_time

from kb.arabic.lists import lines
from kb.languages import LANGUAGES, LIGHT10
from kb.languages.product import Product

PARTICLES = ("", "ال", "و", "ب", "ل", "وال", "بال")


def texts(arguments: list[str]) -> list[str]:
    if arguments:
        return [json.loads(line)["text"] for line in Path(arguments[0]).read_text("utf-8").splitlines()]
    words = [word for line in lines("kb.arabic", "vocabulary.txt") for word in line]
    return [" ".join(particle + word for word in words) for particle in PARTICLES]


def speed(split: Callable[[str], Iterable[object]], corpus: list[str]) -> float:
    begun = process_time()
    count = sum(1 for text in corpus for _ in split(text))
    return count / (process_time() - begun)


if __name__ == "__main__":
    corpus = texts(sys.argv[1:])
    cold = Product(LANGUAGES)
    next(cold.tokens("وزارة"))
    plain = speed(re.compile(r"\w+").findall, corpus)
    for name, split in (("cold", cold.tokens), ("warm", cold.tokens), ("light10", LIGHT10.tokens)):
        measured = speed(split, corpus)
        print(f"{name:8}{measured:12,.0f} words/s   1/{plain / measured:.0f} of a plain split")
