"""An index as another version of this program would have left it."""

from pathlib import Path

from kb.search.stamp import current


def age(home: Path, *, readable: bool) -> str:
    """Rename the index in use as one of other rules, and where it is not `readable` of another layout; return how."""
    [pointer] = (home / "index").rglob("CURRENT")
    name = str(current(pointer.parent))
    made_by, _, token = name.partition(".")
    layout = made_by.partition("-")[0] if readable else "0" * 12
    older = f"{layout}-{'0' * 12}.{token}"
    (pointer.parent / name).rename(pointer.parent / older)
    pointer.write_text(older, "ascii")
    return older
