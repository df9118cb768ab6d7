"""What a document is: its types, its rows, who sees them. Importing any of it arms the two listeners below."""

from kb.catalog import changes as changes
from kb.catalog import drafts as drafts
from kb.catalog import trace as trace
