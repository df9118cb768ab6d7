"""Codes that change every thirty seconds, and the seal of their secrets."""

import datetime as dt
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb.catalog import one_time
from kb.catalog.one_time import Seal, Unsealed
from kb.core.errors import Unavailable

RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The secret of the examples of RFC 6238, "12345678901234567890"."""


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert one_time.code_at(RFC, dt.datetime.fromtimestamp(seconds, dt.UTC)) == code


def test_a_clock_may_be_one_step_off_and_not_two() -> None:
    moment = dt.datetime.fromtimestamp(1111111109, dt.UTC)
    step = 1111111109 // 30
    found = [
        one_time.step_of(RFC, one_time.code_at(RFC, moment + dt.timedelta(seconds=30 * n)), moment)
        for n in range(-3, 4)
    ]
    assert found == [None, None, step - 1, step, step + 1, None, None]


def test_two_secrets_are_not_the_same_and_are_as_applications_take_them() -> None:
    assert one_time.fresh() != one_time.fresh()
    assert one_time.address(RFC, "a@example.ma", "Une école") == (
        f"otpauth://totp/Une%20%C3%A9cole:a%40example.ma?digits=6&secret={RFC}"
        "&algorithm=SHA1&issuer=Une%20%C3%A9cole&period=30"
    )


def test_what_is_sealed_is_opened_by_the_same_key_alone(tmp_path: Path) -> None:
    sealed = Seal(tmp_path / "key").close("سر")
    assert "سر" not in sealed
    assert Seal(tmp_path / "key").open(sealed) == "سر"
    Seal(tmp_path / "other").close("x")
    for wrong in (Seal(tmp_path / "other"), Seal(tmp_path / "none")):
        with pytest.raises(Unsealed):
            wrong.open(sealed)
    with pytest.raises(Unsealed):
        Seal(tmp_path / "key").open(sealed[:-4] + "AAA=")
    assert not (tmp_path / "none").exists(), "a key is made to seal, not to open"


def test_the_key_is_for_its_owner_alone_and_nothing_else_is_left(tmp_path: Path) -> None:
    Seal(tmp_path / "key").close("x")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_those_who_come_first_at_once_make_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(lambda n: Seal(tmp_path / "key").close(str(n)), range(32)))
    assert [Seal(tmp_path / "key").open(one) for one in sealed] == [str(n) for n in range(32)]


def test_a_file_that_is_no_key_and_a_folder_that_is_not_there_are_said(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("no key")
    with pytest.raises(Unsealed):
        Seal(tmp_path / "key").open("x")
    with pytest.raises(Unavailable):
        Seal(tmp_path / "nowhere" / "key").close("x")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
