"""Reading one plain value that a form, a sidecar or a JSON line gave. Input is hostile until it has passed here.

Every reader returns what is stored, raises ValueError with a message key, and leaves its own result as it is.
"""

import math
import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

LINE_CHARS: Final = 500
TEXT_CHARS: Final = 20_000
URL_CHARS: Final = 2_000
LIST_ITEMS: Final = 200
LANGUAGES: Final = ("ar", "fr", "en", "zgh")
LATIN: Final = ("fr", "en")
STATES: Final = ("missing", "draft", "reviewed")
CURRENCIES: Final = ("MAD", "EUR", "USD")

_LARGEST: Final = 10**15
# Bidi controls (Unicode TR9), soft hyphen, byte order mark, interlinear and tag characters: they change how
# a line reads without being seen. ZWNJ and ZWJ stay, since they shape letters.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_END: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_FIGURE: Final = re.compile(r"[+-]?\d{1,16}(?:\.\d{1,9})?")
_SEPARATORS: Final = str.maketrans({"٫": ".", ",": ".", "٬": None, " ": None, "\u00a0": None, "\u202f": None, "−": "-"})


def line(raw: object) -> str:
    """One line of text, NFC, without control or bidi characters; a whole number is taken as its digits."""
    text = " ".join(_spelled(raw).split())
    if len(text) > LINE_CHARS:
        raise ValueError("too-long")
    return text


def text(raw: object) -> str:
    """Paragraphs with plain line ends, at most one blank line in a row, no control or bidi characters."""
    lines = [" ".join(part.split()) for part in _spelled(raw).split("\n")]
    whole = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    if len(whole) > TEXT_CHARS:
        raise ValueError("too-long")
    return whole


def _spelled(raw: object) -> str:
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < _LARGEST:
        return str(raw)
    if not isinstance(raw, str) or _SURROGATE.search(raw):
        raise ValueError("malformed")
    if len(raw) > 4 * TEXT_CHARS:
        raise ValueError("too-long")
    visible = _CONTROL.sub(" ", _LINE_END.sub("\n", _INVISIBLE.sub("", raw)))
    return unicodedata.normalize("NFC", visible)


def code(raw: object) -> str:
    """A code of a vocabulary: small letters, digits, - and _."""
    found = line(raw).lower()
    if not _CODE.fullmatch(found):
        raise ValueError("malformed")
    return found


def number(raw: object) -> int | float:
    """A finite number; text may use Arabic digits, a decimal comma and spaces between thousands."""
    if isinstance(raw, str):
        figure = line(raw).translate(_SEPARATORS)
        if not _FIGURE.fullmatch(figure):
            raise ValueError("not-a-number")
        raw = float(figure) if "." in figure else int(figure)
    if isinstance(raw, bool) or not isinstance(raw, int | float) or (isinstance(raw, float) and math.isnan(raw)):
        raise ValueError("not-a-number")
    if abs(raw) > _LARGEST:
        raise ValueError("out-of-range")
    return int(raw) if float(raw).is_integer() else float(raw)


def percent(raw: object) -> int | float:
    share = number(raw.rstrip("%٪ ") if isinstance(raw, str) else raw)
    if not 0 <= share <= 100:
        raise ValueError("out-of-range")
    return share


def year(raw: object) -> int:
    found = number(raw)
    if not isinstance(found, int) or not 1000 <= found <= 2999:
        raise ValueError("not-a-year")
    return found


def score(raw: object) -> int:
    """A grade from 0 (not met) to 3 (fully met)."""
    found = number(raw)
    if not isinstance(found, int) or not 0 <= found <= 3:
        raise ValueError("out-of-range")
    return found


def count(raw: object) -> int:
    """How many there are: a whole number, zero or more."""
    found = number(raw)
    if not isinstance(found, int) or found < 0:
        raise ValueError("out-of-range")
    return found


def flag(raw: object) -> bool:
    """Yes or no, as TOML and JSON write it or as a form's checkbox does."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.lower() in {"true", "false", "on", "yes", "no"}:
        return raw.lower() in {"true", "on", "yes"}
    raise ValueError("malformed")


def money(raw: object) -> dict[str, object]:
    """An amount or a range: {"low", "high", "currency"}. A bare number is an amount in dirhams."""
    given = raw if isinstance(raw, dict) else {"amount": raw}
    if given.keys() - {"low", "high", "amount", "currency"}:
        raise ValueError("malformed")
    amount = given.get("amount")
    low = number(given.get("low", amount))
    high = number(given.get("high", low if amount is None else amount))
    currency = line(given.get("currency", "MAD")).upper()
    if currency not in CURRENCIES:
        raise ValueError("unknown-currency")
    if not 0 <= low <= high:
        raise ValueError("out-of-range")
    return {"low": low, "high": high, "currency": currency}


def email(raw: object) -> str:
    address = line(raw)
    if not _EMAIL.fullmatch(address) or ".." in address or len(address) > 254:
        raise ValueError("not-an-email")
    local, _, domain = address.partition("@")
    return f"{local}@{domain.lower()}"


def url(raw: object) -> str:
    """An absolute http or https address without user name or password."""
    address = line(raw)
    try:
        parts = urlsplit(address)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None
        sound = sound and (parts.port is None or 0 < parts.port < 65536)
    except ValueError:
        sound = False
    if not sound or " " in address or "\\" in address or len(address) > URL_CHARS:
        raise ValueError("not-a-url")
    return address


def lines(raw: object) -> list[str]:
    """Distinct lines in the order given; text of several lines is one item a line."""
    return list(dict.fromkeys(filter(None, (line(item) for item in _items(raw)))))


def texts(raw: object) -> list[str]:
    return [kept for kept in (text(item) for item in _items(raw, split=False)) if kept]


def codes(raw: object) -> list[str]:
    return list(dict.fromkeys(code(item) for item in _items(raw)))


def _items(raw: object, *, split: bool = True) -> list[object]:
    if isinstance(raw, str):
        raw = raw.splitlines() if split else [raw]
    if isinstance(raw, list | tuple):
        if len(raw) > LIST_ITEMS:
            raise ValueError("too-many")
        return [item for item in raw if item not in (None, "")]
    raise ValueError("malformed")


def script_language(words: str, document: str = "") -> str:
    """The language that the first letter's script stands for; Latin letters take the document's, else French."""
    for letter in words:
        if "\u0600" <= letter <= "\u08ff" or "\ufb50" <= letter <= "\ufeff":
            return "ar"
        if "\u2d30" <= letter <= "\u2d7f":
            return "zgh"
        if letter.isalpha():
            break
    return document if document in LATIN else "fr"


def translated_line(raw: object) -> dict[str, dict[str, str]]:
    return _translated(raw, paragraphs=False)


def translated_text(raw: object) -> dict[str, dict[str, str]]:
    return _translated(raw, paragraphs=True)


def _translated(raw: object, *, paragraphs: bool) -> dict[str, dict[str, str]]:
    """{language: {"text", "state"}}, at least one language. A bare text is in the language of its script."""
    clean = text if paragraphs else line
    if not isinstance(raw, dict):
        said = clean(raw)
        return {script_language(said): {"text": said, "state": "reviewed"}} if said else {}
    if raw.keys() - set(LANGUAGES):
        raise ValueError("unknown-language")
    value: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        part = raw.get(language, "")
        given = part if isinstance(part, dict) else {"text": part}
        said, state = clean(given.get("text", "")), given.get("state", "reviewed")
        if given.keys() - {"text", "state"} or state not in STATES:
            raise ValueError("malformed")
        if said:
            value[language] = {"text": said, "state": str(state)}
    return value
