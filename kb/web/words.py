"""What the pages say in each language, and how numbers and dates are written there. The only file that knows Babel."""

import datetime as dt
import gettext
import html
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape

from kb.catalog.period import OPEN
from kb.services.views import When

LANGUAGES: Final = ("ar", "fr", "en")
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})

# Moroccan usage: دجنبر and غشت, Western digits, 2.418 in Arabic and in French.
_LOCALES: Final = {"ar": "ar_MA", "fr": "fr_MA", "en": "en_GB"}
_DATES: Final = {"day": "d MMMM y", "month": "MMMM y", "year": "y"}
_ISOLATE: Final = re.compile("</?bdi[^>]*>")
_LEFT: Final = Markup('<bdi dir="ltr">')
_HELD: Final = Markup("<bdi>")
_END: Final = Markup("</bdi>")
_UNITS: Final = {"ar": ("B", "KB", "MB", "GB"), "fr": ("o", "Ko", "Mo", "Go"), "en": ("B", "KB", "MB", "GB")}


def direction(language: str) -> str:
    """The value of a `dir` attribute; "auto" where the language is not known."""
    if not language:
        return "auto"
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def named(path: str) -> str:
    """The first part of a path, where a language stands if the address names one."""
    return path.removeprefix("/").partition("/")[0]


def left_to_right(text: str) -> Markup:
    """Hold a figure, name or address together among Arabic letters."""
    return _LEFT + text + _END


def isolated(fact: object) -> object:
    """Hold together what others wrote, in whichever direction it runs.

    Our own words are Markup and pass; so does what has no letter: 2012–2020 is read in the direction of its sentence.
    """
    if not isinstance(fact, str) or isinstance(fact, Markup) or not any(map(str.isalpha, fact)):
        return fact
    return _HELD + fact + _END


def plain(text: str) -> Markup:
    """The same for an attribute or a title, where no element may stand: isolates become characters (UAX 9)."""
    for element, character in (('<bdi dir="ltr">', "\u2066"), ("<bdi>", "\u2068"), ("</bdi>", "\u2069")):
        text = escape(text).replace(element, character)
    return escape(text)


def _letters(text: Markup) -> str:
    return html.unescape(_ISOLATE.sub("", text))


@dataclass(frozen=True)
class Tongue:
    """One language of the interface. Texts come back as Markup, with every argument escaped and isolated."""

    code: str
    name: str
    short: str
    catalogue: gettext.NullTranslations
    locale: Locale

    def say(self, key: str, otherwise: str = "", **facts: object) -> Markup:
        """The text of `key`, or of `otherwise` where the catalogue has no `key`."""
        text = _text(self.catalogue, key, otherwise)
        return text.format(**_held(facts)) if facts else text

    def say_count(self, key: str, number: int, **facts: object) -> Markup:
        """The text of `key` in the plural form of `number`, which stands for {n}."""
        return escape(self.catalogue.ngettext(key, key, number)).format(n=self.number(number), **_held(facts))

    def text(self, key: str, otherwise: str = "", **facts: object) -> str:
        """What `say` says, for a file or a name of one: letters alone."""
        return _letters(self.say(key, otherwise, **facts))

    def text_count(self, key: str, number: int) -> str:
        """What `say_count` says, in the same manner."""
        return _letters(self.say_count(key, number))

    def figure(self, value: float) -> str:
        """A number as text, with the signs of the language."""
        return _figure(value, _LOCALES[self.code])

    def number(self, value: float) -> Markup:
        written = self.figure(value)
        return escape(written) if written.isdigit() else left_to_right(written)

    def percent(self, value: float) -> Markup:
        """`value` runs from 0 to 100."""
        return left_to_right(format_percent(value / 100, locale=self.locale))

    def size(self, octets: int) -> Markup:
        power = 0
        value = float(octets)
        while value >= 1024 and power < 3:
            value /= 1024
            power += 1
        digits = 1 if power > 1 and value < 100 else 0
        written = format_decimal(round(value, digits), locale=self.locale)
        return left_to_right(f"{written} {_UNITS[self.code][power]}")

    def date(self, day: dt.date, precision: str = "day") -> str:
        return _day(day, precision, _LOCALES[self.code])

    def month(self, day: dt.date) -> str:
        """The name of the month alone."""
        return format_date(day, "LLLL", locale=self.locale)

    def moment(self, moment: dt.datetime) -> Markup:
        """A day and a time of day, as the clock on the wall of this machine shows them."""
        here = moment.astimezone()
        return escape(self.date(here.date())) + Markup(" ") + left_to_right(f"{here:%H:%M}")

    def when(self, when: When) -> str:
        """A day, a month, a year, or two of them with a dash between; an ellipsis for the end of what goes on."""
        if when.last == OPEN:
            return f"{self.date(when.first, when.precision)} – …"
        first, last = self.date(when.first, when.precision), self.date(when.last, when.precision)
        return first if first == last else f"{first} – {last}"


@lru_cache(maxsize=8192)
def _text(catalogue: gettext.NullTranslations, key: str, otherwise: str) -> Markup:
    text = catalogue.gettext(key)
    return escape(catalogue.gettext(otherwise) if text == key and otherwise else text)


# A list shows the same few numbers and days over and over; Babel reads its pattern anew for each.
@lru_cache(maxsize=4096)
def _figure(value: float, locale: str) -> str:
    return str(format_decimal(value, locale=locale))


@lru_cache(maxsize=4096)
def _day(day: dt.date, precision: str, locale: str) -> str:
    return format_date(day, _DATES[precision], locale=locale)


def _held(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: isolated(fact) for name, fact in facts.items()}


@lru_cache(maxsize=1)
def tongues() -> Mapping[str, Tongue]:
    """The languages of the interface, in the order they are offered."""
    named = (("ar", "العربية", "ع"), ("fr", "Français", "FR"), ("en", "English", "EN"))
    return {
        code: Tongue(code, name, short, _catalogue(code), Locale.parse(_LOCALES[code])) for code, name, short in named
    }


def _catalogue(code: str) -> gettext.NullTranslations:
    """Compile the catalogue in memory: the .po file is the only copy there is."""
    source = files("kb.web") / "locale" / code / "LC_MESSAGES" / "messages.po"
    compiled = io.BytesIO()
    with source.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
