"""A writer that is killed in the middle: what its index then holds.

`python -m tests.contracts.crash [ENGINE] [KILLS]` kills a writer of whoosh at fifty random moments unless told else and
ends at the first index that does not hold exactly what was committed, or takes no further commit.
"""

import subprocess
import sys
import tempfile
import textwrap
import threading
from collections import Counter
from pathlib import Path
from random import Random

from tests.contracts.engines import entry, opened, put

_DOCUMENTS = 10
_CHILD = f"""
    import sys
    from pathlib import Path
    from tests.contracts.engines import entry, opened, put

    engine = opened(sys.argv[1], Path(sys.argv[2]))
    for batch in range(1000):
        put(engine, *(entry(f"d{{n}}", f"تقرير {{batch}}", "نص", revision=batch + 1) for n in range({_DOCUMENTS})))
        print(batch + 1, flush=True)
"""


def kill(name: str, home: Path, commits: int, seconds: float) -> str:
    """Kill a writer so many `seconds` after so many of its `commits`, and look at the index.

    Return "told" where that holds the last commit the writer told of, "untold" where one more had been made. Raises
    AssertionError where it holds anything else.
    """
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(_CHILD), name, str(home)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        text=True,
    )
    assert child.stdout
    with child.stdout:
        told = [int(child.stdout.readline()) for _ in range(commits)]
        threading.Event().wait(seconds)
        child.kill()
        told += map(int, child.stdout.read().split())
    child.wait()
    engine = opened(name, home)
    held = engine.revisions()
    assert len(held) == _DOCUMENTS
    [revision] = set(held.values())
    assert revision in (told[-1], told[-1] + 1)
    put(engine, entry("d0", "تقرير بعد القتل", revision=revision))
    engine.close()
    return "told" if revision == told[-1] else "untold"


def main(name: str = "whoosh", kills: str = "50") -> None:
    chance = Random()
    with tempfile.TemporaryDirectory() as home:
        found = Counter(kill(name, Path(home), 1 + n % 4, chance.random() / 2) for n in range(int(kills)))
    sys.stdout.write(
        f"{name}: {found.total()} kills; the last commit told of {found['told']}, one more {found['untold']}\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
