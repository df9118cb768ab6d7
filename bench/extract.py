"""Processor time per page of our reading of PDFs, and its ratio to pdfminer's own text, on the same pages in one run.

python bench/extract.py FOLDER [PAGES]      # at most PAGES pages of each file, 20 unless said
"""

import statistics
import sys
import time
from itertools import islice
from pathlib import Path

from pdfminer.high_level import extract_text

from kb.ingest.extraction import ExtractionError
from kb.ingest.formats.pdf import glyphs, miner, page


def ours(path: Path, most: int) -> int:
    with path.open("rb") as file:
        reader, count = glyphs.Reader(), 0
        for raw in islice(miner.Document(file).pages(), most):
            page.read(reader.read(raw))
            count += 1
    return count


def timed(function: object, *arguments: object) -> tuple[float, object]:
    start = time.process_time()
    result = function(*arguments)  # type: ignore[operator]
    return time.process_time() - start, result


def main() -> None:
    folder, most = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20
    mine, theirs, pages, per_page = 0.0, 0.0, 0, []
    for path in sorted(folder.glob("*.pdf")):
        try:
            seconds, count = timed(ours, path, most)
        except ExtractionError as error:
            print(f"{path.name}: {error.code}")
            continue
        assert isinstance(count, int)
        reference, _ = timed(extract_text, str(path), "", None, most)
        mine, theirs, pages = mine + seconds, theirs + reference, pages + count
        per_page.append(1000 * seconds / max(1, count))
        print(f"{path.name:70s} {count:4d} pages {per_page[-1]:7.1f} ms a page, ratio {seconds / reference:.2f}")
    print(f"\n{pages} pages: {1000 * mine / pages:.1f} ms a page, ratio to pdfminer's text {mine / theirs:.2f}")
    print(f"median file: {statistics.median(per_page):.1f} ms a page")


if __name__ == "__main__":
    main()
