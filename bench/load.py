"""Many readers at once: what they wait, what fails, what memory the server takes, and the same while files come in.

`python -m bench.load [PAGES] [READERS] [SECONDS] [PROCESSES] [ENGINE]` fills a throw-away library with made-up
documents, serves it with `kb serve --workers PROCESSES`, and lets READERS ask it over loopback: results, then a page of
one of the hits, then a list. Each waits a second between two pages, as a person at the least does; then all over again
without any pause. Each run is repeated while 500 small files are imported. Figures go into docs/performance.md.
"""

import asyncio
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import quantiles

import httpx

from bench.house import build, stock
from bench.made import Library
from bench.report import machine, put, table
from kb.app import open_services
from kb.core.settings import Settings

PORT = 8371
FILES = 500
_LINK = re.compile(r'href="(/ar/d/[a-z0-9]{10}/f/1/p/\d+[^"#]*)')


@dataclass
class Told:
    """Seconds that each page took, in order of asking, and how many were no 200."""

    waits: list[float] = field(default_factory=list)
    errors: int = 0


def questions(count: int) -> list[str]:
    """Cut questions of two to four words out of documents of the library."""
    chance = random.Random(11)
    texts = [made.pages[0].split() for made in islice(Library().documents(count * 20), count)]
    return [" ".join(chance.sample(words, min(len(words), chance.choice((2, 2, 3, 4))))) for words in texts]


async def reader(client: httpx.AsyncClient, asked: Sequence[str], told: Told, until: float, pause: float) -> None:
    chance = random.Random()
    while time.monotonic() < until:
        page = await get(client, "/ar/search", told, {"q": chance.choice(asked)})
        links = _LINK.findall(page)
        for path in ([chance.choice(links).replace("&amp;", "&")] if links else []) + ["/ar/browse?sort=newest"]:
            await asyncio.sleep(pause)
            await get(client, path, told)
        await asyncio.sleep(pause)


async def get(client: httpx.AsyncClient, path: str, told: Told, query: dict[str, str] | None = None) -> str:
    start = time.monotonic()
    try:
        answer = await client.get(path, params=query)
        failed, text = answer.status_code != 200, answer.text
    except httpx.HTTPError:
        failed, text = True, ""
    told.waits.append(time.monotonic() - start)
    told.errors += failed
    return text


async def readers(asked: Sequence[str], count: int, seconds: float, pause: float) -> Told:
    told, until = Told(), time.monotonic() + seconds
    limits = httpx.Limits(max_connections=count, max_keepalive_connections=count)
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{PORT}", timeout=30, limits=limits, follow_redirects=True
    ) as client:
        await asyncio.gather(*(reader(client, asked, told, until, pause) for _ in range(count)))
    return told


@contextmanager
def served(home: Path, processes: int, engine: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "KB_HOME": str(home), "KB_PORT": str(PORT), "KB_INDEX": f"{engine}:index"}
    command = [sys.executable, "-m", "kb", "serve", "--workers", str(processes)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
        for _ in range(120):
            time.sleep(0.5)
            try:
                if httpx.get(f"http://127.0.0.1:{PORT}/health", timeout=5).status_code == 200:
                    break
            except httpx.HTTPError:
                continue
        yield server
        server.terminate()


def memory(server: subprocess.Popen[bytes]) -> int:
    """Return the resident MiB of the largest process that answers."""
    sizes = [0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            words = (status.parent / "cmdline").read_bytes().split(b"\0")
            told = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if b"serve" in words and (told["PPid"].strip() == str(server.pid) or told["Pid"].strip() == str(server.pid)):
            sizes.append(int(told.get("VmRSS", "0 kB").split()[0]) // 1024)
    return max(sizes)


def coming(home: Path, folder: Path, engine: str) -> subprocess.Popen[bytes]:
    """Begin to import small files beside the server."""
    environment = {**os.environ, "KB_HOME": str(home), "KB_INDEX": f"{engine}:index"}
    command = [sys.executable, "-m", "kb", "import", str(folder)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def row(name: str, told: Told, seconds: float, size: int) -> list[str]:
    cuts = quantiles(told.waits, n=100) if len(told.waits) > 1 else [0.0] * 99
    times = [f"{1000 * cuts[at]:.0f}" for at in (49, 94, 98)]
    return [name, f"{len(told.waits) / seconds:.1f}", *times, str(told.errors), str(size)]


def main(
    pages: str = "10000", count: str = "50", seconds: str = "60", processes: str = "2", engine: str = "whoosh"
) -> None:
    lasts = float(seconds)
    found: list[list[str]] = []
    with tempfile.TemporaryDirectory(prefix="bench-load-") as folder:
        home, files = Path(folder) / "home", Path(folder) / "files"
        files.mkdir()
        for number in range(FILES):
            (files / f"{number}.txt").write_text(f"مذكرة رقم {number} حول استقبال المرتفقين وتبسيط المساطر", "utf-8")
        with open_services(Settings(home=home, index=f"{engine}:index")) as services:
            stock(services, int(pages))
            build(services)
        asked = questions(300)
        with served(home, int(processes), engine) as server:
            for pause, how in ((1.0, "a second between pages"), (0.0, "no pause")):
                told = asyncio.run(readers(asked, int(count), lasts, pause))
                found.append(row(f"{count} readers, {how}", told, lasts, memory(server)))
                importing = coming(home, files, engine)
                told = asyncio.run(readers(asked, int(count), lasts, pause))
                importing.terminate()
                importing.wait()
                found.append(
                    row(
                        "the same, 500 files come in" if pause else "the same, files come in",
                        told,
                        lasts,
                        memory(server),
                    )
                )
    head = ["", "pages a second", "p50 ms", "p95 ms", "p99 ms", "errors", "MiB of the largest process"]
    text = f"{machine()} {int(pages):,} passages on {engine}, {processes} processes, client on the same cores.\n\n"
    text += table(head, found)
    print(text)
    put(f"load-{engine}", text)


if __name__ == "__main__":
    main(*sys.argv[1:])
