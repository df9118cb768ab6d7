"""Rules of the templates and of the style sheet that a reader of them would not notice being broken."""

import gzip
import re
from pathlib import Path

from kb.web import statics, words

WEB = Path(words.__file__).parent
CSS = (WEB / "static" / "app.css").read_text("utf-8")
PHYSICAL = (
    r"(?:margin|padding|border)-(?:left|right|top|bottom)\b|(?<![-\w])(?:left|right|top|bottom|width|height)\s*:|"
    r"(?:min|max)-(?:width|height)\s*:(?!\s*[\d.]+em\))|float\s*:\s*(?:left|right)|text-align\s*:\s*(?:left|right)"
)


def test_the_style_knows_no_left_and_no_right() -> None:
    assert not re.findall(PHYSICAL, CSS)


def test_no_page_glides_to_where_it_jumps() -> None:
    """Tab glides as well, and Chromium forgets a jump to a section that is asked for on the way."""
    for path in (WEB / "static").iterdir():
        if path.suffix in {".css", ".js"}:
            assert not re.search(r"scroll-behavior|smooth", path.read_text("utf-8")), path.name


def test_templates_hold_no_style_and_no_script() -> None:
    for path in (WEB / "templates").glob("*.html"):
        text = path.read_text("utf-8")
        assert not re.findall(r"\sstyle=|\son(?:click|load|error|change|submit)=|<style|<script(?! src=)", text), (
            path.name
        )
        assert not re.findall(r"\|\s*safe\b|autoescape\s+false|\|\s*urlize\b", text), path.name


def test_only_reviewed_files_make_markup() -> None:
    makers = {path.name for path in WEB.rglob("*.py") if "Markup(" in path.read_text("utf-8")}
    assert makers == {"describing.py", "prose.py", "rich.py", "statements.py", "view.py", "words.py"}


def test_every_style_of_a_type_or_icon_is_there() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (WEB / "static" / "icons.svg").read_text("utf-8")))
    used = {
        name
        for path in (WEB / "templates").glob("*.html")
        for name in re.findall(r"""\bico\('([a-z0-9-]+)'""", path.read_text("utf-8"))
    }
    assert used
    assert used <= sprite


def test_style_script_and_fonts_keep_to_their_budget() -> None:
    files = statics.load().files
    assert len(gzip.compress(files["app.css"].body)) <= 12_000
    assert len(gzip.compress(files["app.js"].body)) <= 3_000
    on_results = ("ui-ar-400", "ui-ar-600", "ui-la-400", "ui-la-600", "tfng-400")
    assert sum(len(files[f"fonts/{name}.woff2"].body) for name in on_results) <= 80 * 1024


def test_fonts_travel_with_their_licence() -> None:
    licence = statics.load().files["fonts/OFL.txt"].body.decode()
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "IBM Corp" in licence
    assert "Noto Project Authors" in licence
