"""Reading of the word lists that lie beside the code: `#` begins a comment, blanks part the words."""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files


def lines(package: str, name: str) -> Iterator[list[str]]:
    """Yield the words of each line of the list that holds any, as spelled in the file."""
    for line in files(package).joinpath(name).read_text("utf-8").splitlines():
        if words := line.partition("#")[0].split():
            yield words


@cache
def fingerprint(*packages: str) -> str:
    """Return eight letters that change with any word of any list of these packages."""
    digest = sha256()
    for package in packages:
        for file in sorted(files(package).iterdir(), key=lambda file: file.name):
            if file.name.endswith(".txt"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:8]
