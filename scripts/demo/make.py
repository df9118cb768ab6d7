"""Make the files of corpus/demo from sources/<producer>/*.md; the sidecars there are written by hand.

Wants Chromium, poppler-utils and the fonts Amiri and Noto (Debian: fonts-hosny-amiri, fonts-noto-core).
`python scripts/demo/make.py [NAME…]` makes all files, or those named.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import weasyprint

from scripts.demo import blocks as source
from scripts.demo import drawn

SOURCES = Path(__file__).parent / "sources"
TARGET = Path(__file__).parents[2] / "corpus" / "demo"
FACES = {
    "chromium": "Amiri",
    "weasyprint": "'Noto Naskh Arabic', 'Noto Sans'",
    "scan": "'Noto Kufi Arabic', 'Noto Sans'",
}
EPOCH = b"20240101000000"

Maker = Callable[[list[source.Block], str, Path], None]


def style(face: str) -> str:
    return (
        f"@page{{size:A4;margin:22mm}} body{{font-family:{face},serif;font-size:13pt;line-height:1.8}}"
        "h1{font-size:24pt;text-align:center} h2{font-size:17pt} h3{font-size:14pt}"
        ".note{border:1px solid;padding:6pt;font-size:11pt} table{border-collapse:collapse;width:100%}"
        "th,td{border:1px solid;padding:4pt} tr,h2,h3{break-inside:avoid} h2,h3{break-after:avoid}"
    )


def by_chromium(blocks: list[source.Block], language: str, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(source.html(blocks, language, style(FACES["chromium"])), "utf-8")
        flags = (
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder}/home",
        )
        browser = shutil.which("chromium") or "chromium"
        command = [browser, *flags, f"--print-to-pdf={target}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    stamped = re.sub(rb"(?<=\(D:)\d{14}", EPOCH, target.read_bytes())
    target.write_bytes(stamped)


def by_weasyprint(blocks: list[source.Block], language: str, target: Path) -> None:
    face = FACES["scan" if target.parent != TARGET else "weasyprint"]
    weasyprint.HTML(string=source.html(blocks, language, style(face))).write_pdf(target)


def by_scanner(blocks: list[source.Block], language: str, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder) / "print.pdf"
        by_weasyprint(blocks, language, printed)
        command = [
            shutil.which("pdftoppm") or "pdftoppm",
            "-r",
            str(drawn.SCAN_DPI),
            "-gray",
            "-png",
            str(printed),
            str(printed),
        ]
        subprocess.run(command, check=True, timeout=120)
        drawn.scan(sorted(Path(folder).glob("*.png")), blocks[0].text, target)


def as_page(blocks: list[source.Block], language: str, target: Path) -> None:
    target.write_text(source.html(blocks, language, "body{max-width:50em;margin:auto}"), "utf-8")


def as_plain(blocks: list[source.Block], _: str, target: Path) -> None:
    signs = {"ul": "- ", "ol": "* "}
    parts = ["\n".join(signs.get(block.kind, "") + line for line in block.lines) for block in blocks]
    target.write_text("\n\n".join(parts) + "\n", "utf-8")


def as_markdown(blocks: list[source.Block], _: str, target: Path) -> None:
    signs = {"h1": "# ", "h2": "## ", "h3": "### ", "ul": "- ", "ol": "1. ", "note": "> "}
    parts = ["\n".join(signs.get(block.kind, "") + line for line in block.lines) for block in blocks]
    target.write_text("\n\n".join(parts) + "\n", "utf-8")


MAKERS: Mapping[str, tuple[str, Maker]] = {
    "chromium": (".pdf", by_chromium),
    "reportlab": (".pdf", drawn.reportlab),
    "weasyprint": (".pdf", by_weasyprint),
    "scan": (".pdf", by_scanner),
    "docx": (".docx", drawn.word),
    "html": (".html", as_page),
    "txt": (".txt", as_plain),
    "md": (".md", as_markdown),
}


def main(names: list[str]) -> None:
    for producer, (suffix, maker) in MAKERS.items():
        for written in sorted((SOURCES / producer).glob("*.md")):
            if names and written.stem not in names:
                continue
            text = written.read_text("utf-8")
            target = TARGET / (written.stem + suffix)
            maker(source.read(text), source.language_of(text), target)
            print(f"{target.name}: {target.stat().st_size:,} bytes by {producer}")


if __name__ == "__main__":
    main(sys.argv[1:])
