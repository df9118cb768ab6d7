"""The form of a document: its content type as fields to fill in, and what was typed as what the catalog takes."""
