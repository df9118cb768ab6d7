"""A deposit of many files through the door of pieces while the house is killed: what was acknowledged is there, once.

`python -m tests.contracts.deposit_crash [KILLS] [FILES]` kills the web process and its workers together at thirty
random moments of a deposit of forty files unless told else, starts them again each time, goes on as the page's script
does, and ends with the figures. It fails at the first thing that is lost, doubled, or gone after it was acknowledged.
"""

import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from sqlalchemy import select

from kb.app import open_services, worker
from kb.catalog import files as rows
from kb.catalog.tables import Document, FileState
from kb.core.settings import Settings
from kb.services import accounts
from tests.waiting import eventually, free_port

PASSWORD = "خمس نخلات على الواد"
EMAIL = "crash@example.ma"
PIECE = 16 * 1024
_QUICK = {"KB_UPLOAD_CHUNK_BYTES": str(PIECE), "KB_JOB_LEASE_SECONDS": "2", "KB_UPLOAD_PARALLEL": "4"}


@dataclass
class Ledger:
    """What the house has said: bytes of each upload, and the document of each file that is done."""

    ids: dict[str, str] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)
    kills: int = 0
    taken_up: int = 0


def content(number: int) -> bytes:
    """A text of a few pieces that no other file holds."""
    line = f"سطر من الملف رقم {number} في الإيداع الكبير، وفيه كلمة لا توجد في غيره.\n"
    return (line * (60 + 37 * (number % 9))).encode()[: PIECE * 3 + number * 100]


_TRIES = 120


class House:
    """The real command, in a process group of its own."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        more = {"KB_HOME": str(self._home), "KB_PORT": str(self._port), **_QUICK}
        self._child = subprocess.Popen(
            [sys.executable, "-m", "kb", "serve"],
            env=os.environ | more,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        eventually(self._answers, what="the start of the house", pause=0.05)

    def _answers(self) -> bool:
        assert self._child
        assert self._child.poll() is None, "it ended at its start"
        try:
            return httpx2.get(f"{self.address}/health/live", timeout=5).is_success
        except httpx2.HTTPError:
            return False

    def kill(self) -> None:
        """Kill the web process and every worker it started, which have sessions of their own."""
        assert self._child
        for pid in [self._child.pid, *_children(self._child.pid)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._child.wait()


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *_children(child)]
    return found


def signed_in(address: str) -> tuple[httpx2.Client, str]:
    """Return a browser that has signed in, and the token of its forms."""
    client = httpx2.Client(base_url=address, headers={"Origin": address}, timeout=20)
    form = {"csrf": _token(client, "/ar/sign-in"), "email": EMAIL, "password": PASSWORD}
    for _ in range(_TRIES):
        status = client.post("/ar/sign-in", data=form).status_code
        if status != 503:
            break
        time.sleep(0.5)
    assert status == 303
    return client, _token(client, "/ar/profile")


def _token(client: httpx2.Client, path: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(path).text)
    assert found
    return found[1]


class Depositor:
    """Does what the script of the page does, one request at a time, and remembers what it was told."""

    def __init__(self, address: str, ledger: Ledger) -> None:
        self._ledger = ledger
        self._client, self._csrf = signed_in(address)

    def close(self) -> None:
        self._client.close()

    def step(self, name: str, data: bytes) -> None:
        """Bring one file a piece further. Raises httpx2.HTTPError when nobody answers."""
        ledger = self._ledger
        if name not in ledger.ids:
            form = {"csrf": self._csrf, "name": name, "size": str(len(data)), "modified": "1700000000000"}
            form |= {"type": "publication", "state": "draft", "language": ""}
            answer = self._client.post("/ar/desk/uploads", data=form)
            if answer.status_code == 503:  # a database that others hold for long: the script comes again
                return
            assert answer.status_code == 201, answer.text
            ledger.ids[name], offset = answer.json()["id"], answer.json()["offset"]
        else:
            answer = self._client.get(f"/ar/desk/uploads/{ledger.ids[name]}")
            if answer.status_code == 503:
                return
            assert answer.status_code == 200, "an upload that was acknowledged is there"
            offset = answer.json()["offset"]
            assert offset >= ledger.bytes.get(name, 0), "bytes that were acknowledged are there"
            ledger.taken_up += 1
        if answer.json()["state"] != "done":
            headers = {"Upload-Offset": str(offset), "X-Form-Token": self._csrf}
            piece = data[offset : offset + PIECE]
            answer = self._client.patch(f"/ar/desk/uploads/{ledger.ids[name]}", content=piece, headers=headers)
            assert answer.status_code in {200, 409, 503}, answer.text
            if answer.status_code != 200:
                return
        told = answer.json()
        ledger.bytes[name] = told["offset"]
        if told["state"] == "done":
            found = re.search(r"/desk/documents/([a-z0-9]{10})", told["html"])
            assert found, told
            ledger.done[name] = found[1]


def run(home: Path, kills: int, count: int, chance: random.Random) -> Ledger:
    """Deposit so many files under so many kills, no more than files, and look afterwards. Raises AssertionError."""
    with open_services(Settings(home=home)) as services:
        invited = accounts.invite(services, "test", email=EMAIL, name="crash", role="contributor")
        accounts.redeem(services, invited.secret, PASSWORD)
    wanted = {f"دفعة/ملف {number:02}.txt": content(number) for number in range(count)}
    house, ledger = House(home), Ledger()
    house.start()
    depositor = Depositor(house.address, ledger)
    while left := [name for name in wanted if name not in ledger.done]:
        name = chance.choice(left[:6])
        still = kills - ledger.kills
        if still >= len(left) or chance.random() < still / (2 * len(left)):
            killer = threading.Timer(chance.uniform(0, 0.06), house.kill)
            killer.start()
            ledger.kills += 1
            with suppress(httpx2.HTTPError):
                while killer.is_alive():
                    depositor.step(name, wanted[name])
            killer.join()
            depositor.close()
            house.start()
            depositor = Depositor(house.address, ledger)
        else:
            depositor.step(name, wanted[name])
    depositor.close()
    house.kill()
    _look(home, wanted, ledger)
    return ledger


def _look(home: Path, wanted: dict[str, bytes], ledger: Ledger) -> None:
    """Nothing is lost, doubled, or gone, and all of it is read."""
    with open_services(Settings(home=home)) as services:
        assert not worker(services).drain().failed
        with services.database.reading() as session:
            found = {document.id: document for document in session.scalars(select(Document))}
            assert len(found) == len(wanted), f"{len(found)} documents of {len(wanted)} files"
            assert set(ledger.done.values()) == set(found), "what was acknowledged is there, and nothing else"
            for name, data in wanted.items():
                [file] = found[ledger.done[name]].files
                assert file.name == name.rpartition("/")[2]
                assert file.state == FileState.READ
                with services.store.open(file.digest) as kept:
                    assert kept.read() == data
            assert len(rows.digests(session)) == len(wanted)
        assert list(services.store.verify()) == []
        assert len(list(services.store.digests())) == len(wanted)


def main(kills: str = "30", files: str = "40") -> None:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        ledger = run(Path(home), int(kills), int(files), random.Random())
    sys.stdout.write(
        f"{ledger.kills} kills of web and workers in a deposit of {len(ledger.done)} files: 0 lost, 0 doubled, "
        f"0 acknowledged and gone; {time.monotonic() - began:.0f} s\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
