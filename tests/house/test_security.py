"""What docs/security.md claims: its tests exist, and what can be read off the sources holds."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOLD = (ROOT / "docs" / "security.md").read_text("utf-8")
REACHING = {"http", "httpx", "httpx2", "requests", "smtplib", "socket", "urllib", "ftplib", "aiohttp"}
"""Modules by which something could be asked of the network; of urllib and http only the parts that do so."""
HARMLESS = {"urllib.parse", "http.HTTPStatus", "http.cookies"}
REACHES = {
    "kb/services/mail.py": {"smtplib"},
    "kb/services/provider.py": {"httpx2"},
    "kb/services/scanner.py": {"socket"},
    # listen, or pass on what listens
    "kb/web/door.py": {"socket"},
    "kb/web/scrape.py": {"socket", "http.server"},
    "kb/processes.py": {"socket"},
    # sockets between a parent and its child, and the walls that take all others away
    "kb/ingest/child.py": {"socket"},
    "kb/ingest/nursery.py": {"socket"},
    "kb/ingest/seccomp.py": {"socket"},
}
UNPACKING = {"pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle"}


def imported() -> Iterator[tuple[str, str]]:
    """Yield (file, module) of every import of the program; of `from x import y` x.y too."""
    for path in sorted((ROOT / "kb").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((name, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield from ((name, f"{node.module}.{alias.name}") for alias in node.names)


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[a-z_/]+\.py)::(test_\w+)`", TOLD)
    assert len(named) > 60
    for file, test in named:
        assert f"def {test}(" in (ROOT / file).read_text("utf-8"), (file, test)


def test_every_line_that_is_not_met_says_so_and_every_other_names_a_test() -> None:
    rows = [line.split("|")[1:5] for line in TOLD.splitlines() if re.match(r"\| \d", line)]
    assert len(rows) > 40
    for line, _, done, tests in rows:
        assert "::" in tests or "**not met**" in done, line


def test_no_shell_is_started() -> None:
    for path in (ROOT / "kb").rglob("*.py"):
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        called = {ast.unparse(call.func).rpartition(".")[2] for call in calls}
        assert not called & {"system", "popen", "getoutput", "getstatusoutput", "create_subprocess_shell"}, path
        assert "shell" not in {word.arg for call in calls for word in call.keywords}, path


def test_nothing_is_unpickled() -> None:
    assert [(file, module) for file, module in imported() if module.partition(".")[0] in UNPACKING] == []


def test_only_mail_the_provider_and_the_scanner_are_asked_of_the_network() -> None:
    found: dict[str, set[str]] = {}
    for file, module in imported():
        if module.partition(".")[0] in REACHING and not any(module.startswith(part) for part in HARMLESS):
            found.setdefault(file, set()).add(module)
    unknown = {
        file: modules
        for file, modules in found.items()
        if not all(any(m.startswith(allowed) for allowed in REACHES.get(file, ())) for m in modules)
    }
    assert unknown == {}
