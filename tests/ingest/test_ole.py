"""Compound files: what they hold, and chains that never end."""

import contextlib
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.ingest import media, ole
from kb.ingest.extraction import Damaged, Encrypted, Extraction, ExtractionError, Limits
from kb.ingest.formats import choose
from kb.ingest.sniff import sniff
from tests.ingest.packages import compound, good


def test_streams_are_read_by_name(tmp_path: Path) -> None:
    path = compound(tmp_path / "a", {"One": b"1" * 5000, "Two": b"2" * 700})
    found = ole.Compound(path.read_bytes())
    assert found.names == {"One", "Two"}
    assert found.stream("One") == b"1" * 5000
    assert found.stream("Two").rstrip(b"\0") == b"2" * 700
    with pytest.raises(Damaged):
        found.stream("Three")


def test_a_chain_in_a_circle_is_damage(tmp_path: Path) -> None:
    data = bytearray(compound(tmp_path / "a", {"One": b"1" * 5000}).read_bytes())
    (table,) = struct.unpack_from("<I", data, 76)
    struct.pack_into("<I", data, (table + 1) * 512 + 4 * 3, 1)
    with pytest.raises(Damaged, match="chain"):
        ole.Compound(bytes(data)).stream("One")


def test_a_protected_office_file_is_named_so(tmp_path: Path) -> None:
    path = compound(tmp_path / "a.docx", {"EncryptionInfo": b"x", "EncryptedPackage": b"y" * 9000})
    assert sniff(path) == media.ENCRYPTED
    with pytest.raises(Encrypted):
        choose(sniff(path))


@pytest.mark.parametrize(("name", "media_type"), [("doc", media.DOC), ("ppt", media.PPT), ("xls", media.XLS)])
def test_each_kind_is_known_by_its_streams_whatever_its_name(tmp_path: Path, name: str, media_type: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(good(name).read_bytes())
    assert sniff(path) == media_type


def test_an_unknown_kind_is_unsupported_and_what_is_cut_short_is_damaged(tmp_path: Path) -> None:
    whole = compound(tmp_path / "a.msg", {"__nameid": b"x" * 5000})
    assert sniff(whole) == media.OLE
    cut = tmp_path / "b.msg"
    cut.write_bytes(whole.read_bytes()[:2000])
    with pytest.raises(Damaged):
        choose(sniff(cut))


@pytest.mark.parametrize("name", ["doc", "ppt"])
@given(data=st.data())
def test_changed_bytes_give_a_text_or_a_named_failure(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    whole = bytearray(good(name).read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("changed") / "a"
    path.write_bytes(whole)
    with contextlib.suppress(ExtractionError):
        assert isinstance(choose(sniff(path)).extract(path, Limits()), Extraction)
