"""Makes kb/search/lexicon/dictionary.tsv of two FreeDict dictionaries and two wordnets.

    python scripts/dictionary.py DICTIONARIES WORDNETS

DICTIONARIES holds freedict-fra-eng.dict.dz and freedict-eng-ara.dict.dz, as Debian's packages dict-freedict-fra-eng and
dict-freedict-eng-ara (2022.04.21) put them into /usr/share/dictd; WORDNETS holds awn.tab and wolf.tab of the Open
Multilingual Wordnet. A French word meets an Arabic one through an English word, or in a synset that both are in; pairs
that both ways know come first.
"""

import gzip
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from math import log1p
from pathlib import Path

from kb.arabic import letters
from kb.languages import PRODUCT

OUT = Path(__file__).resolve().parents[1] / "kb" / "search" / "lexicon" / "dictionary.tsv"
MOST = 5  # translations kept of a word
LEAST = 0.2  # share of the best translation's worth below which another is left out
HEADER = """\
# French words with their Arabic translations, best first, each with its worth in percent of the best. Made by
# scripts/dictionary.py; distributed under the GNU General Public License, version 3 or later, of:
# FreeDict fra-eng 0.4.1 and eng-ara 0.6.3 (freedict.org; Arabeyes.org and the FreeDict contributors), GPL-2 or later;
# Arabic WordNet (globalwordnet.org/AWN), CC BY-SA 3.0; WOLF (Benoît Sagot and Darja Fišer, Inria), CeCILL-C.
"""

_SENSE = re.compile(r"^\d+\.\s*")
_ASIDE = re.compile(r"\([^)]*\)|<[^>]*>|\[[^\]]*\]")
_LATIN_WORD = re.compile(r"[a-zà-ÿœæ][a-zà-ÿœæ'-]+")
_ARABIC = re.compile(r"[ء-ي ]+")
_MARKS = str.maketrans("", "", letters.MARKS + letters.INVISIBLE)

Pairs = dict[str, dict[str, float]]


def main(dictionaries: Path, wordnets: Path) -> None:
    english = glosses(dictionaries)
    common = Counter(word for found in english.values() for word in found)
    through_english = pivoted(dictionaries, english)
    in_synsets = joined(wordnets, common)
    lines = []
    for french in sorted(through_english.keys() | in_synsets.keys()):
        worth: dict[str, float] = defaultdict(float)
        for pairs in (through_english, in_synsets):
            known = pairs.get(french, {})
            best = max(known.values(), default=1.0)
            for arabic, value in known.items():
                worth[arabic] += value / best / 2
        kept = chosen(worth)
        if kept:
            lines.append(french + "\t" + "|".join(f"{arabic} {percent}" for arabic, percent in kept))
    OUT.write_text(HEADER + "\n".join(lines) + "\n", "utf-8")
    print(f"{len(lines)} words, {OUT.stat().st_size} bytes")


def chosen(worth: dict[str, float]) -> list[tuple[str, int]]:
    """Return the best translations, of those that search cannot tell apart the first, with their worth in percent."""
    best = max(worth.values(), default=0.0)
    kept: dict[tuple[tuple[str, ...], ...], tuple[str, int]] = {}
    for arabic, value in sorted(worth.items(), key=lambda item: (-item[1], item[0])):
        stems = tuple(token.terms.light for token in PRODUCT.tokens(arabic) if not token.terms.stop)
        if value >= LEAST * best and stems and len(kept) < MOST:
            kept.setdefault(stems, (arabic, round(100 * value / best)))
    return list(kept.values())


def glosses(folder: Path) -> dict[str, list[str]]:
    """Return English words with their Arabic translations, in order."""
    english: dict[str, list[str]] = {}
    for head, senses in entries(folder / "freedict-eng-ara.dict.dz"):
        found = [word for sense in senses for part in re.split("[،,;]", sense) if (word := arabic(part))]
        english.setdefault(head.lower(), found)
    return english


def pivoted(folder: Path, english: dict[str, list[str]]) -> Pairs:
    """Return French words with what their English translations are in Arabic."""
    pairs: Pairs = {}
    for head, senses in entries(folder / "freedict-fra-eng.dict.dz"):
        if not _LATIN_WORD.fullmatch(head):
            continue
        worth = pairs.setdefault(head, defaultdict(float))
        for rank, sense in enumerate(senses, 1):
            for place, part in enumerate(sense.split(",")):
                word = _ASIDE.sub("", part).strip().lower().removeprefix("to ")
                for order, target in enumerate(english.get(word, ()), 1):
                    worth[target] += 1 / (rank * (1 + 0.5 * place) * order)
    return pairs


def entries(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the heads of a dictd file with their senses; phonetics in slashes tell a head from a sense."""
    head, senses = "", list[str]()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if " /" in line or re.fullmatch(r"\S+ <.*>\n", line):
                if head and senses:
                    yield head, senses
                head, senses = line.partition(" /")[0].partition(" <")[0].strip(), []
            elif line.strip():
                senses.append(_SENSE.sub("", line.strip()))
    if head and senses:
        yield head, senses


def arabic(gloss: str) -> str:
    """Return an Arabic gloss of one or two words without marks and without its article; "" for any other."""
    plain = " ".join(_ASIDE.sub("", gloss.translate(_MARKS)).partition(" - ")[0].split())
    words = [word.removeprefix("ال") if len(word) > 4 else word for word in plain.split()]
    return " ".join(words) if 1 <= len(words) <= 2 and _ARABIC.fullmatch(plain) else ""


def joined(folder: Path, common: Counter[str]) -> Pairs:
    """Return French words with the Arabic words of their synsets.

    Nouns tell more than verbs and adjectives; of the words of one synset those that translate many English words are
    the more usual.
    """
    targets: dict[str, set[str]] = defaultdict(set)
    for synset, lemma in lemmas(folder / "awn.tab"):
        if word := arabic(lemma):
            targets[synset].add(word)
    pairs: Pairs = {}
    for synset, lemma in lemmas(folder / "wolf.tab"):
        if synset in targets and _LATIN_WORD.fullmatch(lemma):
            worth = pairs.setdefault(lemma, defaultdict(float))
            for word in targets[synset]:
                worth[word] += (1.0 if synset.endswith("-n") else 0.6) * (1 + log1p(common[word]))
    return pairs


def lemmas(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text("utf-8").splitlines():
        columns = line.split("\t")
        if len(columns) == 3 and columns[1].endswith("lemma"):
            yield columns[0], columns[2]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
