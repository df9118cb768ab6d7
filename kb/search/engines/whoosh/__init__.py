"""Whoosh as an engine: its files keep our terms, the meaning and the ranking are ours.

Whoosh's own query layer is not used: it costs a hundred times what reading its postings does (a matcher object a
term, a Python call a posting and a level), and its ranking is not ours.
"""
