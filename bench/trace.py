"""What the chain of the trace costs: transactions a second, with the chain and without, by one writer and by eight.

`python -m bench.trace [URL]` writes to an empty library: of SQLite in a folder of its own, or at the URL of an empty
database of PostgreSQL. A reader asks for the end of the trace all the while; the longest it waited is the last figure.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from kb.catalog import trace
from kb.catalog.tables import Event, Tombstone
from kb.core.clock import new_id
from kb.db.database import Database
from kb.db.upgrade import upgrade

SECONDS = 4.0


def event(session: Session) -> None:
    session.add(Event(actor="person:aaaaaaaaaa", action="edit", note="x" * 40))


def row(session: Session) -> None:
    """As much, in a table that nothing is chained in."""
    session.add(Tombstone(id=new_id(), reason="x" * 40))


def measure(database: Database, write: Callable[[Session], None], writers: int) -> tuple[float, float]:
    """Return transactions a second and the longest wait of a reader in milliseconds."""
    done, waits = [0] * writers, [0.0]
    end = time.monotonic() + SECONDS

    def writing(number: int) -> None:
        while time.monotonic() < end:
            with database.writing() as session:
                write(session)
            done[number] += 1

    def reading() -> None:
        while time.monotonic() < end:
            begun = time.monotonic()
            with database.reading() as session:
                trace.head(session)
            waits.append(time.monotonic() - begun)
            time.sleep(0.01)

    threads = [threading.Thread(target=writing, args=(number,)) for number in range(writers)]
    threads.append(threading.Thread(target=reading))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / SECONDS, max(waits) * 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/kb.sqlite3")
        upgrade(database, Path(folder))
        for writers in (1, 8):
            for name, write in (("chained", event), ("not chained", row)):
                speed, wait = measure(database, write, writers)
                print(f"{writers} writers, {name:12}{speed:8.0f} a second   reader waits {wait:5.0f} ms at most")
        begun = time.monotonic()
        with database.reading() as session:
            found = trace.verify(session, [], lambda _done, _total: None)
        spent = time.monotonic() - begun
        assert found.fault is None, found
        print(f"verified {found.events} events in {spent:.1f} s: {found.events / spent:.0f} a second")
        database.close()


if __name__ == "__main__":
    main()
