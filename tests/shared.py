"""The shared test data beside a checkout; the project works without it."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"

needs_shared = pytest.mark.skipif(
    not (SHARED / "data").is_dir(), reason="missing ../shared/data: the judged sets are not beside this checkout"
)
