"""Bags, as RFC 8493 has them and other programs read them."""

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.writing import bag
from kb.writing.bag import Packing, Unfit, chunks


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    made = Packing(tmp_path / "bag")
    made.add("a/first.txt", ["نص".encode()])
    made.add("100%.txt", chunks(io.BytesIO(b"x" * 3_000_000)))
    made.add("gone.txt", [b"1", b"2"])
    made.remove("gone.txt")
    made.seal({"Source-Organization": "وزارة\nالإدارة", "Rassid-Bag": "1"})
    return tmp_path / "bag"


def problems(folder: Path) -> dict[str, str]:
    with pytest.raises(Unfit) as refusal:
        bag.read(folder)
    return refusal.value.problems


def test_a_bag_says_what_it_holds(packed: Path) -> None:
    info, paths = bag.read(packed)
    assert paths == ["100%.txt", "a/first.txt"]
    assert info["Payload-Oxum"] == "3000004.2"
    assert info["Source-Organization"] == "وزارة الإدارة", "a value is one line"
    assert (packed / "bagit.txt").read_text() == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    assert "data/100%25.txt" in (packed / "manifest-sha512.txt").read_text()


def test_other_programs_agree_on_every_digest(packed: Path) -> None:
    (packed / "data" / "100%.txt").rename(packed / "data" / "100%25.txt")  # they do not decode paths
    for name in ("sha256", "sha512"):
        for kind in ("manifest", "tagmanifest"):
            subprocess.run([f"{name}sum", "--check", "--strict", f"{kind}-{name}.txt"], cwd=packed, check=True)


SPOILED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a changed byte": (lambda f: (f / "data/a/first.txt").write_bytes("نض".encode()), "data/a/first.txt"),
    "a missing file": (lambda f: (f / "data/a/first.txt").unlink(), "data/a/first.txt"),
    "a file more": (lambda f: (f / "data/more.txt").write_text("x"), "data/more.txt"),
    "a link": (lambda f: (f / "data/link").symlink_to("/etc/passwd"), "data/link"),
    "a changed tag": (lambda f: (f / "bag-info.txt").write_text("Rassid-Bag: 2\n"), "bag-info.txt"),
    "a manifest gone": (lambda f: (f / "manifest-sha256.txt").unlink(), "manifest-sha256.txt"),
    "no declaration": (lambda f: (f / "bagit.txt").unlink(), "bagit.txt"),
    "a later BagIt": (
        lambda f: (f / "bagit.txt").write_text("BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n"),
        "bagit.txt",
    ),
    "a way out": (
        lambda f: (f / "manifest-sha256.txt").write_text(f"{'0' * 64}  data/../../etc/passwd\n"),
        "manifest-sha256.txt",
    ),
    "no line": (lambda f: (f / "manifest-sha512.txt").write_text("zz\n"), "manifest-sha512.txt"),
    "no text": (lambda f: (f / "manifest-sha512.txt").write_bytes(b"\xff\xfe"), "manifest-sha512.txt"),
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_bag_that_is_not_as_it_was_packed_names_the_file(packed: Path, what: str) -> None:
    spoil, named = SPOILED[what]
    spoil(packed)
    assert named in problems(packed)


def test_a_bag_without_any_manifest_of_a_kind_we_know_is_refused(packed: Path) -> None:
    for path in packed.glob("*manifest-*"):
        path.unlink()
    assert "manifest-sha256.txt" in problems(packed)


def test_a_folder_of_files_is_no_bag(tmp_path: Path) -> None:
    assert not bag.is_bag(tmp_path)
    assert problems(tmp_path) == {"bagit.txt": "cannot be read"}


def test_a_bag_of_another_program_with_one_kind_of_digest_is_read(packed: Path) -> None:
    for path in {*packed.glob("*manifest-sha512.txt"), *packed.glob("tagmanifest-*")}:
        path.unlink()
    assert bag.read(packed)[1] == ["100%.txt", "a/first.txt"]
    shutil.rmtree(packed / "data" / "a")
    assert problems(packed) == {"data/a/first.txt": "is not there, or cannot be read"}
