"""A library grows from nothing and changes its engine twice while a browser searches it once a second.

`python -m bench.move [PAGES] [MOST] [KEPT]` writes made-up documents as files, has `kb serve --workers 2` answer and
`kb import` take them in on Whoosh. Served again with KB_INDEX=auto past MOST passages the library moves itself to
tantivy; `kb index move` takes it back, and there again by hand. All the while Chromium opens a page of results each
second: a word that was found must be found again, in as many documents or more. Figures go into docs/performance.md.

The import of a large library takes the most of it: its folder is copied to KEPT once that is done. Where KEPT is there
already, filled with as many PAGES by such a run, the moves begin with a copy of it, and the import has no line.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import quote

import httpx
from playwright.sync_api import Error, Page, sync_playwright

from bench.made import Library
from bench.report import machine, put, table

PORT = 8373
_NEVER = 10**9  # passages past which nothing moves by itself
_WORDS = 40
_ASKED_EVERY = 1.0
_COUNT = re.compile(r"[\d,]+")
_PICTURES = re.compile(r"\.(png|webp|jpe?g|svg|woff2?)\b")


@dataclass
class Told:
    """What a browser was told while one thing went on: seconds of each page, and what went wrong."""

    waits: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    partial: int = 0
    seconds: float = 0.0


class Reader(threading.Thread):
    """A person with a browser, who asks another known word each second. `told` is where it goes down."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(daemon=True)
        self._words = words
        self._found: dict[str, int] = {}
        self.told = Told()
        self.done = threading.Event()

    def run(self) -> None:
        with sync_playwright() as playwright:
            program = os.environ.get("KB_CHROMIUM") or shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 640, "height": 480})
            page.route(_PICTURES, lambda route: route.abort())
            page.on("pageerror", lambda error: self.told.errors.append(str(error)))
            chance = random.Random(3)
            while not self.done.is_set():
                start = time.monotonic()
                self._ask(page, chance.choice(self._words), self.told)
                self.done.wait(max(0.0, _ASKED_EVERY - (time.monotonic() - start)))
            browser.close()

    def _ask(self, page: Page, word: str, told: Told) -> None:
        start = time.monotonic()
        try:
            answer = page.goto(f"http://127.0.0.1:{PORT}/en/search?also=0&q={quote(word)}")
            head = page.inner_text("h1")
        except Error as error:
            told.errors.append(str(error).splitlines()[0])
            return
        told.waits.append(time.monotonic() - start)
        if answer is None or answer.status != 200:
            told.errors.append(f"{answer.status if answer else 0} for {word}: {head}")
            return
        partial = page.locator(".note", has_text="partial").count()
        told.partial += partial
        count = _COUNT.search(head)
        total = int(count[0].replace(",", "")) if count and page.locator(".hits").count() else 0
        if total < self._found.get(word, 0) and not partial:
            told.missing.append(f"{word}: {total} after {self._found[word]}")
        self._found[word] = max(total, self._found.get(word, 0))


def written(folder: Path, pages: int) -> None:
    """Write documents with so many pages as text files, a form feed between two."""
    folder.mkdir()
    for made in Library().documents(pages):
        text = "\f".join((f"{made.title}\n\n{made.pages[0]}", *made.pages[1:]))
        (folder / f"{made.key}.txt").write_text(text, "utf-8")


def known(pages: int) -> list[str]:
    """Choose words of the first documents, so that they are asked from the beginning."""
    chance, words = random.Random(5), set[str]()
    for made in Library().documents(pages):
        words.add(chance.choice([word for word in made.pages[0].split() if len(word) > 4]))
        if len(words) == _WORDS:
            break
    return sorted(words)


