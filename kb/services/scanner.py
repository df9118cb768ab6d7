"""Asks ClamAV of each file before it is kept, where the settings name one. The only file that speaks its protocol.

clamd(8): a command between `z` and NUL, and for INSTREAM pieces with their lengths before them, the last one empty.
"""

import logging
import re
import socket
import struct
from contextlib import suppress
from typing import BinaryIO, Final

from kb.catalog.tables import Event
from kb.core.errors import Invalid, Unavailable
from kb.core.settings import Settings
from kb.services.context import Services

_PIECE: Final = 256 * 1024
_MOST_ANSWER: Final = 4096
_FOUND: Final = re.compile(r"stream: (.{1,200}) FOUND")
_TOO_LARGE: Final = "size limit exceeded"
_PASSED_OVER: Final = "Heuristics.Limits.Exceeded"  # what AlertExceedsMax has it say of what it did not look into
GREETING_SECONDS: Final = 5.0
"""The longest wait for its name: whoever asks for our health may come often, and waits in a thread."""

_log = logging.getLogger(__name__)


class Infected(Invalid):
    """The scanner knows what is in the file; `signature` is what it calls it."""

    def __init__(self, signature: str) -> None:
        super().__init__({"file": "infected"})
        self.signature = signature


class Unscanned(Unavailable):
    """The scanner does not answer, so nothing is taken; it may later."""

    code = "unscanned"


def is_set(settings: Settings) -> bool:
    return bool(settings.clamd)


def demand_clean(services: Services, stream: BinaryIO, name: str, actor: str) -> None:
    """Have the whole of the stream looked at, and begin it anew. Without a scanner nothing is asked.

    Raises Infected, which is told in the trace; Unscanned while the scanner does not answer; Invalid for a file that it
    is not set to take.
    """
    if not is_set(services.settings):
        return
    try:
        scan(services.settings, stream)
    except Infected as error:
        _log.warning("a file that %s brought is refused: the scanner finds %s in it", actor, error.signature)
        with services.database.writing() as session:
            session.add(Event(actor=actor, action="file.infected", note=f"{error.signature}: {name}"[:500]))
        raise
    finally:
        stream.seek(0)


def scan(settings: Settings, stream: BinaryIO) -> None:
    """Raises Infected, Unscanned and Invalid."""
    answer = _ask(settings, b"INSTREAM", stream)
    found = _FOUND.fullmatch(answer)
    if found and not found[1].startswith(_PASSED_OVER):
        raise Infected(found[1])
    if found or _TOO_LARGE in answer:
        raise Invalid({"file": "too-large-to-scan"})
    if answer != "stream: OK":
        raise Unscanned(f"the virus scanner says {answer!r}: nothing new is taken until it answers")


def version(settings: Settings) -> str:
    """Return what the scanner calls itself, with the age of its signatures. Raises Unscanned."""
    patience = min(settings.clamd_seconds, GREETING_SECONDS)
    return _ask(settings.model_copy(update={"clamd_seconds": patience}), b"VERSION", None)


def _ask(settings: Settings, command: bytes, stream: BinaryIO | None) -> str:
    try:
        with _line(settings) as line:
            line.sendall(b"z" + command + b"\0")
            if stream is not None:
                with suppress(BrokenPipeError, ConnectionResetError):  # it may have said enough before the end
                    _send(line, stream)
            return _answer(line)
    except OSError as error:
        cause = error.strerror or str(error) or type(error).__name__
        raise Unscanned(
            f"the virus scanner at {settings.clamd}: {cause}; nothing new is taken until it answers"
        ) from error


def _line(settings: Settings) -> socket.socket:
    kind, _, path = settings.clamd.partition(":")
    if kind == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(settings.clamd_seconds)
        try:
            line.connect(path)
        except OSError:
            line.close()
            raise
        return line
    host, _, port = settings.clamd.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=settings.clamd_seconds)


def _send(line: socket.socket, stream: BinaryIO) -> None:
    stream.seek(0)
    while piece := stream.read(_PIECE):
        line.sendall(struct.pack("!L", len(piece)) + piece)
    line.sendall(struct.pack("!L", 0))


def _answer(line: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < _MOST_ANSWER:
        piece = line.recv(_MOST_ANSWER)
        if not piece:
            break
        said += piece
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()
