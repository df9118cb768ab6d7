"""What an administration installs beside the package: units, proxies, settings, and the page that tells how."""

import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import typer.main

from kb.cli.main import app
from kb.core.settings import Settings
from tests.packaging.nginx import NGINX, OPENSSL, configured

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
UNITS = sorted((PACKAGING / "systemd").iterdir())
TOLD = (ROOT / "docs" / "operations.md").read_text("utf-8")
COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group


def set_here() -> dict[str, str]:
    """Return the settings of the example, those in comments too."""
    lines = (PACKAGING / "rassid.env").read_text("utf-8").splitlines()
    found = (re.fullmatch(r"(?:# )?KB_([A-Z_]+)=(.*)", line) for line in lines)
    return {one[1]: one[2] for one in found if one}


def demand_command(line: str) -> None:
    """Check that every command and option of a line of `kb` exists."""
    words = re.sub(r"'[^']*'", "x", line).split()
    command = COMMANDS[words[0]]
    if hasattr(command, "commands"):
        command = command.commands[words[1]]
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= known, line


def test_the_example_of_settings_has_only_what_there_is_and_is_right() -> None:
    assert {name.lower() for name in set_here()} <= set(Settings.model_fields)
    Settings(**{name.lower(): value for name, value in set_here().items()})  # type: ignore[arg-type]


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS if unit.suffix == ".service"])
def test_a_unit_runs_a_command_that_there_is_as_nobody_of_rights(unit: str) -> None:
    text = (PACKAGING / "systemd" / unit).read_text("utf-8")
    [line] = re.findall(r"^ExecStart=/opt/rassid/bin/kb (.+)$", text, re.MULTILINE)
    demand_command(line.replace("%i", "text"))
    for wall in ("User=rassid", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "UMask=0077"):
        assert f"\n{wall}\n" in text


def test_the_units_are_what_systemd_understands(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("missing systemd-analyze")
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/rassid/bin/kb", sys.executable)
        (tmp_path / unit.name).write_text(text, "utf-8")
    names = [tmp_path / unit.name.replace("@.", "@text.") for unit in UNITS]
    shutil.copy(tmp_path / "rassid-worker@.service", tmp_path / "rassid-worker@text.service")
    asked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, names)], capture_output=True, text=True, check=False
    )
    ours = [line for line in asked.stderr.splitlines() if "rassid" in line]
    assert ours == []


def test_nginx_understands_its_example(tmp_path: Path) -> None:
    if NGINX is None or OPENSSL is None:
        pytest.skip("missing nginx or openssl")
    written = configured(tmp_path, "library.example", {"443": 10443, "80": 10080})
    asked = subprocess.run([NGINX, "-t", "-c", written], capture_output=True, text=True, check=False)
    assert "syntax is ok" in asked.stderr, asked.stderr


def test_the_proxies_let_through_what_the_house_takes() -> None:
    nginx, caddy = ((PACKAGING / name).read_text("utf-8") for name in ("nginx.conf", "Caddyfile"))
    assert "client_max_body_size 0;" in nginx
    assert "max_size" not in caddy
    assert "proxy_set_header Host $host;" in nginx
    assert "proxy_buffering off;" in nginx


def test_every_command_of_the_page_is_one() -> None:
    lines = re.findall(r"(?:sudo )?\brassid ((?:%s)\b[^`#\n]*)" % "|".join(COMMANDS), TOLD)  # noqa: UP031 - braces
    assert len(lines) > 15
    for line in lines:
        demand_command(line.rstrip(" ,;…"))


def test_what_to_watch_is_what_is_told() -> None:
    source = "".join((ROOT / "kb/services" / name).read_text("utf-8") for name in ("gauges.py", "prometheus.py"))
    told = set(re.findall(r'"(kb_[a-z_]+)"', source)) | {
        f"kb_jobs_{state}" for state in ("waiting", "running", "failed")
    }
    named = set(re.findall(r"`(kb_[a-z_]+)", TOLD))
    assert {name.removesuffix("_total") for name in named} == told


def test_the_released_sources_hold_what_an_installation_takes(tmp_path: Path) -> None:
    made = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    subprocess.run(made, cwd=ROOT, check=True, capture_output=True)
    [path] = tmp_path.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"requirements.txt", "packaging/rassid.env", "packaging/rassid.sh", "docs/operations.md"} <= names
    assert {f"packaging/systemd/{unit.name}" for unit in UNITS} <= names
    assert "kb/app.py" in names
    assert not any(name.startswith("tests/") for name in names)
