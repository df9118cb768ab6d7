"""Text becomes markup in one place, and safely; addresses and names that people bring are tamed."""

import html
import re
from urllib.parse import parse_qsl, unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from kb.core.settings import Settings
from kb.core.text import Span
from kb.search.query import Sort
from kb.services.answers import Ask
from kb.services.views import Said
from kb.web import asking, figures, view
from kb.web.addresses import FILTERS, Addresses
from kb.web.attachment import disposition

SETTINGS = Settings()
TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
SPANS = st.lists(st.tuples(st.integers(-3, 70), st.integers(-3, 70)), max_size=8)


@given(TEXT, SPANS)
def test_marks_add_nothing_but_marks(text: str, spans: list[tuple[int, int]]) -> None:
    marked = view.marks(Said(text, "ar", tuple(Span(*span) for span in spans)))
    assert html.unescape(re.sub("</?mark>", "", marked)) == text
    assert "<" not in re.sub("</?mark>", "", marked)


def test_neighbouring_words_are_under_one_mark() -> None:
    said = Said("تبسيط المساطر، والإدارة", "ar", (Span(0, 5), Span(6, 13), Span(16, 23)))
    assert view.marks(said) == "<mark>تبسيط المساطر</mark>، و<mark>الإدارة</mark>"


@given(st.lists(st.tuples(st.sampled_from(["q", "sort", "page", "x", *FILTERS]), TEXT), max_size=12))
def test_any_query_string_is_a_search(pairs: list[tuple[str, str]]) -> None:
    ask = asking.read(pairs, SETTINGS)
    assert ask.page >= 1
    assert all(values for values in ask.filters.values())


@given(TEXT, st.lists(st.sampled_from(["guide", "قطاع إصلاح الإدارة", "a&b=c", "ت #"]), unique=True), st.integers(1, 9))
def test_an_address_asks_what_it_was_made_from(q: str, themes: list[str], page: int) -> None:
    filters = {"theme": frozenset(themes)} if themes else {}
    ask = Ask(q=asking.clean(q), filters=filters, sort=Sort.NEWEST, page=page)
    query = urlsplit(Addresses("ar").turn(ask, page)).query
    assert asking.read(parse_qsl(query), SETTINGS) == ask


def test_control_characters_do_not_reach_a_search() -> None:
    assert asking.clean("تبسيط\x00\n المسا\u0007طر\ud800") == "تبسيط المسا طر"


@given(st.text(max_size=300))
def test_a_file_name_makes_one_sound_header(name: str) -> None:
    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()
    plain = re.fullmatch(r"attachment; filename=\"([A-Za-z0-9._-]+)\"; filename\*=UTF-8''(\S+)", header)
    assert plain is not None
    assert "/" not in unquote(plain[2])


def test_an_arabic_file_name_travels_whole() -> None:
    header = disposition("دليل التبسيط.pdf")
    assert header.startswith('attachment; filename="document.pdf"; ')
    assert unquote(header.rpartition("''")[2]) == "دليل التبسيط.pdf"


@given(st.integers(1, 500), st.integers(1, 500))
def test_a_pager_shows_both_ends_and_where_one_is(page: int, pages: int) -> None:
    shown = figures.window(min(page, pages), pages)
    numbers = [number for number in shown if number]
    assert numbers == sorted(set(numbers))
    assert {1, pages, min(page, pages)} <= set(numbers)
    assert len(shown) <= 7
