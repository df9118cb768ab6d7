import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.parse import compose, parse, read
from kb.search.query import All, And, Between, Clause, Has, Not, Or, Phrase, Prefix, Titled, Words
from tests.growth import grows_in_proportion

TYPED = st.text(st.sampled_from('اب ج-"«»“”؟*? \n\t13.a:') | st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("تبسيط المساطر", Words("تبسيط المساطر")),
        ("  تبسيط \t المساطر ", Words("تبسيط المساطر")),
        ("ما هي المساطر؟", Words("ما هي المساطر؟")),
        ("مساطر*", Prefix("مساطر")),
        ("م*", Words("م*")),
        ("مسا*طر", Words("مسا*طر")),
        ("تبسيط مساطر* 201*", Or((Words("تبسيط"), Prefix("مساطر"), Prefix("201")))),
        ("-مساطر* دليل", And((Words("دليل"), Not(Prefix("مساطر"))))),
        ("نوع:دليل تبسيط", And((Words("تبسيط"), Has("type", frozenset({"دليل"}))))),
        ("نوع:دليل type:law", Or((Has("type", frozenset({"دليل"})), Has("type", frozenset({"law"}))))),
        ('-organisme:"وزارة الداخلية"', Not(Has("organisation", frozenset({"وزارة الداخلية"})))),
        ("عنوان:تبسيط", Titled("تبسيط")),
        ("titre:«تبسيط المساطر»", Titled("تبسيط المساطر", phrase=True)),
        ("سنة:2012..2015", Between("year", 2012, 2015)),
        ("année:٢٠١٢-٢٠١٥", Between("year", 2012, 2015)),
        ("سنة:2015..2012", Between("year", 2012, 2015)),
        ("سنة:..2015", Between("year", None, 2015)),
        ("YEAR:2012..", Between("year", 2012)),
        ("سنة:2012", Between("year", 2012, 2012)),
        ("سنة:قريبة", Words("قريبة")),
        ("رقم:31-13", And((Has("number", frozenset({"#31-13", "#13-31", "31-13"})), Or((All(), Words("31-13")))))),
        ("رقم: 31-13", Words("رقم: 31-13")),
        ("ملاحظة:مهمة", Words("ملاحظة: مهمة")),
        ("الساعة 10:30", Words("الساعة 10:30")),
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


@pytest.mark.parametrize(
    "part", ['"', "-", "«", '"-', " -a", " a:", "a:", " سنة:", "ا*", " ا*", '-"', "“", "ا", '""', "-«"]
)
def test_long_input_takes_linear_time(part: str) -> None:
    parse(part * 40_000)
    assert grows_in_proportion(lambda size: parse(part * size), 2_000)


def test_phrases_are_loosened_to_words() -> None:
    assert read('"تبسيط المساطر" دليل -رخصة').loosened == And(
        (Words("دليل تبسيط المساطر"), Not(Words("رخصة", any=False)))
    )
    assert read("تبسيط المساطر").loosened is None


def test_the_fields_of_a_form_are_all_required() -> None:
    assert compose() is None
    assert compose(every=" ", none="؟") is None
    assert compose(every="تبسيط المساطر") == Words("تبسيط المساطر", any=False)
    assert compose(some="تبسيط المساطر") == Words("تبسيط المساطر")
    assert compose(phrase="«تبسيط المساطر»") == Phrase("تبسيط المساطر")
    assert compose(some="دليل", none="رخصة بناء") == And(
        (Words("دليل"), Not(Words("رخصة", any=False)), Not(Words("بناء", any=False)))
    )


def test_or_and_not_are_words_of_the_form_in_three_languages() -> None:
    meant = Or((Words("a b", any=False), And((Words("c", any=False), Not(Words("d", any=False))))))
    assert compose("a b أو c ليس d") == compose("a b OU c sauf d") == compose("a b or c not d") == meant
    assert compose("أو a أو") == Words("a", any=False)
    assert compose("ليس") is None


def texts(clause: Clause) -> list[str]:
    if isinstance(clause, And | Or):
        return [text for part in clause.parts for text in texts(part)]
    if isinstance(clause, Not):
        return texts(clause.part)
    return [clause.text] if isinstance(clause, Words | Phrase | Prefix | Titled) else []
