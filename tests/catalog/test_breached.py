"""Passwords that are tried first are known, those of one's own are not."""

import pytest

from kb.catalog import breached, passwords


@pytest.mark.parametrize("known", ["1qaz2wsx3edc", "Q1W2E3R4T5Y6", "passwordpassword", "unbelievable", "motherfucker"])
def test_passwords_of_breaches_are_known(known: str) -> None:
    assert breached.is_known(known)


@pytest.mark.parametrize(
    "known",
    [
        "password2026!!",
        "Azerty123456!",
        "2026_casablanca_",
        "motdepasse2024",
        "marocmaroc2026",
        "المغرب20262026",
        "rassid-123456",
    ],
)
def test_a_common_word_between_digits_is_known(known: str) -> None:
    assert breached.is_known(known)


@pytest.mark.parametrize(
    "own",
    [
        "خمس نخلات على الواد",
        "a bicycle in the rain",
        "été en forêt à midi",
        "483920174625",
        "!!!!!!!!!!!!",
        "",
        "\ud800" * 12,
    ],
)
def test_a_sentence_of_one_s_own_is_not(own: str) -> None:
    assert not breached.is_known(own)


def test_there_are_as_many_as_the_standard_asks_for_and_more() -> None:
    """ASVS 6.2.4 asks for the 3000 most common ones that are long enough to be taken."""
    assert len(breached._known().whole) // 5 > 50_000
    assert breached.SHORTEST_KNOWN == passwords.SHORTEST


def test_a_file_of_passwords_knows_them_whatever_their_letters_look_like() -> None:
    made = breached.packed({"Sésame ouvre-toi"}, {"sésame"})
    assert made == breached.packed({"SÉSAME OUVRE-TOI"}, {"Sésame"})
    assert b"ouvre" not in made
