"""The headings of a file as a tree."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.core.text import Heading
from kb.web.outline import Branch, around, first_branches, nested
from kb.web.site import create_site
from tests.opening import library, take_in


def test_a_heading_stands_below_the_nearest_higher_one() -> None:
    headings = [Heading("أ", 1, 1), Heading("ب", 1, 2), Heading("ج", 2, 3), Heading("د", 3, 2), Heading("ه", 4, 1)]
    below = [Branch("ب", 1, [Branch("ج", 2)]), Branch("د", 3)]
    assert nested(headings) == [Branch("أ", 1, below), Branch("ه", 4)]


def test_levels_may_be_skipped_and_begin_anywhere() -> None:
    assert nested([Heading("أ", 1, 3), Heading("ب", 1, 6), Heading("ج", 1, 2)]) == [
        Branch("أ", 1, [Branch("ب", 1)]),
        Branch("ج", 1),
    ]
    assert nested([]) == []


def test_the_outline_of_a_file_leads_to_its_pages(tmp_path: Path) -> None:
    source = tmp_path / "guide.md"
    source.write_text("# الدليل\n\nمقدمة.\n\n## الباب الأول\n\nنص.\n", "utf-8")
    with library(tmp_path / "home") as services:
        [id] = take_in(services, source).touched
        visitor = TestClient(create_site(services))
        page, reader = visitor.get(f"/ar/d/{id}").text, visitor.get(f"/ar/d/{id}/f/1/p/1").text
    assert '<details class="outline" open>' in page
    [target] = re.findall(rf'<a href="/ar/d/{id}/f/1/p/1#([^"]+)" dir="auto">الباب الأول</a>', page)
    assert f'<h4 id="{target}" dir="auto">الباب الأول</h4>' in reader


LONG = [Heading(str(number), number, 1 + (number % 10 > 1)) for number in range(1, 501)]


@pytest.mark.parametrize("page", [1, 2, 250, 500])
def test_the_section_of_a_page_is_seen_whatever_the_length_of_the_outline(page: int) -> None:
    shown = list(every(around(LONG, page)))
    assert [branch.text for branch in shown if branch.here] == [str(page)]
    assert len(shown) <= 24


def test_a_page_without_a_heading_is_in_the_section_before_it() -> None:
    headings = [Heading("أ", 1, 1), Heading("ب", 3, 2), Heading("ج", 9, 1)]
    assert [branch.text for branch in every(around(headings, 7)) if branch.here] == ["ب"]


def test_all_headings_of_a_single_page_are_alike() -> None:
    headings = [Heading("أ", 1, 1), Heading("ب", 1, 1)]
    assert [branch.here for branch in every(around(headings, 1))] == [False, False]
    assert around([], 1) == []


def test_the_page_of_a_document_shows_the_higher_levels_of_a_long_outline() -> None:
    assert {heading.level for heading in LONG} == {1, 2}
    assert sum(1 for _ in every(first_branches(LONG))) == 80
    assert len(first_branches(LONG[:70])) < 70


def every(branches: list[Branch]) -> Iterator[Branch]:
    for branch in branches:
        yield branch
        yield from every(branch.below)
