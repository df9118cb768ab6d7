"""Citations in formats of other programs, read back by readers that are not ours."""

import datetime as dt
import io
import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from citeproc import CitationStylesStyle
from hypothesis import given
from hypothesis import strategies as st

from kb.writing import bibtex, csl, ris
from kb.writing.citation import Bulletin, Citation, Dated, Passage

DAY = dt.date(2018, 2, 22)
GUIDE = Citation(
    id="abcdefghij",
    type="publication",
    kind="guide",
    genres={"ar": "دليل", "fr": "Guide"},
    title="دليل تبسيط المساطر: 100% رقمي & «شفاف» {1}_#$~^\\",
    language="ar",
    authors=("وزارة الاقتصاد والمالية وإصلاح الإدارة", "Agence A, B & C"),
    dated=Dated(dt.date(2020, 5, 1), dt.date(2020, 5, 31), "month"),
    edition="الطبعة الثانية",
    keywords=("التبسيط", "الاستقبال"),
    abstract="سطر\nوسطر",
    pages=48,
    document="https://library.example/d/abcdefghij",
    address="https://library.example/d/abcdefghij/f/1/p/12",
    passage=Passage(1, 12, "xii", "تعلق لائحة الوثائق"),
    consulted=dt.date(2026, 11, 25),
)
LAW = replace(
    GUIDE,
    type="law",
    kind="law",
    genres={"ar": "قانون", "fr": "Loi", "en": "Law"},
    title="القانون رقم 31.13 المتعلق بالحق في الحصول على المعلومات",
    number="31.13",
    dated=Dated(DAY, DAY),
    bulletin=Bulletin("6655", Dated(dt.date(2018, 3, 12), dt.date(2018, 3, 12)), 1438),
    edition="",
    passage=None,
    address=GUIDE.document,
)

_NO_BRACES = str.maketrans("", "", "{}")
_LINE = {"type": "string", "minLength": 1, "pattern": r"^[^\n\r\t]*$"}
_DATE = {
    "type": "object",
    "required": ["date-parts"],
    "additionalProperties": False,
    "properties": {
        "date-parts": {
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "items": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "integer"}},
        }
    },
}
_LINES = [
    *("id", "title", "URL", "language", "genre", "number", "publisher", "edition", "abstract", "keyword"),
    *("number-of-pages", "container-title", "issue", "page", "ISBN", "call-number", "locator", "note"),
]
# What CSL-JSON allows of what we state, written from the specification of CSL 1.0.2: no other name of a variable.
SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["id", "type"],
        "additionalProperties": False,
        "properties": {
            "type": {"enum": ["book", "legislation", "report", "speech", "webpage"]},
            "author": {
                "type": "array",
                "items": {"type": "object", "additionalProperties": False, "properties": {"literal": _LINE}},
            },
            "issued": _DATE,
            "accessed": _DATE,
            **dict.fromkeys(_LINES, _LINE),
        },
    },
}


@pytest.mark.parametrize("citation", [GUIDE, LAW, replace(GUIDE, type="lesson", kind="", dated=None, authors=())])
def test_csl_json_keeps_to_the_schema_of_csl(citation: Citation) -> None:
    items = json.loads(csl.write([citation]))
    jsonschema.validate(items, SCHEMA)
    assert items[0]["URL"] == citation.address


@pytest.mark.parametrize("language", csl.STYLES)
def test_our_styles_keep_to_the_schema_of_csl(language: str) -> None:
    CitationStylesStyle(io.BytesIO(csl.style(language)), validate=True)  # warns, and a warning is an error here


def test_bibtex_is_read_back_by_another_reader() -> None:
    library = parse_string(bibtex.write([GUIDE, LAW]))
    assert library.failed_blocks == []
    guide, law = library.entries
    assert (guide.entry_type, guide.key) == ("book", "rassid-abcdefghij-f1p12")
    assert guide["pages"] == "xii"
    assert guide["date"] == "2020-05"
    assert guide["url"] == GUIDE.address
    assert guide["author"] == r"{وزارة الاقتصاد والمالية وإصلاح الإدارة} and {Agence A, B \& C}"
    assert law["howpublished"] == "الجريدة الرسمية عدد 6655، ص. 1438"
    assert (law["number"], law.key) == ("31.13", "rassid-abcdefghij")


def test_bibtex_escapes_what_tex_takes_for_more_than_a_letter() -> None:
    decoded = parse_string(bibtex.write([GUIDE]), append_middleware=[LatexDecodingMiddleware()])
    letters = decoded.entries[0]["title"].replace("ˆ", "^")  # the reader's spelling of TeX's circumflex
    assert letters.translate(_NO_BRACES) == GUIDE.title.translate(_NO_BRACES)
    assert r"100\% رقمي \& «شفاف» \textbraceleft{}1\textbraceright{}\_\#\$" in bibtex.write([GUIDE])


@given(st.text(max_size=60))
def test_no_title_breaks_a_file_that_others_read(title: str) -> None:
    odd = replace(GUIDE, title=title, authors=(title,), abstract=title)
    assert len(parse_string(bibtex.write([odd, LAW])).entries) == 2
    assert len(rispy.loads(ris.write([odd, LAW]))) == 2
    jsonschema.validate([item for item in json.loads(csl.write([odd])) if item.get("title")], SCHEMA)


def test_ris_is_read_back_by_another_reader() -> None:
    guide, law = rispy.loads(ris.write([GUIDE, LAW]))
    assert guide["type_of_reference"] == "BOOK"
    assert guide["authors"] == list(GUIDE.authors)
    assert (guide["year"], guide["start_page"], guide["language"]) == ("2020", "xii", "ar")
    assert guide["keywords"] == ["التبسيط", "الاستقبال"]
    assert guide["abstract"] == "سطر وسطر"
    assert guide["urls"] == [GUIDE.address]
    assert (law["type_of_reference"], law["secondary_title"], law["date"]) == ("STAT", "الجريدة الرسمية", "2018/02/22/")


def test_marks_that_steer_display_stay_out_of_data() -> None:
    odd = replace(GUIDE, title="\u202bعنوان\u202c\u200e\x00")
    for text in (bibtex.write([odd]), ris.write([odd]), csl.write([odd])):
        assert "عنوان" in text
        assert not set("\u202b\u202c\u200e\x00") & set(text)


def test_a_key_is_steady_and_differs_where_the_address_does() -> None:
    assert replace(GUIDE, title="آخر", authors=(), dated=None).key == GUIDE.key
    assert replace(GUIDE, passage=Passage(1, 13, "13")).key != GUIDE.key != LAW.key


def test_a_period_that_goes_on_has_a_beginning_alone() -> None:
    going = replace(GUIDE, dated=Dated(dt.date(2021, 1, 1), None, "year"))
    assert csl.item(going)["issued"] == {"date-parts": [[2021]]}
    assert "date = {2021}," in bibtex.write([going])
