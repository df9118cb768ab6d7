"""The rows of a document: what it is, its files and their text, its relations and its past."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.catalog.authority import Organisation
from kb.catalog.period import Period, Precision
from kb.core.clock import now
from kb.db.columns import Json, Text, Translated, UtcDateTime, Wording
from kb.db.database import Base


class State(StrEnum):
    """How far a document is on its way to readers, who see what is published and nothing else."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REVIEW = "review"
    RETURNED = "returned"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


class Role(StrEnum):
    """What a file is to its document."""

    ORIGINAL = "original"
    TRANSLATION = "translation"
    ANNEX = "annex"
    CORRECTED = "corrected"


class FileState(StrEnum):
    WAITING = "waiting"
    READ = "read"
    FAILED = "failed"


def _among(column: str, values: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{v}'" for v in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


class Document(Base):
    """A document of the library, with or without files.

    `audience` is public, administration or organisation:<id>. `language` is the main one, "" when unknown.
    `organisation_text` is the body's name as printed on the document. `sort_title` orders titles alike everywhere.
    `deposited_by` is who brought it, as events name them, "" where nobody knows; `assigned_to` who is to see to it, ""
    for nobody. `review_on` is the day to look whether it is still right.
    `revision` grows by one with each commit that changes the document or anything that belongs to it, `assigned_to`
    aside.
    """

    __tablename__ = "document"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    import_id: Mapped[str | None] = mapped_column(Text, unique=True)
    type: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default=State.DRAFT)
    audience: Mapped[str] = mapped_column(Text, default="public")
    title: Mapped[Mapping[str, Wording]] = mapped_column(Translated)
    summary: Mapped[Mapping[str, Wording]] = mapped_column(Translated, default=dict)
    language: Mapped[str] = mapped_column(Text, default="")
    sort_title: Mapped[str] = mapped_column(Text, default="")
    date_first: Mapped[dt.date | None] = mapped_column(Date)
    date_last: Mapped[dt.date | None] = mapped_column(Date)
    date_precision: Mapped[str] = mapped_column(Text, default="day")
    date_calendar: Mapped[str] = mapped_column(Text, default="gregorian")
    date_text: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_text: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[Mapping[str, Any]] = mapped_column(Json, default=dict)
    deposited_by: Mapped[str] = mapped_column(Text, default="", index=True)
    assigned_to: Mapped[str] = mapped_column(Text, default="", index=True)
    review_on: Mapped[dt.date | None] = mapped_column(Date, index=True)
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=now)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=now)
    revision: Mapped[int] = mapped_column(default=1)

    files: Mapped[list["File"]] = relationship(
        back_populates="document", order_by="File.number", cascade="all, delete-orphan"
    )
    themes: Mapped[list["DocumentTheme"]] = relationship(
        order_by="DocumentTheme.theme", cascade="all, delete-orphan", back_populates="document"
    )
    organisation: Mapped[Organisation | None] = relationship()

    # changes.py sets the revision, once for each commit; SQLAlchemy checks the one that was read
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}  # noqa: RUF012 -- SQLAlchemy's own form
    __table_args__ = (
        _among("state", State),
        Index("document_seen", "state", "audience", "type"),
        Index("document_newest", "published_at"),
        Index("document_waiting", "state", "created_at"),
    )

    @property
    def period(self) -> Period | None:
        if self.date_first is None or self.date_last is None:
            return None
        precision = cast("Precision", self.date_precision)
        return Period(self.date_first, self.date_last, precision, self.date_calendar, self.date_text)

    @property
    def theme_codes(self) -> frozenset[str]:
        return frozenset(row.theme for row in self.themes)


class DocumentTheme(Base):
    __tablename__ = "document_theme"
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), primary_key=True)
    theme: Mapped[str] = mapped_column(Text, primary_key=True, index=True)

    document: Mapped[Document] = relationship(back_populates="themes")


class DocumentKey(Base):
    """A name that others may cite the document by; see relations.py."""

    __tablename__ = "document_key"
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True, index=True)


