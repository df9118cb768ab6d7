"""What it costs to pack a library as a bag, and to take the bag in elsewhere: seconds, and memory at most.

`python -m bench.bag 500,1000,2000` makes a library of so many made-up documents of 4 to 40 pages (`bench/made.py`),
each with a file of its text and a later version of itself, and has the real commands pack it, take it in, and take it
in again. Seconds are those of the processor: other work on the machine does not count.
"""

import os
import subprocess
import sys
import tempfile
from io import BytesIO
from itertools import islice
from pathlib import Path

from bench.made import Library, Made
from bench.report import machine, table
from kb.app import open_services
from kb.catalog import documents, files, workflow
from kb.catalog.tables import State
from kb.core.settings import Settings
from kb.core.text import Page
from kb.services.context import Services

_AT_ONCE = 50  # documents in one transaction
_PAGES = 41  # more than any made-up document has


def stock(services: Services, number: int) -> None:
    """Put so many documents into the catalog, read and published, with their files in the store."""
    left = islice(Library().documents(number * _PAGES), number)
    while batch := list(islice(left, _AT_ONCE)):
        with services.database.writing() as session:
            for made in batch:
                text = "\f".join(made.pages).encode()
                kept = services.store.put(BytesIO(text), len(text))
                row = documents.create(
                    session, type=made.type, actor="bench", import_id=made.key, title={"ar": made.title}, language="ar"
                )
                facts = {"digest": kept.digest, "name": f"{made.key}.txt", "media_type": "text/plain"}
                file = files.attach(session, row, size=kept.size, **facts)
                files.mark_read(session, file, _pages(made), stamp="bench/1", language="ar")
                workflow.move(session, row, State.PUBLISHED, actor="bench")


def _pages(made: Made) -> list[Page]:
    return [Page(number, text) for number, text in enumerate(made.pages, 1)]


def command(home: Path, *words: str) -> tuple[float, float]:
    """Run a command of ours; return its seconds and the most memory it held, in MiB."""
    child = subprocess.Popen(
        [sys.executable, "-m", "kb", *words], env=os.environ | {"KB_HOME": str(home)}, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, words
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(number: int) -> list[str]:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        source, target, bag = folder / "from", folder / "to", folder / "bag"
        with open_services(Settings(home=source)) as services:
            stock(services, number)
        told = [command(source, "export", str(bag))]
        told += [command(target, "import", "--no-wait", str(bag)) for _ in range(2)]
        size = sum(path.stat().st_size for path in bag.rglob("*") if path.is_file()) / 2**20
    return [f"{number:,}", f"{size:.0f} MiB", *(f"{seconds:.0f} s, {memory:.0f} MiB" for seconds, memory in told)]


def main(sizes: str = "500,1000,2000") -> None:
    rows = [measure(int(size)) for size in sizes.split(",")]
    print(machine(), table(("documents", "bag", "`kb export`", "`kb import`", "the same again"), rows), sep="\n\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
