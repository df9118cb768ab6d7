"""The whole library as a bag for another house or an archive, and such a bag as a library."""

from pathlib import Path
from typing import Annotated

import typer

from kb.cli.console import DOUBTFUL, err, out, print_json, progress
from kb.cli.house import House, behind_readers, house
from kb.services import bag, unbag
from kb.services.context import Services


@behind_readers
def export(
    context: typer.Context,
    place: Annotated[Path, typer.Argument(help="The folder that becomes the bag; it is not there yet, or empty.")],
    people: Annotated[
        bool, typer.Option("--people", help="Take accounts along too: names and addresses, no passwords.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Pack the whole library as a BagIt bag (RFC 8493): originals, JSON and Dublin Core of each document, the trace.

    Any archive can check and read it without Rassid; `kb import` of it elsewhere gives the same library.
    """
    with house(context).open() as services, progress("Packing") as report:
        packed = bag.export(services, place, with_people=people, progress=report)
    if as_json:
        print_json(
            {
                "bag": str(place),
                "documents": packed.documents,
                "files": packed.files,
                "people": packed.people,
                "missing": packed.missing,
            }
        )
    else:
        out.print(f"{place}: {packed.documents} documents, {packed.files} files, {packed.people} people.")
    if packed.missing:
        err.print(f"Originals that the library has lost, and the bag does not hold: {' '.join(packed.missing)}")
        raise typer.Exit(DOUBTFUL)


def take_in(home: House, services: Services, paths: list[Path], *, wait: bool, as_json: bool) -> None:
    """Take one bag in, and nothing beside it."""
    if len(paths) > 1:
        raise typer.BadParameter("a bag is a library of its own: import it alone", param_hint="PATHS")
    with progress("Importing") as report:
        found = unbag.take_in(services, paths[0], report)
    if wait:
        with progress("Reading and indexing") as report:
            home.drain(services, report)
    if as_json:
        told = {name: getattr(found, name) for name in ("documents", "kept", "files", "people", "events", "missing")}
        print_json(told)
    else:
        out.print(
            f"{found.documents} documents came in with {found.files} files, {found.events} events and {found.people} "
            f"people; {found.kept} were here already."
        )
    if found.missing:
        err.print(f"{found.missing} originals were lost before the bag was packed.")
        raise typer.Exit(DOUBTFUL)