class House:
    """A library in a folder, its server and its commands, with the settings of one part."""

    def __init__(self, home: Path, passages: int) -> None:
        self.environment = {
            **os.environ,
            "KB_HOME": str(home),
            "KB_PORT": str(PORT),
            "KB_INDEX": "auto",
            "KB_INDEX_PASSAGES": str(passages),
        }

    def run(self, *words: str) -> str:
        command = ["nice", sys.executable, "-m", "kb", *words]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout

    @contextmanager
    def served(self) -> Iterator[None]:
        command = [sys.executable, "-m", "kb", "serve", "--workers", "2"]
        with subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL) as server:
            try:
                wait_for(lambda: health()["ok"])
                yield
            finally:
                server.terminate()


@contextmanager
def reading(words: Sequence[str]) -> Iterator[Reader]:
    reader = Reader(words)
    reader.start()
    try:
        yield reader
    finally:
        reader.done.set()
        reader.join()


def health() -> dict[str, object]:
    try:
        return dict(httpx.get(f"http://127.0.0.1:{PORT}/health", timeout=30).json())
    except httpx.HTTPError:
        return {"ok": False, "waiting": 1, "engine": ""}


def wait_for(fact: Callable[[], object]) -> None:
    while not fact():
        time.sleep(0.5)


def during(reader: Reader, act: Callable[[], object]) -> Told:
    """Return what the reader was told while something went on."""
    reader.told, start = Told(), time.monotonic()
    act()
    reader.told.seconds = time.monotonic() - start
    return reader.told


def row(name: str, told: Told) -> list[str]:
    waits = [1000 * wait for wait in told.waits] or [0.0]
    times = [f"{told.seconds:.0f}", str(len(told.waits)), str(len(told.errors)), str(len(told.missing))]
    return [name, *times, str(told.partial), f"{median(waits):.0f}", f"{max(waits):.0f}"]


def part(reader: Reader, name: str, act: Callable[[], object]) -> list[str]:
    """Let something go on while the reader asks; return its line of the table."""
    told = during(reader, act)
    for wrong in (*told.errors, *told.missing)[:20]:
        print(name, wrong, file=sys.stderr, flush=True)
    line = row(name, told)
    print(*line, sep=" · ", flush=True)
    return line


def imported(house: House, files: Path) -> None:
    house.run("import", str(files))
    wait_for(lambda: not health()["waiting"])


def moved(house: House, to: str) -> None:
    house.run("index", "move", "--to", to)
    wait_for(lambda: not health()["waiting"])


def filled(folder: Path, words: Sequence[str], pages: int, kept: Path | None) -> Iterator[list[str]]:
    """Fill the library in `folder` by an import, and yield its line; or copy the one that was kept, which has none."""
    if kept and kept.exists():
        shutil.copytree(kept, folder)
        return
    files = folder.with_name("files")
    written(files, pages)
    small = House(folder, _NEVER)
    with small.served(), reading(words) as reader:
        yield part(reader, "import on Whoosh", partial(imported, small, files))
    if kept:
        shutil.copytree(folder, kept)


def main(pages: str = "100000", most: str = "20000", kept: str = "") -> None:
    words = known(int(pages))
    with tempfile.TemporaryDirectory(prefix="bench-move-") as folder:
        home = Path(folder) / "home"
        rows = list(filled(home, words, int(pages), Path(kept) if kept else None))
        large = House(home, int(most))
        with large.served(), reading(words) as reader:
            outgrown = partial(wait_for, lambda: health()["engine"] == "tantivy" and not health()["waiting"])
            rows.append(part(reader, f"by itself past {int(most):,} passages, to tantivy", outgrown))
            by_hand = ("whoosh", "tantivy")
            rows += [part(reader, f"`kb index move --to {to}`", partial(moved, large, to)) for to in by_hand]
            passages = health()["passages"]
        differ = json.loads(large.run("index", "check", "--json"))
        assert not any(differ.values()), differ
    head = ["", "seconds", "searches", "errors", "words missing", "partial answers", "median ms", "slowest ms"]
    text = f"{machine()} {int(pages):,} pages, {passages:,} passages; the browser is on the same cores.\n\n"
    text += table(head, rows)
    print(text)
    put("move", text)


if __name__ == "__main__":
    main(*sys.argv[1:])
