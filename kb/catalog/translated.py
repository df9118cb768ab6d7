"""Values in several languages: {language: {"text", "state"}}, any of them and none compulsory."""

from collections.abc import Mapping

from kb.core.errors import Invalid
from kb.db.columns import Wording, storable

STATES = frozenset({"missing", "draft", "reviewed"})
UNREVIEWED = "draft"
"""State of a wording that nobody has written; of a title, that the file's heading takes its place."""


def wordings(said: Mapping[str, str | Mapping[str, str]]) -> dict[str, Wording]:
    """Return the value as it is stored: NFC, trimmed, languages without text left out.

    A bare string counts as reviewed. Raises Invalid for a state that does not exist.
    """
    stored: dict[str, Wording] = {}
    for language, given in said.items():
        part = {"text": given} if isinstance(given, str) else given
        state = part.get("state", "reviewed")
        if state not in STATES:
            raise Invalid({language: "unknown-state"})
        text = storable(part.get("text", "")).strip()
        if text:
            stored[language] = Wording(text=text, state=state)  # type: ignore[typeddict-item]  # checked above
    return stored


def pick(said: Mapping[str, Wording], language: str, fallback: str = "") -> tuple[str, str]:
    """Return (text, its language): in the language asked for, else in the fallback, else in ar, fr, en, any other.

    ("", "") when nothing is said in any language.
    """
    for code in (language, fallback, "ar", "fr", "en", *sorted(said)):
        wording = said.get(code)
        if wording and wording["text"] and wording["state"] != "missing":
            return wording["text"], code
    return "", ""
