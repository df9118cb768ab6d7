"""Messages (EML): subject and body. Attachments are files of their own, see `kb.ingest.containers`."""

import datetime as dt
import email
import email.errors
import email.header
import email.policy
import email.utils
import re
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

from kb.ingest import encoding, media, paging, said
from kb.ingest.extraction import Damaged, Empty, Encrypted, Extraction, Limits, TooCostly
from kb.ingest.formats import html
from kb.ingest.paging import Block
from kb.ingest.tidy import line

_POLICY = email.policy.Compat32()
_MOST_PARTS = 5000
_DEEPEST = 30
_PROTECTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"})
_BLANK_LINE = re.compile(r"\n\s*\n")


class Mail:
    """The subject is a heading; the plain body is read, or that in HTML where there is no other.

    Of those who wrote and got the message the name of the author alone is kept, without addresses: as a suggestion.
    """

    stamp = "mail/1"
    media_types = frozenset({media.MAIL})

    def extract(self, path: Path, limits: Limits) -> Extraction:
        message = opened(path)
        title = subject(message)
        blocks: list[str | Block] = [paging.heading(title, 1)] if title else []
        for part in body(message):
            blocks += _blocks(part)
        if not any(isinstance(block, str) or block.text.strip() for block in blocks):
            raise Empty("no text")
        pages = paging.pages(blocks, limits)
        author = email.utils.parseaddr(_decoded(_header(message, "from")))[0]
        meta = said.of(title=title, author=author, created=_date(message), heading=title)
        return Extraction(pages=pages, meta=meta, outline=paging.outline(pages), by=self.stamp)


def opened(path: Path) -> Message:
    """Return the message. Raises Damaged, Encrypted, and TooCostly for parts too many or nested too deeply."""
    try:
        with path.open("rb") as file:
            message = email.message_from_binary_file(file, Message, policy=_POLICY)
    except (ValueError, LookupError, RecursionError, AttributeError) as error:
        raise Damaged(f"no message: {error}") from error
    if message.get_content_type() in _PROTECTED:
        raise Encrypted("an encrypted message")
    for number, _ in enumerate(parts(message)):
        if number >= _MOST_PARTS:
            raise TooCostly(f"more than {_MOST_PARTS} parts")
    return message


def parts(message: Message, depth: int = _DEEPEST) -> Iterator[Message]:
    """Yield the parts that hold no others, in order; a message within the message is one. Raises TooCostly."""
    if not depth:
        raise TooCostly("parts nested too deeply")
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        for part in inner(message):
            yield from parts(part, depth - 1)
    else:
        yield message


def inner(message: Message) -> list[Message]:
    """Return what a message or part is made of, one message for a forwarded one; nothing for what is no such part."""
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def shown(message: Message) -> list[Message]:
    """Return the parts that are the message's own words, in whatever form."""
    own = (part for part in parts(message) if part.get_content_type() in ("text/plain", "text/html"))
    return [part for part in own if part.get_content_disposition() != "attachment" and not filename(part)]


def body(message: Message) -> list[Message]:
    """Return the parts to read: plain ones, or those in HTML, which say the same, where these say nothing."""
    said_twice = shown(message)
    plain = [part for part in said_twice if part.get_content_type() == "text/plain"]
    return plain if any(text(part).strip() for part in plain) else [part for part in said_twice if part not in plain]


def text(part: Message) -> str:
    data = part.get_payload(decode=True)
    decoded = encoding.decode(data, part.get_content_charset("")) if isinstance(data, bytes) else None
    return decoded.text.replace("\r\n", "\n") if decoded else ""


def subject(message: Message) -> str:
    return line(_decoded(_header(message, "subject")))


def filename(part: Message) -> str:
    """Return the name that a part gives its file, "" for none."""
    try:
        return _decoded(part.get_filename("") or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _blocks(part: Message) -> list[str | Block]:
    written = text(part)
    if part.get_content_type() == "text/html":
        return list(html.blocks(written))
    return list(_BLANK_LINE.split(written))


def _header(message: Message, name: str) -> str:
    """Return the first header of a name as it was sent; bytes beyond ASCII are surrogates."""
    return next((str(value) for key, value in message.raw_items() if key.lower() == name), "")


def _decoded(header: str) -> str:
    """Return a header as it was meant: encoded words (RFC 2047), or bare bytes of our region."""
    try:
        pieces = email.header.decode_header(header)
    except (ValueError, email.errors.HeaderParseError):
        return header
    words = []
    for data, page in pieces:
        raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape")
        decoded = encoding.decode(raw, page or "") if raw else None
        words.append(decoded.text if decoded else "")
    return "".join(words)


def _date(message: Message) -> str:
    try:
        when = email.utils.parsedate_to_datetime(_header(message, "date"))
    except (ValueError, TypeError, IndexError):
        return ""
    return when.date().isoformat() if isinstance(when, dt.datetime) else ""
