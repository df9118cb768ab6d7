import unicodedata
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.parse import parse
from kb.search.query import All, And, Clause, Not, Or, Phrase, Words

TYPED = st.text(st.sampled_from('اب ج-"«»“”؟*? \n\t13.a') | st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("تبسيط المساطر", Words("تبسيط المساطر")),
        ("  تبسيط \t المساطر ", Words("تبسيط المساطر")),
        ("ما هي المساطر؟", Words("ما هي المساطر؟")),
        ("مساطر*", Words("مساطر*")),
        ("أو ليس", Words("أو ليس")),
        ("القانون 31-13", Words("القانون 31-13")),
        ("تقرير - دليل", Words("تقرير - دليل")),
        ("تقرير -2019", Words("تقرير -2019")),
        ("e-TAMKEEN", Words("e-TAMKEEN")),
        ('"تبسيط المساطر"', Phrase("تبسيط المساطر")),
        ("«تبسيط المساطر»", Phrase("تبسيط المساطر")),
        ("“تبسيط المساطر”", Phrase("تبسيط المساطر")),
        ('دليل "تبسيط المساطر"', And((Or((All(), Words("دليل"))), Phrase("تبسيط المساطر")))),
        ("دليل -رخصة", And((Words("دليل"), Not(Words("رخصة", any=False))))),
        ("-رخصة", Not(Words("رخصة", any=False))),
        ('دليل -"رخص البناء"', And((Words("دليل"), Not(Phrase("رخص البناء"))))),
        ('دليل "تبسيط', Words('دليل "تبسيط')),
        ("دليل «تبسيط", Words("دليل «تبسيط")),
        ('دليل ""', Words("دليل")),
        ('"؟"', Words("")),
        ("", All()),
        (" \n\N{NO-BREAK SPACE}", All()),
        ("؟!", Words("؟!")),
        ("-", Words("-")),
        ("a\u0301", Words("á")),
    ],
)
def test_what_is_typed_means(typed: str, meant: Clause) -> None:
    assert parse(typed) == meant


@given(TYPED)
def test_anything_typed_has_a_meaning_in_nfc(typed: str) -> None:
    for text in texts(parse(typed)):
        assert unicodedata.is_normalized("NFC", text)


@given(st.lists(st.text(st.sampled_from("ابتثجحخ"), min_size=1), min_size=1))
def test_plain_words_are_kept_as_they_are(words: list[str]) -> None:
    assert parse(" ".join(words)) == Words(" ".join(words))


@pytest.mark.parametrize("part", ['"', "-", "«", '"-', " -a", '-"', "“", "ا", '""', "-«"])
def test_long_input_takes_linear_time(part: str) -> None:
    start = process_time()
    parse(part * 40_000)
    assert process_time() - start < 1.0


def texts(clause: Clause) -> list[str]:
    if isinstance(clause, And | Or):
        return [text for part in clause.parts for text in texts(part)]
    if isinstance(clause, Not):
        return texts(clause.part)
    assert isinstance(clause, All | Words | Phrase)
    return [] if isinstance(clause, All) else [clause.text]
