"""A day at the desk in a real browser: forty files from the deposit to the readers, with a picture of each moment.

`python -m bench.desk ADDRESS CONTRIBUTOR CURATOR PASSWORD FOLDER` works in a running library that is empty, with two
accounts of one password. The contributor brings the files of the demo and others made here (one twice, one scan, one
damaged); the curator returns one and publishes the others one after the other on the review screen, and imports a table
of which three rows are wrong. It prints what each document took, in clicks,
keys and seconds (a person reads besides), and leaves its pictures in FOLDER.
"""

import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect, sync_playwright

CORPUS = Path(__file__).parents[1] / "corpus" / "demo"
MANY = 40
WIDTH, HEIGHT = 1366, 900
SETTLED = "[data-standing=read], [data-standing=failed], [data-standing=refused], [data-standing=no-ocr]"
OPINIONS = ("الاستقبال", "التبسيط", "الرقمنة", "التكوين", "التواصل", "الأرشيف", "الجودة", "التتبع")
TABLE = """file,title_ar,type,date,language
a.txt,مذكرة أولى عن الأرشيف,publication,2020,ar
b.txt,مذكرة ثانية عن الأرشيف,publication,2021,ar
missing.txt,مذكرة بلا ملف,publication,2021,ar
c.txt,مذكرة بتاريخ خاطئ,publication,2021-99-99,ar
d.txt,مذكرة بنوع مجهول,unheard-of,2022,ar
"""


class Day:
    """The page, what was done on it, and the pictures that were taken. Pictures are numbered in their order."""

    def __init__(self, page: Page, address: str, folder: Path) -> None:
        self.page, self.address, self.folder = page, address, folder
        self.done: Counter[str] = Counter()
        self.seconds: dict[str, float] = {}

    def click(self, selector: str) -> None:
        self.done["clicks"] += 1
        self.page.locator(selector).first.click()

    def press(self, key: str) -> None:
        self.done["keys"] += 1
        self.page.keyboard.press(key)

    def take(self, name: str) -> None:
        self.page.wait_for_load_state("networkidle")
        self.page.screenshot(path=self.folder / f"{len(list(self.folder.glob('*.png'))) + 1:02}-{name}.png")

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        start = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - start


def bring(folder: Path) -> list[Path]:
    """Make the forty files: those of the demo, one of them twice, a scan, one that is damaged, and notes."""
    files = [Path(shutil.copy(path, folder)) for path in sorted(CORPUS.iterdir()) if path.suffix != ".toml"]
    files.append(Path(shutil.copy(files[0], folder / "the-same-again.txt")))
    scan = Image.new("L", (1240, 400), 255)
    ImageDraw.Draw(scan).text((80, 120), "Note de service numero 7 sur l'accueil", fill=0, font_size=44)
    scan.save(folder / "scan.png", dpi=(150, 150))
    (folder / "damaged.pdf").write_bytes(b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer <<")
    files += [folder / "scan.png", folder / "damaged.pdf"]
    chance = Random(40)
    while len(files) < MANY:
        note = folder / f"note-{len(files)}.txt"
        words = " ".join(chance.choices(OPINIONS, k=60))
        note.write_text(f"مذكرة تجريبية رقم {len(files)}\n\n{words}\n", "utf-8")
        files.append(note)
    return files


def deposit(day: Day, files: list[Path]) -> None:
    day.page.goto(f"{day.address}/ar/desk/deposit")
    day.take("deposit")
    day.click("label:has(input[name=state][value=submitted])")
    day.done["clicks"] += 1  # the choice of the files
    day.page.set_input_files("#file", files)
    expect(day.page.locator("#ups .up")).to_have_count(MANY, timeout=120_000)
    day.take("deposit-under-way")
    expect(day.page.locator("#ups .up").and_(day.page.locator(SETTLED))).to_have_count(MANY, timeout=600_000)
    day.take("deposit-done")
    day.page.locator("[data-standing=failed]").first.scroll_into_view_if_needed()
    day.take("deposit-damaged")


def review(day: Day) -> list[float]:
    """Return the first that waits to its depositor, publish the others; return the seconds of each."""
    day.page.goto(f"{day.address}/ar/desk?sort=oldest")
    day.take("inbox")
    day.click("table a")
    day.take("review")
    day.click("details.why > summary")
    day.page.fill("#note", "المرجو إضافة الجهة المصدرة")
    day.take("review-return")
    with day.page.expect_navigation():
        day.click("button[value='step:returned']")
    published: list[float] = []
    while "/desk/documents/" in day.page.url and len(published) < MANY:
        start, before = time.monotonic(), day.page.url
        if day.page.locator("#primary").count() == 0:
            break
        with day.page.expect_navigation():
            day.press("Control+Enter")
        if day.page.locator("[role=alert], #lacks.bad").count() and day.page.url.split("?")[0] == before.split("?")[0]:
            day.take("review-lacks")
            with day.page.expect_navigation():
                day.press("j")
            continue
        published.append(time.monotonic() - start)
        if len(published) == 1:
            day.take("review-next")
    day.page.goto(f"{day.address}/ar/desk?tab=published")
    day.take("published")
    for tab in ("failed", "returned"):
        day.page.goto(f"{day.address}/ar/desk?tab={tab}")
        day.take(tab)
    return published


def table(day: Day, folder: Path) -> None:
    described = folder / "metadata.csv"
    described.write_text(TABLE, "utf-8")
    for name in "abcd":
        (folder / f"{name}.txt").write_text(f"نص المذكرة {name} عن الأرشيف وحفظه\n", "utf-8")
    day.page.goto(f"{day.address}/ar/desk/imports")
    day.done["clicks"] += 2  # the choices of the files
    day.page.set_input_files("#table", described)
    day.page.set_input_files("#file", [folder / f"{name}.txt" for name in "abcd"])
    day.click("main form[method=post] button.pri")
    day.page.wait_for_selector("table.wrong", timeout=120_000)
    day.take("import-wrong-rows")
    day.click("button[value=confirm]")
    day.page.wait_for_selector("button[value=undo]", timeout=120_000)
    day.take("import-done")


def enter(day: Day, email: str, password: str) -> None:
    day.page.context.clear_cookies()
    day.page.goto(f"{day.address}/ar/sign-in?next=/ar/desk")
    day.page.fill("#email", email)
    day.page.fill("#password", password)
    day.page.click("main form button[type=submit]")
    day.page.wait_for_url("**/ar/desk")


def run(address: str, contributor: str, curator: str, password: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, TemporaryDirectory() as made:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("KB_CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        day = Day(browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="ar-MA"), address, folder)
        enter(day, contributor, password)
        with day.part("deposit and reading"):
            deposit(day, bring(Path(made)))
        brought = Counter(day.done)
        enter(day, curator, password)
        with day.part("review"):
            each = review(day)
        reviewed = day.done - brought
        with day.part("import of a table"):
            table(day, Path(made))
        day.page.goto(f"{address}/ar/search?q=الاستقبال")
        day.take("readers-find-it")
        for part, seconds in day.seconds.items():
            print(f"{part}: {seconds:.1f} s")
        print(f"published {len(each)}, {sum(each) / max(1, len(each)):.2f} s each")
        print(f"deposit {dict(brought)}, review {dict(reviewed)}")
        browser.close()


if __name__ == "__main__":
    run(sys.argv[1].rstrip("/"), sys.argv[2], sys.argv[3], sys.argv[4], Path(sys.argv[5]))
