"""Many readers at once: what they wait, what fails, what memory the server takes, and the same while files come in.

`python -m bench.load [PAGES] [READERS] [SECONDS] [PROCESSES] [ENGINE] [KEPT]` fills a throw-away library with made-up
documents, or takes a copy of the one in KEPT that bench.move has left, and makes its index if that has none of the
engine; serves it with `kb serve --workers PROCESSES`, and lets READERS ask it over loopback: results, then a page of
one of the hits, then a list. Each waits a second between two pages, as a person at the least does; then all over again
without any pause. Each run is repeated for as long as 500 small files take to be imported, all of them. Before that
the server is asked for some seconds that are not counted. Figures go into docs/performance.md. CPU is that of the
processes that answer; `load` is what the machine had to run in the last five minutes, the bench's own included.
"""

import asyncio
import gzip
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import quantiles
from urllib.parse import quote

import httpx

from bench.house import build, stock
from bench.made import Library
from bench.report import machine, put, table
from kb.app import open_services
from kb.core.settings import Settings

PORT = 8371
FILES = 500
PATIENCE = 30.0  # seconds
_WARM = 10.0
LINK = re.compile(r'href="(/ar/d/[a-z0-9]{10}/f/1/p/\d+[^"#]*)')


@dataclass
class Told:
    """Seconds that each page took, in order of asking, and how many were no 200."""

    waits: list[float] = field(default_factory=list)
    errors: int = 0
    seconds: float = 0.0


GoesOn = Callable[[], bool]


def questions(count: int) -> list[str]:
    """Cut questions of two to four words out of documents of the library."""
    chance = random.Random(11)
    texts = [made.pages[0].split() for made in islice(Library().documents(count * 20), count)]
    return [" ".join(chance.sample(words, min(len(words), chance.choice((2, 2, 3, 4))))) for words in texts]


