"""An import that was a mistake, taken back."""

from collections.abc import Mapping

import typer

from kb.cli.console import DOUBTFUL, err, out, print_json, progress
from kb.cli.house import House
from kb.services import recorded

_WHY: Mapping[str, str] = {
    "changed-since": "stays as it is: somebody has changed it since",
    "brought-too": "stays as it is: somebody else has brought the same file since",
    "was-there": "stays as it is: which version it had before was not written down",
    "not-yours": "stays as it is: it belongs to a body of others",
    "unchanged": "stays as it is: the import had not changed it",
    "gone": "is no longer there",
}


def take_back(home: House, id: str, *, wait: bool, as_json: bool) -> None:
    """Take an import back, and name what stays."""
    with home.open() as services:
        done = recorded.undo(services, id)
        if wait:
            with progress("Indexing") as report:
                home.drain(services, report)
    if as_json:
        left = [{"name": name, "document": document, "why": why} for name, document, why in done.left]
        print_json({"undone": done.number, "left": left})
    else:
        out.print(f"{done.number} documents were taken back, {len(done.left)} stay.")
    for name, document, why in done.left:
        err.print(f"{name} ({document}) {_WHY[why]}.")
    if any(why != "unchanged" for _, _, why in done.left):
        raise typer.Exit(DOUBTFUL)
