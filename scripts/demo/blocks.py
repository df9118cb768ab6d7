"""The little Markdown that the demo texts are written in, as blocks and as one HTML page."""

import re
from dataclasses import dataclass
from html import escape

MARKERS = {"ar": "محتوى توضيحي", "fr": "Contenu de démonstration", "en": "Demo content"}
NOTES = {
    "ar": "محتوى توضيحي: الجهات والأرقام الواردة في هذه الوثيقة مبتكرة لأغراض العرض.",
    "fr": "Contenu de démonstration : les organismes et les chiffres de ce document sont imaginaires.",
    "en": "Demo content: the bodies and figures in this document are invented for illustration.",
}

_ITEM = re.compile(r"(?:[-*]|\d+[.)]) +")


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is h1, h2, h3, p, note, ul, ol or table; a list holds its items, a table its rows joined by a bar."""

    kind: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)

    @property
    def rows(self) -> list[list[str]]:
        return [[cell.strip() for cell in line.strip("| ").split("|")] for line in self.lines]


def language_of(text: str) -> str:
    """A source in Latin letters states its language in a first line such as `lang: fr`."""
    first = text.split("\n", 1)[0]
    return first.removeprefix("lang:").strip() if first.startswith("lang:") else "ar"


def read(text: str) -> list[Block]:
    """Read the blocks, with the note on demo content put under the title."""
    language = language_of(text)
    body = text.split("\n", 1)[1] if text.startswith("lang:") else text
    blocks = [_block(part.splitlines()) for part in re.split(r"\n\s*\n", body.strip())]
    return [blocks[0], Block("note", (NOTES[language],)), *blocks[1:]]


def _block(lines: list[str]) -> Block:
    first = lines[0]
    if first.startswith("#"):
        marks, text = first.split(" ", 1)
        return Block(f"h{len(marks)}", (text,))
    if first.startswith("|"):
        return Block("table", tuple(line for line in lines if not re.fullmatch(r"[|:\- ]+", line)))
    if first.startswith(">"):
        return Block("note", tuple(line.lstrip("> ") for line in lines))
    if _ITEM.match(first):
        kind = "ol" if first[0].isdigit() else "ul"
        return Block(kind, tuple(_ITEM.sub("", line, count=1) for line in lines))
    return Block("p", tuple(lines))


def html(blocks: list[Block], language: str, style: str) -> str:
    """One whole page."""
    direction = "rtl" if language == "ar" else "ltr"
    body = "\n".join(_element(block) for block in blocks)
    return (
        f'<!doctype html>\n<html lang="{language}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(blocks[0].text)}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _element(block: Block) -> str:
    if block.kind == "note":
        return f'<p class="note">{escape(block.text)}</p>'
    if block.kind in {"ul", "ol"}:
        items = "".join(f"\n<li>{escape(line)}</li>" for line in block.lines)
        return f"<{block.kind}>{items}\n</{block.kind}>"
    if block.kind == "table":
        head, *rows = block.rows
        cells = "".join(f"<th>{escape(cell)}</th>" for cell in head)
        lines = "\n".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in rows)
        return f"<table>\n<thead><tr>{cells}</tr></thead>\n<tbody>\n{lines}\n</tbody>\n</table>"
    return f"<{block.kind}>{escape(block.text)}</{block.kind}>"
