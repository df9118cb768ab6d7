"""Rich text (RTF): paragraphs, rows, notes and boxes, with headings by their styles."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from kb.ingest import headings, media, paging, said
from kb.ingest.extraction import Damaged, Extraction, Limits
from kb.ingest.formats.rtf.groups import Token, tokens
from kb.ingest.paging import Block
from kb.ingest.tidy import tidy

# Groups that are no text of the document. What is starred and unknown is none either.
_DROPPED = frozenset(
    (
        *("fonttbl", "colortbl", "listtable", "listoverridetable", "revtbl", "rsidtbl", "generator", "pict", "object"),
        *(
            "fldinst",
            "datafield",
            "themedata",
            "colorschememapping",
            "latentstyles",
            "datastore",
            "xmlnstbl",
            "filetbl",
        ),
        *("listtext", "pntext", "nonshppict", "sp", "bkmkstart", "bkmkend", "annotation", "atnid", "atnauthor"),
        *("private", "pnseclvl", "nonesttables", "ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "operator", "company"),
        *(
            "comment",
            "doccomm",
            "subject",
            "category",
            "manager",
            "hlinkbase",
            "revtim",
            "printim",
            "buptim",
            "xe",
            "tc",
        ),
    )
)
_TOLD = frozenset({"title", "author", "keywords", "creatim"})
_APART = ("header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf")
# Where the text of a group goes that begins with the word.
_INTO = {
    **{name: name for name in (*_TOLD, "stylesheet", "info")},
    **dict.fromkeys(_APART, "edge"),
    "footnote": "notes",
    "shptxt": "boxes",
    "dptxbxtext": "boxes",
}
_READ_THOUGH_STARRED = frozenset({"shptxt", "shppict", "upr", "ud", "fldrslt", "nesttableprops", "shpinst", "footnote"})
_LINE_ENDS = ("line", "softline", "lbr")
_ENDS = frozenset({"par", "sect", "page", "column", "pagebb", "cell", "nestcell", "row", "nestrow", *_LINE_ENDS})
_TITLES = ("title", "titre", "العنوان")
_DEEPEST = 6


class Rtf:
    """Pages end at written page breaks; tables are regions; notes and boxes follow the text. Hidden and deleted
    text is left out, header and footer stand apart where the file has one of them.
    """

    stamp = "rtf/1"
    media_types = frozenset({media.RTF})

    def extract(self, path: Path, limits: Limits) -> Extraction:
        reader = _Reader()
        closed = False
        depth = 0
        for token in tokens(path.read_bytes().lstrip()):
            depth += token.opens - token.closes
            closed = token.closes and depth == 0
            reader.read(token)
        if not closed:
            raise Damaged("the file ends before its text")
        blocks = [*reader.main.blocks(), *reader.boxes.blocks(), paging.BREAK]
        blocks += [paging.note(one) for one in reader.notes.texts() if one.strip()]
        head, foot = reader.edge("header"), reader.edge("footer")
        pages = tuple(replace(page, head=head, foot=foot) for page in paging.pages(blocks, limits))
        meta = said.of(**reader.told) | said.of(heading=headings.first(pages))
        return Extraction(pages=pages, meta=meta, outline=paging.outline(pages), by=self.stamp)


@dataclass(slots=True)
class _Flow:
    """A stream of paragraphs and rows."""

    done: list[str | Block] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def end(self, level: int, *, in_table: bool) -> None:
        """End a paragraph; within a cell it is a word end."""
        if in_table:
            self.text.append(" ")
            return
        self._end_table()
        written = "".join(self.text)
        self.text = []
        self.done.append(paging.heading(" ".join(written.split()), level) if level and written.strip() else written)

    def cell(self) -> None:
        self.cells.append("".join(self.text))
        self.text = []

    def row(self) -> None:
        self.rows.append(self.cells)
        self.cells = []

    def sheet(self) -> None:
        self._end_table()
        self.done.append(paging.BREAK)

    def blocks(self) -> list[str | Block]:
        self.end(0, in_table=False)
        return self.done

    def texts(self) -> Iterator[str]:
        return (block if isinstance(block, str) else block.text for block in self.blocks())

    def _end_table(self) -> None:
        if self.cells:
            self.row()
        if self.rows:
            self.done.append(paging.table(self.rows))
            self.rows = []


@dataclass(frozen=True, slots=True)
class _Group:
    """`into` is where the text of a group goes: a flow, a fact of the file, or "" for nowhere."""

    into: str = "main"
    hidden: bool = False
    deleted: bool = False
    in_table: bool = False
    level: int = 0
    style: int = -1


class _Reader:
    def __init__(self) -> None:
        self.main, self.notes, self.boxes = _Flow(), _Flow(), _Flow()
        self.edges: list[tuple[str, _Flow]] = []
        self.told: dict[str, str] = {}
        self._levels: dict[int, int] = {}
        self._name = ""
        self._date = [0, 0, 0]
        self._stack: list[_Group] = []
        self._group = _Group()
        self._fresh = False  # whether the group has said nothing yet

    def edge(self, kind: str) -> str:
        """Return the header or the footer, "" where there are several or none; numbers of pages are no part."""
        texts = {_lettered(flow.texts()) for name, flow in self.edges if name.startswith(kind)} - {""}
        return texts.pop() if len(texts) == 1 else ""

    def read(self, token: Token) -> None:
        if token.opens:
            self._stack.append(self._group)
            self._fresh = True
        elif token.closes:
            self._close()
        elif token.text:
            self._fresh = False
            self._say(token.text)
        else:
            self._obey(token)
            self._fresh = False

    def _flow(self) -> _Flow | None:
        into = self._group.into
        if into == "edge":
            return self.edges[-1][1]
        return {"main": self.main, "notes": self.notes, "boxes": self.boxes}.get(into)

    def _say(self, text: str) -> None:
        if self._group.hidden or self._group.deleted:
            return
        if (flow := self._flow()) is not None:
            flow.text.append(text)
        elif self._group.into == "stylesheet":
            self._name += text
        elif self._group.into in _TOLD and self._group.into != "creatim":
            self.told[self._group.into] = self.told.get(self._group.into, "") + text

    def _close(self) -> None:
        ended, self._group = self._group, self._stack.pop() if self._stack else _Group()
        if ended.into == "stylesheet" and self._name:
            name = self._name.strip(" ;").lower()
            kind, _, number = name.rpartition(" ")
            if kind in ("heading", "titre", "عنوان") and number.isdecimal():
                self._levels[max(0, ended.style)] = min(_DEEPEST, max(1, int(number[:2])))
            elif name in _TITLES:
                self._levels[max(0, ended.style)] = 1
            self._name = ""
        if ended.into != self._group.into and ended.into in ("notes", "boxes", "edge"):
            self._group, kept = ended, self._group
            self._end_paragraph()
            self._group = kept
        if ended.into == "creatim" != self._group.into and self._date[0]:
            self.told["created"] = "{:04}-{:02}-{:02}".format(*self._date)

    def _obey(self, token: Token) -> None:
        word, number = token.word, token.number
        if self._fresh and self._goes_elsewhere(token):
            return
        if word in _ENDS:
            self._end(word)
        elif word in ("yr", "mo", "dy") and self._group.into == "creatim":
            self._date[("yr", "mo", "dy").index(word)] = min(9999, max(0, number or 0))
        else:
            self._change(word, number)

    def _change(self, word: str, number: int | None) -> None:
        """Change what holds for the text that follows in the group."""
        on = number != 0
        if word == "pard":
            self._group = replace(self._group, in_table=False, level=0, style=-1)
        elif word == "plain":
            self._group = replace(self._group, hidden=False, deleted=False)
        elif word == "v":
            self._group = replace(self._group, hidden=on)
        elif word == "deleted":
            self._group = replace(self._group, deleted=on)
        elif word == "intbl":
            self._group = replace(self._group, in_table=on)
        elif word == "outlinelevel" and number is not None:
            self._group = replace(self._group, level=number + 1 if 0 <= number < _DEEPEST else 0)
        elif word == "s" and number is not None:
            self._group = replace(self._group, style=number)

    def _goes_elsewhere(self, token: Token) -> bool:
        """Tell whether the group's first word says where its text goes, and send it there."""
        word, into = token.word, self._group.into
        if word == "ud":  # what `upr` has twice: for old readers, and then in Unicode
            into = self._stack[-2].into if len(self._stack) > 1 else "main"
        elif not into or word == "upr":
            into = ""
        elif word in _INTO:
            into = _INTO[word]
        elif word in _DROPPED or (token.starred and word not in _READ_THOUGH_STARRED):
            into = into if into == "stylesheet" else ""
        else:
            return False
        if into == "edge" != self._group.into:
            self.edges.append((word, _Flow()))
        self._group = replace(self._group, into=into)
        return word not in ("upr", "ud")

    def _end(self, word: str) -> None:
        flow = self._flow()
        if flow is None:
            return
        if word in ("cell", "nestcell"):
            flow.cell()
        elif word in ("row", "nestrow"):
            flow.row()
        elif word in _LINE_ENDS:
            flow.text.append("\n")
        elif word != "pagebb":
            self._end_paragraph()
        if word in ("sect", "page", "pagebb"):
            flow.sheet()

    def _end_paragraph(self) -> None:
        flow = self._flow()
        level = self._group.level or self._levels.get(self._group.style, 0)
        if flow is not None:
            flow.end(level, in_table=self._group.in_table)


def _lettered(texts: Iterator[str]) -> str:
    return "\n".join(text for text in map(tidy, texts) if any(char.isalpha() for char in text))
