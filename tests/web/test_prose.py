"""The text of a page becomes headings, paragraphs, tables and notes, and loses no word on the way."""

import datetime as dt
import html
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kb.core.text import DocumentId, Page, Region, Span
from kb.services.reader import PageShown
from kb.services.spots import spots
from kb.services.views import Card, FileShown, Record, Said
from kb.web import prose

TEXT = st.text(st.sampled_from("اب ج.\n\t<&") | st.characters(codec="utf-8"), max_size=60)
EDGES = st.lists(st.integers(0, 60), max_size=8)
KINDS = ("heading", "table", "footnote", "unknown")
RECORD = Record(
    card=Card(DocumentId("a" * 10), "law", "نص", Said("عنوان")),
    fields=(),
    files=(),
    relations=(),
    themes=(),
    audience="public",
    revision=1,
    changed=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
)
FILE = FileShown(1, "a.txt", "text/plain", 1, "original", "ar", "read")


def page(text: str, *regions: Region, marks: tuple[Span, ...] = (), doubts: tuple[Span, ...] = ()) -> PageShown:
    here = spots(Page(1, text), marks)
    return PageShown(
        RECORD, FILE, 1, "1", Said(text, "ar"), "text", 1.0, (), regions=regions, spots=here, doubts=doubts
    )


def pieces(block: prose.Block) -> list[str]:
    return [str(one) for one in (block.text, *(cell for row in block.rows for cell in row), *block.notes)]


def paired(edges: list[int], text: str) -> list[Span]:
    inside = sorted({min(edge, len(text)) for edge in edges})
    return [Span(a, b) for a, b in zip(inside[::2], inside[1::2], strict=False)]


@given(TEXT, EDGES, EDGES, EDGES)
def test_no_word_is_lost_and_nothing_but_marks_is_added(
    text: str, marked: list[int], cut: list[int], unsure: list[int]
) -> None:
    regions = [Region(KINDS[n % 4], span, n % 3 + 1) for n, span in enumerate(paired(cut, text))]
    shown = page(text, *regions, marks=tuple(paired(marked, text)), doubts=tuple(paired(unsure, text)))
    said = "".join(piece for block in prose.blocks(shown, 1, "hit") for piece in pieces(block))
    bare = re.sub(r'</?(?:mark|u)(?: id="(?:hit|text)-\d+")?(?: class="cur")?>', "", said)
    assert "<" not in bare
    assert "".join(html.unescape(bare).split()) == "".join(text.split())


@given(TEXT, EDGES)
def test_each_hit_is_named_once(text: str, marked: list[int]) -> None:
    shown = page(text, marks=tuple(paired(marked, text)))
    said = "".join(piece for block in prose.blocks(shown, 1, "hit") for piece in pieces(block))
    assert re.findall(r'id="hit-(\d+)"', said) == [str(spot.number) for spot in shown.spots]


def test_lines_of_paper_become_paragraphs_again() -> None:
    text = (
        "تقوم العلاقة بين الإدارة والمرتفق على الثقة المتبادلة ومقتضى ذلك\n"
        "ألا تطالب الإدارة بوثيقة غير واردة في المسطرة المنشورة وأن تسلم\n"
        "وصلا عن كل طلب.\n"
        "المادة 3 يسري هذا المقتضى على جميع المصالح المركزية واللاممركزة\n"
        "- الوصل مؤرخ\n"
        "- الأجل ستون يوما\n\n"
        "خاتمة"
    )
    found = [str(block.text).replace("\n", " ") for block in prose.blocks(page(text), 0, "hit")]
    assert found[0].endswith("وأن تسلم وصلا عن كل طلب.")
    assert [part.split()[0] for part in found] == ["تقوم", "المادة", "-", "-", "خاتمة"]


def test_long_lines_are_paragraphs_already() -> None:
    lines = ["فقرة طويلة " * 20, "فقرة أخرى طويلة " * 20]
    assert len(prose.blocks(page("\n".join(lines)), 0, "hit")) == 2


def test_a_mark_goes_from_the_first_letter_that_answers_to_the_last() -> None:
    shown = page("وتبسيط المساطر، نص", marks=(Span(1, 6), Span(7, 14)))
    [block] = prose.blocks(shown, 1, "hit")
    assert block.text == 'و<mark id="hit-1" class="cur">تبسيط المساطر</mark>، نص'


def test_what_the_picture_has_a_place_for_leads_to_the_text_under_another_name() -> None:
    shown = page("دليل المساطر", marks=(Span(5, 12),))
    assert 'id="hit-1"' in prose.blocks(shown, 0, "text")[0].text
    placed = replace(shown, spots=(replace(shown.spots[0], places=((0, 0, 9, 9),)),))  # type: ignore[arg-type]  # a Rect is a tuple
    assert 'id="text-1"' in prose.blocks(placed, 0, "text")[0].text


def test_headings_step_down_by_one_wherever_they_begin() -> None:
    text = "أ\nب\nج\nد"
    levels = (2, 5, 3, 2)
    regions = [Region("heading", Span(2 * n, 2 * n + 1), level) for n, level in enumerate(levels)]
    found = prose.blocks(page(text, *regions), 0, "hit")
    assert [(block.kind, block.level) for block in found] == [("heading", level) for level in (3, 4, 4, 3)]


def test_a_table_has_as_many_cells_in_each_row_and_a_large_one_is_its_lines() -> None:
    text = "المؤشر\tقبل\tبعد\nالأجل\t30\n"
    [table] = prose.blocks(page(text, Region("table", Span(0, len(text)))), 0, "hit")
    assert table.rows == (("المؤشر", "قبل", "بعد"), ("الأجل", "30", ""))
    large = "ا\tب\n" * 300
    assert [block.kind for block in prose.blocks(page(large, Region("table", Span(0, len(large)))), 0, "hit")] == [
        "lines"
    ]


def test_footnotes_stand_together_below() -> None:
    text = "نص\n(1) أولى\n(2) ثانية"
    regions = (Region("footnote", Span(3, 11)), Region("footnote", Span(12, 21)))
    found = prose.blocks(page(text, *regions), 0, "hit")
    assert [(block.kind, len(block.notes)) for block in found] == [("paragraph", 0), ("footnotes", 2)]


def test_a_doubtful_word_is_underlined_also_in_a_mark() -> None:
    shown = page("دليل المساطر", marks=(Span(5, 12),), doubts=(Span(5, 12), Span(0, 4)))
    shown = replace(shown, doubts=(Span(0, 4), Span(5, 12)))
    [block] = prose.blocks(shown, 0, "hit")
    assert block.text == '<u>دليل</u> <mark id="hit-1"><u>المساطر</u></mark>'
