"""Whatever stands in the address of a list is a list, and its own address says the same again."""

from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from kb.catalog.listing import Wanted
from kb.web import browsing
from kb.web.list_addresses import join, list_query

NAMES = ("type", "theme", "organisation", "language", "year", "year_from", "year_to", "letter", "sort", "page", "q")


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=12))))
def test_any_query_string_is_a_list_and_is_written_again_as_it_was_read(pairs: list[tuple[str, str]]) -> None:
    wanted = browsing.read(pairs)
    assert browsing.read(list_query(wanted)) == wanted


def test_filters_are_read_and_what_is_unknown_is_left_out() -> None:
    pairs = [
        ("type", "law"),
        ("type", "news"),
        ("theme", ""),
        ("organisation", "بلدية  فاس"),
        ("language", "fr"),
        ("year_from", "2020"),
        ("year_to", "2010"),
        ("sort", "sideways"),
        ("letter", "بب"),
        ("nothing", "x"),
    ]
    assert browsing.read(pairs) == Wanted(
        types=frozenset({"law", "news"}),
        organisations=frozenset({"بلدية فاس"}),
        languages=frozenset({"fr"}),
        years=(2010, 2020),
    )


def test_single_years_of_a_search_are_the_years_between_them() -> None:
    assert browsing.read([("year", "2020"), ("year", "2018"), ("year", "zz")]).years == (2018, 2020)
    assert browsing.read([("year", "2020"), ("year_from", "2011")]).years == (2011, None)


def test_a_letter_is_read_in_lower_case_and_a_digit_as_any() -> None:
    assert browsing.read([("letter", "B")]).letter == "b"
    assert browsing.read([("letter", "0")]).letter == "0"
    assert browsing.read([("letter", "%")]).letter == ""


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))))
def test_an_address_is_what_a_browser_makes_of_its_form(pairs: list[tuple[str, str]]) -> None:
    assert join("/ar/search", pairs).partition("?")[2] == urlencode(pairs)
