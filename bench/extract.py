"""Reading of PDFs by us, pdfminer.six, pdftotext (Poppler) and pypdfium2: pages per second of processor, and memory.

python bench/extract.py FOLDER...

All read all pages of all files, each reader in a process of its own, one after the other. Time is that of the
processor, loading of the libraries left out; memory is the most that was resident. What is not installed is left out.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

POPPLER = "pdftotext"


class Cost(NamedTuple):
    """`seconds` of processor time, `memory` in bytes."""

    seconds: float
    memory: int
    pages: int = 0


def ours() -> Callable[[Path], int]:
    from kb.ingest.extraction import ExtractionError, Limits  # noqa: PLC0415 - each process loads one reader
    from kb.ingest.formats.pdf import Pdf, document, glyphs, miner, page, repair  # noqa: F401, PLC0415

    def read(path: Path) -> int:
        try:
            return len(Pdf().extract(path, Limits()).pages)
        except ExtractionError:
            return 0

    return read


def pdfminer() -> Callable[[Path], int]:
    from pdfminer.high_level import extract_text  # noqa: PLC0415 - as above
    from pdfminer.psexceptions import PSException  # noqa: PLC0415

    def read(path: Path) -> int:
        try:
            return extract_text(str(path)).count("\f")
        except PSException:
            return 0

    return read


def pypdfium2() -> Callable[[Path], int]:
    from pypdfium2 import PdfDocument, PdfiumError  # noqa: PLC0415 - as above

    def read(path: Path) -> int:
        try:
            with PdfDocument(path) as document:
                for sheet in document:
                    sheet.get_textpage().get_text_bounded()
                return len(document)
        except PdfiumError:
            return 0

    return read


READERS: dict[str, Callable[[], Callable[[Path], int]]] = {"pdfminer": pdfminer, "rassid": ours, "pypdfium2": pypdfium2}


def alone(reader: str, files: Sequence[str]) -> None:
    """Read the files with one reader and print seconds and pages."""
    read = READERS[reader]()
    begun = time.process_time()
    pages = sum(read(Path(file)) for file in files)
    print(json.dumps([time.process_time() - begun, pages]))


def cost(command: Sequence[str]) -> tuple[Cost, bytes]:
    """Return what a command costs in all, and what it says."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024), said


def measured(reader: str, files: Sequence[str]) -> Cost:
    if reader == POPPLER:
        each = [cost([POPPLER, file, "-"])[0] for file in files]
        return Cost(sum(own.seconds for own in each), max(own.memory for own in each))
    whole, said = cost([sys.executable, __file__, "--alone", reader, *files])
    seconds, pages = json.loads(said)
    return Cost(seconds, whole.memory, pages)


def main() -> None:
    files = [str(file) for folder in sys.argv[1:] for file in sorted(Path(folder).glob("*.pdf"))]
    readers = [name for name in READERS if name == "rassid" or importlib.util.find_spec(name)]
    costs = {name: measured(name, files) for name in [*readers, *([POPPLER] if shutil.which(POPPLER) else [])]}
    pages = costs["pypdfium2" if "pypdfium2" in costs else "rassid"].pages
    reference = costs["pdfminer"].seconds
    print(f"{len(files)} files, {pages} pages\n")
    print(f"{'reader':10s} {'pages/s':>9s} {'ms/page':>9s} {'to pdfminer':>12s} {'MB':>6s}")
    for name, own in costs.items():
        milliseconds = 1000 * own.seconds / pages
        ratio = own.seconds / reference
        print(f"{name:10s} {pages / own.seconds:9.1f} {milliseconds:9.1f} {ratio:12.2f} {own.memory / 1e6:6.0f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--alone"]:
        alone(sys.argv[2], sys.argv[3:])
    else:
        main()
