"""A list of documents as the files that readers take along."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kb.core.clock import now
from kb.core.errors import Unavailable
from kb.core.settings import Settings
from kb.services.taking import Line, Taken
from kb.web import papers
from kb.web.addresses import EXPORTS
from kb.web.attachment import attach, disposition
from kb.web.words import Tongue
from kb.writing import bibtex, delimited, pdf, ris, workbook
from kb.writing.citation import Citation
from kb.writing.table import Cell, Link, Table

WAIT: Final = 5.0
"""Seconds that a request waits for its turn."""


class Turns:
    """Lets no more exports be made at once than the settings allow. Raises Unavailable after WAIT."""

    def __init__(self, settings: Settings) -> None:
        self._free = threading.BoundedSemaphore(settings.exports)

    @contextmanager
    def turn(self) -> Iterator[None]:
        if not self._free.acquire(timeout=WAIT):
            raise Unavailable("exports")
        try:
            yield
        finally:
            self._free.release()


def turns_of(request: Request) -> Turns:
    turns = request.app.state.turns
    assert isinstance(turns, Turns)
    return turns


def most(ending: str, settings: Settings) -> int:
    """How many documents such a file holds."""
    return settings.export_pdf_rows if ending == "pdf" else settings.export_rows


def note(taken: Taken, tongue: Tongue) -> str:
    """What the file says where not all documents are in it; "" where they are."""
    return tongue.text("export.cut", most=len(taken.lines), total=taken.total) if taken.is_cut else ""


def file(ending: str, title: str, address: str, taken: Taken, tongue: Tongue) -> Response:
    """The list, which stands at this address, as a file of the kind (of EXPORTS) that its ending says."""
    ends = f"{now().astimezone():%Y-%m-%d}.{ending}"
    body, media_type = _WRITERS[ending](_Made(title, address, taken, tongue))
    simple = f"rassid-{ends}"
    if isinstance(body, str | bytes):
        return attach(body, f"{title[:100]} {ends}", media_type, simple)
    headers = {"Content-Disposition": disposition(f"{title[:100]} {ends}", simple)}
    return StreamingResponse((part.encode() for part in body), headers=headers, media_type=media_type)


Body = str | bytes | Iterator[str]


@dataclass(frozen=True, slots=True)
class _Made:
    """A list that a file is made of."""

    title: str
    address: str
    taken: Taken
    tongue: Tongue

    @property
    def citations(self) -> Iterator[Citation]:
        return (line.citation for line in self.taken.lines)


def _csv(made: _Made) -> tuple[Body, str]:
    return delimited.write(_table(made)), f"{delimited.MEDIA_TYPE}; charset=utf-8"


def _xlsx(made: _Made) -> tuple[Body, str]:
    return workbook.write(_table(made)), workbook.MEDIA_TYPE


def _ris(made: _Made) -> tuple[Body, str]:
    return ris.write(made.citations), ris.MEDIA_TYPE


def _bib(made: _Made) -> tuple[Body, str]:
    entries, cut = bibtex.write(made.citations), note(made.taken, made.tongue)
    return f"{bibtex.comment(cut)}\n{entries}" if cut else entries, bibtex.MEDIA_TYPE


def _pdf(made: _Made) -> tuple[Body, str]:
    cut = note(made.taken, made.tongue)
    return pdf.write(papers.of_list(made.title, made.address, made.taken, cut, made.tongue)), pdf.MEDIA_TYPE


_WRITERS: Final[dict[str, Callable[[_Made], tuple[Body, str]]]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "ris": _ris,
    "bib": _bib,
    "pdf": _pdf,
}
assert tuple(_WRITERS) == EXPORTS


def _table(made: _Made) -> Table:
    """The list as a table; the columns of a passage are left out where no search found one."""
    taken, tongue = made.taken, made.tongue
    quoted = any(line.quote for line in taken.lines)
    shown = [name for name in _CELLS if quoted or name not in _OF_PASSAGES]
    columns = (*(tongue.text(f"export.column.{name}") for name in (*shown, "address", "id")),)
    rows = ((*(_cell(line, name, tongue) for name in shown), *_ends(line)) for line in taken.lines)
    return Table(made.title, tongue.code, columns, rows, note(taken, tongue))


def _ends(line: Line) -> tuple[Cell, Cell]:
    return Link(line.citation.address), line.card.id


def _cell(line: Line, column: str, tongue: Tongue) -> Cell:
    return _CELLS[column](line, tongue)


def _organisation(line: Line, tongue: Tongue) -> Cell:
    organisation = line.card.organisation
    return organisation.text if organisation else str(tongue.say("comma")).join(line.citation.authors)


def _languages(line: Line, tongue: Tongue) -> Cell:
    named = (tongue.text(f"language.{code}", otherwise="language.other") for code in line.card.languages)
    return str(tongue.say("comma")).join(named)


_CELLS: Final[dict[str, Callable[[Line, Tongue], Cell]]] = {
    "title": lambda line, _: line.card.title.text,
    "organisation": _organisation,
    "date": lambda line, _: line.citation.dated,
    "type": lambda line, _: line.card.type_label,
    "language": _languages,
    "themes": lambda line, tongue: str(tongue.say("comma")).join(line.citation.keywords),
    "pages": lambda line, _: line.card.pages or None,
    "page": lambda line, _: line.citation.passage.label if line.citation.passage else None,
    "passage": lambda line, _: line.quote.said.text if line.quote else None,
    "summary": lambda line, _: line.card.summary.text if line.card.summary else None,
}
"""Each column in its order, with what stands in it. The columns of a passage are for searches."""

_OF_PASSAGES: Final = frozenset({"page", "passage"})
