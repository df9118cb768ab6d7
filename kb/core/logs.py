"""The log: a line a fact, in words or as JSON, without secrets, and none that a stranger wrote."""

import datetime as dt
import json
import logging
import re
from collections.abc import Mapping
from typing import Any, Final, Literal, TextIO

Form = Literal["text", "json"]
Level = Literal["debug", "info", "warning", "error"]

_HIDDEN: Final = "…"
# What must not stand in a log, whoever wrote the message: an error of a library repeats what it was given.
_SECRETS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), shown)
    for pattern, shown in (
        (r"(?<=://)[^\s/@]*@", f"{_HIDDEN}@"),  # who signs in where, as in the URL of a database
        (
            r"(?<![^\s@<>\"'(){}\[\],;:=/])[^\s@<>\"'(){}\[\],;:=/]+@[^\s@<>\"'(){}\[\],;:=/]+",
            _HIDDEN,
        ),  # an address of mail
        (r"(?<=/link/)[^/\s\"'{]+", _HIDDEN),  # a link that opens an account
        (r"\bkb_[\w-]{20,}", _HIDDEN),  # the key of a program
        (r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?", _HIDDEN),  # a token of a provider of identities
        (r"(?<![\w-])(?![0-9a-f]+(?![\w-]))[\w-]{43}(?![\w-])", _HIDDEN),  # the secret of a session
        (r"(?<=[\w/])\?[^\s\"'<>=]+=[^\s\"'<>]*", f"?{_HIDDEN}"),  # what was asked
        (r"\b((?:set-)?cookie\"?'?\s*:\s*)[^\r\n]+", rf"\1{_HIDDEN}"),
        (
            r"\b(password|passwd|secret|token|authorization)(\"?'?\s*[:=]\s*\"?'?)(?:(?:bearer|basic)\s+)?[^\s,;\"']+",
            rf"\1\2{_HIDDEN}",
        ),
    )
)
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def discreet(text: str) -> str:
    """Return the text without passwords, keys, links, tokens, mail addresses and what follows a question mark."""
    for pattern, shown in _SECRETS:
        text = pattern.sub(shown, text)
    return text


def facts(**told: object) -> dict[str, Any]:
    """Return what a line of the log tells beside its words, as the `extra` of a logger's call."""
    return {"facts": told}


def formatter(form: Form) -> logging.Formatter:
    return _AsJson() if form == "json" else _InWords()


def begin(form: Form, stream: TextIO | None = None) -> None:
    """Write warnings and worse to `stream`, the error output unless said; nothing changes for who has begun already."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(form))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def tell(level: Level) -> None:
    """Let our own parts say this and worse; libraries go on with warnings."""
    logging.getLogger("kb").setLevel(level.upper())


class _InWords(logging.Formatter):
    """What breaks lines or turns their direction is written as its code: a stranger's words make no line of ours."""

    def format(self, record: logging.LogRecord) -> str:
        message = _UNSEEN.sub(lambda found: f"\\x{ord(found[0]):02x}", discreet(record.getMessage()))
        line = f"{_moment(record)} {record.levelname} {record.name}: {message}"
        cause = _cause(self, record).replace("\n", "\n    ")
        return f"{line}\n    {cause}" if cause else line


class _AsJson(logging.Formatter):
    """An object a line."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "at": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": discreet(record.getMessage()),
            **{name: discreet(value) if isinstance(value, str) else value for name, value in _facts(record).items()},
        }
        if cause := _cause(self, record):
            told["cause"] = cause
        return json.dumps(told, ensure_ascii=True, default=str)


def _facts(record: logging.LogRecord) -> Mapping[str, object]:
    found = getattr(record, "facts", {})
    assert isinstance(found, dict)
    return found


def _moment(record: logging.LogRecord) -> str:
    return dt.datetime.fromtimestamp(record.created, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _cause(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    if not record.exc_info:
        return ""
    return discreet(formatter.formatException(record.exc_info))
