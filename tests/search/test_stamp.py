from pathlib import Path

import pytest

from kb.core.errors import Unavailable
from kb.search.stamp import Stale, current, fingerprint, folder_in_use, replacing, settle


def create(folder: Path) -> None:
    folder.mkdir()
    (folder / "index").write_text("", encoding="utf-8")


def test_a_fingerprint_follows_every_fact() -> None:
    assert fingerprint("a", "b") == fingerprint("a", "b")
    assert len({fingerprint("a", "b"), fingerprint("a", "c"), fingerprint("ab"), fingerprint("a")}) == 4


def test_the_first_index_is_made_and_named(tmp_path: Path) -> None:
    assert current(tmp_path) is None
    folder = settle(tmp_path, "one", create)
    assert (folder / "index").exists()
    assert settle(tmp_path, "one", create) == folder == folder_in_use(tmp_path, "one")


def test_an_index_of_other_rules_is_stale_and_stays(tmp_path: Path) -> None:
    folder = settle(tmp_path, "one", create)
    with pytest.raises(Stale):
        settle(tmp_path, "two", create)
    assert folder.exists()


def test_a_crash_before_the_first_name_was_written_is_healed(tmp_path: Path) -> None:
    folder = settle(tmp_path, "one", create)
    (tmp_path / "CURRENT").unlink()
    assert settle(tmp_path, "one", create) == folder


def test_an_index_whose_name_was_lost_is_never_replaced_by_an_empty_one(tmp_path: Path) -> None:
    for name in ("one.a", "one.b"):
        create(tmp_path / name)
    with pytest.raises(Unavailable):
        settle(tmp_path, "one", create)
    with pytest.raises(Unavailable):
        settle(tmp_path, "two", create)


def test_a_half_made_replacement_of_a_crash_is_swept_by_the_next(tmp_path: Path) -> None:
    before = settle(tmp_path, "one", create)
    create(tmp_path / "one.crashed.part")
    with replacing(tmp_path, "two", create, lambda _: True):
        assert folder_in_use(tmp_path, "one") == before
    folder = folder_in_use(tmp_path, "two")
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == [folder]


def test_a_replacement_that_was_stopped_is_taken_up_where_it_is_sound(tmp_path: Path) -> None:
    settle(tmp_path, "one", create)
    with pytest.raises(KeyboardInterrupt), replacing(tmp_path, "one", create, lambda _: True) as first:
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt), replacing(tmp_path, "one", create, lambda left: left == first):
        raise KeyboardInterrupt
    assert first.exists()
    with replacing(tmp_path, "one", create, lambda _: False) as third:
        assert third != first
        assert not first.exists()


def test_a_name_that_is_no_text_is_an_alarm(tmp_path: Path) -> None:
    settle(tmp_path, "one", create)
    (tmp_path / "CURRENT").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unavailable):
        settle(tmp_path, "one", create)
