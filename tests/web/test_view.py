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


@given(TEXT, SPANS)
def test_paragraphs_keep_every_word_and_mark(text: str, spans: list[tuple[int, int]]) -> None:
    said = Said(text, "ar", tuple(Span(*span) for span in spans))
    whole = "".join(html.unescape(re.sub("</?mark>", "", part)) for part in view.parts(said))
    assert "".join(whole.split()) == "".join(text.split())


def test_lines_of_paper_become_paragraphs_again() -> None:
    page = (
        "تقوم العلاقة بين الإدارة والمرتفق على الثقة المتبادلة ومقتضى ذلك\n"
        "ألا تطالب الإدارة بوثيقة غير واردة في المسطرة المنشورة وأن تسلم\n"
        "وصلا عن كل طلب.\n"
        "المادة 3 يسري هذا المقتضى على جميع المصالح المركزية واللاممركزة\n"
        "- الوصل مؤرخ\n"
        "- الأجل ستون يوما\n\n"
        "خاتمة"
    )
    found = [str(part).replace("\n", " ") for part in view.parts(Said(page, "ar"))]
    assert found[0].endswith("وأن تسلم وصلا عن كل طلب.")
    assert [part.split()[0] for part in found] == ["تقوم", "المادة", "-", "-", "خاتمة"]


def test_long_lines_are_paragraphs_already() -> None:
    lines = ["فقرة طويلة " * 20, "فقرة أخرى طويلة " * 20]
    assert len(view.parts(Said("\n".join(lines), "ar"))) == 2


def test_a_mark_is_the_word_itself() -> None:
    said = Said("وتبسيط المساطر\n\nتبسيط", "ar", (Span(1, 6), Span(16, 21)))
    assert [str(part) for part in view.parts(said)] == ["و<mark>تبسيط</mark> المساطر", "<mark>تبسيط</mark>"]


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
