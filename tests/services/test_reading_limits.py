"""How long a file may take: as long as the settings say where it is large, less where it is small."""

import pytest

from kb.core.settings import Settings
from kb.services.reading import limits_for

MIB = 1024 * 1024


@pytest.mark.parametrize(("size", "seconds"), [(0, 50), (MIB, 110), (5 * MIB, 300), (200 * MIB, 300)])
def test_a_small_file_has_less_time(size: int, seconds: float) -> None:
    assert limits_for(Settings(), size).seconds == pytest.approx(seconds)


def test_no_file_has_more_than_the_settings_allow() -> None:
    settings = Settings(extract_seconds=6.0)
    assert (limits_for(settings, 0).seconds, limits_for(settings, 10**9).seconds) == (1.0, 6.0)
