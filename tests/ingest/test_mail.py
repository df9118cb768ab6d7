"""Messages: what was written, in whatever letters, and nobody's address."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from kb.ingest import media
from kb.ingest.extraction import Empty, Encrypted, Extraction, Limits, TooCostly
from kb.ingest.formats.mail import Mail
from kb.ingest.sniff import sniff

SUBJECT = "مذكرة حول تبسيط المساطر"


def read(tmp_path: Path, data: bytes) -> Extraction:
    path = tmp_path / "a.eml"
    path.write_bytes(data)
    assert sniff(path) == media.MAIL
    return Mail().extract(path, Limits())


def written(**headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in {"From": "مديرية <secret@example.ma>", "To": "other@example.ma", **headers}.items():
        message[name] = value
    return message


def test_subject_and_plain_body_are_read_and_no_address_is(tmp_path: Path) -> None:
    message = written(Subject=SUBJECT, Date="Fri, 06 Mar 2020 10:15:00 +0100", Cc="third@example.ma")
    message.set_content("الفقرة الأولى\n\nالثانية")
    extraction = read(tmp_path, message.as_bytes())
    assert extraction.pages[0].text == f"{SUBJECT}\n\nالفقرة الأولى\n\nالثانية"
    assert extraction.meta == {"title": SUBJECT, "author": "مديرية", "created": "2020-03-06", "heading": SUBJECT}
    assert "@" not in repr(extraction)


def test_a_body_in_html_alone_is_read_as_a_page_would_be(tmp_path: Path) -> None:
    message = written(Subject=SUBJECT)
    message.set_content("<p>أولا<table><tr><td>أ</td><td>ب</td></tr></table><style>p{}</style>", subtype="html")
    assert read(tmp_path, message.as_bytes()).pages[0].text == f"{SUBJECT}\n\nأولا\n\nأ\tب"


@pytest.mark.parametrize("page", ["utf-8", "cp1256"])
def test_bare_bytes_beyond_ascii_are_read_as_text_is(tmp_path: Path, page: str) -> None:
    data = f"From: a@b.ma\r\nTo: c@d.ma\r\nSubject: {SUBJECT}\r\n\r\nيشرح هذا البلاغ المسطرة الإدارية الجديدة\r\n"
    extraction = read(tmp_path, data.encode(page))
    assert extraction.meta["heading"] == SUBJECT
    assert extraction.pages[0].text.endswith("يشرح هذا البلاغ المسطرة الإدارية الجديدة")


def test_an_encrypted_message_is_named_so(tmp_path: Path) -> None:
    data = b"From: a@b.ma\nTo: c@d.ma\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIIB\n"
    with pytest.raises(Encrypted):
        read(tmp_path, data)


def test_a_message_of_nothing_is_empty(tmp_path: Path) -> None:
    with pytest.raises(Empty):
        read(tmp_path, b"From: a@b.ma\nTo: c@d.ma\n\n")


def test_parts_nested_without_end_are_too_costly(tmp_path: Path) -> None:
    data = "From: a@b.ma\nTo: c@d.ma\n"
    for depth in range(40):
        data += f'Content-Type: multipart/mixed; boundary="b{depth}"\n\n--b{depth}\n'
    with pytest.raises(TooCostly):
        read(tmp_path, data.encode() + b"\nx\n")


def test_notes_that_begin_like_a_message_need_two_of_its_headers(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Subject: réunion\nLieu: Rabat\n\nTexte\n", "utf-8")
    assert sniff(path) == media.TEXT
