"""A citation as a page offers it: references to copy, files to fetch, addresses to send."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote, urlencode

from kb.services.citing import WORDS, Place
from kb.web import asking, wiring
from kb.writing import bibtex, csl, ris
from kb.writing.citation import Citation

Role = Literal["", "name", "title", "address"]

FORMATS: Final = {
    "bib": (bibtex.MEDIA_TYPE, bibtex.write),
    "ris": (ris.MEDIA_TYPE, ris.write),
    "json": (csl.MEDIA_TYPE, csl.write),
}
"""The files of a citation by the ending of their name: the type, and what writes them."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in the style of a language; its pieces are text with the role it has in the whole."""

    language: str
    text: str
    pieces: tuple[tuple[str, Role], ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """`first` is the reference in the reader's language."""

    citation: Citation
    first: Reference

    @property
    def references(self) -> tuple[Reference, ...]:
        """The reference in every style, the reader's first; each takes milliseconds to make."""
        others = (style for style in csl.STYLES if style != self.first.language)
        return self.first, *(_reference(self.citation, style) for style in others)

    @property
    def query(self) -> str:
        """What the addresses of this citation state beside the document."""
        passage = self.citation.passage
        if passage is None:
            return ""
        pairs = [("file", str(passage.file)), ("page", str(passage.page))]
        return "?" + urlencode(pairs + [("words", passage.words)] * bool(passage.words))

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """Each format with the address of its file."""
        return tuple((ending, f"/d/{self.citation.id}/cite.{ending}{self.query}") for ending in FORMATS)

    @property
    def mail(self) -> str:
        """The address that opens a message with the reference, in whichever program the reader writes them."""
        words = f"«{self.citation.passage.words}»\n\n" if self.citation.passage and self.citation.passage.words else ""
        body = f"{words}{self.first.text}"
        return f"mailto:?subject={quote(self.citation.title)}&body={quote(body)}"


def offer(citation: Citation, language: str) -> Offer:
    return Offer(citation, _reference(citation, language))


def _reference(citation: Citation, language: str) -> Reference:
    """Find again, in their order, the facts that may run in another direction than the reference does."""
    text = csl.reference(citation, language)
    facts: list[tuple[str, Role]] = [(name, "name") for name in citation.authors]
    facts += [(citation.title, "title"), (citation.edition, "name"), (citation.address, "address")]
    pieces: list[tuple[str, Role]] = []
    rest = text
    for fact, role in facts:
        before, found, after = rest.partition(fact) if fact else (rest, "", "")
        if found:
            pieces += [(before, ""), (found, role)]
            rest = after
    return Reference(language, text, tuple((piece, role) for piece, role in (*pieces, (rest, "")) if piece))


def place_of(pairs: Iterable[tuple[str, str]]) -> Place | None:
    """Read which passage an address means; None for the document as a whole. Raises NotFound for no number."""
    given: Mapping[str, str] = {name: value for name, value in pairs if value.strip()}
    if "page" not in given:
        return None
    words = asking.clean(given.get("words", "")[: WORDS + 1])
    return Place(wiring.whole(given.get("file", "1")), wiring.whole(given["page"]), words)
