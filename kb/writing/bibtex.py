"""Citations as BibTeX: UTF-8, classic entry types with the fields that biblatex adds (url, urldate, langid)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kb.writing.citation import Citation
from kb.writing.plain import plain

MEDIA_TYPE: Final = "application/x-bibtex"

_REPORTS: Final = frozenset({"study", "report", "minutes"})
_LANGUAGES: Final[Mapping[str, str]] = {"ar": "arabic", "fr": "french", "en": "english"}

# What TeX takes for more than a letter. A brace must stay balanced for every reader of the file, escaped or not.
_ESCAPED: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "%": r"\%",
        "&": r"\&",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "@": r"{@}",
    }
)


def write(citations: Iterable[Citation]) -> str:
    """Return one entry a citation."""
    return "\n".join(_entry(citation) for citation in citations)


def escape(text: str) -> str:
    """Return the text as TeX prints it letter by letter."""
    return plain(text).translate(_ESCAPED)


def _entry(citation: Citation) -> str:
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(citation) if value)
    return f"@{_type(citation)}{{{citation.key},\n{fields}}}\n"


def _type(citation: Citation) -> str:
    if citation.type == "yearly_report" or citation.kind in _REPORTS:
        return "techreport"
    return "book" if citation.type == "publication" else "misc"


def _fields(citation: Citation) -> Iterator[tuple[str, str]]:
    """Yield each field with its value; names of bodies and titles stand in braces, for they are no names of people."""
    authors = " and ".join(f"{{{escape(name)}}}" for name in citation.authors)
    publisher = escape(citation.publisher) or escape(" / ".join(citation.authors))
    dated, passage = citation.dated, citation.passage
    yield "author", authors
    yield "title", f"{{{escape(citation.title)}}}"
    yield "institution" if _type(citation) == "techreport" else "publisher", publisher
    yield "year", str(dated.first.year) if dated else ""
    yield "date", "/".join("-".join(f"{part:02d}" for part in point) for point in dated.points()) if dated else ""
    yield "type", escape(citation.genre())
    yield "number", escape(citation.number)
    yield "edition", escape(citation.edition)
    yield "howpublished", escape(_gazette(citation))
    yield "pages", escape(passage.label) if passage else ""
    yield "pagetotal", str(citation.pages) if citation.pages else ""
    yield "keywords", escape(", ".join(citation.keywords))
    yield "abstract", escape(citation.abstract)
    yield "annote", escape(passage.words) if passage else ""
    yield "langid", _LANGUAGES.get(citation.language, "")
    yield "url", citation.address
    yield "urldate", citation.consulted.isoformat()


def _gazette(citation: Citation) -> str:
    """Return the issue of the gazette in words, in the language of the text."""
    if citation.bulletin is None:
        return ""
    arabic = citation.language == "ar"
    number = f"عدد {citation.bulletin.number}" if arabic else f"n° {citation.bulletin.number}"
    page = f"ص. {citation.bulletin.page}" if arabic else f"p. {citation.bulletin.page}"
    said = f"{citation.gazette()} {number}"
    return f"{said}{'،' if arabic else ','} {page}" if citation.bulletin.page else said


def comment(text: str) -> str:
    """Return an entry that readers of the format skip."""
    return f"@comment{{{escape(text)}}}\n"
