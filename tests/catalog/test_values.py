"""Values are read strictly from whatever a form, a sidecar or a JSON line gives."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.catalog import fields, values

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize("name", fields.KINDS)
@given(raw=JSON)
@settings(deadline=None, max_examples=30)
def test_a_kind_reads_its_own_result_alike_or_refuses_by_name(name: str, raw: Any) -> None:
    kind = fields.KINDS[name]
    once = None
    with contextlib.suppress(ValueError):
        once = kind.read(raw)
    if not fields.blank(once):
        assert kind.read(once) == once
        assert all(isinstance(text, str) for text, _ in kind.said(once))


@given(raw=st.text(max_size=60))
@settings(deadline=None)
def test_a_line_is_one_line_and_stable(raw: str) -> None:
    read = values.line(raw)
    assert "\n" not in read
    assert read == read.strip()
    assert values.line(read) == read


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("  دليل   المساطر ", "دليل المساطر"),
        ("ملف\u202egpj.exe", "ملفgpj.exe"),
        ("a\x00b\x1b[31m", "a b [31m"),
        ("e\u0301tude", "étude"),
        ("\ufeffدليل", "دليل"),
        (12, "12"),
    ],
)
def test_a_line_loses_what_cannot_be_seen(raw: object, read: str) -> None:
    assert values.line(raw) == read


def test_a_text_keeps_its_paragraphs() -> None:
    assert values.text("فقرة أولى\r\nتتمة\r\n\r\n\r\n\r\nفقرة ثانية") == "فقرة أولى\nتتمة\n\nفقرة ثانية"


@pytest.mark.parametrize("limit", [values.LINE_CHARS])
def test_a_line_ends_at_its_limit(limit: int) -> None:
    assert values.line("م" * limit) == "م" * limit
    with pytest.raises(ValueError, match="too-long"):
        values.line("م" * (limit + 1))


def test_a_list_ends_at_its_limit() -> None:
    kept = [str(number) for number in range(values.LIST_ITEMS)]
    assert values.lines(kept) == kept
    with pytest.raises(ValueError, match="too-many"):
        values.lines([*kept, "أخرى"])


def test_lines_may_come_from_a_form_one_each_row() -> None:
    assert values.lines("المرتفقون\n\nالأعوان\nالمرتفقون") == ["المرتفقون", "الأعوان"]


@pytest.mark.parametrize(
    ("raw", "read"),
    [("٣٫٥", 3.5), ("1 200", 1200), ("2,40", 2.4), (7.0, 7), ("-3", -3), ("١٢", 12)],
)
def test_numbers_are_read_as_people_write_them(raw: object, read: float) -> None:
    assert values.number(raw) == read


@pytest.mark.parametrize("raw", ["", "dix", "1.2.3", float("nan"), True, None, [1]])
def test_what_is_no_number_is_refused(raw: object) -> None:
    with pytest.raises(ValueError, match="not-a-number"):
        values.number(raw)


@pytest.mark.parametrize("raw", [10**16, 10**400, float("inf"), -float("inf")])
def test_numbers_without_measure_are_refused(raw: object) -> None:
    with pytest.raises(ValueError, match="out-of-range"):
        values.number(raw)


@pytest.mark.parametrize(
    ("reader", "raw"),
    [
        (values.percent, 101),
        (values.percent, "-1"),
        (values.year, 31),
        (values.year, "2019.5"),
        (values.score, 4),
        (values.count, -1),
        (values.money, {"low": 5, "high": 3}),
        (values.money, {"amount": 5, "currency": "BTC"}),
        (values.money, {"amount": 5, "bribe": 1}),
        (values.flag, "peut-être"),
        (values.code, "../etc"),
    ],
)
def test_values_outside_their_bounds_are_refused(reader: Callable[[Any], Any], raw: object) -> None:
    with pytest.raises(ValueError, match=r"^[a-z-]+$"):
        reader(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "//example.org/x",
        "https://user:secret@example.org/",
        "https://exa mple.org/",
        "https://[::1",
        "https://example.org:99999/",
        "https:\\\\example.org",
    ],
)
def test_addresses_that_lead_astray_are_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="not-a-url"):
        values.url(raw)


def test_an_address_is_kept_as_given() -> None:
    assert values.url(" https://example.org/ar/دليل?a=1#b ") == "https://example.org/ar/دليل?a=1#b"


@pytest.mark.parametrize("raw", ["a@b", "a b@example.org", "a@example..org", "@example.org", "a@example.org\r\nBcc: x"])
def test_what_is_no_mailbox_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="not-an-email"):
        values.email(raw)


def test_a_bare_text_is_in_the_language_of_its_script() -> None:
    assert list(values.translated_line("دليل")) == ["ar"]
    assert list(values.translated_line("ⴰⵙⵏⵎⵍ")) == ["zgh"]
    assert list(values.translated_line("Guide")) == ["fr"]


@pytest.mark.parametrize(("document", "language"), [("en", "en"), ("fr", "fr"), ("ar", "fr"), ("es", "fr"), ("", "fr")])
def test_latin_words_are_never_taken_for_arabic(document: str, language: str) -> None:
    assert values.script_language("31 Guide", document) == language


def test_a_translation_keeps_its_state() -> None:
    read = values.translated_line({"ar": "دليل", "fr": {"text": "Guide", "state": "draft"}, "en": ""})
    assert read == {"ar": {"text": "دليل", "state": "reviewed"}, "fr": {"text": "Guide", "state": "draft"}}


@pytest.mark.parametrize(
    "raw", [{"xx": "a"}, {"ar": {"text": "a", "state": "perfect"}}, {"ar": {"words": "a"}}, {"ar": 2.5}]
)
def test_a_translation_of_another_shape_is_refused(raw: object) -> None:
    with pytest.raises(ValueError, match=r"malformed|unknown-language"):
        values.translated_line(raw)
