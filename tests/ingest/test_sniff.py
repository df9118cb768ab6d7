"""Types are read from bytes; a name never makes a file what it is not."""

import zipfile
from pathlib import Path

import docx
import pytest

from kb.core.errors import KbError
from kb.ingest import media
from kb.ingest.extraction import Empty, Unsupported
from kb.ingest.formats import choose
from kb.ingest.sniff import sniff
from tests.ingest.pdfs import pdf

ARABIC = "تبسيط المساطر الإدارية والارتقاء بجودة الخدمات العمومية."
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de")


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.txt", pdf(), media.PDF),
        ("a.pdf", b"\r\n\r\njunk before\n" + pdf(), media.PDF),
        ("a.pdf", ARABIC.encode(), media.TEXT),
        ("a", ARABIC.encode("cp1256"), media.TEXT),
        ("a", ARABIC.encode("utf-16"), media.TEXT),
        ("a", ARABIC.encode("utf-16-le"), media.TEXT),
        ("a.md", ARABIC.encode(), media.MARKDOWN),
        ("a.txt", b"  <!DOCTYPE html><html><p>", media.HTML),
        ("a", ('<?xml version="1.0"?><html xmlns="x"><body>' + ARABIC).encode(), media.HTML),
        ("a", ("<html><body>" + ARABIC).encode("utf-16"), media.HTML),
        ("a.html", f"<div><p>{ARABIC}</p></div>".encode(), media.HTML),
        ("a.html", ARABIC.encode(), media.TEXT),
        ("a", b'<?xml version="1.0"?><feed/>', media.XML),
        ("a.doc", b"{\\rtf1 hello}", media.RTF),
        ("a.txt", PNG, media.PNG),
        ("a.txt", b"\xff\xd8\xff\xe0\x00\x10JFIF", media.JPEG),
        ("a.txt", b"II*\x00\x08\x00\x00\x00" + "ص".encode("utf-16-le") * 100, media.TIFF),
        ("a.txt", b"MM\x00*\x00\x00\x00\x08", media.TIFF),
        ("a.pdf", b"", media.EMPTY),
        ("a.txt", bytes(range(256)) * 8, media.UNKNOWN),
    ],
)
def test_bytes_tell_the_type(tmp_path: Path, name: str, data: bytes, expected: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert sniff(path) == expected


def test_a_given_name_tells_markdown_where_the_path_is_a_digest(tmp_path: Path) -> None:
    path = tmp_path / ("0" * 64)
    path.write_text("# عنوان")
    assert sniff(path, "تقرير.md") == media.MARKDOWN


def package(path: Path, **entries: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


def test_packages_are_told_apart_by_what_they_hold(tmp_path: Path) -> None:
    document = tmp_path / "a.zip"
    docx.Document().save(str(document))
    assert sniff(document) == media.DOCX
    odt = package(tmp_path / "b.docx", mimetype="application/vnd.oasis.opendocument.text")
    assert sniff(odt) == "application/vnd.oasis.opendocument.text"
    assert sniff(package(tmp_path / "c.docx", word__document="x")) == media.ZIP


def test_a_word_file_cut_short_is_still_known_for_one(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    docx.Document().save(str(path))
    path.write_bytes(path.read_bytes()[:-4000])
    assert sniff(path) == media.DOCX


@pytest.mark.parametrize(
    ("media_type", "error"), [(media.UNKNOWN, Unsupported), (media.ZIP, Unsupported), (media.EMPTY, Empty)]
)
def test_a_type_nobody_reads_is_refused_by_name(media_type: str, error: type[KbError]) -> None:
    with pytest.raises(error):
        choose(media_type)
