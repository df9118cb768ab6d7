"""The demo library is whole: described rightly, cross-related, and never to be taken for the real thing."""

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kb.catalog import content_type, sidecar, vocabulary
from kb.catalog.sidecar import Sidecar
from kb.ingest import lexicon
from kb.ingest.extraction import Limits
from kb.ingest.formats.pdf import Pdf

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "corpus" / "demo"
SOURCES = ROOT / "scripts" / "demo" / "sources"
QUERIES = Path(__file__).parent / "queries.tsv"
TYPES = content_type.load()
VOCABULARY = vocabulary.load()
MAKER = ROOT / "scripts" / "demo" / "blocks.py"
READABLE = [
    path for maker in ("chromium", "reportlab", "weasyprint") for path in sorted((SOURCES / maker).glob("*.md"))
]
MARKERS = ("محتوى توضيحي", "Contenu de démonstration", "Demo content")


def described() -> Mapping[str, Sidecar]:
    return {path.name: sidecar.read(path.read_bytes()) for path in sorted(DEMO.glob("*.toml"))}


LIBRARY = described()
BY_ID = {one.id: one for one in LIBRARY.values()}
each = pytest.mark.parametrize("name", LIBRARY)


def words(text: str) -> set[str]:
    return set(re.findall("[\u0621-\u063a\u0641-\u064a]{3,}", lexicon.bare(text)))


def cleaned(name: str) -> dict[str, Any]:
    one = LIBRARY[name]
    return TYPES[one.type].clean(one.data, one.language)


@each
def test_a_sidecar_satisfies_its_type(name: str) -> None:
    data = cleaned(name)
    assert TYPES[LIBRARY[name].type].clean(data, LIBRARY[name].language) == data


@each
def test_a_sidecar_uses_known_codes(name: str) -> None:
    one = LIBRARY[name]
    assert set(one.themes) <= set(VOCABULARY.themes)
    assert one.themes
    assert one.language in VOCABULARY.languages
    assert {relation.kind for relation in one.relations} <= set(VOCABULARY.relations)


@each
def test_a_document_says_that_it_is_demo_content(name: str) -> None:
    summary = " ".join(part["text"] for part in LIBRARY[name].summary.values())
    assert any(marker in summary for marker in MARKERS)


@each
def test_relations_lead_to_a_document_of_the_library_or_to_a_printed_name(name: str) -> None:
    for relation in LIBRARY[name].relations:
        assert relation.target in BY_ID if relation.target else relation.text
        assert relation.target != LIBRARY[name].id


@each
def test_described_files_are_there(name: str) -> None:
    assert all((DEMO / file.path).is_file() for file in LIBRARY[name].files)


def test_every_file_is_described() -> None:
    told = {file.path for one in LIBRARY.values() for file in one.files}
    there = {path.name for path in DEMO.iterdir() if path.suffix != ".toml"}
    assert there == told


def test_every_file_has_the_source_that_it_was_made_from() -> None:
    sources = {path.stem for path in SOURCES.rglob("*.md")}
    made = {Path(file.path).stem for one in LIBRARY.values() for file in one.files}
    assert made == sources


def test_ids_are_unique_and_follow_the_name() -> None:
    assert len(BY_ID) == len(LIBRARY)
    assert all(one.id == "demo-" + name.removesuffix(".toml").split(".")[0] for name, one in LIBRARY.items())


def test_every_type_is_represented() -> None:
    assert {one.type for one in LIBRARY.values()} == set(TYPES)


def test_the_library_is_large_and_speaks_three_languages() -> None:
    spoken = [one.language for one in LIBRARY.values()]
    assert len(spoken) >= 44
    assert spoken.count("ar") > len(spoken) / 2
    assert spoken.count("fr") >= 6
    assert spoken.count("en") >= 4


def test_files_come_from_many_makers() -> None:
    suffixes = {path.suffix for path in DEMO.iterdir()}
    assert {".pdf", ".docx", ".html", ".txt", ".md"} <= suffixes
    whole = b"".join(path.read_bytes() for path in DEMO.glob("*.pdf"))
    signs = {"Chromium": b"Skia/PDF", "ReportLab": b"ReportLab", "WeasyPrint": "%PDF-1.7\n%🖤".encode()}
    assert {maker for maker, sign in signs.items() if sign in whole} == set(signs)


@pytest.mark.slow
@pytest.mark.parametrize("source", READABLE, ids=lambda path: path.stem)
def test_a_pdf_is_read_in_the_words_it_was_written_in(source: Path) -> None:
    written = source.read_text("utf-8") + MAKER.read_text("utf-8")  # each page says that it is demo content
    read = "\n".join(page.text for page in Pdf().extract(DEMO / f"{source.stem}.pdf", Limits()).pages)
    assert words(read) - words(written) == set()


def test_the_library_stays_small() -> None:
    assert sum(path.stat().st_size for path in DEMO.iterdir()) < 6_000_000


def test_arabic_text_is_substantial() -> None:
    written = [path.read_text("utf-8") for path in SOURCES.rglob("*.md")]
    searched = [TYPES[one.type].words(cleaned(name)) for name, one in LIBRARY.items()]
    shown = ["".join(cleaned(name).get("contents", ())) for name in LIBRARY]  # read on the sheet, not searched
    text = "".join(written + searched + shown)
    assert sum("\u0600" <= letter <= "\u06ff" for letter in text) >= 60_000


def test_addresses_are_of_reserved_domains() -> None:
    texts = [path.read_text("utf-8") for path in (*DEMO.glob("*.toml"), *SOURCES.rglob("*.md"))]
    domains = re.findall(r"[\w.+-]+@([\w.-]+)", "\n".join(texts))
    assert domains
    assert all(domain == "example.org" or domain.endswith(".invalid") for domain in domains)
    assert not re.search(r"https?://|\b0[5-8]\d{8}\b|\+212", "\n".join(texts))


def test_no_demo_body_bears_the_name_of_a_real_one() -> None:
    named = {one.organisation for one in LIBRARY.values()}
    assert all(VOCABULARY.find_organisation(name) is None for name in named)


def test_queries_expect_documents_of_the_library() -> None:
    with QUERIES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    assert len(rows) >= 15
    assert all(row["import_id"] in BY_ID and row["query"].strip() for row in rows)
    assert len({row["query"] for row in rows}) == len(rows)


def test_yearly_reports_follow_each_other() -> None:
    years = sorted(str(one.data["period"]) for one in LIBRARY.values() if one.type == "yearly_report")
    assert years == ["2019", "2020", "2021", "2022"]
