"""The house these tests visit."""

from tests.visited import house, visitor

__all__ = ["house", "visitor"]
