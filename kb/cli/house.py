"""What app.py hands to the commands: how to open the services, and the three long-running things."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

import typer

from kb.core.errors import KbError
from kb.core.priority import stand_back
from kb.core.settings import Settings
from kb.services.context import Services

P = ParamSpec("P")
T = TypeVar("T")

Progress = Callable[[int, int], None]
"""Called with (done, total) from time to time."""


@dataclass(frozen=True, slots=True)
class House:
    """`open` migrates, builds and closes; `drain` works every due job to its end and says how many failed.

    `opening` does as `open`, of another library. `serve` is told how many processes are to answer and whether it
    starts workers too, `answer` the open sockets and the process that opened them. `reason` says an error as the pages
    do, in the language of the library: commands themselves speak English.
    """

    settings: Settings
    open: Callable[[], AbstractContextManager[Services]]
    opening: Callable[[Settings], AbstractContextManager[Services]]
    drain: Callable[[Services, Progress], int]
    serve: Callable[[Services, int, bool], None]
    answer: Callable[[Services, Sequence[int], int], None]
    work: Callable[[Services, int | None, str], None]
    reason: Callable[[KbError], str]


def behind_readers(command: Callable[P, T]) -> Callable[P, T]:
    """Let those who answer readers go before a command, for it takes long."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        stand_back()
        return command(*args, **kwargs)

    return run


def house(context: typer.Context) -> House:
    found = context.find_object(House)
    assert found is not None
    return found
