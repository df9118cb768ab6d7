"""The documentation names what there is: a thing without a word in it does not exist for its user."""

import re
from pathlib import Path

import pytest
import typer.main

from kb.catalog.fields import KINDS
from kb.catalog.tables import Role
from kb.cli.main import app
from kb.core.settings import Settings
from kb.ingest.formats import FORMATS
from kb.search.engines import ENGINES

ROOT = Path(__file__).resolve().parents[2]


def words_of(*names: str) -> str:
    return "\n".join((ROOT / name).read_text("utf-8") for name in names)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert f"`KB_{name.upper()}`" in words_of("docs/settings.md")


def test_no_setting_is_documented_that_is_none() -> None:
    told = re.findall(r"`KB_([A-Z_]+)`", words_of("docs/settings.md"))
    assert {name.lower() for name in told} == set(Settings.model_fields)


ELSEWHERE = {"HOME", "DATABASE"}
"""Settings whose default depends on the machine."""


def test_every_default_is_the_one_that_is_documented() -> None:
    for line in words_of("docs/settings.md").splitlines():
        names = re.findall(r"`KB_([A-Z_]+)`", line.split("|")[1]) if line.startswith("| `KB_") else []
        given = [part.strip("` ") for part in line.split("|")[2].split(", ")] if names else []
        for name, told in zip(names, given * len(names) if len(given) == 1 else given, strict=True):
            if name not in ELSEWHERE:
                default = Settings.model_fields[name.lower()].get_default()
                assert told == (written(default) or "empty"), name


def written(value: object) -> str:
    """Return a value of the settings as one would set it."""
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_every_command_is_in_the_changelog_or_readme_and_has_help() -> None:
    command = typer.main.get_command(app)
    told = words_of("README.md", "CHANGELOG.md")
    for name, sub in command.commands.items():  # type: ignore[attr-defined]  # a group
        assert f"{name}" in told
        assert sub.help, name
        assert sub.help.rstrip().endswith("."), "full sentences"


def test_every_engine_kind_of_field_and_role_is_documented() -> None:
    assert all(f"`{name}`" in words_of("docs/settings.md") for name in ENGINES)
    sidecar = words_of("docs/sidecar.md")
    assert all(f"`{name}`" in sidecar for name in KINDS)
    assert all(f"`{role}`" in sidecar for role in Role)


@pytest.mark.parametrize("media_type", FORMATS)
def test_every_format_is_documented(media_type: str) -> None:
    assert f"`{media_type}`" in words_of("docs/formats.md")


def test_decisions_have_a_number_and_say_what_they_cost() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(r.name[:4]) for r in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text("utf-8")
        for heading in ("**Status**", "**Question**", "**Decision**", "**What it costs**", "**How we would notice"):
            assert heading in text, record.name
