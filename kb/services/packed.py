"""A bag as it is read: every byte compared first, then every row judged before anybody writes it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.catalog import rows
from kb.catalog.rows import Plain
from kb.core import permanent
from kb.core.errors import Invalid, KbError
from kb.db.upgrade import known
from kb.services.bag import DOCUMENTS, FORMAT, OUR_FORMAT, OUR_SCHEMA, RECORD
from kb.services.context import Services
from kb.writing import bag


class Damaged(Invalid):
    """The bag is not as it was packed; `problems` names each bad file."""

    code = "damaged-bag"


class Newer(KbError):
    """The bag was packed by a later version, which is needed to take it in."""

    code = "newer-bag"


@dataclass(frozen=True, slots=True)
class Packed:
    """A bag whose every byte is as it was packed. What it says is still to be judged."""

    folder: Path
    paths: frozenset[str]

    def json(self, path: str) -> Any:
        try:
            return json.loads((self.folder / bag.PAYLOAD / path).read_bytes())
        except (OSError, ValueError) as error:
            raise Damaged({path: "is no JSON"}) from error

    def rows(self, path: str, name: str) -> Iterator[Plain]:
        """Yield the rows of one table from a file with one a line."""
        try:
            with (self.folder / bag.PAYLOAD / path).open("rb") as lines:
                for line in lines:
                    yield rows.read(name, json.loads(line))
        except (OSError, ValueError, AttributeError) as error:
            raise Damaged({path: f"holds what is no row of {name}"}) from error

    def record(self, id: str, services: Services) -> dict[str, list[Plain]]:
        """Return all rows of a document but its pages, by table."""
        path = f"{DOCUMENTS}/{id}/{RECORD}"
        said = self.json(path)
        try:
            document = rows.read(rows.DOCUMENT, said[rows.DOCUMENT])
            found = {name: [rows.read(name, row) for row in said.get(name, ())] for name in rows.OF_A_DOCUMENT}
            owned = all(row[column] == id for name, column in rows.OF_A_DOCUMENT.items() for row in found[name])
            files = {file["id"] for file in found["file"]}
            for name, column in rows.OF_A_FILE.items():
                found[name] = [rows.read(name, row) for row in said.get(name, ())]
                owned = owned and all(row[column] in files for row in found[name])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Damaged({path: "holds what is no document"}) from error
        if document.get("id") != id or not owned:
            raise Damaged({path: "tells of another document than its folder"})
        if document.get("type") not in services.types:
            raise Damaged({path: f"is of a type that this library does not have: {document.get('type')}"})
        return {rows.DOCUMENT: [document], **found}

    def ids(self) -> list[str]:
        named = {path.split("/")[1] for path in self.paths if path.startswith(f"{DOCUMENTS}/")}
        if wrong := sorted(
            id for id in named if not permanent.is_id(id) or f"{DOCUMENTS}/{id}/{RECORD}" not in self.paths
        ):
            raise Damaged({f"{DOCUMENTS}/{wrong[0]}": "is no document"})
        return sorted(named)


def opened(folder: Path) -> Packed:
    """Raises Damaged for a bag that is not as it was packed, Newer, and Invalid for one of something else."""
    try:
        info, paths = bag.read(folder)
    except bag.Unfit as error:
        raise Damaged(error.problems) from error
    if OUR_FORMAT not in info:
        raise Invalid({bag.INFO: "this bag holds no library of Rassid"})
    if not info[OUR_FORMAT].isdigit() or int(info[OUR_FORMAT]) > FORMAT or info.get(OUR_SCHEMA, "") > known()[-1]:
        raise Newer(f"{folder} was packed with the schema {info.get(OUR_SCHEMA)}")
    return Packed(folder, frozenset(paths))
