"""One frozen Settings, read once in app.py and passed down. Every limit of the house is a number here."""

import re
from pathlib import Path
from typing import Annotated, Final

from platformdirs import user_data_path
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from kb.core.logs import Form, Level
from kb.core.permanent import is_base

MIB = 1024 * 1024

_DOOR: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+):([0-9]{1,5})")
# TLS, but for a provider on this machine.
_ISSUER: Final = re.compile(r"https://[^\s?#]+|http://(?:127\.0\.0\.1|localhost)(?::[0-9]+)?(?:/[^\s?#]*)?")
_ROLES: Final = ("reader", "contributor", "curator", "administrator")
_MAPPED: Final = re.compile(rf"[^=,]+=(?:{'|'.join(_ROLES)})(?:@[a-z0-9][a-z0-9-]*)?")
_CONTACT: Final = re.compile(r"[^@\s<>?&]+@[^@\s<>?&]+|https://[^\s<>]+")


class Settings(BaseSettings):
    """Read from the environment as KB_<NAME>. Sizes are bytes and times are seconds unless said."""

    model_config = SettingsConfigDict(env_prefix="KB_", frozen=True, extra="forbid")

    home: Path = Field(default_factory=lambda: user_data_path("rassid"), description="Folder of all state.")
    database: str = Field(default="", description="SQLAlchemy URL; empty: kb.sqlite3 in the home folder.")
    index: str = Field(default="auto", description="Engine and folder, relative to the home folder; auto: by size.")
    index_passages: int = Field(default=20_000, ge=1, description="Past so many passages `auto` moves to tantivy.")
    index_at_once: int = Field(default=1000, ge=0, description="Pages that are indexed at a start; more by the worker.")
    index_merge_hour: int = Field(default=3, ge=0, le=23, description="Hour of the day when the index is folded.")
    host: str = Field(default="127.0.0.1", description="Address that `kb serve` binds.")
    port: int = Field(default=8000, ge=0, le=65535)
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("127.0.0.1", "localhost", "[::1]", "testserver"),
        description="Host names that are answered, separated by commas; `*` is refused.",
    )
    language: str = Field(default="ar", description="Of the library, and of a visitor who has stated no preference.")
    institution: str = Field(default="", description="Who answers for the data, as the statements name it.")
    contact: str = Field(default="", description="Where readers turn to: an address of mail, or of a page by https.")
    security_contact: str = Field(default="", description="Whom to tell of a hole: an address of mail, or by https.")
    public_url: str = Field(default="", description="What cited addresses begin with; empty: as the visitor came.")

    log: Form = Field(default="text", description="How `kb serve` and `kb work` write their log.")
    log_level: Level = Field(default="info", description="The least that they tell.")

    metrics: str = Field(default="", description="Where figures are told to Prometheus, as 127.0.0.1:9464; empty: not.")

    oai_page_size: int = Field(default=100, ge=1, le=1000, description="Records of one answer to a harvester.")
    oai_token_seconds: int = Field(default=24 * 3600, ge=60, description="How long a harvester may rest on its way.")

    max_upload_bytes: int = Field(default=200 * MIB, ge=1)
    upload_chunk_bytes: int = Field(default=5 * MIB, ge=1024, description="Piece of a file that comes in pieces.")
    upload_keep_seconds: float = Field(
        default=7 * 24 * 3600.0, gt=0, description="An unfinished upload is kept so long."
    )
    upload_open: int = Field(default=500, ge=1, description="Unfinished uploads of one person.")
    upload_parallel: int = Field(default=4, ge=1, description="Pieces of one person that one process takes at once.")
    upload_day_files: int = Field(default=2000, ge=1, description="Files of one person within 24 hours.")
    upload_day_bytes: int = Field(default=8192 * MIB, ge=1, description="All of them together.")
    upload_day_refused: int = Field(default=2000, ge=1, description="Files of one person refused within 24 hours.")
    upload_form_files: int = Field(default=200, ge=1, description="Files of one form without scripts.")
    upload_form_bytes: int = Field(default=1024 * MIB, ge=1, description="All of them together.")
    upload_form_seconds: float = Field(default=1800.0, gt=0, description="Longest wait for a form with files.")
    event_streams: int = Field(default=50, ge=0, description="Pages that are told of progress at once, in a process.")
    event_seconds: float = Field(default=120.0, gt=0, description="Longest life of what tells them; they ask again.")
    import_rows: int = Field(default=5000, ge=1, description="Rows of a table of descriptions.")
    watch_seconds: float = Field(default=5.0, gt=0, description="`kb watch` looks into its folder this often.")
    watch_still_seconds: float = Field(default=10.0, ge=0, description="A file that has not grown so long is whole.")
    max_body_bytes: int = Field(default=64 * 1024, ge=1, description="Body of any request but an upload.")
    max_form_parts: int = Field(default=64, ge=1)
    max_entry_bytes: int = Field(default=2 * MIB, ge=1, description="A form that describes a document.")
    max_entry_parts: int = Field(default=6000, ge=1, description="Fields of such a form.")
    drafts: int = Field(default=20, ge=1, description="Forms kept of one person that are not saved yet.")
    draft_days: int = Field(default=30, ge=1, description="And for how long.")
    notice_days: int = Field(default=365, ge=1, description="A notice is forgotten so long after it was read.")
    max_header_bytes: int = Field(default=32 * 1024, ge=1)
    max_target_bytes: int = Field(default=8 * 1024, ge=1, description="Path and query string together.")
    header_seconds: float = Field(default=20.0, gt=0, description="Longest wait for the headers of a request.")
    max_connections: int = Field(default=400, ge=1, description="Open connections; one more is answered 503.")
    pages_at_once: int = Field(default=2, ge=1, description="Pages that a process makes at once; others wait.")
    body_seconds: float = Field(default=60.0, gt=0, description="Longest wait for the whole of a body.")
    max_query_chars: int = Field(default=400, ge=1, description="A longer question is cut, with a notice.")
    max_query_words: int = Field(default=32, ge=1)
    search_seconds: float = Field(default=2.0, gt=0, description="Past it a search answers with what it has.")
    record_searches: bool = Field(default=True, description="Count what readers search, without anything about them.")
    record_seconds: float = Field(default=30.0, gt=0, description="Counts are written to the database this often.")
    max_list: int = Field(default=200, ge=1, le=500, description="Documents on a reading list.")
    export_rows: int = Field(default=1000, ge=1, le=10_000, description="Documents in an export of a list.")
    export_pdf_rows: int = Field(default=200, ge=1, le=2000, description="The same, in a PDF.")
    exports: int = Field(default=2, ge=1, description="Exports made at once; one more is answered 503.")
    page_size: int = Field(default=20, ge=1, le=100)

    smtp: str = Field(default="", description="Mail server as a URL: smtp (STARTTLS), smtps or smtp+plain.")
    mail_from: str = Field(default="", description="Sender of what is mailed; without both no mail is sent.")
    session_seconds: float = Field(default=12 * 3600.0, gt=0, description="A session ends so long after sign-in.")
    session_idle_seconds: float = Field(default=3600.0, gt=0, description="And so long after it was last used.")

    clamd: str = Field(default="", description="Virus scanner asked of each file: unix:/path, or host:port.")
    clamd_seconds: float = Field(default=60.0, gt=0, description="Longest wait for anything it says.")

    oidc_issuer: str = Field(default="", description="Provider of identities; with the client's id it is offered.")
    oidc_client_id: str = Field(default="", description="As whom the provider knows us.")
    oidc_client_secret: str = Field(default="", description="Empty: the provider asks for none.")
    oidc_claim: str = Field(default="", description="Claim whose values decide what a person may; empty: none does.")
    oidc_roles: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="value=role or value=role@body, separated by commas."
    )
    oidc_newcomers: bool = Field(default=False, description="Whoever the provider vouches for becomes a reader.")
    oidc_seconds: float = Field(default=5.0, gt=0, description="Longest wait for an answer of the provider.")
    second_factor_roles: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Roles that sign in with a password and a code, separated by commas."
    )
    lock_seconds: float = Field(default=900.0, gt=0, description="A document stays locked at the desk so long.")
    undo_seconds: float = Field(default=60.0, ge=0, description="So long a publication can be taken back.")

    max_pages: int = Field(default=5000, ge=1, description="Pages read from one file.")
    max_page_chars: int = Field(default=200_000, ge=1)
    extract_seconds: float = Field(default=300.0, gt=0, description="Processor time for one file.")
    extract_bytes: int = Field(default=1024 * MIB, ge=1, description="Address space of one extraction.")
    ocr_seconds: float = Field(default=60.0, gt=0, description="Processor time to read one page from its picture.")
    ocr_bytes: int = Field(default=1024 * MIB, ge=1, description="Address space to read one page from its picture.")
    ocr_dpi: int = Field(default=300, ge=72, le=1200, description="Dots per inch of the picture that OCR reads.")
    ocr_pixels: int = Field(default=25_000_000, ge=1, description="A larger page is drawn coarser for OCR.")
    ocr_image_pixels: int = Field(default=80_000_000, ge=1, description="Largest image that is made smaller for OCR.")
    picture_seconds: float = Field(default=10.0, gt=0, description="Wall time to draw one page.")
    office_seconds: float = Field(default=60.0, gt=0, description="Wall time for LibreOffice to lay out one file.")
    picture_pixels: int = Field(default=50_000_000, ge=1, description="Largest image that is made smaller for a page.")
    picture_children: int = Field(default=2, ge=1, description="Pages drawn at once.")
    picture_queue: int = Field(default=16, ge=0, description="Pages that wait to be drawn; one more is answered 503.")
    picture_wait_seconds: float = Field(default=8.0, gt=0, description="Longest wait for a picture; then 503.")
    picture_cache_bytes: int = Field(default=512 * MIB, ge=0, description="Pictures kept in the cache.")
    card_cache_bytes: int = Field(default=64 * MIB, ge=0, description="Pictures of documents for others, in the cache.")
    max_sidecar_bytes: int = Field(default=256 * 1024, ge=1)
    max_archive_entries: int = Field(default=2000, ge=1, description="Of a ZIP, or attachments of a message.")
    max_archive_bytes: int = Field(default=1024 * MIB, ge=1, description="All that is in a ZIP, unpacked.")
    max_archive_ratio: int = Field(default=200, ge=1, description="Unpacked to packed, for a member above 1 MiB.")
    job_attempts: int = Field(default=6, ge=1)
    job_lease_seconds: float = Field(default=20.0, gt=0, description="After it, the jobs of a dead worker come back.")

    @field_validator("hosts", "oidc_roles", "second_factor_roles", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(h.strip() for h in value.split(",") if h.strip()) if isinstance(value, str) else value

    @field_validator("smtp")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        if value and not value.startswith(("smtp://", "smtps://", "smtp+plain://")):
            raise ValueError("not the URL of a mail server, as smtp://user:password@mail.example:587")
        return value

    @field_validator("metrics")
    @classmethod
    def _door(cls, value: str) -> str:
        if value and not _DOOR.fullmatch(value):
            raise ValueError("not a host and a port, as 127.0.0.1:9464")
        return value

    @field_validator("clamd")
    @classmethod
    def _scanner(cls, value: str) -> str:
        if value and not re.fullmatch(r"unix:/.+", value) and not _DOOR.fullmatch(value):
            raise ValueError("not unix:/run/clamav/clamd.ctl, nor a host and a port")
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _provider(cls, value: str) -> str:
        if value and not _ISSUER.fullmatch(value):
            raise ValueError("not an address that begins with https://")
        return value

    @field_validator("oidc_roles")
    @classmethod
    def _mapped(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [part for part in value if not _MAPPED.fullmatch(part)]:
            raise ValueError(f"not value=role or value=role@body: {', '.join(wrong)}")
        return value

    @field_validator("second_factor_roles")
    @classmethod
    def _known_roles(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := sorted(set(value).difference(_ROLES)):
            raise ValueError(f"no role: {', '.join(wrong)}")
        return value

    @field_validator("public_url")
    @classmethod
    def _base(cls, value: str) -> str:
        base = value.rstrip("/")
        if base and not is_base(base):
            raise ValueError("not a scheme and a host, as https://library.example")
        return base

    @field_validator("contact", "security_contact")
    @classmethod
    def _reachable(cls, value: str) -> str:
        if value and not _CONTACT.fullmatch(value):
            raise ValueError("an address of mail, or one that begins with https://")
        return value

    @property
    def metrics_door(self) -> tuple[str, int] | None:
        """The host and the port of `metrics`; None where nobody watches."""
        found = _DOOR.fullmatch(self.metrics)
        return (found[1].strip("[]"), int(found[2])) if found else None

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.home / 'kb.sqlite3'}"

    @property
    def second_factor_key(self) -> Path:
        """What the secrets of second factors are sealed with."""
        return self.home / "second-factor.key"

    @property
    def corpus(self) -> Path:
        return self.home / "corpus"

    @property
    def cache(self) -> Path:
        return self.home / "cache"

    @property
    def pictures(self) -> Path:
        return self.cache / "pictures"

    @property
    def cards(self) -> Path:
        return self.cache / "cards"

    @property
    def pulses(self) -> Path:
        """Where workers give signs of life."""
        return self.cache / "workers"

    @property
    def uploads(self) -> Path:
        """Where files wait that come in pieces, and those of an import."""
        return self.cache / "uploads"

    @property
    def spool(self) -> Path:
        """Where what is only passing through is kept, as an upload while it comes in."""
        return self.cache / "spool"
