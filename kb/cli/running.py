"""Commands that keep the house running: serve, work, doctor."""

from typing import Annotated, Literal

import typer

from kb.cli.console import FAILED, out, print_json, progress
from kb.cli.house import behind_readers, house
from kb.services import doctor as diagnosis
from kb.services import renewal

Lane = Literal["all", "text", "ocr"]


def serve(
    context: typer.Context,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="Processes that answer; about one for each core.")
    ] = 1,
    working: Annotated[
        bool,
        typer.Option("--work/--no-work", help="Work in the background too, or leave that to `kb work`."),
    ] = True,
    door: Annotated[list[int] | None, typer.Option("--door", hidden=True)] = None,
    parent: Annotated[int, typer.Option("--parent", hidden=True)] = 0,
) -> None:
    """Serve the web site and the API, and work in the background.

    Listens on KB_HOST and KB_PORT (127.0.0.1:8000 unless set). Two workers, one for text and one for OCR, are child
    processes, and so are those that answer when there are several; each is started again when it dies. Stop with
    Ctrl-C.
    """
    home = house(context)
    with home.open() as services:
        if door:
            home.answer(services, door, parent)
        else:
            home.serve(services, workers, working)


@behind_readers
def work(
    context: typer.Context,
    parent: Annotated[
        int | None, typer.Option("--parent", help="Stop when this process, which started ours, is gone.")
    ] = None,
    lane: Annotated[
        Lane, typer.Option("--lane", help="Do only what is text, or only OCR: then neither waits for the other.")
    ] = "all",
    retry: Annotated[
        bool, typer.Option("--retry", help="First take up the jobs again that had failed too often.")
    ] = False,
) -> None:
    """Work through the queue of jobs until told to stop: read new files, scanned pages by OCR, keep the index in step.

    Files whose text an earlier version read are read again.
    """
    home = house(context)
    with home.open() as services:
        if retry:
            out.print(f"{renewal.retry(services)} jobs are taken up again.")
        home.work(services, parent, lane)


def doctor(
    context: typer.Context,
    verify: Annotated[bool, typer.Option("--verify", help="Also read all originals and the trace again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what is installed, what is missing and what that costs. Exits with 1 when something is wrong."""
    home = house(context)
    with home.open() as services, progress("Verifying") as report:
        findings = diagnosis.examine(services, verify=verify, progress=report)
    if as_json:
        print_json([{"subject": f.subject, "ok": f.ok, "says": f.says} for f in findings])
    else:
        for finding in findings:
            out.print(f"{'ok  ' if finding.ok else 'BAD '} {finding.subject}: {finding.says}")
    if not all(f.ok for f in findings):
        raise typer.Exit(FAILED)
