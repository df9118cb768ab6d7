"""The attachments of a message, in the sandbox. Its own text is read by `kb.ingest.formats.mail`."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from email.message import Message
from pathlib import Path, PurePosixPath

from kb.ingest.containers import names
from kb.ingest.containers.member import Bounds, Member, encode, framed
from kb.ingest.extraction import Limits, TooCostly
from kb.ingest.formats import mail

_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "text/x-amp-html"}
)
_UNNAMED = "attachment"
_NAME_CHARS, _SUFFIX_CHARS = 150, 20
_SUFFIXES = {
    "message/rfc822": ".eml",
    "text/plain": ".txt",
    "text/html": ".html",
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tiff",
    "text/calendar": ".ics",
    "text/csv": ".csv",
}


def listed(path: Path, _limits: Limits, bounds: Mapping[str, int]) -> bytes:
    """Return the attachments. Raises as `mail.opened`, and TooCostly for too many."""
    told = Bounds(**bounds)
    found: list[Member] = []
    taken: set[str] = set()
    for number, part in enumerate(_attached(mail.opened(path))):
        if number >= told.entries:
            raise TooCostly(f"more than {told.entries} attachments")
        name = names.free(_name(part), taken)
        size = len(_bytes(part))
        found.append(Member(number, name, size, TooCostly.code if size > told.file_bytes else ""))
    if sum(member.size for member in found) > told.bytes:
        raise TooCostly(f"more than {told.bytes} bytes in attachments")
    return encode(found)


def contents(path: Path, _limits: Limits, numbers: Sequence[int]) -> bytes:
    parts = list(_attached(mail.opened(path)))
    return framed([_bytes(parts[number]) for number in numbers])


def _attached(message: Message) -> Iterator[Message]:
    """Yield the parts that are files: not the body, not what only draws or signs it."""
    shown = mail.shown(message)
    drawn = _drawn(shown)
    for part in mail.parts(message):
        if part in shown or part.get_content_type() in _SIGNATURES:
            continue
        identity = str(part.get("content-id", "")).strip(" <>")
        if part.get_content_maintype() == "image" and identity and identity in drawn:
            continue
        yield part


def _drawn(shown: Sequence[Message]) -> frozenset[str]:
    """Return the names of the pictures that the body shows in itself, as logos of signatures."""
    texts = (mail.text(part) for part in shown if part.get_content_type() == "text/html")
    return frozenset(name for text in texts for name in re.findall(r"cid:([^\"'\s>]+)", text))


def _bytes(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822":
        return b"".join(map(bytes, mail.inner(part)[:1]))
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _name(part: Message) -> str:
    given = unicodedata.normalize("NFC", mail.filename(part)).replace("\\", "/")
    last = "".join(char for char in PurePosixPath(given).name if char.isprintable()).strip(". ")
    for forwarded in [] if last else mail.inner(part)[:1]:
        last = re.sub(r"[/\\:*?\"<>|]+", " ", mail.subject(forwarded)).strip(". ")
        last = " ".join(last.split())
    named = PurePosixPath(last or _UNNAMED)
    suffix = named.suffix or _SUFFIXES.get(part.get_content_type(), "")
    return named.stem[:_NAME_CHARS] + suffix[:_SUFFIX_CHARS]
