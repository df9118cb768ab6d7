"""The headings of a file as a tree."""

from pathlib import Path

from starlette.testclient import TestClient

from kb.core.text import Heading
from kb.web.outline import Branch, nested
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
        page = TestClient(create_site(services)).get(f"/ar/d/{id}").text
    assert '<details class="outline" open>' in page
    assert f'<a href="/ar/d/{id}/f/1/p/1" dir="auto">الباب الأول</a>' in page
