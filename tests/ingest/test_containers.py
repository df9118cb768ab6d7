"""ZIP and messages: names in every code page, and what is refused before it is unpacked."""

import io
import json
import stat
import struct
import unicodedata
import zipfile
import zlib
from email.message import EmailMessage
from pathlib import Path

import pytest

from kb.core.errors import Invalid
from kb.ingest import containers, media
from kb.ingest.containers import Unpacked, archive
from kb.ingest.containers.member import Bounds, Member
from kb.ingest.extraction import Damaged, Encrypted, ExtractionError, Limits, TooCostly
from tests.ingest.packages import good

ROOMY = Bounds(entries=100, bytes=10**8, file_bytes=10**8, ratio=200)
NAME = "مذكرات/مذكرة حول تبسيط المساطر.txt"


def unpack(path: Path, bounds: Bounds = ROOMY, media_type: str = media.ZIP) -> list[Unpacked]:
    return list(containers.unpack(path, media_type, bounds, Limits()))


def packed(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members:
            package.writestr(name, data)
    return path


def named(path: Path, *names: bytes) -> Path:
    """Write an archive whose names are these bytes, without the sign of UTF-8, as old programs do."""
    places = [chr(ord("q") + number) * len(name) for number, name in enumerate(names)]
    data = packed(path, *((place, b"x") for place in places)).read_bytes()
    for place, name in zip(places, names, strict=True):
        data = data.replace(place.encode(), name)
    path.write_bytes(data)
    return path


def problems(path: Path, bounds: Bounds = ROOMY) -> dict[str, str]:
    return {
        one.name: one.problem.problems["file"] if isinstance(one.problem, Invalid) else one.problem.code
        for one in unpack(path, bounds)
        if one.problem
    }


def test_members_come_out_under_their_names(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", (NAME, "نص".encode()), ("b.txt", b"two"))
    assert unpack(path) == [Unpacked(NAME, "نص".encode()), Unpacked("b.txt", b"two")]


@pytest.mark.parametrize("page", ["utf-8", "cp1256", "cp720"])
def test_arabic_names_are_read_in_whichever_code_page_they_were_written(tmp_path: Path, page: str) -> None:
    names = [NAME, "قانون 55.19.pdf", "تقرير (2021).docx"]
    path = named(tmp_path / "a.zip", *(name.encode(page) for name in names))
    assert [one.name for one in unpack(path)] == names


@pytest.mark.parametrize("page", ["utf-8", "cp437", "cp850", "cp1252"])
def test_french_names_are_read_in_whichever_code_page_they_were_written(tmp_path: Path, page: str) -> None:
    names = ["Décisions/Arrêté n° 3.pdf" if page != "cp437" else "Décisions/Arrêté 3.pdf", "Procès-verbal à signer.txt"]
    path = named(tmp_path / "a.zip", *(name.encode(page) for name in names))
    assert [one.name for one in unpack(path)] == names


def test_a_name_said_again_in_unicode_outweighs_the_first(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("plain.txt")
    said = struct.pack("<BI", 1, zlib.crc32(b"plain.txt")) + NAME.encode()
    entry.extra = struct.pack("<HH", 0x7075, len(said)) + said
    assert [one.name for one in unpack(packed(tmp_path / "a.zip", (entry, b"x")))] == [NAME]


def test_names_of_a_mac_become_those_of_others_and_its_forks_are_left_out(tmp_path: Path) -> None:
    name = "آداب الإدارة é.txt"
    apart = unicodedata.normalize("NFD", name)
    path = packed(tmp_path / "a.zip", (apart, b"x"), (f"__MACOSX/._{apart}", b"y"), (".DS_Store", b"z"), ("d/", b""))
    assert [one.name for one in unpack(path)] == [name]


@pytest.mark.parametrize(
    "name",
    [
        "../a.txt",
        "a/../../b.txt",
        "/etc/passwd",
        "C:\\windows\\a.txt",
        "..\\a.txt",
        "\\\\server\\a.txt",
        "a\x1b[2J.txt",
    ],
)
def test_a_name_that_leaves_its_folder_is_refused_and_stops_no_other(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "a.zip", (name, b"x"), ("good.txt", b"y"))
    assert set(problems(path).values()) == {"path-leaves-folder"}
    assert Unpacked("good.txt", b"y") in unpack(path)


def test_a_link_in_an_archive_is_no_file(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    assert problems(packed(tmp_path / "a.zip", (link, b"/etc/passwd"))) == {"link.txt": "not-a-regular-file"}


def test_two_members_of_one_name_are_not_both_taken(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        path = packed(tmp_path / "a.zip", ("a.txt", b"1"), ("a.txt", b"2"))
    assert [(one.data, bool(one.problem)) for one in unpack(path)] == [(b"1", False), (b"", True)]


def test_what_is_protected_is_named_so_and_the_rest_is_taken(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("open.txt", b"x"), ("closed.txt", b"y"))
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    assert problems(path) == {"closed.txt": Encrypted.code}
    assert Unpacked("open.txt", b"x") in unpack(path)


def test_a_member_whose_bytes_are_damaged_stops_no_other(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("a.txt", b"first" * 100), ("b.txt", b"second"))
    data = bytearray(path.read_bytes())
    data[40] ^= 0xFF
    path.write_bytes(bytes(data))
    assert problems(path) == {"a.txt": Damaged.code}
    assert Unpacked("b.txt", b"second") in unpack(path)


def test_the_limits_of_an_archive_hold_at_the_next_number(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("a.txt", b"12345"), ("b.txt", b"678"))
    exact = Bounds(entries=2, bytes=8, file_bytes=5, ratio=200)
    assert [one.problem for one in unpack(path, exact)] == [None, None]
    for bounds in (Bounds(1, 8, 5, 200), Bounds(2, 7, 5, 200)):
        with pytest.raises(TooCostly):
            unpack(path, bounds)
    assert problems(path, Bounds(2, 8, 4, 200)) == {"a.txt": TooCostly.code}


def test_a_bomb_is_refused_by_name_at_the_limit_of_its_ratio(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("bomb.txt", bytes(2 * 1024 * 1024)), ("good.txt", b"x"))
    with zipfile.ZipFile(path) as package:
        entry = package.infolist()[0]
    ratio = -(-entry.file_size // entry.compress_size)
    assert problems(path, Bounds(100, 10**8, 10**8, ratio)) == {}
    assert problems(path, Bounds(100, 10**8, 10**8, ratio - 1)) == {"bomb.txt": TooCostly.code}


def test_a_size_that_is_a_lie_brings_no_more_than_it_says(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("a.txt", b"x" * 5000))
    data = path.read_bytes().replace(struct.pack("<I", 5000), struct.pack("<I", 10))
    path.write_bytes(data)
    assert problems(path) == {"a.txt": Damaged.code}


def test_an_archive_cut_short_is_damaged(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("a.txt", b"x" * 100))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(Damaged):
        unpack(path)


def test_many_members_come_in_batches(tmp_path: Path) -> None:
    members = [(f"{number}.txt", str(number).encode()) for number in range(600)]
    path = packed(tmp_path / "a.zip", *members)
    found = unpack(path, Bounds(600, 10**6, 10**6, 200))
    assert [(one.name, one.data) for one in found] == members


def test_an_answer_that_makes_no_sense_is_damage() -> None:
    for answer in (b"", b'[["x"]]', b"[" * 100_000):
        with pytest.raises(ExtractionError):
            containers._members(answer)
    assert containers._members(json.dumps([[1, "a", 2, ""]]).encode()) == [Member(1, "a", 2)]


def message(tmp_path: Path, built: EmailMessage) -> Path:
    path = tmp_path / "a.eml"
    path.write_bytes(built.as_bytes())
    return path


def test_attachments_come_out_and_pictures_of_the_body_do_not() -> None:
    found = unpack(good("eml"), media_type=media.MAIL)
    assert [(one.name, len(one.data) > 50) for one in found] == [("الملحق.txt", True), ("دليل.epub", True)]


def test_attachments_of_one_name_are_told_apart_and_a_forwarded_message_is_one(tmp_path: Path) -> None:
    forwarded = EmailMessage()
    forwarded["Subject"] = "رسالة: أولى/ثانية"
    forwarded.set_content("نص")
    built = EmailMessage()
    built.set_content("مرفقات")
    for name, data in (("a.txt", b"1"), ("A.txt", b"2"), ("../../etc/passwd", b"3"), ("", b"4")):
        built.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    built.add_attachment(forwarded)
    found = unpack(message(tmp_path, built), media_type=media.MAIL)
    assert [one.name for one in found] == ["a.txt", "A (2).txt", "passwd", "attachment", "رسالة أولى ثانية.eml"]
    assert b"Subject:" in found[-1].data


def test_attachments_are_taken_up_to_their_limits_and_not_beyond(tmp_path: Path) -> None:
    built = EmailMessage()
    built.set_content("x")
    for _ in range(3):
        built.add_attachment(b"12345", maintype="application", subtype="pdf", filename="a.pdf")
    path = message(tmp_path, built)
    assert len(unpack(path, Bounds(3, 15, 5, 200), media.MAIL)) == 3
    for bounds in (Bounds(2, 15, 5, 200), Bounds(3, 14, 5, 200)):
        with pytest.raises(TooCostly):
            unpack(path, bounds, media.MAIL)
    assert all(one.problem for one in unpack(path, Bounds(3, 15, 4, 200), media.MAIL))


def test_a_list_of_an_archive_is_made_without_its_bytes(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        package.writestr("a.txt", b"x")
    path = tmp_path / "a.zip"
    path.write_bytes(data.getvalue())
    bounds = {"entries": 1, "bytes": 1, "file_bytes": 1, "ratio": 1}
    assert json.loads(archive.listed(path, Limits(), bounds)) == [[0, "a.txt", 1, ""]]
