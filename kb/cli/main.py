"""The command `kb`: its groups of commands, and the one place where failures become exit codes."""

import sys

import typer

from kb.cli import audit, backups, bags, catalog, corpus, databases, people, quality, running
from kb.cli.console import FAILED, STOPPED, err, explain
from kb.cli.house import House
from kb.core.errors import KbError

app = typer.Typer(
    name="kb",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Keep what an administration has learnt, and find it again. "
    "Exit codes: 0 done, 1 could not be done, 2 wrong usage, 3 done but some files could not be read, "
    "130 stopped with Ctrl-C.",
)
app.command("serve")(running.serve)
app.command("work")(running.work)
app.command("doctor")(running.doctor)
app.command("import")(corpus.import_)
app.command("demo")(corpus.demo)
app.command("watch")(corpus.watch)
app.command("extract")(corpus.extract)
app.command("publish")(catalog.publish)
app.command("withdraw")(catalog.withdraw)
app.command("search")(catalog.search)
app.command("searches")(catalog.searches)
app.command("backup")(backups.backup)
app.command("restore")(backups.restore)
app.command("export")(bags.export)
app.command("evaluate")(quality.evaluate)
app.add_typer(catalog.index, name="index")
app.add_typer(databases.database, name="db")
app.add_typer(people.user, name="user")
app.add_typer(audit.audit, name="audit")


def run(house: House) -> None:
    """Run the command line. Exits the process."""
    try:
        app(obj=house)
    except SystemExit as end:
        if end.code == STOPPED:
            err.print("Stopped. What was done is kept, and the same command goes on from there.")
        raise
    except KbError as error:
        err.print(explain(error))
        sys.exit(FAILED)
    except BrokenPipeError:  # the reader of our output went away, as `kb search … | head` does
        sys.stderr.close()
        sys.exit(FAILED)
