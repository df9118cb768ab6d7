"""What tests of the command line share: the command in a library of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kb import app

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def kb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `kb` with these arguments in a library of its own; return (exit code, output, errors)."""
    monkeypatch.setenv("KB_HOME", str(tmp_path / "home"))

    monkeypatch.setattr("kb.cli.house.stand_back", lambda: None)  # nobody may take it back: all later tests would pay

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["kb", *map(str, arguments)])
        code = 0
        try:
            app.main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
