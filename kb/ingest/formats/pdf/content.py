"""Content streams cut into operations: ISO 32000-1, 7.2, 7.3, 7.8.2. Most of the time a PDF takes is spent on them."""

import re
from collections.abc import Callable, Iterator
from typing import Any

_TOKEN = re.compile(
    rb"""[\s\0]*+(?:
      ([+-]?(?:\d++(?:\.\d*+)?|\.\d++))(?![^\s\0()<>\[\]{}/%])      # 1 number
    | \(((?:[^()\\]++|\\.|\((?:[^()\\]++|\\.)*+\))*+)\)             # 2 string with few brackets inside
    | <([0-9A-Fa-f\s\0]*+)>                                         # 3 string of hexadecimal digits
    | ([^\s\0()<>\[\]{}/%]++)                                       # 4 operator, or a constant
    | /([^\s\0()<>\[\]{}/%]*+)                                      # 5 name
    | (\[) | (\]) | (<<) | (>>)                                     # 6 to 9
    | (%[^\r\n]*+)                                                  # 10 comment
    | (.)                                                           # 11 what is out of place, and longer strings
    )""",
    re.VERBOSE | re.DOTALL,
)
_NUMBER, _STRING, _HEX, _WORD, _NAME, _ARRAY, _ARRAY_END, _DICTIONARY, _DICTIONARY_END, _COMMENT = range(1, 11)
_INLINE_IMAGE = re.compile(rb"(?<![^\s\0)>\]])BI[\s\0/]")
_BRACKET = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n?|\n)|(.))", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_LENIENT = re.compile(rb"[+-]*?(?P<sign>[+-]?)(?P<digits>\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})")
_CONSTANTS: dict[bytes, Any] = {b"true": True, b"false": False, b"null": None}
_NAME_CODE = re.compile(rb"#([0-9A-Fa-f]{2})")
_LONGEST_NUMBER = 30
_OPERATOR = object()


def has_inline_image(data: bytes) -> bool:
    """Return whether there may be an image among the operations, whose bytes are no operations."""
    return bool(_INLINE_IMAGE.search(data))


def operations(data: bytes, named: Callable[[str], Any]) -> Iterator[tuple[bytes, list[Any]]]:
    """Yield each operator with its operands: numbers, bytes, lists, dictionaries, and names as `named` makes them.

    What breaks the rules is passed over as far as it can be.
    """
    operands: list[Any] = []
    around: list[list[Any]] = []
    place = 0
    while place <= len(data):
        for token in _TOKEN.finditer(data, place):
            kind = token.lastindex or _COMMENT
            if kind <= _HEX:
                operands.append(_READ[kind](token[kind]))
            elif kind == _WORD:
                value = _value(token[kind])
                if value is not _OPERATOR:
                    operands.append(value)
                elif not around:
                    yield token[kind], operands
                    operands = []
            elif kind == _NAME:
                operands.append(named(_name(token[kind])))
            elif kind < _COMMENT:
                operands = _within(kind, operands, around)
            elif token[0][-1:] == b"(" and kind > _COMMENT:
                place = _string_end(data, token.end())
                operands.append(_unescaped(data[token.end() : place - 1]))
                break
        else:
            return


def _within(kind: int, operands: list[Any], around: list[list[Any]]) -> list[Any]:
    """Enter or leave an array or a dictionary, and return where what follows is to be put."""
    if kind in (_ARRAY, _DICTIONARY):
        around.append(operands)
        return []
    if not around:
        return operands
    outer = around.pop()
    outer.append(operands if kind == _ARRAY_END else _dictionary(operands))
    return outer


def _value(word: bytes) -> Any:
    """Return a constant, a number written against the rules, or _OPERATOR."""
    if word in _CONSTANTS:
        return _CONSTANTS[word]
    lenient = _LENIENT.match(word)
    return float(lenient["sign"] + lenient["digits"]) if lenient else _OPERATOR


def _number(text: bytes) -> float:
    return float(text) if b"." in text or len(text) > _LONGEST_NUMBER else int(text)


def _from_hex(text: bytes) -> bytes:
    digits = b"".join(text.replace(b"\0", b"").split())
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def _unescaped(text: bytes) -> bytes:
    return _ESCAPE.sub(_meant, text) if b"\\" in text else text


def _meant(escape: re.Match[bytes]) -> bytes:
    octal, line_end, char = escape.groups()
    if octal:
        return bytes((int(octal, 8) & 0xFF,))
    return b"" if line_end else _ESCAPED.get(char, char)


def _name(text: bytes) -> str:
    code = _NAME_CODE.sub(lambda found: bytes.fromhex(found[1].decode()), text)
    return code.decode("utf-8", "replace")


def _dictionary(items: list[Any]) -> dict[str, Any]:
    pairs = zip(items[::2], items[1::2], strict=False)
    return {key.name: value for key, value in pairs if hasattr(key, "name")}


def _string_end(data: bytes, start: int) -> int:
    """Return where the string that began before `start` ends, after its bracket; the end of all where it has none."""
    depth = 1
    for sign in _BRACKET.finditer(data, start):
        if sign[0] == b"(":
            depth += 1
        elif sign[0] == b")":
            depth -= 1
            if not depth:
                return sign.end()
    return len(data) + 1


_READ: dict[int, Callable[[bytes], Any]] = {_NUMBER: _number, _STRING: _unescaped, _HEX: _from_hex}
