"""The conventions of ARCHITECTURE.md that no linter knows."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import kb.app  # noqa: F401 - every model
from kb.catalog import rows
from kb.db.database import Base

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(ROOT.glob("kb/**/*.py"))
LONGEST_FILE = 300
LONGEST_FUNCTION = 60


def test_each_table_is_taken_along_when_the_library_leaves_or_is_not_for_a_reason() -> None:
    """A new table is said in kb/catalog/rows.py: what a bag of the whole library holds, and what it does not."""
    said = [rows.DOCUMENT, rows.PAGES, rows.OF_PERSONS, *rows.OF_A_DOCUMENT, *rows.OF_A_FILE]
    said += [*rows.OF_THE_LIBRARY, *rows.LEFT_OUT]
    assert sorted(said) == sorted(Base.metadata.tables)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_short_and_say_why_they_exist(path: Path) -> None:
    source = path.read_text("utf-8")
    assert source.count("\n") < LONGEST_FILE
    tree = ast.parse(source)
    assert not tree.body or ast.get_docstring(tree), "a module says why it exists"
    long = [f.name for f in functions(tree) if (f.end_lineno or 0) - f.lineno + 1 > LONGEST_FUNCTION]
    assert not long


@pytest.mark.slow
def test_the_layer_contract_breaks_on_a_bad_import(tmp_path: Path) -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    copy = tmp_path / "kb"
    for file in FILES:
        target = tmp_path / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())

    def verdict() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [linter, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": "."}
        )

    assert verdict().returncode == 0, verdict().stdout
    (copy / "core" / "bad.py").write_text('"""Up."""\n\nimport kb.services\n', "utf-8")
    assert "kb.core.bad -> kb.services" in verdict().stdout
    (copy / "core" / "bad.py").unlink()
    (copy / "unplaced.py").write_text('"""Nowhere."""\n', "utf-8")
    assert verdict().returncode != 0
