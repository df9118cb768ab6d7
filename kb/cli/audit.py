"""Commands about the trace: its end, whether it is as it was written, and the whole of it as a file."""

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from kb.catalog import people
from kb.catalog.events import Wanted
from kb.catalog.trace import Fault, Head
from kb.cli.console import FAILED, err, out, print_json, progress
from kb.cli.house import behind_readers, house
from kb.services import audit as trail
from kb.services import forgetting

audit = typer.Typer(no_args_is_help=True, help="Check the trace of who did what, and take it along.")

_FAULTS = {
    "altered": "event {0} is not as it was written, or one before it was taken out or put in",
    "version-altered": "the version of a document that event {0} led to is not as it was written",
    "version-missing": "the version of a document that event {0} led to is gone",
    "another": "event {0} is another than the anchor says: the trace was written anew",
    "cut-off": "the trace ends before event {0}, which it held when the anchor was taken",
}

Day = Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"])]


@audit.command("head")
def head(context: typer.Context) -> None:
    """Print the end of the trace, NUMBER:DIGEST: an anchor, to be kept where nobody of this machine can write."""
    with house(context).open() as services:
        out.print(str(trail.head(services)))


@audit.command("verify")
@behind_readers
def verify(
    context: typer.Context,
    anchor: Annotated[list[str] | None, typer.Option("--anchor", help="What `kb audit head` printed once.")] = None,
    backups: Annotated[
        Path | None, typer.Option("--backups", help="Place of backups, or one: each remembers an anchor.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read the whole trace and say which event is the first that is not as it was written. Exits with 1 then.

    That its end was cut off is seen only against an anchor.
    """
    anchors = [Head.read(text) for text in anchor or ()] + (trail.anchors_of(backups) if backups else [])
    with house(context).open() as services, progress("Verifying") as report:
        found = trail.verify(services, anchors, report)
    if as_json:
        fault = {"event": found.fault.number, "fault": found.fault.why} if found.fault else None
        print_json({"events": found.events, "head": str(found.head), "anchors": len(anchors), "fault": fault})
    elif found.fault is None:
        against = f", past {len(anchors)} anchors" if anchors else ""
        out.print(f"{found.events} events are as they were written{against}. The trace ends with {found.head}")
    if found.fault is not None:
        err.print(f"The trace was tampered with: {_told(found.fault)}.")
        raise typer.Exit(FAILED)


@audit.command("export")
@behind_readers
def export(
    context: typer.Context,
    kind: Annotated[
        Literal["jsonl", "csv"], typer.Option("--format", help="jsonl: an event a line; or a table.")
    ] = "jsonl",
    person: Annotated[str, typer.Option("--person", help="Only what this person did: their address.")] = "",
    document: Annotated[str, typer.Option("--document", help="Only what was done to this document: its id.")] = "",
    action: Annotated[str, typer.Option("--action", help="Only this: publish, person.sign-in …")] = "",
    since: Day = None,
    until: Day = None,
) -> None:
    """Print the trace, the oldest event first, to standard output."""
    with house(context).open() as services:
        wanted = Wanted(
            actor=people.actor_of(forgetting.number_of(services, person)) if person else "",
            document=document,
            action=action,
            first=since.date() if since else None,
            last=until.date() if until else None,
        )
        rows = trail.export(services, None, wanted)
        for part in trail.table(rows, "en") if kind == "csv" else trail.lines(rows):
            sys.stdout.write(part)


def _told(fault: Fault) -> str:
    return _FAULTS[fault.why].format(fault.number)
