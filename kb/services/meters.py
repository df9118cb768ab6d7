"""What is counted while the house works. Nothing is, unless somebody watches (KB_METRICS)."""

from typing import Literal, Protocol

SignIn = Literal["done", "refused", "held"]
"""What became of trying to sign in: let in, turned away, or told to wait."""


class Meters(Protocol):
    """Called by any thread, and never fails."""

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """`route` is the address of the kind of page, with its places open."""

    def search(self, seconds: float, *, partial: bool) -> None:
        """`partial` where the time was too short for all of it."""

    def sign_in(self, outcome: SignIn) -> None: ...


class Unmetered:
    """Counts nothing."""

    def request(self, method: str, route: str, status: int, seconds: float) -> None: ...

    def search(self, seconds: float, *, partial: bool) -> None: ...

    def sign_in(self, outcome: SignIn) -> None: ...
