"""Archives and messages on their way in: each member a document, each attachment an annex, nothing twice."""

import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from pathlib import Path

import pytest

from kb.catalog import documents
from kb.catalog.access import PUBLIC
from kb.core.errors import Invalid
from kb.ingest.extraction import Empty, Encrypted, TooCostly
from kb.services import importing, read
from kb.services.context import Services
from tests.ingest.packages import good
from tests.opening import ask, library, take_in, titles

GUIDE = "دليل تبسيط المساطر الإدارية\n\nيشرح هذا الدليل كيف تبسط الإدارة مساطرها.\n"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with library(tmp_path / "home") as opened:
        yield opened


def packed(path: Path, members: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return path


def test_an_archive_is_taken_in_as_a_folder_would_be(services: Services, tmp_path: Path) -> None:
    sidecar = 'id = "g-1"\ntitle = "دليل مبسط"\n[[file]]\npath = "ملحق.txt"\nrole = "annex"\n'
    path = packed(
        tmp_path / "a.zip",
        {
            "أدلة/g.txt": GUIDE,
            "أدلة/g.txt.toml": sidecar,
            "أدلة/ملحق.txt": "قائمة الوثائق",
            "b.docx": good("docx").read_bytes(),
            "c.toml": 'id = "c-1"\ntitle = "بطاقة"\n',
            "bad.toml": "= no toml",
        },
    )
    summary = take_in(services, path)
    assert (summary.created, [problem.path for problem in summary.refused]) == (3, [f"{path}: bad.toml"])
    assert titles(ask(services, "مبسط"))[0] == "دليل مبسط"
    [found] = ask(services, "قائمة الوثائق").found
    assert found.card.title.text == "دليل مبسط"
    again = take_in(services, path)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 3)
    assert not list(services.settings.spool.iterdir())


def test_a_bad_member_is_named_and_stops_nothing_else(services: Services, tmp_path: Path) -> None:
    inner = packed(tmp_path / "inner.zip", {"a.txt": "x"}).read_bytes()
    path = packed(
        tmp_path / "a.zip", {"../out.txt": "x", "inner.zip": inner, "good.txt": GUIDE, f"{'ن' * 200}.txt": "x"}
    )
    summary = take_in(services, path)
    assert summary.created == 1
    said = {p.path.rpartition(": ")[2][:9]: p.error.problems for p in summary.refused if isinstance(p.error, Invalid)}
    assert said == {
        "../out.tx": {"file": "path-leaves-folder"},
        "inner.zip": {"file": "nested-archive"},
        "ن" * 9: {"file": "bad-path"},
    }
    assert not (tmp_path / "out.txt").exists()


def test_an_archive_within_a_folder_is_one_too_and_an_office_file_is_none(services: Services, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    packed(folder / "a.zip", {"a.txt": GUIDE, "b.txt": "نص آخر"})
    (folder / "c.docx").write_bytes(good("docx").read_bytes())
    assert take_in(services, folder).created == 3


def test_an_archive_of_nothing_or_too_much_is_refused_by_name(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.txt": "12345", "b.txt": "678"})
    empty = packed(tmp_path / "b.zip", {})
    for entries, size, error in ((2, 8, None), (1, 8, TooCostly), (2, 7, TooCostly)):
        with library(tmp_path / f"{entries}-{size}", max_archive_entries=entries, max_archive_bytes=size) as services:
            summary = importing.take_in(services, [path, empty])
            assert [type(problem.error) for problem in summary.refused] == [*([error] if error else []), Empty]
            assert summary.created == (0 if error else 2)


def test_a_member_packed_too_often_is_refused_at_its_limit(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"bomb.txt": bytes(2 * 1024 * 1024)})
    for ratio, refused in ((2000, 0), (100, 1)):
        with library(tmp_path / str(ratio), max_archive_ratio=ratio) as services:
            assert len(importing.take_in(services, [path]).refused) == refused


def test_a_protected_member_is_named_so(services: Services, tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.txt": GUIDE})
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    [problem] = importing.take_in(services, [path]).refused
    assert isinstance(problem.error, Encrypted)


def test_a_message_is_one_document_and_its_attachments_are_annexes(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "m.eml"
    path.write_bytes(good("eml").read_bytes())
    [id] = take_in(services, path).touched
    record = read.record(services, id, PUBLIC, "ar")
    assert record.card.title.text == "دليل تبسيط المساطر الإدارية"
    assert [(file.name, file.role) for file in record.files] == [
        ("m.eml", "original"),
        ("الملحق.txt", "annex"),
        ("دليل.epub", "annex"),
    ]
    [found] = ask(services, "البطاقة الوطنية").found
    assert (found.quotes[0].file, found.quotes[0].page) == (2, 1)
    again = take_in(services, path)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 1)


def test_what_is_within_a_forwarded_message_and_an_attached_archive_is_an_annex(
    services: Services, tmp_path: Path
) -> None:
    forwarded = EmailMessage()
    forwarded["Subject"], forwarded["From"] = "الرسالة الأولى", "a@example.ma"
    forwarded.set_content("نص الرسالة الأولى")
    forwarded.add_attachment("جدول الزليج".encode(), maintype="text", subtype="plain", filename="a.txt")
    built = EmailMessage()
    built["Subject"], built["From"] = "إحالة", "b@example.ma"
    built.set_content("تجدون طيه")
    built.add_attachment(forwarded)
    archive = packed(tmp_path / "x.zip", {"a.txt": "خريطة الطريق", "b.txt": "ميزانية"}).read_bytes()
    built.add_attachment(archive, maintype="application", subtype="zip", filename="x.zip")
    path = tmp_path / "m.eml"
    path.write_bytes(built.as_bytes())
    [id] = take_in(services, path).touched
    with services.database.reading() as session:
        [document] = documents.load_all(session, [id])
        assert [file.name for file in document.files] == ["m.eml", "الرسالة الأولى.eml", "a.txt", "a (2).txt", "b.txt"]
    for word in ("الزليج", "خريطة", "الرسالة"):
        assert ask(services, word).total == 1, word


def test_the_name_of_a_mac_is_kept_as_others_write_it(services: Services, tmp_path: Path) -> None:
    path = tmp_path / unicodedata.normalize("NFD", "آداب.txt")
    path.write_text(GUIDE, "utf-8")
    [id] = take_in(services, path).touched
    assert read.record(services, id, PUBLIC, "ar").files[0].name == "آداب.txt"
