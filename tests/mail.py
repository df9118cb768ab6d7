"""A mail server that keeps what it is given."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.letters.append(b"".join(self._body()))  # type: ignore[attr-defined]  # ours
                self.server.silence.wait()  # type: ignore[attr-defined]  # ours
                if self.server.hanging_up:  # type: ignore[attr-defined]  # ours
                    return
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 fine\r\n")

    def _body(self) -> Iterator[bytes]:
        for line in self.rfile:
            if line == b".\r\n":
                return
            yield line.removeprefix(b".") if line.startswith(b"..") else line


@contextmanager
def mail_server(
    silence: threading.Event | None = None, *, hanging_up: bool = False
) -> Iterator[tuple[str, list[bytes]]]:
    """Give the address of a server on this machine, and the letters that it gets.

    While `silence` is not set it has a letter and does not say so; `hanging_up` it never does.
    """
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        letters: list[bytes] = []
        server.letters = letters  # type: ignore[attr-defined]  # ours
        server.silence = silence or threading.Event()  # type: ignore[attr-defined]  # ours
        server.hanging_up = hanging_up  # type: ignore[attr-defined]  # ours
        if silence is None:
            server.silence.set()  # type: ignore[attr-defined]  # ours
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"smtp+plain://127.0.0.1:{server.server_address[1]}", letters
        server.silence.set()  # type: ignore[attr-defined]  # ours
        server.shutdown()
