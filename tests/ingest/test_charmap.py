"""The table of an embedded font says which shapes are Arabic characters."""

import struct

from kb.ingest.formats.pdf import charmap


def font(table: bytes, platform: int = 3, encoding: int = 1) -> bytes:
    cmap = struct.pack(">HHHHL", 0, 1, platform, encoding, 12) + table
    return b"\0\1\0\0" + struct.pack(">HHHH", 1, 0, 0, 0) + struct.pack(">4sLLL", b"cmap", 0, 28, len(cmap)) + cmap


def by_delta(first: int, last: int, shape: int) -> bytes:
    arrays = (last, 0xFFFF), (first, 0xFFFF), ((shape - first) & 0xFFFF, 1), (0, 0)
    ends, starts, deltas, offsets = (struct.pack(">2H", *own) for own in arrays)
    return struct.pack(">HHHHHHH", 4, 40, 0, 4, 4, 1, 0) + ends + b"\0\0" + starts + deltas + offsets


def test_a_run_of_characters_is_a_run_of_shapes() -> None:
    assert charmap.arabic(font(by_delta(0x0628, 0x062A, 7))) == {7: "ب", 8: "ة", 9: "ت"}


def test_shapes_may_be_listed() -> None:
    table = struct.pack(">HHHHHHH", 4, 44, 0, 4, 4, 1, 0)
    table += struct.pack(">HHHHH", 0x0629, 0xFFFF, 0, 0x0628, 0xFFFF) + struct.pack(">HHHH", 0, 1, 4, 0)
    assert charmap.arabic(font(table + struct.pack(">HH", 30, 20))) == {30: "ب", 20: "ة"}


def test_long_runs_are_read_and_other_scripts_left_out() -> None:
    table = struct.pack(">HHLLL", 12, 0, 40, 0, 2) + struct.pack(">LLLLLL", 0x41, 0x5A, 1, 0xFEFB, 0xFEFC, 90)
    assert charmap.arabic(font(table, 0, 4)) == {90: "\ufefb", 91: "\ufefc"}


def test_a_table_that_lies_about_its_lengths_says_nothing() -> None:
    assert charmap.arabic(font(by_delta(0x0628, 0x062A, 7))[:50]) == {}
    assert charmap.arabic(font(by_delta(0x0628, 0x062A, 7), platform=1)) == {}
    assert charmap.arabic(font(struct.pack(">HHLLL", 12, 0, 40, 0, 0xFFFFFFFF))) == {}
    assert charmap.arabic(b"") == {}
