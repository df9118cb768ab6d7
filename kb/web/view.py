"""From values to HTML: the templates, and the only place where text becomes markup."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from kb.catalog import markdown
from kb.catalog.content_type import ContentType
from kb.catalog.vocabulary import Vocabulary
from kb.core.clock import now
from kb.core.text import Span
from kb.ingest import media
from kb.ingest.verdict import REPAIRS, UNREAD
from kb.services.answers import Ask
from kb.services.told import Receipt
from kb.services.views import Said
from kb.web import (
    browsing,
    charts,
    describing,
    desk,
    facets,
    figures,
    outline,
    prose,
    rich,
    sheet,
    sheet_filters,
    statics,
    subscribing,
    visitor,
    words,
)
from kb.web.addresses import Addresses
from kb.web.words import Tongue

_MARK: Final = Markup("<mark>")
_UNMARK: Final = Markup("</mark>")
_STATED: Final = ("title", "author", "created", "language", "keywords", "heading")


def marks(said: Said | str) -> Markup:
    """Escape the text, then mark its spans, neighbours as one; spans that overlap or leave the text are dropped."""
    if isinstance(said, str):
        return escape(said)
    return _marked(said.text, said.marks)


def _marked(text: str, spans: tuple[Span, ...]) -> Markup:
    pieces: list[Markup] = []
    here = 0
    for start, end in _joined(text, spans):
        pieces += [escape(text[here:start]), _MARK, escape(text[start:end]), _UNMARK]
        here = end
    return Markup().join([*pieces, escape(text[here:])])


def _joined(text: str, spans: tuple[Span, ...]) -> list[tuple[int, int]]:
    """Where marks start and end: words with nothing but white space between them are under one mark."""
    marked: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda span: span.start):
        start, end = marked[-1] if marked else (0, 0)
        if not end <= span.start < span.end <= len(text):
            continue
        if marked and not text[end : span.start].strip():
            marked[-1] = (start, span.end)
        else:
            marked.append((span.start, span.end))
    return marked


def short(text: str, most: int) -> str:
    """At most `most` characters, cut between words."""
    if len(text) <= most:
        return text
    return text[:most].rpartition(" ")[0].rstrip("،,;:.؛ ") + "…"


@pass_context
def tongue(context: Context, said: Said, *, fix: bool = False, always: bool = False) -> Markup:
    """The `lang` and `dir` of a text that is not in the page's language.

    `fix` keeps the text at the edge that the page begins at; `always` gives them in the page's own language too.
    """
    language = said.language
    if language == context["L"] and not always:
        return Markup()
    aside = Markup(' class="fx"') if fix else Markup()
    if not language:
        return aside + Markup(' dir="auto"')
    return aside + Markup(' lang="{}" dir="{}"').format(language, words.direction(language))


@pass_context
def label(context: Context, labels: Mapping[str, str]) -> str:
    """The label in the reader's language, else in any."""
    return labels.get(context["L"]) or next(iter(labels.values()), "")


