"""Why a file is not taken, in the words of the pages, for who reads no page: the text beside it in a watched folder."""

from kb.core.errors import Invalid, KbError, TooLarge
from kb.core.settings import Settings
from kb.web.words import Tongue, plain, tongues


def reason(settings: Settings, error: KbError) -> str:
    """Say what is wrong and what to do, in the language of the library, a line for each thing."""
    tongue = tongues()[settings.language]
    if isinstance(error, Invalid):
        return "\n".join(_of_field(tongue, field, said) for field, said in sorted(error.problems.items()))
    said = tongue.text(f"refusal.{error.code}", otherwise="refusal.unavailable")
    if isinstance(error, TooLarge):
        said += f" {tongue.text('refusal.limit')} {plain(tongue.size(error.limit))}"
    return said


def _of_field(tongue: Tongue, field: str, said: str) -> str:
    """What is wrong with the file itself names no field; a value that is told follows the code."""
    code, _, value = said.partition(" ")
    code = code.rstrip(":")
    if field in {"", "file"}:
        words = tongue.text(f"refusal.{code}", otherwise=f"problem.{code}")
        return words if words != f"problem.{code}" else f"{tongue.text('refusal.invalid')} ({said})"
    words = tongue.text(f"problem.{code}", otherwise="row.malformed", value=value)
    return f"{field}{tongue.text('colon')}{words}"
