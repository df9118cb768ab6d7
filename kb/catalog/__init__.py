"""What a document is: its types, its rows, who sees them. Importing any of it arms the listener of changes.py."""

from kb.catalog import changes as changes