@pass_context
def translations(context: Context, value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(language, text) of a translated value: the reader's language alone, else all there are."""
    given = [(code, str(part["text"])) for code, part in value.items() if part.get("text")]
    return [pair for pair in given if pair[0] == context["L"]] or given


def lines(text: str) -> list[str]:
    return [part for part in text.split("\n") if part.strip()]


def stated(receipt: Receipt) -> list[tuple[str, str]]:
    """What a file says of itself that we have a name for."""
    return [(name, receipt.meta[name]) for name in _STATED if receipt.meta.get(name)]


def uses(rows: list[Mapping[str, Any]], column: str) -> bool:
    return any(column in row for row in rows)


@dataclass(frozen=True)
class View:
    """Everything a template may know beside what its page hands it.

    `base` is what full addresses begin with, `language` that of a visitor who has no preference. `notices` counts what
    whoever sees the page has not read.
    """

    environment: Environment
    upload_open: Callable[[], bool]
    notices: Callable[[], int] = int
    language: str = words.LANGUAGES[0]
    base: str = ""

    def render(self, template: str, tongue: Tongue, *, here: str, alternate: bool = True, **facts: Any) -> str:
        """`here` is the path and query of this page without its language, for the links to the other languages."""
        tongues = [
            {"code": t.code, "name": t.name, "short": t.short, "address": f"/{t.code}{here}", "alternate": alternate}
            for t in words.tongues().values()
        ]
        shared = {
            "L": tongue.code,
            "_": tongue.say,
            "n_": tongue.say_count,
            "at": Addresses(tongue.code),
            "tongues": tongues,
            "place": "",
            "here": here,
            "someone": visitor.PRESENT.get(),
            "upload_open": self.upload_open(),
            "unread_notices": self.notices,
            "base": self.base,
            "spoken": self._spoken(here) if alternate else {},
            "house_language": self.language,
            "ask": Ask(),
            "tongue_of_page": tongue,
            "today": now().astimezone().date(),
            "language_name": lambda code: tongue.say(f"language.{code}", otherwise="language.other"),
        }
        return self.environment.get_template(template).render({**shared, **facts})

    def _spoken(self, here: str) -> dict[str, str]:
        """The full address of this page in each language; the question that led to a document is no part of it."""
        own = here.partition("?")[0] if here.startswith("/d/") else here
        return {code: f"{self.base}/{code}{own}" for code in words.LANGUAGES}


def page(text: str, status: int = 200, links: str = "") -> HTMLResponse:
    return HTMLResponse(text, status, {"Cache-Control": "no-cache", **({"Link": links} if links else {})})


def build(
    types: Mapping[str, ContentType],
    vocabulary: Vocabulary,
    *,
    upload_open: Callable[[], bool],
    notices: Callable[[], int] = int,
    language: str = words.LANGUAGES[0],
    limits: Mapping[str, int | Mapping[str, int]] = MappingProxyType({}),
) -> View:
    """`limits` are numbers of the settings that pages state."""
    environment = Environment(
        loader=PackageLoader("kb.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

    def icon_of(type: str) -> str:
        known = types.get(type)
        return known.icon if known else "file-text"

    def theme_icon(code: str) -> str:
        known = vocabulary.themes.get(code)
        return known.icon if known and known.icon else "list"

    environment.globals |= {
        "static": statics.load().address,
        "icon_of": icon_of,
        "theme_icon": theme_icon,
        **limits,
    }
    environment.filters |= _filters()
    return View(environment, upload_open, notices, language if language in words.LANGUAGES else words.LANGUAGES[0])


def _filters() -> dict[str, Callable[..., Any]]:
    return {
        "marks": marks,
        "prose": prose.blocks,
        "rich": rich.html,
        "rich_parts": rich.blocks,
        "has_signs": markdown.has_signs,
        "anchored": prose.anchored,
        "short": short,
        "tongue": tongue,
        "label": label,
        "translations": translations,
        "lines": lines,
        "stated": stated,
        "unread": lambda codes: [code for code in codes if code in UNREAD],
        "doubts": lambda codes: [code for code in codes if code not in REPAIRS],
        "uses": uses,
        "direction": words.direction,
        "isolated": words.isolated,
        "plain": words.plain,
        "format_name": lambda media_type: media.NAMES.get(media_type, "BIN"),
        "panel": facets.panel,
        "is_long": facets.is_long,
        "by_letter": facets.by_letter,
        "bars": figures.bars,
        **charts.FILTERS,
        **browsing.FILTERS_OF_TEMPLATES,
        "heat": figures.heat,
        "linked": figures.linked,
        "outlines": figures.outlines,
        "nth": figures.nth,
        "total": figures.total,
        "steps": figures.steps,
        "strip": figures.strip,
        "tall": figures.tall,
        "thumbs": figures.thumbs,
        "places": figures.places,
        "metas": pass_context(lambda context, it: describing.metas(it, context["tongue_of_page"])),
        "json_ld": pass_context(
            lambda context, it: describing.json_ld(describing.linked(it, context["tongue_of_page"]))
        ),
        "feed": pass_context(lambda context, of, kind="atom": subscribing.feed_of(context["L"], of, kind)),
        "window": figures.window,
        **sheet_filters.FILTERS,
        "narrowed": desk.is_narrowed,
        "said_as": pass_context(lambda context, values, group: desk.said_as(context["_"], values, group)),
        "around": outline.around,
        "first_branches": outline.first_branches,
        "num": pass_context(lambda context, value: context["tongue_of_page"].number(value)),
        "pct": pass_context(lambda context, value: context["tongue_of_page"].percent(value)),
        "size": pass_context(lambda context, value: context["tongue_of_page"].size(value)),
        "when": pass_context(lambda context, value: context["tongue_of_page"].when(sheet.as_when(value))),
        "moment": pass_context(lambda context, value: context["tongue_of_page"].moment(value)),
        "day": pass_context(lambda context, value: context["tongue_of_page"].date(value)),
    }
