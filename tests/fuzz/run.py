"""Reads thousands of files made wrong, by the way that an import goes, and counts how each ends.

    python -m tests.fuzz.run --files 10000 --seed 1 --keep fuzz

A file offends that makes the parent fail in a way without a name or wait longer than the limits, or whose reader
crashed.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

from kb.ingest import sandbox
from kb.ingest.extraction import Extraction, ExtractionError, Limits
from kb.ingest.formats import choose
from kb.ingest.gallery import DRAWN
from kb.ingest.language import of as language_of
from kb.ingest.passages import passages
from kb.languages import PRODUCT
from tests.fuzz.mutations import mutate

ROOT = Path(__file__).parents[2]
LIMITS = Limits(seconds=20.0)
PATIENCE_SECONDS = 10.0
"""Beyond the limits of the child: how long the parent may take for what it gets."""

_TEXT_ONLY = {".toml", ".tsv"}
_PICTURE_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Ending:
    format: str
    outcome: str
    seconds: float
    offends: bool
    number: int


def samples() -> list[Path]:
    """Return a file of every format, whole and broken."""
    folder = ROOT / "tests/fixtures/formats"
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "good.txt")


def library() -> list[Path]:
    """Return the files of the demo library."""
    folder = ROOT / "corpus/demo"
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in _TEXT_ONLY)


def made(number: int, seed: int, originals: Sequence[tuple[str, bytes]]) -> tuple[str, bytes]:
    """Return the name and the bytes of a file made wrong, the same for the same numbers."""
    random = Random(f"{seed}/{number}")
    name, data = originals[number % len(originals)]
    return name, mutate(data, random, [other for _, other in originals])


def end(number: int, name: str, data: bytes, folder: Path, limits: Limits = LIMITS) -> Ending:
    """Read a file as an import does, and see what comes of it."""
    path = folder / f"{number}{Path(name).suffix}"
    path.write_bytes(data)
    started = time.monotonic()
    kind, picture = "", Random(number).random() < _PICTURE_SHARE
    try:
        kind = sandbox.sniff(path, name)
        _use(sandbox.extract(choose(kind), path, limits))
        outcome = "read"
    except ExtractionError as error:
        outcome = "crashed" if "crashed" in str(error) else error.code
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        outcome = f"escaped: {type(error).__name__}: {error}"
    if picture and kind in DRAWN:
        outcome += ", " + _drawn(path, limits)
    seconds = time.monotonic() - started
    late = seconds > (2 if picture else 1) * limits.seconds + PATIENCE_SECONDS
    offends = late or "escaped" in outcome or "crashed" in outcome
    path.unlink()
    return Ending(Path(name).suffix, outcome + " (late)" * late, seconds, offends, number)


def _use(extraction: Extraction) -> None:
    """Do with the text what the house does outside the sandbox."""
    text = "\n".join(page.text for page in extraction.pages)
    for passage in passages(extraction.pages, language_of(text[:20_000], "ar")):
        for _ in PRODUCT.tokens(passage.text):
            pass


def _drawn(path: Path, limits: Limits) -> str:
    arguments = {"number": 1, "across": 240, "pixels": 50_000_000}
    try:
        sandbox.call(("kb.ingest.picture", "draw"), path, limits, arguments)
    except ExtractionError as error:
        return "picture crashed" if "crashed" in str(error) else f"picture {error.code}"
    except Exception as error:  # noqa: BLE001 - as above
        return f"picture escaped: {type(error).__name__}: {error}"
    return "picture drawn"


def run(
    files: int, seed: int, paths: Sequence[Path], *, keep: Path | None = None, limits: Limits = LIMITS
) -> Iterator[Ending]:
    """Yield how each of so many files made of those at `paths` ended; what offends is kept in the folder `keep`."""
    originals = [(path.name, path.read_bytes()) for path in paths]

    def one(number: int) -> Ending:
        name, data = made(number, seed, originals)
        ending = end(number, name, data, Path(folder), limits)
        if ending.offends and keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{seed}-{number}-{name}").write_bytes(data)
        return ending

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        yield from pool.map(one, range(files))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz"))
    asked = parser.parse_args()
    started = time.monotonic()
    counts: Counter[tuple[str, str]] = Counter()
    slowest: list[Ending] = []
    bad: list[Ending] = []
    for done, ending in enumerate(run(asked.files, asked.seed, [*samples(), *library()], keep=asked.keep), 1):
        counts[ending.format, ending.outcome.partition(":")[0]] += 1
        slowest = sorted([*slowest, ending], key=lambda one: -one.seconds)[:5]
        if ending.offends:
            bad.append(ending)
            print(f"file {ending.number} {ending.format}: {ending.outcome}, {ending.seconds:.1f} s", flush=True)
        if done % 500 == 0:
            print(f"{done} files, {time.monotonic() - started:.0f} s", flush=True)
    for (kind, outcome), count in sorted(counts.items()):
        print(f"{kind or '-':8} {outcome:40} {count:6}")
    print("slowest:", ", ".join(f"{one.number} {one.format} {one.seconds:.1f} s" for one in slowest))
    print(f"{asked.files} files in {time.monotonic() - started:.0f} s, {len(bad)} offend (kept in {asked.keep})")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
