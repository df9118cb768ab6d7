"""Turns what people type into a Clause. Total: no input is an error."""

import re
import unicodedata

from kb.search.query import All, And, Clause, Not, Or, Phrase, Words

# A phrase in its quotes; or an excluded word, where a blank (or nothing) stands before and a letter follows.
_PART = re.compile(
    r"""
    (?P<minus>(?<!\S)-)?
    (?: "(?P<straight>[^"]*)" | «(?P<guillemets>[^«»]*)» | “(?P<curly>[^“”]*)” )
    | (?<!\S)-(?P<excluded>[^\W\d_][^\s"«»“”]*)
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]")


def parse(typed: str) -> Clause:
    """Read words (any of them), phrases in "…" «…» “…” and excluded -words or -"phrases".

    Phrases are required; words beside one choose no documents and only rank them. Everything else is text:
    ؟ ? * أو ليس, a quote without its partner, the dash of 31-13.
    Nothing typed asks for All; signs without a letter or digit ask for words that nothing matches.
    """
    typed = unicodedata.normalize("NFC", typed)
    if not typed.strip():
        return All()
    loose: list[str] = []
    required: list[Clause] = []
    excluded: list[Clause] = []
    end = 0
    for found in _PART.finditer(typed):
        loose.append(typed[end : found.start()])
        end = found.end()
        phrase = found["straight"] or found["guillemets"] or found["curly"] or ""
        if found["excluded"]:
            excluded.append(Not(Words(found["excluded"], any=False)))
        elif _WORD.search(phrase):
            clause = Phrase(phrase.strip())
            (excluded if found["minus"] else required).append(Not(clause) if found["minus"] else clause)
    loose.append(typed[end:])
    text = " ".join(" ".join(loose).split())
    if _WORD.search(text) or not (required or excluded):
        words = Words(text)
        required.insert(0, Or((All(), words)) if required else words)
    parts = (*required, *excluded)
    return parts[0] if len(parts) == 1 else And(parts)
