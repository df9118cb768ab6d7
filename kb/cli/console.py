"""How the commands speak: tables and JSON on standard output, progress and errors on standard error."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from kb.cli.house import Progress as Report
from kb.core.errors import Conflict, Forbidden, Gone, Invalid, KbError, NotFound, TooLarge, Unavailable
from kb.db.upgrade import NewerDatabase
from kb.services.backup import Newer
from kb.services.packed import Newer as NewerBag

out = Console(highlight=False, soft_wrap=True, emoji=False, markup=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False, markup=False)

FAILED = 1
"""Exit code: what was asked could not be done."""
DOUBTFUL = 3
"""Exit code: it was done, but some files could not be read; each is named."""
STOPPED = 130
"""Exit code: Ctrl-C, as shells have it."""

_SENTENCES: Mapping[type[KbError], str] = {
    NotFound: "There is no {0}.",
    Gone: "The document {0} was withdrawn.",
    Forbidden: "This is not allowed: {0}.",
    Conflict: "This cannot be done now: {0}.",
    Unavailable: "Not available: {0}.",
    TooLarge: "The {0} is larger than the limit of {1} bytes.",
    NewerBag: "{0}, by a later version of Rassid, which must be installed to take it in. Nothing was changed.",
    Newer: "{0}, by a later version of Rassid, which must be installed to restore it. Nothing was changed.",
    NewerDatabase: "The library was last used by a later version of Rassid, which must be installed to open it "
    "(its database is at {0}). Nothing was changed.",
}
_FAILURES: Mapping[str, str] = {
    "damaged-file": "The file is damaged and cannot be read. Ask for another copy.",
    "encrypted-file": "The file is protected by a password. Save it again without one.",
    "empty-file": "The file is empty.",
    "unsupported-format": "Files of this type cannot be read; docs/formats.md lists those that can. "
    "Save it as PDF or DOCX; a ZIP is for `kb import`.",
    "too-costly": "Reading the file went past a limit of time, memory or pages.",
}
_KEY = re.compile(r"[a-z-]+")


def print_json(value: Any, *, compact: bool = False) -> None:
    """Print for people as well, or, what is long and for programs, `compact` on one line."""
    layout: dict[str, Any] = {"separators": (",", ":")} if compact else {"indent": 2}
    sys.stdout.write(json.dumps(value, ensure_ascii=False, **layout) + "\n")


def explain(error: KbError) -> str:
    """Return one sentence for a person, in English."""
    if isinstance(error, Invalid):
        return "; ".join(f"{field or 'description'}: {_said(key)}" for field, key in sorted(error.problems.items()))
    if error.code in _FAILURES:
        detail = f" ({error.args[0]})" if error.args and error.args[0] else ""
        return _FAILURES[error.code] + detail
    sentence = next((s for kind, s in _SENTENCES.items() if isinstance(error, kind)), "{0}")
    return sentence.format(*(error.args or (error.code,)))


def _said(key: str) -> str:
    return key.replace("-", " ") if _KEY.fullmatch(key) else key


@contextmanager
def progress(label: str) -> Iterator[Report]:
    """Show a bar on standard error while something counts; nothing where that is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
