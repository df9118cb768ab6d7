"""Reading of the word lists that lie beside the code: `#` begins a comment, blanks part the words."""

from collections.abc import Iterator
from importlib.resources import files


def lines(package: str, name: str) -> Iterator[list[str]]:
    """Yield the words of each line of the list that holds any, as spelled in the file."""
    for line in files(package).joinpath(name).read_text("utf-8").splitlines():
        if words := line.partition("#")[0].split():
            yield words
