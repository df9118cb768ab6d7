"""The receipt of a file as programs receive it."""

import datetime as dt
from typing import Self

from pydantic import BaseModel, Field

from kb.services import told


class LanguageShare(BaseModel):
    language: str = Field(description="ISO 639 code.")
    pages: int = Field(description="Pages that are mostly in it.")
    words: int = Field(description="Words of the passages in it.")
    share: float = Field(description="Of all words, 0 to 1.")


class Noticed(BaseModel):
    code: str
    pages: list[tuple[int, int]] = Field(description="First and last of each stretch; none for the file as a whole.")
    details: list[str]


class SampleQuestion(BaseModel):
    text: str
    page: int
    place: int = Field(description="Place of the document among the results when this was asked.")


class Receipt(BaseModel):
    """What came of the reading of a file. The questions are asked anew each time the receipt is fetched."""

    file: int = Field(description="Number of the file.")
    name: str
    state: str = Field(description="waiting, read or failed.")
    failure: str | None = Field(description="Of a file that is read: why it could not be read again.")
    settled: bool = Field(description="Nothing of it is under way: reading, OCR, indexing.")
    ended: dt.datetime | None
    seconds: float
    read_by: str
    ocr_by: str
    pages: int
    words: int
    unread: int = Field(description="Pages that wait for OCR.")
    quality: float = Field(description="Mean of the pages by their words, 0 to 1.")
    origins: dict[str, int] = Field(description="Pages by origin: text, repaired, ocr, none.")
    languages: list[LanguageShare]
    repaired: list[Noticed]
    doubtful: list[Noticed]
    meta: dict[str, str] = Field(description="What the file states of itself; suggestions.")
    headings: int
    corrected: int = Field(description="Pages with words put right by hand.")
    questions: list[SampleQuestion] = Field(description="Words of the file that find its document now.")

    @classmethod
    def of(cls, receipt: told.Receipt) -> Self:
        return cls.model_validate(told.as_json(receipt))
