"""The groups, words and characters of RTF 1.9, with the code page of each font and Unicode where it is given."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kb.ingest.extraction import TooCostly

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
_DEEPEST = 1000

# Fonts say their code page by the number of their character set (fcharset).
_CHARSETS = (
    dict.fromkeys((178, 179, 180), "cp1256")
    | {0: "cp1252", 77: "mac_roman", 84: "mac_cyrillic", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5"}
    | {161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 186: "cp1257", 204: "cp1251", 222: "cp874"}
    | {238: "cp1250", 254: "cp437", 255: "cp850"}
)
_CHARACTERS = (
    dict.fromkeys(("emspace", "enspace", "qmspace"), " ")
    | {"emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"}
    | {"tab": "\t", "zwj": "\u200d", "zwnj": "\u200c"}
)
_SIGNS = {b"~": "\xa0", b"_": "-", b"-": "", b"{": "{", b"}": "}", b"\\": "\\"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word with its number (None where it has none), a stretch of text, or the start or end of a group."""

    word: str = ""
    number: int | None = None
    text: str = ""
    opens: bool = False
    closes: bool = False
    starred: bool = False


@dataclass(frozen=True, slots=True)
class _State:
    page: str
    skips: int = 1  # characters that stand for a Unicode one in old readers


def tokens(data: bytes) -> Iterator[Token]:
    """Yield what `data` holds until its outer group is closed. Raises TooCostly for groups nested 1000 deep.

    Characters are decoded. The code page is that of the font, else of the file.
    """
    reader = _Reader()
    place, end = 0, len(data)
    while place < end:
        match = _TOKEN.match(data, place)
        if match is None:  # a lone sign at the very end
            return
        place = match.end()
        if match[1] == b"bin":
            place += max(0, int(match[2] or b"0"))
            continue
        yield from reader.read(match)
        if reader.ended:
            return


class _Reader:
    def __init__(self) -> None:
        self._state = _State("cp1252")
        self._stack: list[_State] = []
        self._fonts: dict[int, str] = {}
        self._font = -1
        self._waiting = bytearray()
        self._skip = 0
        self._star = False
        self.ended = False

    def read(self, match: re.Match[bytes]) -> Iterator[Token]:
        if match[3] or match[6]:
            yield from self._bytes(bytes.fromhex(match[3].decode()) if match[3] else match[6])
            return
        if match[1] or match[4] or match[5]:
            yield from self._flush()
        if match[1]:
            yield from self._word(match[1].decode(), None if match[2] is None else int(match[2]))
        elif match[4]:
            yield from self._sign(match[4])
        elif match[5]:
            yield self._brace(match[5])

    def _bytes(self, data: bytes) -> Iterator[Token]:
        skipped = min(self._skip, len(data))
        self._skip -= skipped
        self._waiting += data[skipped:]
        yield from ()

    def _flush(self) -> Iterator[Token]:
        if self._waiting:
            text = bytes(self._waiting).decode(self._state.page, "replace")
            self._waiting.clear()
            yield Token(text=text)

    def _word(self, word: str, number: int | None) -> Iterator[Token]:
        if word == "u" and number is not None:
            self._skip = self._state.skips
            yield Token(text=chr(number % 0x10000))
            return
        self._skip = 0
        if word in _CHARACTERS:
            yield Token(text=_CHARACTERS[word])
        elif word == "uc":
            self._state = replace(self._state, skips=min(max(number or 0, 0), 16))
        elif word in ("ansicpg", "f", "fcharset", "plain", "deff"):
            self._page(word, number or 0)
        starred, self._star = self._star, False
        yield Token(word=word, number=number, starred=starred)

    def _page(self, word: str, number: int) -> None:
        if word == "ansicpg":
            self._state = replace(self._state, page=_known(f"cp{number}", self._state.page))
            self._fonts[-1] = self._state.page
        elif word == "f":
            self._font = number
            self._state = replace(self._state, page=self._fonts.get(number, self._fonts.get(-1, "cp1252")))
        elif word == "fcharset" and number in _CHARSETS and number:
            self._fonts[self._font] = _CHARSETS[number]
            self._state = replace(self._state, page=_CHARSETS[number])

    def _sign(self, sign: bytes) -> Iterator[Token]:
        self._skip = 0
        if sign == b"*":
            self._star = True
        elif sign in (b"\r", b"\n"):
            yield Token(word="par")
        elif sign in _SIGNS:
            yield Token(text=_SIGNS[sign])

    def _brace(self, brace: bytes) -> Token:
        self._skip = 0
        if brace == b"{":
            if len(self._stack) >= _DEEPEST:
                raise TooCostly("groups nested too deeply")
            self._stack.append(self._state)
            return Token(opens=True)
        self._state = self._stack.pop() if self._stack else self._state
        self.ended = not self._stack
        return Token(closes=True)


def _known(page: str, otherwise: str) -> str:
    try:
        return codecs.lookup(page).name
    except LookupError:
        return otherwise
