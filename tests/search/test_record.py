"""What tantivy's records tell of terms is what the analysis had counted."""

from hypothesis import given
from hypothesis import strategies as st

from kb.core.text import DocumentId, Passage, Span
from kb.languages import PRODUCT
from kb.search.engine import Entry
from kb.search.engines.tantivy.record import NUMBERED, Records, pack_unit, read_unit
from kb.search.units import View, units

WORDS = st.text("ابتةىؤفيمنأ", max_size=7) | st.sampled_from(
    ["في", "من", "report", "𞤀𞤁𞤀𞤁", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "المُحكمة", "31.13"]
)
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)


def passage(text: str, heading: str = "") -> Passage:
    return Passage(text, Span(0, len(text)), 1, 1, heading=heading)


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=4))
def test_terms_are_counted_as_they_were_analysed(said: list[tuple[str, str, str]]) -> None:
    entries = [Entry(DocumentId(f"d{n}"), title, (passage(text, head),)) for n, (title, head, text) in enumerate(said)]
    made = [units(entry, PRODUCT)[0] for entry in entries]
    read = [read_unit(pack_unit(unit, entry, entry.passages[0])) for unit, entry in zip(made, entries, strict=True)]
    assert [(each.id, each.words, each.passage()) for each in read] == [
        (entry.id, unit.words, entry.passages[0]) for unit, entry in zip(made, entries, strict=True)
    ]
    records = Records(read)
    for view in (*NUMBERED, View.EXACT, View.TRIGRAMS):
        told = {
            View.EXACT: records.written,
            View.TRIGRAMS: records.holding,
        }.get(view, lambda term, view=view: records.numbered(view, term))
        for term in {term for unit in made for term in unit.counts[view]} | {"ظظظ"}:
            assert told(term).tolist() == [unit.counts[view][term] for unit in made], (view, term)


def test_a_term_of_the_title_alone_marks_no_passage() -> None:
    entries = [
        Entry(DocumentId("a"), "دليل الرخص", (passage("نص عن الماء"),)),
        Entry(DocumentId("b"), "دليل الرخص", (passage("رخصة البناء"),)),
        Entry(DocumentId("c"), "تقرير", (passage("نص عن الماء", "الرخص"),)),
    ]
    records = Records([read_unit(pack_unit(units(e, PRODUCT)[0], e, e.passages[0])) for e in entries])
    [word] = PRODUCT.tokens("الرخصة")
    assert records.surely(word.terms.light).tolist() == [False, True, False]
