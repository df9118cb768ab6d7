"""Empty tables of descriptions, to be filled in and imported."""

import sys

import typer

from kb.catalog.vocabulary import labelled
from kb.cli.house import House
from kb.services import bulk_shown
from kb.writing import delimited, workbook

_WORKBOOK = ".xlsx"


def write(home: House, wanted: str) -> None:
    """Write the table of a type to standard output, in the library's language: as CSV, or TYPE.xlsx as a workbook."""
    name = wanted.removesuffix(_WORKBOOK)
    with home.open() as services:
        kind = services.types.get(name)
        if kind is None:
            raise typer.BadParameter(f"a type is one of {', '.join(services.types)}", param_hint="--template")
        language = services.settings.language
        table = bulk_shown.template(services, kind, language, labelled(kind.label, language)[0])
    data = workbook.write(table) if wanted.endswith(_WORKBOOK) else "".join(delimited.write(table)).encode()
    sys.stdout.buffer.write(data)
