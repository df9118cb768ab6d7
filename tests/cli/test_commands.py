"""The command line as an operator and a program use it: output, JSON, exit codes."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import pytest
from PIL import Image

from kb.catalog import people, second_factor
from kb.core.clock import now
from kb.db.database import Database
from kb.services import deposit
from kb.services.context import Services
from tests.cli.conftest import Run

GUIDE = "دليل تبسيط المساطر الإدارية\n\nيشرح هذا الدليل كيف تبسط الإدارة مساطرها.\n"

DEMO = Path(__file__).parents[2] / "corpus" / "demo"

IMPORTED = "1 new, 0 changed, 0 unchanged.\n1 files read: 1 pages, 11 words.\n"
UNDO = re.compile("`kb import --undo ([a-z0-9]{10})` takes it back.\n")


@pytest.fixture
def guide(tmp_path: Path) -> Path:
    path = tmp_path / "guide.txt"
    path.write_text(GUIDE, "utf-8")
    return path


def test_import_then_search_gives_the_passage(kb: Run, guide: Path) -> None:
    code, out, said = kb("import", guide)
    assert (code, UNDO.sub("", out), said) == (0, IMPORTED, "")
    code, out, _ = kb("search", "تبسيط", "المساطر", "--json")
    answer = json.loads(out)
    assert (code, answer["total"]) == (0, 1)
    [hit] = answer["hits"]
    assert hit.keys() == {"id", "title", "file", "score", "passages"}
    assert hit["file"] == "guide.txt"
    [passage] = hit["passages"]
    assert passage["page"] == 1
    assert {passage["text"][a:b] for a, b in passage["marks"]} >= {"تبسيط", "المساطر"}


def test_limit_cuts_the_hits_and_not_the_total(kb: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(3):
        (folder / f"{n}.txt").write_text(f"{GUIDE}{n}\n", "utf-8")
    kb("import", folder)
    answer = json.loads(kb("search", "المساطر", "--json", "--limit", 2)[1])
    assert (answer["total"], len(answer["hits"])) == (3, 2)


def test_no_wait_leaves_the_work_to_a_worker(kb: Run, guide: Path) -> None:
    assert kb("import", guide, "--no-wait")[0] == 0
    assert json.loads(kb("search", "المساطر", "--json")[1])["total"] == 0
    kb("import", guide)
    assert json.loads(kb("search", "المساطر", "--json")[1])["total"] == 1


def test_draft_publish_withdraw(kb: Run, guide: Path) -> None:
    kb("import", guide, "--draft")
    assert json.loads(kb("search", "المساطر", "--json")[1])["total"] == 0
    code, _, err = kb("publish", "nosuchdoc1")
    assert (code, err) == (1, "There is no nosuchdoc1.\n")


def test_an_unreadable_file_is_named_and_the_exit_code_says_so(kb: Run, tmp_path: Path, guide: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4\nnothing of the kind")
    code, out, err = kb("import", broken, guide)
    assert code == 3
    assert out.startswith("2 new, 0 changed, 0 unchanged.\n1 files read: ")
    assert err.startswith("broken.pdf: The file is damaged")


def test_an_import_says_in_short_what_was_read_and_in_full_as_json(kb: Run, guide: Path, tmp_path: Path) -> None:
    scan = tmp_path / "scan.png"
    Image.new("L", (600, 800), 255).save(scan)
    _, out, _ = kb("import", guide, scan)
    assert "2 files read: 2 pages, 11 words." in out
    assert "To look at (1):\n  scan.png: " in out
    told = json.loads(kb("import", guide, scan, "--json")[1])["receipts"]
    assert [one["name"] for one in told] == [guide.name, scan.name]
    assert told[0]["words"] > 0
    assert all(one["page"] == 1 for one in told[0]["questions"])
    assert told[1]["doubtful"]


def shape(value: object) -> object:
    """Return the keys and kinds of a JSON value; of a list the shape of its first element."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items() if key != "meta"}
    return [shape(inner) for inner in value[:1]] if isinstance(value, list) else type(value).__name__


