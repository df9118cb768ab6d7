"""The house these tests visit."""

from tests.house import house, visitor

__all__ = ["house", "visitor"]