class Line:
    """One reader's connection, kept open as a browser does. A whole HTTP client would take a tenth of the cores."""

    def __init__(self) -> None:
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> str:
        """Return the page, behind any redirection. Raises OSError, EOFError, ValueError for no answer 200."""
        async with asyncio.timeout(PATIENCE):
            try:
                status, headers, body = await self._asked(path)
                while status in {301, 302, 303, 307}:
                    status, headers, body = await self._asked(headers[b"location"].decode().partition("#")[0])
            except BaseException:
                self.close()
                raise
        if status != 200:
            raise ValueError(status)
        return (gzip.decompress(body) if headers.get(b"content-encoding") == b"gzip" else body).decode()

    async def _asked(self, path: str) -> tuple[int, Mapping[bytes, bytes], bytes]:
        self._streams = self._streams or await asyncio.open_connection("127.0.0.1", PORT)
        source, sink = self._streams
        sink.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        first, *lines = (await source.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
        headers = {name: value.strip() for name, _, value in (line.partition(b":") for line in lines)}
        body = await source.readexactly(int(headers.get(b"content-length", b"0")))
        if headers.get(b"connection") == b"close":
            self.close()
        return int(first.split()[1]), headers, body

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
            self._streams = None


async def reader(asked: Sequence[str], told: Told, goes_on: GoesOn, pause: float) -> None:
    chance, line = random.Random(), Line()
    while goes_on():
        page = await get(line, f"/ar/search?q={quote(chance.choice(asked))}", told)
        links = LINK.findall(page)
        for path in ([chance.choice(links).replace("&amp;", "&")] if links else []) + ["/ar/browse?sort=newest"]:
            await asyncio.sleep(pause)
            await get(line, path, told)
        await asyncio.sleep(pause)
    line.close()


def while_runs(process: subprocess.Popen[bytes]) -> GoesOn:
    return lambda: process.poll() is None


async def get(line: Line, path: str, told: Told) -> str:
    start = time.monotonic()
    try:
        return await line.get(path)
    except (OSError, EOFError, ValueError):
        told.errors += 1
        return ""
    finally:
        told.waits.append(time.monotonic() - start)


async def readers(asked: Sequence[str], count: int, goes_on: GoesOn, pause: float) -> Told:
    told, start = Told(), time.monotonic()
    await asyncio.gather(*(reader(asked, told, goes_on, pause) for _ in range(count)))
    told.seconds = time.monotonic() - start
    return told


def for_seconds(seconds: float) -> GoesOn:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() < until


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
        try:
            yield server
        finally:
            server.terminate()


def answering(server: subprocess.Popen[bytes]) -> Iterator[Path]:
    """Yield the folders in /proc of the processes that answer."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            words = (status.parent / "cmdline").read_bytes().split(b"\0")
            parent = status.read_text().partition("PPid:")[2].split()[0]
        except OSError:
            continue
        if b"serve" in words and str(server.pid) in {parent, status.parent.name}:
            yield status.parent


def memory(server: subprocess.Popen[bytes]) -> tuple[int, int]:
    """Return the resident MiB of the largest process that answers: its own, and of files that are mapped and shared."""
    sizes = [(0, 0)]
    for folder in answering(server):
        told = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
        own, mapped = (int(told.get(name, "0 kB").split()[0]) // 1024 for name in ("RssAnon", "RssFile"))
        sizes.append((own, mapped))
    return max(sizes)


def spent(server: subprocess.Popen[bytes]) -> float:
    """Return the CPU seconds of the processes that answer, so far."""
    ticks = 0
    for folder in answering(server):
        ticks += sum(map(int, (folder / "stat").read_text().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def coming(home: Path, folder: Path, engine: str) -> subprocess.Popen[bytes]:
    """Begin to import small files beside the server."""
    environment = {**os.environ, "KB_HOME": str(home), "KB_INDEX": f"{engine}:index"}
    command = [sys.executable, "-m", "kb", "import", str(folder)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def files(folder: Path) -> Path:
    """Write small files, others in each folder."""
    folder.mkdir()
    for number in range(FILES):
        text = f"مذكرة رقم {number} حول استقبال المرتفقين وتبسيط المساطر، {folder.name}"
        (folder / f"{number}.txt").write_text(text, "utf-8")
    return folder


HEAD = (
    *("", "pages a second", "p50 ms", "p95 ms", "p99 ms", "errors", "CPU ms a page"),
    "MiB of the largest process, own + shared",
)


def row(name: str, told: Told, cpu: float, size: tuple[int, int]) -> list[str]:
    cuts = quantiles(told.waits, n=100) if len(told.waits) > 1 else [0.0] * 99
    times = [f"{1000 * cuts[at]:.0f}" for at in (49, 94, 98)]
    count = max(1, len(told.waits))
    each = f"{1000 * cpu / count:.1f}"
    return [name, f"{count / told.seconds:.1f}", *times, str(told.errors), each, f"{size[0]} + {size[1]}"]


def filled(home: Path, pages: int, engine: str, kept: str) -> int:
    """Have a library with an index of the engine in a folder; return how many passages that holds."""
    if kept:
        shutil.copytree(kept, home)
    with open_services(Settings(home=home, index=f"{engine}:index")) as services:
        if not kept:
            stock(services, pages)
        if not services.engine.size:
            build(services)
        return services.engine.size


def main(
    pages: str = "10000",
    count: str = "50",
    seconds: str = "60",
    processes: str = "2",
    engine: str = "whoosh",
    kept: str = "",
) -> None:
    found: list[list[str]] = []
    with tempfile.TemporaryDirectory(prefix="bench-load-") as folder:
        home = Path(folder) / "home"
        size = filled(home, int(pages), engine, kept)
        asked = questions(300)
        with served(home, int(processes), engine) as server:

            def asking(name: str, goes_on: GoesOn, pause: float) -> None:
                before = spent(server)
                told = asyncio.run(readers(asked, int(count), goes_on, pause))
                name = name.format(f"{told.seconds:.0f}")
                found.append(row(name, told, spent(server) - before, memory(server)))

            asyncio.run(readers(asked, int(count), for_seconds(_WARM), 0.0))
            for pause, how in ((1.0, "a second between pages"), (0.0, "no pause")):
                asking(f"{count} readers, {how}", for_seconds(float(seconds)), pause)
                importing = coming(home, files(Path(folder) / how), engine)
                asking(f"the same, {FILES} files come in within {{}} s", while_runs(importing), pause)
                assert importing.returncode == 0
        busy = os.getloadavg()[1]
    text = f"{machine()} {size:,} passages on {engine}, {processes} processes, client on the same cores;"
    text += f" load {busy:.1f}.\n\n"
    text += table(HEAD, found)
    print(text)
    put(f"load-{engine}", text)


if __name__ == "__main__":
    main(*sys.argv[1:])
