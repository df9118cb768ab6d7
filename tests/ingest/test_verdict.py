"""When a page is believed, doubted, or sent to OCR."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.core.text import codes
from kb.ingest import verdict
from kb.ingest.lexicon import Rate
from kb.ingest.verdict import Signs


def quality(unmapped: float, arabic: Rate, latin: Rate) -> float:
    return verdict.quality(Signs(100, 0.0, unmapped, arabic, latin))


GOOD = Signs(glyphs=1500, images=0.0, unmapped=0.0, arabic=Rate(290, 300), latin=Rate(0, 0))


@pytest.mark.parametrize(
    "page",
    [
        GOOD,
        GOOD._replace(images=0.9),
        GOOD._replace(arabic=Rate(5, 11)),
        GOOD._replace(unmapped=0.06),
        GOOD._replace(arabic=Rate(0, 0), latin=Rate(60, 200)),
        Signs(0, 0.0, 0.0, Rate(0, 0), Rate(0, 0)),
        Signs(9, 0.2, 0.0, Rate(1, 1), Rate(0, 0)),
    ],
)
def test_a_page_with_a_text_that_reads_well_is_not_sent_to_ocr(page: Signs) -> None:
    assert not verdict.needs_ocr(page)


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (Signs(3, 0.95, 0.0, Rate(0, 0), Rate(0, 0)), ("needs-ocr",)),
        (GOOD._replace(unmapped=0.07), ("unmapped-glyphs", "needs-ocr")),
        (GOOD._replace(arabic=Rate(230, 300)), ("low-word-rate", "needs-ocr")),
        (GOOD._replace(arabic=Rate(0, 0), latin=Rate(2, 200)), ("needs-ocr",)),
    ],
)
def test_a_page_without_a_text_to_be_trusted_is_sent_to_ocr_and_says_why(page: Signs, found: tuple[str, ...]) -> None:
    assert verdict.needs_ocr(page)
    assert codes(verdict.findings(page)) == found


def test_a_page_may_be_doubted_without_being_sent_to_ocr() -> None:
    page = GOOD._replace(arabic=Rate(249, 300))
    assert not verdict.needs_ocr(page)
    assert codes(verdict.findings(page)) == ("low-word-rate",)


def test_a_good_text_has_full_quality_and_garbage_next_to_none() -> None:
    assert quality(0.0, Rate(290, 300), Rate(0, 0)) == 1.0
    assert quality(0.0, Rate(3, 3), Rate(120, 200)) == 1.0
    assert quality(0.0, Rate(0, 0), Rate(0, 0)) == 1.0
    assert quality(0.0, Rate(20, 300), Rate(0, 0)) < 0.1
    assert quality(0.9, Rate(1, 1), Rate(0, 0)) < 0.2


def test_a_few_rare_words_cost_little() -> None:
    assert quality(0.0, Rate(3, 4), Rate(0, 0)) > 0.8


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.floats(0, 1), st.floats(0, 1))
def test_quality_never_rises_when_less_is_known(
    judged: int, known: int, latin: int, share: float, other: float
) -> None:
    known = min(known, judged)
    some = quality(min(share, other), Rate(known, judged), Rate(latin // 2, latin))
    assert 0.0 <= some <= 1.0
    assert quality(max(share, other), Rate(known, judged), Rate(latin // 2, latin)) <= some
    assert quality(min(share, other), Rate(max(0, known - 1), judged), Rate(latin // 2, latin)) <= some
