"""Commands that keep a second library in a safe place, and bring it back."""

from pathlib import Path
from typing import Annotated

import typer

from kb.cli.console import DOUBTFUL, FAILED, err, out, print_json, progress
from kb.cli.house import behind_readers, house
from kb.core.errors import NotFound
from kb.services import backup as backups
from kb.services import restore as restoring
from kb.services.restore import Restored

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@behind_readers
def backup(
    context: typer.Context,
    place: Annotated[Path, typer.Argument(help="Folder of all backups, on another disk.")],
    prove: Annotated[
        bool, typer.Option("--prove", help="Also restore it aside and ask it what it found before.")
    ] = False,
    keep: Annotated[int, typer.Option("--keep", min=0, help="Remove all but the newest so many; 0: remove none.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Back the library up while people work: database, originals, settings; only new originals are copied.

    Exits with 3 when originals are missing from the library, with 1 when a proof finds other answers.
    """
    home = house(context)
    with home.open() as services, progress("Copying originals") as report:
        folder, manifest = backups.make(services, place, report)
    restored = None
    if prove:
        with progress("Proving") as report:
            restored = restoring.prove(home.settings, folder, home.opening, report)
    removed = backups.prune(place, keep) if keep else 0
    if as_json:
        print_json(
            {
                "backup": str(folder),
                "documents": manifest.documents,
                "files": len(manifest.originals),
                "missing": list(manifest.missing),
                "removed": removed,
                "differing": list(restored.differing) if restored else None,
            }
        )
    else:
        out.print(f"{folder}: {manifest.documents} documents, {len(manifest.originals)} files.")
        if restored:
            out.print(_told(restored))
    for digest in manifest.missing:
        err.print(f"missing or damaged in the library: {digest}")
    if restored and restored.differing:
        raise typer.Exit(FAILED)
    if manifest.missing:
        raise typer.Exit(DOUBTFUL)


def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="A backup, or the folder of all: then the newest.")],
    as_json: AsJson = False,
) -> None:
    """Restore a backup into an empty home (KB_HOME) and an empty database, then ask what it found before.

    A damaged backup, or one of a later version, is refused before anything is written. The index is made anew.
    Exits with 1 when some questions find other documents than before.
    """
    home = house(context)
    folder = source if (source / backups.MANIFEST).exists() else next(iter(backups.backups(source)), None)
    if folder is None:
        raise NotFound(f"backup in {source}")
    with progress("Restoring") as report:
        restored = restoring.restore(home.settings, folder, home.opening, report)
    if as_json:
        print_json(
            {
                "documents": restored.documents,
                "files": restored.files,
                "missing": restored.missing,
                "asked": restored.asked,
                "differing": list(restored.differing),
            }
        )
    else:
        out.print(_told(restored))
    if restored.differing:
        raise typer.Exit(FAILED)


def _told(restored: Restored) -> str:
    same = restored.asked - len(restored.differing)
    told = f"{restored.documents} documents and {restored.files} files are back; {same} of {restored.asked} questions"
    lost = f" {restored.missing} files were lost before the backup was made." if restored.missing else ""
    return f"{told} find the same.{lost}"
