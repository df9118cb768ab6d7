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
def mail_server() -> Iterator[tuple[str, list[bytes]]]:
    """Give the address of a server on this machine, and the letters that it gets."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        letters: list[bytes] = []
        server.letters = letters  # type: ignore[attr-defined]  # ours
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"smtp+plain://127.0.0.1:{server.server_address[1]}", letters
        server.shutdown()
