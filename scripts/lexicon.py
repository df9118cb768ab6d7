"""Derive kb/ingest/lexicon.dat: the words that a text of an administration may hold, and how frequent they are.

Reads frequency lists (`language<TAB>word<TAB>share of all words`) on standard input and writes the file whose name is
given. The one shipped was made from the "large" lists of wordfreq 3.1 (CC BY-SA 4.0):

    python -c "import wordfreq as w; [print(l, k, v, sep='\\t') for l in ('ar', 'fr', 'en')
        for k, v in w.get_frequency_dict(l, 'large').items()]" | python -m scripts.lexicon kb/ingest/lexicon.dat

`kb/ingest/lexicon.py` tells the layout.
"""

import math
import re
import struct
import sys
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path

from kb.ingest.lexicon import PER_DECADE, key, plain

HEAD = """\
# Words of Arabic, French and English as 32-bit checksums, read by kb/ingest/lexicon.py, made by scripts/lexicon.py.
# Derived from the word frequencies of wordfreq 3.1 by Robyn Speer (2022), https://github.com/rspeer/wordfreq,
# CC BY-SA 4.0; this file is under the same licence.

"""
ARABIC, FRENCH, ENGLISH = 200_000, 40_000, 30_000
ARABIC_WORD, LATIN_WORD = (
    re.compile("[\u0621-\u063a\u0641-\u064a]{2,}"),
    re.compile("[a-z\u00df-\u00f6\u00f8-\u00ffœ]{3,}"),
)


def most_frequent(words: Mapping[str, float], shape: re.Pattern[str], most: int) -> Iterator[tuple[str, float]]:
    ranked = sorted(words.items(), key=lambda item: (-item[1], item[0]))
    fitting = ((word, share) for word, share in ranked if shape.fullmatch(word))
    return (found for _, found in zip(range(most), fitting, strict=False))


def encoded(arabic: Mapping[int, float], latin: set[int]) -> bytes:
    """`arabic` gives the share of all words by checksum."""
    ordered = sorted(arabic)
    grades = bytes(max(1, round(PER_DECADE * (math.log10(arabic[number]) + 9))) for number in ordered)
    numbers, others = array("I", ordered), array("I", sorted(latin))
    if sys.byteorder == "big":
        numbers.byteswap()
        others.byteswap()
    sizes = struct.pack("<II", len(ordered), len(latin))
    return HEAD.encode() + sizes + numbers.tobytes() + grades + others.tobytes()


def main(target: Path) -> None:
    words: dict[str, dict[str, float]] = {"ar": {}, "fr": {}, "en": {}}
    for line in sys.stdin:
        language, word, share = line.rstrip("\n").split("\t")
        words[language][word] = float(share)
    arabic: dict[int, float] = {}
    for word, share_of_all in most_frequent(words["ar"], ARABIC_WORD, ARABIC):
        arabic.setdefault(key(word), share_of_all)
    latin = {
        key(plain(word))
        for language, most in (("fr", FRENCH), ("en", ENGLISH))
        for word, _ in most_frequent(words[language], LATIN_WORD, most)
    }
    target.write_bytes(encoded(arabic, latin))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
