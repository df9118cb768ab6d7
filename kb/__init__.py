"""Rassid: a knowledge and document-search platform, Arabic first."""
