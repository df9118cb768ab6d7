"""A sidecar is read strictly: it comes with files from anywhere."""

import contextlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.catalog import content_type, sidecar, vocabulary
from kb.catalog.sidecar import SidecarFile, SidecarRelation
from kb.core.errors import Invalid

ROOT = Path(__file__).resolve().parents[2]
WHOLE = """
id = "guide-1"
type = "publication"
kind = "guide"
title = { ar = "دليل تبسيط المساطر", fr = "Guide" }
summary = "موجز"
language = "ar"
date = 2023-05-04
organisation = "FOMAP"
organisation_text = "الصندوق"
themes = ["simplification"]
regions = ["oriental"]
audience = "organisation:add"
state = "draft"
[data]
edition = "الثانية"
[[file]]
path = "files/guide.pdf"
language = "ar"
[[file]]
path = "files/guide-fr.pdf"
role = "translation"
language = "fr"
[[relation]]
kind = "based_on"
text = "القانون 31.13"
page = 3
"""


def problems(raw: bytes | str) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        sidecar.read(raw)
    return refusal.value.problems


def test_every_key_is_read() -> None:
    read = sidecar.read(WHOLE)
    assert (read.id, read.type, read.language, read.audience, read.state) == (
        "guide-1",
        "publication",
        "ar",
        "organisation:add",
        "draft",
    )
    assert read.title["fr"]["text"] == "Guide"
    assert read.date is not None
    assert read.date.first.isoformat() == "2023-05-04"
    assert read.data == {"edition": "الثانية", "kind": "guide", "regions": ["oriental"]}
    assert read.files == (
        SidecarFile(path="files/guide.pdf", language="ar"),
        SidecarFile(path="files/guide-fr.pdf", role="translation", language="fr"),
    )
    assert read.relations == (SidecarRelation(kind="based_on", text="القانون 31.13", page=3),)


def test_a_line_of_json_says_the_same_as_toml() -> None:
    line = {"id": "a", "title": "دليل", "files": ["a.pdf"], "relations": [{"kind": "cites", "target": "b"}]}
    toml = 'id = "a"\ntitle = "دليل"\n[[file]]\npath = "a.pdf"\n[[relation]]\nkind = "cites"\ntarget = "b"'
    assert sidecar.read_line(json.dumps(line)) == sidecar.read(toml)


def test_windows_files_are_read() -> None:
    assert sidecar.read(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode()) == sidecar.read(WHOLE)


def test_a_bare_latin_title_is_in_the_language_of_the_document() -> None:
    assert list(sidecar.read('title = "Open data"\nlanguage = "en"').title) == ["en"]


@pytest.mark.parametrize(
    "path",
    [
        "../secret",
        "/etc/passwd",
        "a/../../b",
        "C:\\x",
        "a\\..\\b",
        "",
        "a\x00b",
        "x" * 501,
        ".",
        "a?b",
        "file:a",
        "a\nb",
    ],
)
def test_a_path_cannot_leave_its_folder(path: str) -> None:
    with pytest.raises(Invalid) as refusal:
        sidecar.read_line(json.dumps({"files": [{"path": path}]}))
    assert "files" in refusal.value.problems


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ('title = "x"\ncolour = "green"', "colour"),
        ('title = "x"\nid = "a b"', "id"),
        ('title = "x"\nid = "../a"', "id"),
        ('title = "x"\nstate = "withdrawn"', "state"),
        ('title = "x"\naudience = "friends"', "audience"),
        ('title = "x"\nlanguage = "Arabic"', "language"),
        ('title = "x"\ndate = "soon"', "date"),
        ('title = "x"\ntype = "../law"', "type"),
        ('title = "x"\ndata = "y"', "data"),
        ('title = { xx = "x" }', "title"),
        ('type = "lesson"', "title"),
        ('title = "x"\n[[relation]]\nkind = "cites"', "relation"),
        ('title = "x"\n[[relation]]\ntarget = "a"\npage = -1', "relation"),
        ('[[file]]\npath = "a"\nrole = "spy"', "file"),
        ('[[file]]\npath = "a"\n[[file]]\npath = "./a"', "file"),
        ('[file]\npath = "a"', "file"),
        ("title = ", ""),
        ("\x00", ""),
        ("a = " + "[" * 3000, ""),
        ("title = 'x'\n[data]\na = " + "[" * 12 + "]" * 12, ""),
    ],
)
def test_a_fault_is_named_by_its_key(raw: str, key: str) -> None:
    assert key in problems(raw)


def test_every_fault_is_told_at_once() -> None:
    assert set(problems('state = "x"\naudience = "y"\nthemes = 3')) == {"state", "audience", "themes", "title"}


def test_bytes_of_another_encoding_are_refused() -> None:
    assert problems('title = "دليل"'.encode("cp1256")) == {"": "not-utf-8"}


@pytest.mark.parametrize("line", ["", "3", "[]", "{", '{"title": "x", "title2": NaN}', "[" * 100_000])
def test_a_line_that_describes_nothing_is_refused(line: str) -> None:
    with pytest.raises(Invalid):
        sidecar.read_line(line)


@given(
    given_=st.dictionaries(
        st.sampled_from(
            ["id", "type", "title", "date", "themes", "data", "files", "relations", "kind", "language", "x"]
        ),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
            max_leaves=6,
        ),
    )
)
@settings(deadline=None)
def test_whatever_is_given_is_read_or_refused(given_: dict[str, Any]) -> None:
    with contextlib.suppress(Invalid):
        read = sidecar.from_mapping(given_)
        assert read.title or read.files


def test_the_example_of_the_manual_is_true() -> None:
    manual = (ROOT / "docs" / "sidecar.md").read_text("utf-8")
    read = sidecar.read(re.findall(r"```toml\n(.*?)```", manual, re.DOTALL)[-1])
    assert content_type.load()[read.type].clean(read.data)["kind"] == "guide"
    assert vocabulary.load().find_organisation(read.organisation) == read.organisation


def test_the_manual_names_every_key() -> None:
    manual = (ROOT / "docs" / "sidecar.md").read_text("utf-8")
    keys = {key for key in sidecar.Sidecar.__dataclass_fields__ if key not in {"data", "files", "relations"}}
    assert all(f"| `{key}` |" in manual for key in keys)
