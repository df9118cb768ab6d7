"""The operations of content streams, well written, badly written, and as pdfminer itself reads them."""

from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdfminer.psparser import PSEOF, PSKeyword, PSLiteral, PSStackParser

from kb.ingest.formats.pdf import content


def name(text: str) -> Any:
    return SimpleNamespace(name=text)


def read(data: bytes) -> list[tuple[bytes, list[Any]]]:
    return list(content.operations(data, name))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"1 0 0 -1.5 .5 +7 cm", [(b"cm", [1, 0, 0, -1.5, 0.5, 7])]),
        (b"BT (a)Tj ET", [(b"BT", []), (b"Tj", [b"a"]), (b"ET", [])]),
        (b"[(a)-20<0041>5.]TJ", [(b"TJ", [[b"a", -20, b"\x00A", 5.0]])]),
        (b"(a(b)c) Tj (d(e(f)g)h) '", [(b"Tj", [b"a(b)c"]), (b"'", [b"d(e(f)g)h"])]),
        (rb"(\(\)\\\n\101\7\x\
z) Tj", [(b"Tj", [b"()\\\nA\x07xz"])]),
        (b"<4 1 4> Tj", [(b"Tj", [b"A@"])]),
        (b"% comment ( \n1 w", [(b"w", [1])]),
        (b"true null q", [(b"q", [True, None])]),
        (b"T* f*", [(b"T*", []), (b"f*", [])]),
        (b"--5 1.2.3 5- Td", [(b"Td", [-5.0, 1.2, 5.0])]),
        (b"(never closed Tj", []),
        (b") ] >> } 2 w", [(b"w", [2])]),
        (b"[1 [2 3] 4] 0 d", [(b"d", [[1, [2, 3], 4], 0])]),
        (b"[1 Tj 2] TJ", [(b"TJ", [[1, 2]])]),
        (b"", []),
    ],
)  # fmt: skip
def test_operators_come_with_their_operands(data: bytes, expected: list[tuple[bytes, list[Any]]]) -> None:
    assert read(data) == expected


def test_names_and_dictionaries_are_read() -> None:
    ((operator, (tag, properties)),) = read(b"/Sp#61n <</ActualText <FEFF0041> /MCID 0 /Kind/X>> BDC")
    assert (operator, tag.name) == (b"BDC", "Span")
    assert properties["ActualText"] == b"\xfe\xff\x00A"
    assert (properties["MCID"], properties["Kind"].name) == (0, "X")


@pytest.mark.parametrize(("data", "inline"), [(b"q BI /W 1 ID x EI Q", True), (b"BI/W 1", True), (b"/ABI gs", False)])
def test_images_among_the_operations_are_noticed(data: bytes, *, inline: bool) -> None:
    assert content.has_inline_image(data) is inline


@given(st.binary(max_size=300))
def test_no_bytes_harm(data: bytes) -> None:
    read(data)


def test_brackets_without_end_take_no_long_time() -> None:
    assert read(b"(" * 100_000 + b"(a" * 100_000) == []
    assert read(b"[" * 100_000 + b"<<" * 100_000) == []


class _Reference(PSStackParser[Any]):
    """pdfminer's own reading, with keywords among the operands."""

    def flush(self) -> None:
        self.add_results(*self.popall())

    def do_keyword(self, pos: int, token: PSKeyword) -> None:
        self.push((pos, token))


NUMBERS = st.one_of(st.integers(-9999, 9999), st.decimals(-999, 999, places=2)).map(lambda n: str(n).encode())
STRINGS = st.binary(max_size=8).map(
    lambda data: b"(" + data.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"
)
HEXES = st.binary(max_size=6).map(lambda data: b"<" + data.hex().encode() + b">")
ARRAYS = st.lists(st.one_of(NUMBERS, STRINGS, HEXES), max_size=5).map(lambda items: b"[" + b" ".join(items) + b"]")
OPERANDS = st.lists(st.one_of(NUMBERS, STRINGS, HEXES, ARRAYS, st.just(b"/F1")), max_size=4)
STREAMS = st.lists(st.tuples(OPERANDS, st.sampled_from([b"Tj", b"TJ", b"Tf", b"re", b"T*", b"q"])), max_size=6)


@given(STREAMS)
def test_what_keeps_the_rules_is_read_as_pdfminer_reads_it(stream: list[tuple[list[bytes], bytes]]) -> None:
    data = b"\n".join(b" ".join([*operands, operator]) for operands, operator in stream) + b"\n"
    parser, found = _Reference(BytesIO(data)), list[Any]()
    try:
        while True:
            found.append(_plain(parser.nextobject()[1]))
    except PSEOF:
        pass
    assert [item for operator, operands in read(data) for item in (*_plain(operands), operator)] == found


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, PSKeyword):
        return value.name
    return str(value.name) if isinstance(value, PSLiteral | SimpleNamespace) else value
