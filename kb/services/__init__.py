"""One use case a file: joins catalog, ingest and search, and owns the transactions."""
