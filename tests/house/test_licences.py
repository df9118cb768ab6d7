"""docs/licences.md lists every package, font and data file with its licence."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOLD = (ROOT / "docs" / "licences.md").read_text("utf-8")
PACKAGE = re.compile(r"^([a-z0-9][a-z0-9._-]*)==", re.MULTILINE)
DATA = (
    "*.txt",
    "*.tsv",
    "*.woff2",
    "*.svg",
    "*.toml",
    "*.json",
    "*.dat",
    "*.js.map",
    "*.traineddata",
    "*.csl",
    "*.ttf",
)


def test_every_locked_package_has_its_licence() -> None:
    locked = {
        name
        for lock in ("requirements.txt", "requirements-dev.txt")
        for name in PACKAGE.findall((ROOT / lock).read_text("utf-8"))
    }
    listed = dict(re.findall(r"^\| `([a-z0-9._-]+)` \| (.+) \|$", TOLD, re.MULTILINE))
    assert locked - listed.keys() == set()
    assert [name for name, licence in listed.items() if not licence.strip("? ")] == []


def test_the_lock_has_hashes_and_names_no_index() -> None:
    for lock in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / lock).read_text("utf-8")
        assert len(PACKAGE.findall(text)) <= text.count("--hash=sha256:")
        assert "://" not in text


def test_every_data_file_has_its_licence() -> None:
    files = [path for pattern in DATA for path in (ROOT / "kb").rglob(pattern)]
    assert len(files) > 20
    unlisted = [
        str(path.relative_to(ROOT))
        for path in files
        if path.name not in TOLD and f"{path.parent.relative_to(ROOT)}/*{path.suffix}" not in TOLD
    ]
    assert unlisted == []