def test_extract_gives_as_json_what_its_page_describes(kb: Run) -> None:
    page = (DEMO.parents[1] / "docs" / "extract.md").read_text("utf-8")
    example = json.loads(page.partition("```json")[2].partition("```")[0])
    told = json.loads(kb("extract", DEMO / example["file"], "--json")[1])
    assert shape(told) == shape(example)
    described = set(re.findall(r"`([a-z]+)`", page))
    assert {*told, *told["pages"][0]} <= described | {"file", "pages", "number"}
    words = told["pages"][0]["text"].split()
    assert [row[0] for row in told["pages"][0]["words"]][:5] == words[:5]
    for region in told["pages"][0]["regions"]:
        assert told["pages"][0]["text"][region["start"] : region["end"]].strip()


def test_extract_prints_pages_divided_by_form_feeds(kb: Run, tmp_path: Path) -> None:
    path = tmp_path / "two.txt"
    path.write_text("الصفحة الأولى\fالصفحة الثانية", "utf-8")
    code, out, _ = kb("extract", path)
    assert (code, [page.strip() for page in out.split("\f")]) == (0, ["الصفحة الأولى", "الصفحة الثانية"])
    told = json.loads(kb("extract", path, "--json")[1])
    assert [(p["number"], p["origin"]) for p in told["pages"]] == [(1, "text"), (2, "text")]
    assert told["warnings"] == []
    assert all(0 <= p["quality"] <= 1 for p in told["pages"])


