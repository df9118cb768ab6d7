"""Commands about the database itself."""

from typing import Annotated

import typer

from kb.cli.console import out, print_json, progress
from kb.cli.house import house
from kb.services import moving

database = typer.Typer(no_args_is_help=True, help="Carry the library from one database to another.")


@database.command("copy")
def copy(
    context: typer.Context,
    to: Annotated[
        str,
        typer.Option("--to", envvar="KB_COPY_TO", help="URL of the empty database; a password is safer in KB_COPY_TO."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Copy the whole library from the database in use (KB_DATABASE) to an empty one, and compare them row by row.

    All or nothing. Stop `kb serve` and `kb work` first: what is written meanwhile stays behind. Afterwards set
    KB_DATABASE to the new URL; originals and index stay where they are.
    """
    with house(context).open() as services, progress("Copying") as report:
        counts = moving.copy(services, to, report)
    if as_json:
        print_json(counts)
    else:
        out.print(f"{sum(counts.values())} rows of {len(counts)} tables are there, and each is as it was.")
        out.print("Set KB_DATABASE to the new database to use it.")
