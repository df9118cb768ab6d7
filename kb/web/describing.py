"""What a document's page says of itself to programs: meta tags, schema.org as JSON-LD, links in its headers."""

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from kb.ingest import media
from kb.services.described import Described
from kb.web import words
from kb.web.addresses import Addresses
from kb.web.words import Tongue

CARD: Final = (1200, 630)
"""Width and height of the picture of a document, as the places that show it want it."""

_LOCALES: Final = {"ar": "ar_MA", "fr": "fr_FR", "en": "en_GB"}
_REPORTS: Final = frozenset({"Report", "TechArticle"})
# What would end a script, begin another element or end a line of a script (HTML, 4.12.1.3; JSON allows these forms).
_ESCAPED: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


class Meta(NamedTuple):
    """`key` is the attribute that names it: name, or property for OpenGraph."""

    key: str
    name: str
    content: str
    language: str = ""


def metas(described: Described, tongue: Tongue) -> tuple[Meta, ...]:
    found = (*_dublin(described), *_highwire(described), *_open_graph(described, tongue))
    return tuple(meta for meta in found if meta.content)


def _dublin(described: Described) -> Iterator[Meta]:
    for one in described.statements:
        yield Meta("name", f"DC.{one.element}", " ".join(one.text.split()), one.language)


def _highwire(described: Described) -> Iterator[Meta]:
    """Yield what Google Scholar and Zotero read; of several files the first PDF is the text."""
    cited = described.citation
    yield Meta("name", "citation_title", cited.title, cited.language)
    for author in cited.authors:
        yield Meta("name", "citation_author", author)
    if cited.dated:
        yield Meta("name", "citation_publication_date", "/".join(f"{part:02}" for part in cited.dated.points()[0]))
    yield Meta("name", "citation_language", cited.language)
    yield Meta("name", "citation_public_url", cited.document)
    yield Meta("name", "citation_abstract_html_url", cited.document)
    pdf = next((file for file in described.files if file.media_type == media.PDF), None)
    yield Meta("name", "citation_pdf_url", described.file(pdf.number) if pdf else "")
    yield Meta("name", "citation_keywords", "; ".join(cited.keywords))
    yield Meta("name", "citation_publisher", cited.publisher or next(iter(cited.authors), ""))
    if described.schema in _REPORTS:
        yield Meta("name", "citation_technical_report_institution", next(iter(cited.authors), ""))
    yield Meta("name", "citation_technical_report_number" if not cited.is_law else "citation_number", cited.number)
    yield Meta("name", "citation_isbn", cited.identifier if cited.identifier[:3] in {"978", "979"} else "")


def _open_graph(described: Described, tongue: Tongue) -> Iterator[Meta]:
    for name, content in (
        ("og:type", "article"),
        ("og:site_name", tongue.text("brand")),
        ("og:title", described.title),
        ("og:description", " ".join((described.summary or described.title).split())[:300]),
        ("og:url", f"{described.base}{Addresses(tongue.code).document(described.citation.id)}"),
        ("og:locale", _LOCALES[tongue.code]),
        *(("og:locale:alternate", _LOCALES[code]) for code in words.LANGUAGES if code != tongue.code),
        ("og:image", described.card),
        ("og:image:type", "image/png"),
        ("og:image:width", str(CARD[0])),
        ("og:image:height", str(CARD[1])),
        ("og:image:alt", described.title),
    ):
        yield Meta("property", name, content)
    yield Meta("name", "twitter:card", "summary_large_image")


def linked(described: Described, tongue: Tongue) -> dict[str, Any]:
    """The document and the way to it as a graph of schema.org."""
    at, base = Addresses(tongue.code), described.base
    way = (
        (tongue.text("home"), f"{base}/{tongue.code}/"),
        (described.type_label, base + at.browse(type=described.type)),
        (described.title, base + at.document(described.citation.id)),
    )
    crumbs = [
        {"@type": "ListItem", "position": place, "name": name, "item": address}
        for place, (name, address) in enumerate(way, 1)
    ]
    return {
        "@context": "https://schema.org",
        "@graph": [_work(described, tongue), {"@type": "BreadcrumbList", "itemListElement": crumbs}],
    }


def _work(described: Described, tongue: Tongue) -> dict[str, Any]:
    cited = described.citation
    bodies = [{"@type": "GovernmentOrganization", "name": name} for name in cited.authors]
    facts: dict[str, Any] = {
        "@type": described.schema,
        "@id": cited.document,
        "url": f"{described.base}{Addresses(tongue.code).document(cited.id)}",
        "identifier": cited.document,
        "name": cited.title,
        "headline": cited.title[:110] if described.schema.endswith("Article") else "",
        "alternateName": described.title if described.title != cited.title else "",
        "description": described.summary,
        "inLanguage": list(described.languages),
        "datePublished": described.dated.partition("/")[0],
        "temporalCoverage": described.dated if "/" in described.dated else "",
        "author": bodies,
        "publisher": {"@type": "Organization", "name": cited.publisher} if cited.publisher else bodies[:1],
        "keywords": list(cited.keywords),
        "genre": cited.genre(tongue.code),
        "about": [{"@type": "DefinedTerm", "name": theme} for theme in described.themes],
        "image": described.card,
        "license": described.licence if described.licence.startswith(("http://", "https://")) else "",
        "isAccessibleForFree": True,
        "encoding": [
            {
                "@type": "MediaObject",
                "name": file.name,
                "contentUrl": described.file(file.number),
                "encodingFormat": file.media_type,
                "contentSize": str(file.size),
                **({"inLanguage": file.language} if file.language else {}),
            }
            for file in described.files
        ],
        "step": [
            {"@type": "HowToStep", "position": place, "text": text} for place, text in enumerate(described.steps, 1)
        ],
    }
    if described.schema == "Legislation":
        facts |= {
            "legislationIdentifier": cited.number,
            "legislationDate": described.dated,
            "legislationType": cited.genre(),
            "legislationPassedBy": bodies,
        }
    return {name: value for name, value in facts.items() if value or value is True}


def json_ld(facts: dict[str, Any]) -> Markup:
    """A block of data: no browser runs it, so the policy that forbids scripts in pages lets it stand."""
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    for letter, escaped in _ESCAPED.items():
        text = text.replace(letter, escaped)
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text))  # noqa: S704 - escaped above
