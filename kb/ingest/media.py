"""The media types the house gives to files, each named once, with what people call them and end their names in."""

from collections.abc import Mapping

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PPT = "application/vnd.ms-powerpoint"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
ODT = "application/vnd.oasis.opendocument.text"
ODP = "application/vnd.oasis.opendocument.presentation"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
EPUB = "application/epub+zip"
HTML = "text/html"
TEXT = "text/plain"
MARKDOWN = "text/markdown"
CSV = "text/csv"
MAIL = "message/rfc822"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
RTF = "application/rtf"
XML = "application/xml"
ZIP = "application/zip"
ENCRYPTED = "application/encrypted"
OLE = "application/x-ole-storage"
DAMAGED = "application/x-damaged"
EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"

NAMES: Mapping[str, str] = {
    PDF: "PDF",
    DOCX: "DOCX",
    DOC: "DOC",
    RTF: "RTF",
    ODT: "ODT",
    PPTX: "PPTX",
    PPT: "PPT",
    ODP: "ODP",
    XLSX: "XLSX",
    XLS: "XLS",
    ODS: "ODS",
    CSV: "CSV",
    EPUB: "EPUB",
    HTML: "HTML",
    TEXT: "TXT",
    MARKDOWN: "Markdown",
    MAIL: "EML",
    PNG: "PNG",
    JPEG: "JPEG",
    TIFF: "TIFF",
    ZIP: "ZIP",
}
"""What people call each format that is taken in."""

SUFFIXES = (
    *(".pdf", ".docx", ".docm", ".dotx", ".doc", ".rtf", ".odt", ".ott", ".txt", ".md", ".html", ".htm", ".epub"),
    *(".pptx", ".pptm", ".ppsx", ".ppt", ".odp", ".otp", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".tsv"),
    *(".eml", ".zip", ".png", ".jpg", ".jpeg", ".tif", ".tiff"),
)
"""How names of such files end: for the dialog that chooses one. What a file is, its bytes say."""