class File(Base):
    """A stored original of a document. `digest` is its address in the store, `name` its name as it was brought.

    `failure` is the code of an ExtractionError. `read_by` is the stamp of the extractor whose pages are shown; when a
    later reading fails, they stay, and so does the state. `pages` counts them, `unread` those that wait for OCR;
    `ocr_by` is the stamp of the OCR that read the others of its kind. `warnings` are the codes of what was found
    anywhere in the file. `outline` is [text, page, level] of each heading, `meta` what the file says of itself,
    `receipt` what was told of its reading when it ended (kb.services.receipt).
    """

    __tablename__ = "file"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(Text, index=True)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[str] = mapped_column(Text, default=Role.ORIGINAL)
    language: Mapped[str] = mapped_column(Text, default="")
    successor_id: Mapped[str | None] = mapped_column(ForeignKey("file.id"))
    state: Mapped[str] = mapped_column(Text, default=FileState.WAITING)
    failure: Mapped[str] = mapped_column(Text, default="")
    warnings: Mapped[list[str]] = mapped_column(Json, default=list)
    read_by: Mapped[str] = mapped_column(Text, default="")
    pages: Mapped[int] = mapped_column(default=0)
    unread: Mapped[int] = mapped_column(default=0)
    ocr_by: Mapped[str] = mapped_column(Text, default="")
    outline: Mapped[list[list[Any]]] = mapped_column(Json, default=list)
    meta: Mapped[Mapping[str, str]] = mapped_column(Json, default=dict)
    receipt: Mapped[Mapping[str, Any]] = mapped_column(Json, default=dict)

    document: Mapped[Document] = relationship(back_populates="files")

    @property
    def read_in(self) -> Sequence[Sequence[Any]]:
        """Return [code, pages, words, share] of each language of the text, as the receipt has it."""
        found: Sequence[Sequence[Any]] = (self.receipt or {}).get("languages", ())  # an earlier version has no receipt
        return found

    __table_args__ = (UniqueConstraint("document_id", "number"), _among("role", Role), _among("state", FileState))


class PageText(Base):
    """The text of one page as one extractor read it; see kb.core.text.Page.

    `findings` are [code, detail], `regions` [kind, start, end, level]. `boxes` is what kb.catalog.boxes packs.
    """

    __tablename__ = "page_text"
    file_id: Mapped[str] = mapped_column(ForeignKey("file.id"), primary_key=True)
    stamp: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text)
    quality: Mapped[float]
    findings: Mapped[list[list[str]]] = mapped_column(Json, default=list)
    boxes: Mapped[bytes] = mapped_column(LargeBinary, default=b"", deferred=True)
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    regions: Mapped[list[list[Any]]] = mapped_column(Json, default=list)
    head: Mapped[str] = mapped_column(Text, default="")
    foot: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(Text, default="")


class Relation(Base):
    """What one document says of another. While `target_id` is NULL, the document of `target_key` is awaited.

    `file` and `page` (1-based, 0 when unknown) are the place in the source that says so.
    """

    __tablename__ = "relation"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("document.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    target_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"), index=True)
    target_key: Mapped[str] = mapped_column(Text, default="", index=True)
    target_text: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    file: Mapped[int] = mapped_column(default=0)
    page: Mapped[int] = mapped_column(default=0)


class Revision(Base):
    """A document as one commit left it; `state` and `audience` decide who may read this version."""

    __tablename__ = "revision"
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    taken_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(Text)
    snapshot: Mapped[Mapping[str, Any]] = mapped_column(Json)


class Event(Base):
    """Who did what and when; kept when the document is gone, hence no foreign key. Only ever added: see trace.py.

    `actor` is person:<id>, or what acted by itself; names are looked up, so that a person can be forgotten. `revision`
    is the version of the document that this led to, and `seal` the digest of that; `digest` chains the events.
    """

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=now, index=True)
    document_id: Mapped[str | None] = mapped_column(Text, index=True)
    actor: Mapped[str] = mapped_column(Text, index=True)
    action: Mapped[str] = mapped_column(Text, index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int | None]
    seal: Mapped[str] = mapped_column(Text, default="")
    digest: Mapped[str] = mapped_column(Text)


class Tombstone(Base):
    """The id of a document that was destroyed, so that its address never leads to another one.

    `audience` is who could read it; "" when it had never been published.
    """

    __tablename__ = "tombstone"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=now)
    audience: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
