"""What a page of a document of 2,000 pages costs to answer: CPU time, size, and elements of its HTML.

`python bench/reader.py [PAGES]`. A question is asked for the first time, again on the next page, and beside it every
page is marked in full, as it would be without the words that are remembered.
"""

import gzip
import random
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time

from starlette.testclient import TestClient

from kb import app
from kb.catalog import documents, files, workflow
from kb.catalog.tables import State
from kb.core.settings import Settings
from kb.core.text import Box, Heading, Page
from kb.ingest import media
from kb.search.highlight import Marker
from kb.search.parse import parse
from kb.services.context import Services
from kb.web.site import create_site

WORDS_A_PAGE = 300
ASKED = ("تبسيط", "تبسيط المساطر", '"تبسيط المساطر"', "المرفق", "حكامة القطاع", "غائبة")
USUAL = ("تبسيط", "المساطر", "الإدارية", "المرفق", "المرتفق", "في", "من", "على", "القطاع", "الحكامة")
WORDS = [
    a + b + c for a in ("", "ال", "وال", "بال") for b in ("درس", "كتب", "عمل", "نظم", "رفق") for c in ("", "ة", "ات")
]


def main(pages: int) -> None:
    with tempfile.TemporaryDirectory() as home, app.open_services(Settings(home=Path(home))) as services:
        id = _document(services, pages)
        site = TestClient(create_site(services))
        at = f"/ar/d/{id}/f/1/p/"
        print(f"a document of {pages} pages: CPU ms, median of pages")
        _told("no question", partial(site.get, f"{at}{pages // 2}"))
        for asked in ASKED:
            address = f"{at}{{}}?q={asked}"
            first = _spent(partial(site.get, address.format(7)))
            print(f"  {asked}: first {first:.0f}, marked in full {_spent(partial(_in_full, services, asked)):.0f}")
            _told("    on", *(partial(site.get, address.format(page)) for page in (pages // 2, pages // 3, pages - 1)))


def _told(what: str, *asks: Callable[[], object]) -> None:
    spent = median(_spent(ask) for ask in asks for _ in range(3))
    text = asks[0]().text  # type: ignore[attr-defined]  # an answer of the site
    elements = sum(text.count(f"<{letter}") for letter in "abcdefghijklmnopqrstuvwxyz")
    print(f"{what}: {spent:.0f}, {len(gzip.compress(text.encode())) / 1024:.1f} KiB squeezed, {elements} elements")


def _spent(act: Callable[[], object]) -> float:
    start = process_time()
    act()
    return (process_time() - start) * 1000


def _in_full(services: Services, asked: str) -> None:
    marker = Marker(parse(asked), services.analyzer)
    with services.database.reading() as session:
        [row] = documents.load_all(session, documents.revisions(session))[0].files
        for page in files.pages(session, row):
            marker.marks(page.text, "ar")


def _document(services: Services, pages: int) -> str:
    chance = random.Random(5)
    with services.database.writing() as session:
        document = documents.create(session, type="publication", actor="bench", title={"ar": "وثيقة طويلة"})
        row = files.attach(session, document, digest="0" * 64, name="long.pdf", media_type=media.PDF, size=1)
        headings = [Heading(f"الباب {number}", number * 2, 1 + number % 3) for number in range(1, pages // 2)]
        files.mark_read(
            session, row, [_page(number, chance) for number in range(1, pages + 1)], stamp="bench", outline=headings
        )
        workflow.move(session, document, State.PUBLISHED, actor="bench")
        return document.id


def _page(number: int, chance: random.Random) -> Page:
    words = [chance.choice(USUAL if chance.random() < 0.2 else WORDS) for _ in range(WORDS_A_PAGE)]
    lines = [" ".join(words[start : start + 10]) for start in range(0, WORDS_A_PAGE, 10)]
    boxes = tuple(
        Box(
            word, 5000 - 450 * (word % 10), 600 + 200 * (word // 10), 5400 - 450 * (word % 10), 760 + 200 * (word // 10)
        )
        for word in range(WORDS_A_PAGE)
    )
    return Page(number, "\n".join(lines), boxes=boxes, width=5953, height=8419, language="ar")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 2000)