def test_extract_of_what_cannot_be_read_says_why(kb: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF-1.4 broken")
    code, out, err = kb("extract", path, "--json")
    assert (code, json.loads(out)["error"]) == (1, "damaged-file")
    assert "Ask for another copy" in err


def test_evaluate_prints_its_figures_and_writes_a_run(kb: Run, tmp_path: Path) -> None:
    folder = tmp_path / "judged"
    folder.mkdir()
    rows = [{"id": "d1", "title": "تبسيط المساطر", "text": GUIDE}, {"id": "d2", "title": "الماء", "text": "ماء"}]
    (folder / "corpus.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    (folder / "queries.tsv").write_text("q1\tتبسيط المساطر\n", "utf-8")
    (folder / "qrels.tsv").write_text("q1\td1\t1\n", "utf-8")
    code, out, _ = kb("evaluate", folder, "--run", tmp_path / "run.txt", "--json")
    assert (code, json.loads(out)["nDCG@10"]) == (0, 1.0)
    assert (tmp_path / "run.txt").read_text("utf-8").split()[:4] == ["q1", "Q0", "d1", "1"]
    code, _, err = kb("evaluate", folder, "--chain", "nonsense")
    assert code == 2
    assert "light10" in err


def test_a_run_is_compared_with_an_earlier_one(kb: Run, tmp_path: Path) -> None:
    folder = tmp_path / "judged"
    folder.mkdir()
    rows = [{"id": "d1", "title": "تبسيط", "text": GUIDE}, {"id": "d2", "title": "الماء", "text": "ماء"}]
    (folder / "corpus.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    (folder / "queries.tsv").write_text("q1\teau\n", "utf-8")
    (folder / "qrels.tsv").write_text("q1\td2\t1\n", "utf-8")
    kb("evaluate", folder, "--no-expand", "--run", tmp_path / "before.txt")
    code, out, _ = kb("evaluate", folder, "--against", tmp_path / "before.txt", "--json")
    assert code == 1, "a run without any answer is one of other questions"
    kb("evaluate", folder, "--run", tmp_path / "before.txt")
    code, out, _ = kb("evaluate", folder, "--against", tmp_path / "before.txt", "--json")
    told = json.loads(out)
    assert (code, told["compared"], told["delta"], told["wins"], told["losses"]) == (0, 1, 0.0, 0, 0)


def test_searches_are_printed_by_how_often_they_were_asked(kb: Run, tmp_path: Path) -> None:
    assert kb("searches") == (0, "", "")
    with closing(sqlite3.connect(tmp_path / "home" / "kb.sqlite3")) as database, database:
        day = now().date().isoformat()
        database.execute("INSERT INTO searched VALUES (?, 'الماء', 3, 0), (?, 'زقزق', 2, 2)", (day, day))
    assert [row["terms"] for row in json.loads(kb("searches", "--json")[1])] == ["الماء", "زقزق"]
    assert [row["terms"] for row in json.loads(kb("searches", "--zero", "--json")[1])] == ["زقزق"]
    assert kb("searches", "--limit", 1)[1].endswith("الماء\n")


def test_index_check_and_rebuild(kb: Run, guide: Path, tmp_path: Path) -> None:
    kb("import", guide)
    assert kb("index", "check")[0] == 0
    assert kb("index", "rebuild")[:2] == (0, "1 documents are in the new index.\n")
    assert json.loads(kb("search", "المساطر", "--json")[1])["total"] == 1


def test_doctor_verifies_the_originals(kb: Run, guide: Path, tmp_path: Path) -> None:
    kb("import", guide)
    code, out, _ = kb("doctor", "--verify", "--json")
    assert (code, all(f["ok"] for f in json.loads(out))) == (0, True)
    [original] = (tmp_path / "home" / "corpus").glob("??/??/*")
    original.chmod(0o644)
    original.write_bytes(b"rotten")
    code, out, _ = kb("doctor", "--verify", "--json")
    assert code == 1
    assert [f["subject"] for f in json.loads(out) if not f["ok"]] == ["originals"]


def test_wrong_settings_are_named_and_nothing_is_started(kb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_PORT", "99999")
    code, out, err = kb("doctor")
    assert (code, out) == (1, "")
    assert err.startswith("KB_PORT: ")


def test_a_home_that_cannot_be_made_is_one_line_and_no_traceback(
    kb: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    monkeypatch.setenv("KB_HOME", str(tmp_path / "taken"))
    code, _, err = kb("search", "الماء")
    assert (code, err.count("\n")) == (1, 1)
    assert "KB_HOME" in err


@pytest.mark.parametrize("url", ["nonsense", "mysql://someone:s3cret@host/name", "foo://bar", "sqlite+nodriver://"])
def test_a_database_that_is_not_ours_is_refused_without_its_password(
    kb: Run, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("KB_DATABASE", url)
    code, _, err = kb("doctor")
    assert (code, err.count("\n")) == (1, 1)
    assert "database" in err
    assert "s3cret" not in err


@pytest.mark.parametrize(
    "command", [("search", "المساطر"), ("doctor",), ("serve",), ("work",), ("backup", "place"), ("user", "list")]
)
def test_a_library_of_a_later_version_is_refused_in_a_sentence_and_left_alone(
    kb: Run, guide: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    kb("import", guide)
    path = tmp_path / "home" / "kb.sqlite3"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()
    code, out, err = kb(*command)
    assert (code, out) == (1, "")
    assert "later version" in err
    assert "9999" in err
    assert path.read_bytes() == before


def test_serve_on_a_port_that_is_taken_says_so_and_starts_nothing(kb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr("kb.core.keeping.subprocess.Popen", started.append)
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("KB_PORT", str(other.getsockname()[1]))
        code, _, err = kb("serve")
    assert (code, err.count("\n"), started) == (1, 1, [])
    assert "another program" in err


@pytest.mark.parametrize("host", ["203.0.113.9", "no-such-host.invalid"])
def test_serve_at_an_address_that_is_not_ours_says_so(kb: Run, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("KB_HOST", host)
    monkeypatch.setenv("KB_PORT", "0")
    code, _, err = kb("serve")
    assert (code, err.count("\n")) == (1, 1)
    assert host in err


def test_what_is_no_regular_file_is_refused_and_never_waited_for(kb: Run, tmp_path: Path, guide: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    code, out, err = kb("import", pipe, "/dev/zero", guide)
    assert (code, UNDO.sub("", out)) == (3, IMPORTED)
    assert err.splitlines() == [f"{pipe}: file: not a regular file", "/dev/zero: file: not a regular file"]
    code, _, err = kb("extract", pipe)
    assert (code, "not a regular file" in err) == (2, True)


def test_ctrl_c_leaves_what_was_done_and_says_how_to_go_on(
    kb: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(3):
        (folder / f"{n}.txt").write_text(f"{GUIDE}{n}", "utf-8")
    told: list[str] = []
    store = deposit.store

    def interrupted(services: Services, stream: BinaryIO, name: str, **more: str) -> deposit.Original:
        told.append(name)
        if len(told) == 3:
            raise KeyboardInterrupt
        return store(services, stream, name, **more)

    monkeypatch.setattr(deposit, "store", interrupted)
    code, _, err = kb("import", folder)
    assert (code, err.count("\n"), "goes on" in err) == (130, 1, True)
    code, out, _ = kb("import", folder)
    assert (code, UNDO.sub("", out)) == (0, "1 new, 0 changed, 2 unchanged.\n3 files read: 3 pages, 36 words.\n")


def test_wrong_usage_has_its_own_exit_code(kb: Run) -> None:
    assert kb("import", "/no/such/file")[0] == 2
    assert kb("nonsense")[0] == 2


def test_import_and_index_speak_json_to_programs(kb: Run, guide: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 broken")
    code, out, _ = kb("import", guide, broken, "--json")
    told = json.loads(out)
    assert (code, told["created"], len(told["documents"])) == (3, 2, 2)
    assert [(p["path"], p["error"]) for p in told["problems"]] == [("broken.pdf", "damaged-file")]
    assert json.loads(kb("index", "check", "--json")[1]) == {"missing": 0, "stale": 0, "surplus": 0}
    assert json.loads(kb("index", "rebuild", "--json")[1]) == {"documents": 2}


def test_an_import_is_taken_back_by_its_number_once(kb: Run, guide: Path) -> None:
    number = UNDO.findall(kb("import", guide)[1])[0]
    assert kb("import", "--undo", number) == (0, "1 documents were taken back, 0 stay.\n", "")
    assert json.loads(kb("search", "تبسيط", "--json")[1])["total"] == 0
    assert json.loads(kb("import", "--undo", number, "--json")[1]) == {"undone": 1, "left": []}
    assert kb("import", "--undo", "last")[0] == 1, "it is taken back already"
    other = guide.with_name("other.txt")
    other.write_text(f"{GUIDE} وآخر", "utf-8")
    kb("import", other)
    assert kb("import", "--undo", "last")[:2] == (0, "1 documents were taken back, 0 stay.\n")
    assert kb("import", "--undo", "none")[0] == 1
    assert kb("import", guide, "--undo", number)[0] == 2


def test_the_table_of_a_type_is_printed_and_imported(kb: Run, tmp_path: Path) -> None:
    code, out, _ = kb("import", "--template", "good_practice")
    heads = out.lstrip("\ufeff").strip().split(";")
    assert (code, "المؤشرات 2: بعد" in heads) == (0, True)
    table = tmp_path / "table.csv"
    table.write_text(";".join(heads) + "\n;practice-1;good_practice\n", "utf-8")
    code, _, said = kb("import", "--table", table, "--dry-run")
    assert code == 3
    assert "indicators: required" in said
    assert kb("import", "--template", "none")[0] == 2


def test_db_copy_moves_the_library_and_says_what_to_do_next(kb: Run, guide: Path, tmp_path: Path) -> None:
    kb("import", guide)
    other = f"sqlite:///{tmp_path}/other.sqlite3"
    code, out, _ = kb("db", "copy", "--to", other)
    assert code == 0
    assert "each is as it was" in out
    code, _, said = kb("db", "copy", "--to", other)
    assert (code, "holds rows already" in said) == (1, True)


def test_db_copy_onto_the_database_in_use_is_refused(kb: Run, guide: Path, tmp_path: Path) -> None:
    kb("import", guide)
    code, _, said = kb("db", "copy", "--to", f"sqlite:///{tmp_path}/home/kb.sqlite3")
    assert (code, "the database in use" in said) == (1, True)


def test_user_add_prints_a_link_and_the_list_shows_the_account(kb: Run) -> None:
    code, out, said = kb("user", "add", "amina@example.ma", "--name", "أمينة", "--role", "curator")
    assert (code, out.startswith("http://127.0.0.1:8000/link/")) == (0, True)
    assert "serves once" in said
    assert kb("user", "role", "amina@example.ma", "--role", "reader", "--organisation", "mtnra")[0] == 0
    assert kb("user", "disable", "amina@example.ma")[0] == 0
    [row] = json.loads(kb("user", "list", "--json")[1])
    assert (row["role"], row["organisation"], row["active"]) == ("reader", "mtnra", False)


def test_user_reset_takes_a_second_factor_away(kb: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kb("user", "add", "amina@example.ma", "--name", "أمينة")
    database = Database(f"sqlite:///{tmp_path}/home/kb.sqlite3")
    with database.writing() as session:
        person = people.by_email(session, "amina@example.ma")
        assert person
        second_factor.enrol(session, person, "sealed by a key that is lost", 1)
    database.close()
    assert json.loads(kb("user", "list", "--json")[1])[0]["second_factor"]
    assert "of 1 the secret cannot be opened" in kb("doctor")[1]
    monkeypatch.setenv("KB_SECOND_FACTOR_ROLES", "reader")
    assert kb("user", "reset", "amina@example.ma", "--second-factor")[:2] == (
        0,
        "The second factor of amina@example.ma is taken away: they set another up at the next sign-in.\n",
    )
    assert "had none" in kb("user", "reset", "amina@example.ma", "--second-factor")[1]
    assert not json.loads(kb("user", "list", "--json")[1])[0]["second_factor"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "no address", "--name", "x"),
        ("add", "a@example.ma", "--name", "x", "--role", "king"),
        ("role", "nobody@example.ma", "--role", "reader"),
        ("reset", "nobody@example.ma"),
    ],
)
def test_a_command_on_accounts_that_cannot_be_done_says_why_in_a_line(kb: Run, arguments: tuple[str, ...]) -> None:
    code, out, said = kb("user", *arguments)
    assert (code, out) == (1, "")
    assert said.count("\n") == 1


def test_backup_and_restore_are_one_command_each(
    kb: Run, guide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kb("import", guide)
    code, out, _ = kb("backup", tmp_path / "place", "--prove", "--keep", 3)
    assert (code, "1 documents, 1 files" in out, "find the same" in out) == (0, True, True)
    assert (kb("restore", tmp_path / "place")[0], kb("restore", tmp_path / "nowhere")[0]) == (1, 1), (
        "not over a library"
    )
    monkeypatch.setenv("KB_HOME", str(tmp_path / "elsewhere"))
    code, out, _ = kb("restore", tmp_path / "place", "--json")
    assert (code, json.loads(out)["documents"]) == (0, 1)
    assert json.loads(kb("search", "المساطر", "--json")[1])["total"] == 1


@pytest.mark.parametrize(
    ("arguments", "least"),
    [
        (["import", "--undo", "last"], 10),
        (["demo", "--no-wait"], 10),
        (["index", "rebuild"], 10),
        (["index", "check"], 10),
        (["backup", "place"], 10),
        (["export", "bag"], 10),
        (["audit", "verify"], 10),
        (["search", "المساطر"], 0),
        (["doctor"], 0),
    ],
)
def test_a_command_that_takes_long_leaves_the_machine_to_readers(
    arguments: list[str], least: int, tmp_path: Path
) -> None:
    code = (
        "import os; from contextlib import suppress; from kb import app\n"
        "with suppress(SystemExit): app.main()\n"
        "print(os.getpriority(os.PRIO_PROCESS, 0))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "KB_HOME": str(tmp_path / "home")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert int(done.stdout.split()[-1]) == max(least, os.getpriority(os.PRIO_PROCESS, 0))
