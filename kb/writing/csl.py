"""Citations as CSL-JSON, and in the styles of the folder beside this file. The only file that knows citeproc.

The styles are CSL 1.0 and ours; a reader's own program (Zotero, Mendeley) takes them too.
"""

import json
import re
from collections.abc import Iterable, Mapping
from importlib.resources import as_file, files
from typing import Any, Final

from citeproc import (
    Citation as Cluster,
)
from citeproc import (
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    Locator,
    formatter,
)
from citeproc.source.json import CiteProcJSON

from kb.writing.citation import Citation, Dated
from kb.writing.plain import plain

STYLES: Final = ("ar", "fr", "en")
MEDIA_TYPE: Final = "application/vnd.citationstyles.csl+json"

_TYPES: Final[Mapping[str, str]] = {"law": "legislation", "yearly_report": "report", "publication": "book"}
_KINDS: Final[Mapping[str, str]] = {
    "study": "report",
    "report": "report",
    "minutes": "report",
    "presentation": "speech",
}
_ISBN: Final = re.compile(r"(?:97[89][- ]?)?(?:[0-9][- ]?){9}[0-9Xx]")


def type_of(citation: Citation) -> str:
    """Return the type that CSL gives such a text; what lives on our pages alone is a web page."""
    return _KINDS.get(citation.kind) or _TYPES.get(citation.type, "webpage")


def item(citation: Citation) -> dict[str, Any]:
    """Return the citation as an item of CSL-JSON; what it does not state is left out."""
    bulletin = citation.bulletin
    facts: dict[str, Any] = {
        "id": citation.key,
        "type": type_of(citation),
        "title": plain(citation.title),
        "author": [{"literal": plain(name)} for name in citation.authors],
        "issued": _date(citation.dated),
        "accessed": {"date-parts": [[citation.consulted.year, citation.consulted.month, citation.consulted.day]]},
        "URL": citation.address,
        "language": citation.language,
        "genre": plain(citation.genre()),
        "number": plain(citation.number),
        "publisher": plain(citation.publisher),
        "edition": plain(citation.edition),
        "abstract": plain(citation.abstract),
        "keyword": plain(", ".join(citation.keywords)),
        "number-of-pages": str(citation.pages) if citation.pages else "",
    }
    if bulletin:
        facts |= {"container-title": citation.gazette(), "issue": plain(bulletin.number)}
        facts["page"] = str(bulletin.page) if bulletin.page else ""
    if citation.identifier:
        name = "ISBN" if _ISBN.fullmatch(citation.identifier) else "call-number"
        facts[name] = plain(citation.identifier)
    if citation.passage:
        facts |= {"locator": plain(citation.passage.label), "note": plain(citation.passage.words)}
    return {name: value for name, value in facts.items() if value}


def write(citations: Iterable[Citation]) -> str:
    """Return CSL-JSON: an array, one item a citation."""
    return json.dumps([item(citation) for citation in citations], ensure_ascii=False, indent=2) + "\n"


def style(language: str) -> bytes:
    """Return the style of this language as CSL."""
    return (files("kb.writing") / "styles" / f"rassid-{language}.csl").read_bytes()


def reference(citation: Citation, language: str) -> str:
    """Return the reference in the style of this language (of STYLES), as one line of plain text."""
    facts = item(citation)
    named = {"genre": plain(citation.genre(language)), "container-title": citation.gazette(language)}
    facts |= {name: value for name, value in named.items() if value}
    if citation.says_number:
        facts = {name: value for name, value in facts.items() if name not in {"number", "genre"}}
    locator = facts.pop("locator", "")
    with as_file(files("kb.writing") / "styles" / f"rassid-{language}.csl") as path:
        chosen = CitationStylesStyle(str(path), validate=False)
    listed = CitationStylesBibliography(chosen, CiteProcJSON([facts]), formatter.plain)
    cited = CitationItem(facts["id"], locator=Locator("page", locator)) if locator else CitationItem(facts["id"])
    cluster = Cluster([cited])
    listed.register(cluster)
    return str(listed.cite(cluster, _absent))


def _absent(cited: Any) -> str:
    raise AssertionError(cited)


def _date(dated: Dated | None) -> dict[str, Any] | None:
    return {"date-parts": dated.points()} if dated else None
