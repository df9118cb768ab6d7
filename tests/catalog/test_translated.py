"""Choosing a language of a text."""

import pytest

from kb.catalog.translated import pick, wordings
from kb.core.errors import Invalid

TITLE = wordings({"fr": "Guide", "zgh": "ⴰⵎⵏⵉⵔ", "ar": {"text": "دليل", "state": "draft"}})


@pytest.mark.parametrize(
    ("asked", "fallback", "given"),
    [
        ("fr", "ar", ("Guide", "fr")),
        ("en", "fr", ("Guide", "fr")),
        ("en", "en", ("دليل", "ar")),
        ("en", "", ("دليل", "ar")),
        ("zgh", "fr", ("ⴰⵎⵏⵉⵔ", "zgh")),
    ],
)
def test_the_language_asked_for_comes_first(asked: str, fallback: str, given: tuple[str, str]) -> None:
    assert pick(TITLE, asked, fallback) == given


def test_a_language_we_do_not_favour_is_better_than_none() -> None:
    assert pick(wordings({"zgh": "ⴰⵎⵏⵉⵔ"}), "ar", "fr") == ("ⴰⵎⵏⵉⵔ", "zgh")


def test_a_text_marked_missing_is_passed_over() -> None:
    assert pick(wordings({"ar": {"text": "؟", "state": "missing"}, "fr": "Guide"}), "ar") == ("Guide", "fr")


def test_nothing_said_is_nothing_shown() -> None:
    assert pick({}, "ar", "fr") == ("", "")


def test_wordings_are_composed_trimmed_and_never_empty() -> None:
    said = wordings({"fr": " Re\u0301sume\u0301 ", "ar": "  "})
    assert said == {"fr": {"text": "Résumé", "state": "reviewed"}}


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(Invalid):
        wordings({"ar": {"text": "دليل", "state": "perfect"}})
