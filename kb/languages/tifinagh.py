"""Tamazight in Tifinagh, and every script we know no grammar of: the folded word as it is."""

from kb.languages.analyzer import Terms


def terms(exact: str, _spelling: str) -> Terms:
    return Terms(exact, (exact,))
