"""Papers as PDF: Arabic and Latin text, lists and tables, on pages of A4; what is printed is found again by search."""

from typing import Final

from kb.writing.pdf.flow import write
from kb.writing.pdf.paper import Block, Facts, Grid, Heading, Paper, Points, Words

__all__ = ["MEDIA_TYPE", "Block", "Facts", "Grid", "Heading", "Paper", "Points", "Words", "write"]

MEDIA_TYPE: Final = "application/pdf"
