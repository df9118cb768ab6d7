"""Column types that mean the same on SQLite and PostgreSQL."""

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Literal, TypedDict

from sqlalchemy import JSON, DateTime, Dialect
from sqlalchemy import Text as LongText
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

HIGHEST = 2**31 - 1
"""The highest number of an integer column of PostgreSQL; asking for a row beyond it is an error there."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Return the text in NFC, without NUL (PostgreSQL refuses it) and lone surrogates (both refuse them)."""
    return unicodedata.normalize("NFC", _UNSTORABLE.sub("", text))


def storable_tree(value: Any) -> Any:
    """Return a JSON value with all its texts storable."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(k)): storable_tree(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable_tree(v) for v in value]
    return value


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment with its zone; kept in UTC, given back in UTC. A moment without a zone is our bug."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        assert value.tzinfo is not None, "a moment needs its zone"
        moment = value.astimezone(dt.UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.astimezone(dt.UTC) if dialect.name == "postgresql" else value.replace(tzinfo=dt.UTC)


class Text(TypeDecorator[str]):
    """Text of any length, made storable on its way in."""

    impl = LongText
    cache_ok = True

    def process_bind_param(self, value: str | None, _: Dialect) -> str | None:
        return None if value is None else storable(value)


class Json(TypeDecorator[Any]):
    """A JSON value, made storable on its way in. Assign a new value to change it: edits in place are not seen."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())

    def process_bind_param(self, value: Any, _: Dialect) -> Any:
        tree = storable_tree(value)
        json.dumps(tree, allow_nan=False)  # NaN is no JSON: SQLite would keep it, PostgreSQL refuse it
        return tree


class Wording(TypedDict):
    """A text in one language and how far its translation is."""

    text: str
    state: Literal["missing", "draft", "reviewed"]


class Translated(Json):
    """{language: Wording}; any set of languages, none of them compulsory."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        for language, wording in value.items():
            assert isinstance(language, str), "a language is a code"
            assert set(wording) == {"text", "state"}, "a wording is a text and its state"
        return super().process_bind_param(value, dialect)


class by_code_point(FunctionElement[str]):  # noqa: N801 -- called as a function of SQL is
    """A text to be ordered by its code points, whatever the collation of the database."""

    inherit_cache = True


@compiles(by_code_point)
def _as_it_is(element: by_code_point, compiler: SQLCompiler, **given: Any) -> str:
    return compiler.process(element.clauses, **given)


@compiles(by_code_point, "postgresql")
def _collated(element: by_code_point, compiler: SQLCompiler, **given: Any) -> str:
    return f'({compiler.process(element.clauses, **given)}) COLLATE "C"'
