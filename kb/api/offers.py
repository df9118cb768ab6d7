"""What programs receive besides an answer: what a reader may be about to type, or may have meant."""

from collections.abc import Sequence
from typing import Self
from urllib.parse import urlencode

from pydantic import BaseModel, Field

from kb.services.answers import Alternative as Offered
from kb.services.answers import Suggestion as Suggested


class Alternative(BaseModel):
    kind: str = Field(
        description="spelling, keyboard: the question as it may have been meant; precision, widened: searched less "
        "strictly; fewer: without a part; filter, excluded, filters: without filters; term: a theme, a body or a title "
        "near by."
    )
    q: str = Field(description="The question to ask instead.")
    said: str = Field(description="What was mended, left out, lifted or found near by.")
    facet: str | None = Field(description="Name of the filter that was lifted.")
    total: int | None = Field(description="Documents that it finds, null where they were not counted.")

    @classmethod
    def of(cls, one: Offered) -> Self:
        return cls(kind=one.kind, q=one.ask.q, said=one.said, facet=one.name or None, total=one.total or None)


def _address(one: Suggested, language: str) -> str:
    if one.kind == "title":
        return f"/{language}/d/{one.value}"
    name = "q" if one.kind in ("term", "question") else one.kind
    return f"/{language}/search?{urlencode([(name, one.value)])}"


class Suggestion(BaseModel):
    kind: str = Field(description="question, theme, organisation, term (of the thesaurus) or title.")
    text: str
    language: str = Field(description="ISO 639-1 code, empty where it is not known.")
    url: str
    count: int | None = Field(description="Documents behind a theme or an organisation; null for a title.")


class Suggestions(BaseModel):
    suggestions: list[Suggestion]

    @classmethod
    def of(cls, found: Sequence[Suggested], language: str) -> Self:
        return cls(
            suggestions=[
                Suggestion(
                    kind=one.kind,
                    text=one.text,
                    language=one.language,
                    url=_address(one, language),
                    count=one.count or None,
                )
                for one in found
            ]
        )
