"""Thirty hits as a reader sees them on the pictures of pages, on one sheet, for somebody to look at.

`python scripts/contact_sheet.py SHEET.png [FILE.pdf ...] [--hits 30] [--seed 7] [--origin text|ocr]` takes the demo
library and the files named into a library of its own, asks for words taken at random from random pages, and cuts each
hit with its box out of the picture of its page; below it stands what was asked and the words that are marked.
"""

import argparse
import io
import random
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from kb import app
from kb.catalog import documents, files
from kb.catalog.access import PUBLIC
from kb.core.settings import Settings
from kb.core.text import Span
from kb.ingest import gallery
from kb.services import citing, importing, pictures, reader
from kb.services.answers import Ask
from kb.services.context import Services
from kb.services.reader import PageShown
from kb.services.spots import Rect, Spot

DEMO = Path(__file__).resolve().parents[1] / "corpus" / "demo"
CELL = (600, 210)
LABEL = 46
ACROSS = 3
LEAST_LETTERS = 4
TEXTS = ("text", "repaired")


@dataclass(frozen=True)
class Place:
    id: str
    file: int
    page: int
    name: str


@dataclass(frozen=True)
class Hit:
    place: Place
    asked: str
    page: PageShown
    spot: Spot


def main() -> None:
    told = _arguments()
    with (
        tempfile.TemporaryDirectory() as folder,
        app.open_services(Settings(home=told.home or Path(folder))) as services,
    ):
        importing.take_in(services, [DEMO, *told.files])
        app.drain(services, lambda _done, _total: None)
        chance = random.Random(told.seed)
        places = list(_places(services, told.origin))
        hits = _hits(services, places, chance, told.hits)
        lost = sum(not hit.spot.places for hit in hits)
        sheet = _sheet(services, [hit for hit in hits if hit.spot.places], _font())
    sheet.save(told.sheet)
    print(f"{len(hits)} hits of {len({hit.place.name for hit in hits})} files, {lost} without a place: {told.sheet}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sheet", type=Path)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--home", type=Path, help="keep the library there, for the next sheet")
    parser.add_argument("--hits", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--origin", choices=("text", "ocr"), default="text")
    return parser.parse_args()


def _places(services: Services, origin: str) -> Iterator[Place]:
    """Yield every page that has a picture and a text of this origin."""
    wanted = TEXTS if origin == "text" else ("ocr",)
    with services.database.reading() as session:
        for id in sorted(documents.revisions(session)):
            for row in documents.load(session, id).files:
                if gallery.has_pages(row.media_type):
                    pages = [page for page in files.pages(session, row) if page.origin in wanted]
                    yield from (Place(id, row.number, page.number, row.name) for page in pages)


def _hits(services: Services, places: list[Place], chance: random.Random, count: int) -> list[Hit]:
    """Return so many hits, no two alike: of a file at random a page, a word or two of it, one of their hits."""
    by_name: dict[str, list[Place]] = {}
    for place in places:
        by_name.setdefault(place.name, []).append(place)
    found: dict[tuple[Place, Span], Hit] = {}
    while len(found) < count:
        place = chance.choice(by_name[chance.choice(sorted(by_name))])
        at = citing.Place(place.file, place.page)
        words = reader.page(services, place.id, at, PUBLIC, "ar", "")[0].said.text.split()
        starts = [number for number, word in enumerate(words) if len(word) >= LEAST_LETTERS and word.isalpha()]
        if not starts:
            continue
        start = chance.choice(starts)
        asked = " ".join(words[start : start + chance.choice((1, 1, 2))])
        page, _ = reader.page(services, place.id, at, PUBLIC, "ar", "", Ask(q=asked))
        if page.spots:
            spot = chance.choice(page.spots)
            found[place, spot.span] = Hit(place, asked, page, spot)
    return list(found.values())


def _sheet(services: Services, hits: list[Hit], font: ImageFont.FreeTypeFont) -> Image.Image:
    rows = -(-len(hits) // ACROSS)
    sheet = Image.new("RGB", (ACROSS * (CELL[0] + 8), rows * (CELL[1] + LABEL + 8)), "#6B6B6B")
    pen = ImageDraw.Draw(sheet)
    for number, hit in enumerate(hits):
        x, y = (number % ACROSS) * (CELL[0] + 8) + 4, (number // ACROSS) * (CELL[1] + LABEL + 8) + 4
        sheet.paste(_cut(services, hit), (x, y))
        pen.rectangle((x, y + CELL[1], x + CELL[0], y + CELL[1] + LABEL), fill="white")
        pen.text((x + 6, y + CELL[1] + 2), f"{number + 1}", "#A11E2C", font)
        pen.text((x + CELL[0] - 6, y + CELL[1] + 2), f"{hit.asked}  ⇦  {hit.spot.text}", "black", font, anchor="ra")
        pen.text((x + 50, y + CELL[1] + 2), f"{hit.place.name[:22]} p{hit.place.page}", "#56635C", font)
    return sheet


def _cut(services: Services, hit: Hit) -> Image.Image:
    """Return the first place of the hit with what is around it, the box drawn as the page draws it."""
    place = hit.place
    wanted = pictures.wanted(services, place.id, place.file, place.page, PUBLIC, pictures.LARGE)
    picture = Image.open(io.BytesIO(pictures.drawn(services, wanted))).convert("RGB")
    wide, high = picture.width / hit.page.width, picture.height / hit.page.height
    pen = ImageDraw.Draw(picture, "RGBA")
    drawn = [Rect(*map(round, (b.x0 * wide, b.y0 * high, b.x1 * wide, b.y1 * high))) for b in hit.spot.places]
    for box in drawn:
        pen.rectangle(box, fill=(255, 200, 58, 90), outline=(200, 60, 0, 255), width=2)
    first = drawn[0]
    middle = ((first.x0 + first.x1) / 2, (first.y0 + first.y1) / 2)
    half = max(CELL[0] / 2, (first.x1 - first.x0) * 0.6)
    tall = half * CELL[1] / CELL[0]
    corners = (middle[0] - half, middle[1] - tall, middle[0] + half, middle[1] + tall)
    return picture.crop(tuple(map(round, corners))).resize(CELL)  # type: ignore[arg-type]  # four of them


def _font() -> ImageFont.FreeTypeFont:
    named = subprocess.run(["fc-match", "-f", "%{file}", ":lang=ar"], capture_output=True, text=True, check=True)
    return ImageFont.truetype(named.stdout, 22)


if __name__ == "__main__":
    main()
