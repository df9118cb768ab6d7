"""Commands that bring documents in: import, demo, extract."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from kb.cli import bags, taking_back, templates
from kb.cli.console import DOUBTFUL, err, explain, out, print_json, progress
from kb.cli.house import House, behind_readers, house
from kb.core.errors import KbError
from kb.core.keeping import until_told
from kb.ingest.extraction import ExtractionError
from kb.services import importing, ocr, printed, reading, receipt, watching
from kb.services.context import Services
from kb.services.told import Receipt
from kb.services.told import as_json as as_json_of
from kb.writing.bag import is_bag

FORM_FEED = "\f"
_NAMED = 20

Paths = Annotated[
    list[Path] | None,
    typer.Argument(exists=True, help="Files, folders (with sidecar .toml files), .jsonl files, or one bag."),
]
Dry = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done and what is wrong.")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Read and index now, or leave it to a worker.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@behind_readers
def import_(
    context: typer.Context,
    paths: Paths = None,
    *,
    table: Annotated[
        Path | None,
        typer.Option("--table", exists=True, dir_okay=False, help="CSV or workbook: a row describes a document."),
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="What does not say otherwise becomes a draft.")] = False,
    dry: Dry = False,
    undo: Annotated[
        str, typer.Option("--undo", metavar="NUMBER", help="Take an earlier import back instead; `last`: the last.")
    ] = "",
    template: Annotated[
        str,
        typer.Option(
            "--template", metavar="TYPE", help="Print an empty table of a type instead; TYPE.xlsx: a workbook."
        ),
    ] = "",
    wait: Wait = True,
    as_json: AsJson = False,
) -> None:
    """Import documents. Importing the same again changes nothing.

    A file without a sidecar becomes a published publication whose title is its first heading. A file that cannot be
    read is kept, with the reason; nothing else stops. A bag that `kb export` packed becomes the library it was.
    Files of a table are looked for in the folder that is named, or beside it; a folder's own table is called metadata.
    """
    if (undo or template) and (paths or table or dry or (undo and template)):
        raise typer.BadParameter("--undo and --template stand alone, and import nothing")
    if not (paths or table or undo or template):
        raise typer.BadParameter("name files or folders, or a --table")
    home = house(context)
    if template:
        templates.write(home, template)
        return
    if undo:
        taking_back.take_back(home, undo, wait=wait, as_json=as_json)
        return
    with home.open() as services:
        if any(is_bag(path) for path in paths or ()):
            if dry:
                raise typer.BadParameter("a bag is imported whole: try it in an empty KB_HOME")
            bags.take_in(home, services, paths or [], wait=wait, as_json=as_json)
        else:
            _import(home, services, paths or [], table=table, draft=draft, dry=dry, wait=wait, as_json=as_json)


@behind_readers
def demo(context: typer.Context, wait: Wait = True, as_json: AsJson = False) -> None:
    """Load the demo library. Loading it again changes nothing."""
    home = house(context)
    with home.open() as services:
        _import(home, services, [importing.demo_folder()], wait=wait, as_json=as_json)


def _import(
    home: House,
    services: Services,
    paths: list[Path],
    *,
    table: Path | None = None,
    draft: bool = False,
    dry: bool = False,
    wait: bool,
    as_json: bool,
) -> None:
    with progress("Importing") as report:
        summary = importing.take_in(services, paths, draft=draft, dry=dry, table=table, progress=report)
    wait = wait and not dry
    if wait:
        with progress("Reading and indexing") as report:
            home.drain(services, report)
    number = summary.record.id if summary.record else ""
    problems = [*summary.refused, *(importing.unreadable(services, summary.touched) if wait else ())]
    if as_json:
        receipts = receipt.of_all(services, summary.touched) if wait else []
        print_json(
            {
                "dry": dry,
                "created": summary.created,
                "changed": summary.changed,
                "unchanged": summary.unchanged,
                "documents": summary.touched,
                "import": number,
                "problems": [{"path": p.path, "error": p.error.code, "says": explain(p.error)} for p in problems],
                "receipts": [{"document": id, **as_json_of(one)} for id, one in receipts],
            }
        )
    else:
        would = "Nothing was written. It would be: " if dry else ""
        out.print(f"{would}{summary.created} new, {summary.changed} changed, {summary.unchanged} unchanged.")
        if wait:
            out.print(_in_short(receipt.of_all(services, summary.touched, ask=False)))
        if number:
            out.print(f"`kb import --undo {number}` takes it back.")
    for problem in problems:
        err.print(f"{problem.path}: {explain(problem.error)}")
    if problems:
        raise typer.Exit(DOUBTFUL)


@behind_readers
def watch(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The folder that files are put into.")],
    publish: Annotated[bool, typer.Option("--publish", help="Publish at once; else files become drafts.")] = False,
) -> None:
    """Take in every file that is put into a folder, once it has stopped growing, until told to stop.

    It goes to done/ there, or to refused/ with a text that says why, in the language of the library (KB_LANGUAGE). A
    worker reads what was taken.
    """
    stop = until_told()

    def told(path: Path, error: KbError | None) -> None:
        out.print(f"{path.name}: {explain(error) if error else 'taken in'}")

    home = house(context)
    with home.open() as services:
        watching.watch(services, folder.resolve(), stop, publish=publish, explain=home.reason, told=told)


def _in_short(receipts: Sequence[tuple[str, Receipt]]) -> str:
    """Say in a few lines what was read, and which files are to be looked at."""
    told = [one for _, one in receipts if one.at]
    by: Counter[str] = Counter()
    for one in told:
        by.update(dict(one.origins))
    pages, words, unread = by.total(), sum(one.words for one in told), sum(one.file.unread for one in told)
    made = "".join(f", {by[name]} {what}" for name, what in (("repaired", "repaired"), ("ocr", "by OCR")) if by[name])
    lines = [f"{len(told)} files read: {pages} pages{made}, {words} words."]
    if unread:
        lines.append(f"{unread} pages wait for OCR.")
    doubtful = [f"  {one.file.name}: {', '.join(found.code for found in one.doubtful)}" for one in told if one.doubtful]
    if doubtful:
        lines += [f"To look at ({len(doubtful)}):", *doubtful[:_NAMED]]
    if len(doubtful) > _NAMED:
        lines.append(f"  and {len(doubtful) - _NAMED} more: --json names all")
    return "\n".join(lines)


def extract(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The file to read.")],
    with_ocr: Annotated[
        bool, typer.Option("--ocr/--no-ocr", help="Read pages without a trustworthy text from their picture, or not.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Print the text of a file, its pages divided by form feeds, without what runs at their heads and feet.

    As JSON all that was read: each word with its place, findings, headings, notes and tables, languages, the outline.
    Pages without a trustworthy text are read from their picture. Nothing is stored.
    """
    if not file.is_file():  # a pipe or a device might never end
        raise typer.BadParameter(f"{file} is not a regular file", param_hint="FILE")
    try:
        settings = house(context).settings
        extraction = reading.read_file(file, settings)
        if with_ocr:
            with progress("Reading pictures of pages") as report:
                extraction = ocr.pages(file, extraction, settings, report)
    except ExtractionError as error:
        if as_json:
            print_json({"file": file.name, "error": error.code, "says": explain(error)})
        raise
    if as_json:
        print_json(printed.as_json(file.name, extraction), compact=True)
    else:
        sys.stdout.write(FORM_FEED.join(page.text for page in extraction.pages) + "\n")
