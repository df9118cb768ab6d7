"""PowerPoint presentations of 1997 to 2003 (PPT), from their binary form: no program outside is needed."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.ingest import headings, media, ole, paging, said
from kb.ingest.extraction import Damaged, Extraction, Limits
from kb.ingest.formats.ppt97.records import Presentation, Record
from kb.ingest.paging import Block

_LIST, _LISTED, _SLIDE_INFO, _DRAWING = 0x0FF0, 0x03F3, 0x03EF, 0x040C
_TEXT_KIND, _CHARS, _BYTES, _REFERENCE, _PLACEHOLDER = 0x0F9F, 0x0FA0, 0x0FA8, 0x0F9E, 0x0BC3
_GROUP, _SHAPE, _BOX, _CHILD_ANCHOR, _MORE_PROPERTIES = 0xF003, 0xF004, 0xF00D, 0xF00F, 0xF122
_SLIDES, _NOTES = 0, 2  # which list of the document
_TITLES = (0, 6)  # kinds of text
# Places for date, number, footer, header and the picture of the slide; and signs that stand for such text.
_EDGES = frozenset({b"\7", b"\x08", b"\x09", b"\x0a", b"\x0b"})
_FILLED_IN = frozenset({0x0FD8, 0x0FF7, 0x0FF8, 0x0FF9, 0x0FFA})
_TABLE = 0x039F
_DEEPEST = 32
_ALIKE = 8  # units of 1/576 inch between the tops of cells of one row


@dataclass(frozen=True, slots=True)
class _Text:
    """`kind` is what the text is to its slide, `top` the place of a cell."""

    kind: int
    text: str
    top: int = 0


class Ppt97:
    """A slide is a page, its title a heading, its notes after it; tables are regions. Hidden slides are read."""

    stamp = "ppt97/1"
    media_types = frozenset({media.PPT})

    def extract(self, path: Path, limits: Limits) -> Extraction:
        compound = ole.Compound(path.read_bytes())
        try:
            pages = paging.sheets(list(_slides(Presentation(compound))), limits)
        except (struct.error, RecursionError) as error:
            raise Damaged(f"no presentation: {error}") from error
        meta = ole.properties(compound) | said.of(heading=headings.first(pages))
        return Extraction(pages=pages, meta=meta, outline=paging.outline(pages), by=self.stamp)


def _slides(presentation: Presentation) -> Iterator[list[Block]]:
    notes = {identity: part for part, identity, _ in _listed(presentation.document, _NOTES)}
    for number, _, outline in _listed(presentation.document, _SLIDES):
        slide = presentation.part(number)
        blocks = list(_blocks(slide, outline))
        info = slide.first(_SLIDE_INFO)
        (noted,) = struct.unpack_from("<I", info.body, 16) if info else (0,)
        if noted in notes:
            blocks += _blocks(presentation.part(notes[noted]), ())
        yield blocks


def _listed(document: Record, which: int) -> Iterator[tuple[int, int, Sequence[_Text]]]:
    """Yield (number of the part, its identity, its texts) of each slide or sheet of notes, in order."""
    found: list[tuple[int, int, list[_Text]]] = []
    kind = 0
    for record in next((each for each in document if each.kind == _LIST and each.instance == which), ()):
        if record.kind == _LISTED:
            number, _, _, identity = struct.unpack_from("<IIII", record.body)
            found.append((number, identity, []))
        elif record.kind == _TEXT_KIND:
            (kind,) = struct.unpack_from("<I", record.body)
        elif record.kind in (_CHARS, _BYTES) and found:
            found[-1][2].append(_Text(kind, _written(record)))
    yield from found


def _blocks(sheet: Record, outline: Sequence[_Text]) -> Iterator[Block]:
    """Yield the text of a slide or of its notes, the title first."""
    drawing = sheet.first(_DRAWING)
    shapes = list(_shapes(drawing, outline)) if drawing else list(outline)
    for shape in sorted(shapes, key=lambda each: isinstance(each, Block) or each.kind not in _TITLES):
        if isinstance(shape, Block):
            yield shape
        elif shape.kind in _TITLES and shape.text.strip():
            yield paging.heading(" ".join(shape.text.split()), 1)
        else:
            yield from map(Block, shape.text.split("\r"))


def _shapes(parent: Record, outline: Sequence[_Text], depth: int = _DEEPEST) -> Iterator[_Text | Block]:
    for record in parent if depth else ():
        if record.kind == _SHAPE:
            yield from _shape(record, outline)
        elif record.kind == _GROUP and _is_table(record):
            yield _table([cell for cell in _shapes(record, outline, 1) if isinstance(cell, _Text)])
        else:
            yield from _shapes(record, outline, depth - 1)


def _shape(shape: Record, outline: Sequence[_Text]) -> Iterator[_Text]:
    inner = list(shape.walk())
    if any(one.kind in _FILLED_IN or (one.kind == _PLACEHOLDER and one.body[4:5] in _EDGES) for one in inner):
        return
    anchor = next((one.body for one in inner if one.kind == _CHILD_ANCHOR), b"")
    (top,) = struct.unpack_from("<i", anchor, 4) if len(anchor) >= 8 else (0,)
    kind = 4
    for record in (one for box in inner if box.kind == _BOX for one in box.walk()):
        if record.kind == _TEXT_KIND:
            (kind,) = struct.unpack_from("<I", record.body)
        elif record.kind in (_CHARS, _BYTES):
            yield _Text(kind, _written(record), top)
        elif record.kind == _REFERENCE:
            (number,) = struct.unpack_from("<i", record.body)
            if 0 <= number < len(outline):
                yield outline[number]


def _is_table(group: Record) -> bool:
    """Tell by a property of the group's own shape."""
    shape = group.first(_SHAPE)
    more = shape.first(_MORE_PROPERTIES) if shape else None
    return more is not None and any(
        struct.unpack_from("<H", more.body, place)[0] & 0x3FFF == _TABLE
        for place in range(0, min(6 * more.instance, len(more.body) - 1), 6)
    )


def _table(cells: Sequence[_Text]) -> Block:
    """Return the cells as rows; in a row they stand as the file has them."""
    rows: dict[int, list[_Text]] = {}
    for cell in cells:
        near = next((top for top in rows if abs(top - cell.top) <= _ALIKE), cell.top)
        rows.setdefault(near, []).append(cell)
    return paging.table([cell.text for cell in row] for _, row in sorted(rows.items()))


def _written(record: Record) -> str:
    text = record.body.decode("utf-16-le", "replace") if record.kind == _CHARS else record.body.decode("latin-1")
    return text.replace("\x0b", "\n")
