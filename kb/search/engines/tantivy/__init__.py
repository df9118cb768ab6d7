"""tantivy as an engine: it finds and counts, what is found is ranked by our own arithmetic.

A commit holds two kinds of tantivy documents. A unit has the terms of one passage with their counts: of units tantivy
chooses the likeliest, by the same views and weights as ours. A document has the terms of all its units once: of these
it counts totals and facets. Nobody walks over postings in Python.
"""
