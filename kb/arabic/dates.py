"""Dates as documents write them: months of Morocco, the Levant, France, England and the Hegira; days and periods."""

import datetime as dt
import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from kb.arabic.fold import fold


class Precision(IntEnum):
    """How much of a date was written; the finer is the greater."""

    YEAR = 1
    MONTH = 2
    DAY = 3


class Calendar(StrEnum):
    GREGORIAN = "gregorian"
    HIJRI = "hijri"


@dataclass(frozen=True, slots=True)
class Period:
    """All days from `first` to `last`, both within; Gregorian whatever the calendar they were written in."""

    first: dt.date
    last: dt.date
    precision: Precision
    calendar: Calendar
    written: str

    @property
    def edtf(self) -> str:
        """ISO 8601-2 (EDTF) level 0: 2010/2011, 2018-01/2019-12, 2021-03-02; Hijri periods by their days."""
        precision = Precision.DAY if self.calendar is Calendar.HIJRI else self.precision
        length = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}[precision]
        first, last = self.first.isoformat()[:length], self.last.isoformat()[:length]
        return first if first == last else f"{first}/{last}"


_GREGORIAN = (
    "يناير جانفي كانون_الثاني janvier janv january jan",
    "فبراير فيفري شباط fevrier fevr fev february feb",
    "مارس آذار mars march mar",
    "أبريل أفريل نيسان avril avr april apr",
    "ماي مايو أيار mai may",
    "يونيو يونيه جوان حزيران juin june jun",
    "يوليوز يوليو يوليه جويلية تموز juillet juil july jul",
    "غشت أغسطس أوت آب aout august aug",
    "شتنبر سبتمبر أيلول septembre september sept sep",
    "أكتوبر تشرين_الأول octobre october oct",
    "نونبر نوفمبر تشرين_الثاني novembre november nov",
    "دجنبر ديسمبر كانون_الأول decembre december dec",
)
_HIJRI = (
    "محرم المحرم محرم_الحرام",
    "صفر صفر_الخير",
    "ربيع_الأول ربيع_النبوي",
    "ربيع_الثاني ربيع_الآخر",
    "جمادى_الأولى جمادى_الأول",
    "جمادى_الثانية جمادى_الآخرة جمادى_الثاني",
    "رجب رجب_الفرد",
    "شعبان شعبان_الأبرك",
    "رمضان رمضان_المبارك رمضان_المعظم",
    "شوال شوال_الأبرك",
    "ذو_القعدة ذي_القعدة ذو_القعدة_الحرام ذي_القعدة_الحرام",
    "ذو_الحجة ذي_الحجة ذو_الحجة_الحرام ذي_الحجة_الحرام",
)
# Words that may stand around a date and change nothing.
_AROUND = (
    "من في بين بتاريخ يوم شهر سنة عام الموافق موافق ل م ميلادية ميلادي "
    "الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد "
    "le du de en d l an er st nd rd th annee mois lundi mardi mercredi jeudi vendredi samedi dimanche "
    "on in of the from year monday tuesday wednesday thursday friday saturday sunday"
)
_BETWEEN = "إلى الى حتى غاية و au a et to until and"
_NAMED = {
    fold(name).replace("_", " "): f"{mark}{number:02d}"
    for mark, names in (("G", _GREGORIAN), ("H", _HIJRI))
    for number, row in enumerate(names, 1)
    for name in row.split()
}
MONTHS = frozenset(tuple(name.split()) for name in _NAMED)
"""The folded words of every name of a month."""

_NAME = re.compile(rf"(?<![^\W\d_])(و?)({'|'.join(sorted(_NAMED, key=len, reverse=True))})(?![^\W\d_])")
_SPARE = frozenset(map(fold, _AROUND.split()))
_TO = frozenset(map(fold, _BETWEEN.split()))

_HEGIRA = frozenset(map(fold, ("هـ", "هجرية", "هجري", "للهجرة")))

# The text as tokens with a space between: G05 and H09 are months, H follows a Hijri year, T joins the ends of a period.
_TOKEN = re.compile(r"[GH]\d\d|T|\d+|[^\W\d_]+|[-/.–—]")
_POINTS = tuple(
    map(
        re.compile,
        (
            r"(?:(?P<day>\d\d?) )?(?P<month>[GH]\d\d) (?P<year>[12]\d{3})(?: H)?",
            r"(?P<month>G\d\d) (?P<day>\d\d?) (?P<year>[12]\d{3})",
            r"(?P<year>[12]\d{3}) [-/.] (?P<month>\d\d?)(?: [-/.] (?P<day>\d\d?))?",
            r"(?P<day>\d\d?) [-/.] (?P<month>\d\d?) [-/.] (?P<year>[12]\d{3})",
            r"(?P<month>\d\d?) [-/.] (?P<year>[12]\d{3})",
            r"(?P<year>[12]\d{3})(?P<hegira> H)?",
        ),
    )
)
_ENDS = re.compile(r" (?:T|[-/–—]) ")
_SHARED = re.compile(r"(?:^|.* )(?P<month>[GH]\d\d) (?P<year>[12]\d{3})(?: H)?")
# The same day in two calendars, as the official gazette writes it: the Gregorian one is kept.
_BOTH = tuple(
    map(
        re.compile,
        (
            r"(?:\d\d? )?H\d\d \d{4}(?: H)?(?: [-/–—])? (?P<kept>.*G\d\d.*)",
            r"(?P<kept>.*G\d\d \d{4})(?: [-/–—])? (?:\d\d? )?H\d\d \d{4}(?: H)?",
        ),
    )
)
_LONGEST = 200


def read(written: str) -> Period | None:
    """Read one date or period, with the words usual around it; None when anything else stands there.

    A Hijri date follows the arithmetical calendar, which may differ by two days from the moon sighted in Morocco;
    where a Gregorian date stands beside it, that one counts. `03/05/2019` is the third of May.
    """
    if len(written) > _LONGEST or (tokens := _tokens(written)) is None:
        return None
    for both in _BOTH:
        if found := both.fullmatch(tokens):
            tokens = found["kept"]
    if single := _point(tokens):
        return Period(*single, written)
    for ends in _ENDS.finditer(tokens):
        left, right = tokens[: ends.start()], tokens[ends.end() :]
        last = _point(right)
        first = last and _first(left, right)
        if first and last and first[0] <= last[1] and first[3] is last[3]:
            return Period(first[0], last[1], max(first[2], last[2]), last[3], written)
    return None


def _tokens(written: str) -> str | None:
    named = _NAME.sub(lambda name: ("T " if name[1] else "") + _NAMED[name[2]] + " ", fold(written))
    tokens = []
    for token in _TOKEN.findall(named):
        if token in _HEGIRA:
            tokens.append("H")
        elif token in _TO:
            tokens.append("T")
        elif token[0].isalpha() and token[0] not in "GHT":
            if token not in _SPARE:
                return None
        else:
            tokens.append(token)
    return " ".join(tokens)


_Point = tuple[dt.date, dt.date, Precision, Calendar]


def _first(left: str, right: str) -> _Point | None:
    """Read the first end of a period, which may leave its month and its year to the last: 3 – 5 ماي 2019."""
    if (point := _point(left)) or not (shared := _SHARED.fullmatch(right)):
        return point
    return _point(f"{left} {shared['year']}") or _point(f"{left} {shared['month']} {shared['year']}")


def _point(tokens: str) -> _Point | None:
    for pattern in _POINTS:
        if found := pattern.fullmatch(tokens):
            parts = found.groupdict()
            month = parts.get("month") or ""
            hijri = month.startswith("H") or bool(parts.get("hegira"))
            return _days(int(parts["year"]), int(month.lstrip("GH") or 0), int(parts.get("day") or 0), hijri=hijri)
    return None


def _days(year: int, month: int, day: int, *, hijri: bool) -> _Point | None:
    """Return first and last day of a year, of its `month` unless 0, of its `day` unless 0."""
    start = _hijri if hijri else dt.date
    precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
    try:
        first = start(year, month or 1, day or 1)
        if day:
            after = first + dt.timedelta(days=1)
        elif month in (0, 12):
            after = start(year + 1, 1, 1)
        else:
            after = start(year, month + 1, 1)
    except ValueError:
        return None
    return first, after - dt.timedelta(days=1), precision, Calendar.HIJRI if hijri else Calendar.GREGORIAN


def _hijri(year: int, month: int, day: int) -> dt.date:
    """Convert by the arithmetical calendar, 11 leap years in 30; ValueError for a day that is in no month.

    Source: Reingold and Dershowitz, Calendrical Calculations, Islamic calendar.
    """
    leap = (11 * year + 14) % 30 < 11
    longest = 30 if month % 2 or (month == 12 and leap) else 29
    if not (1 <= month <= 12 and 1 <= day <= longest):
        raise ValueError(month, day)
    # 1 Muharram 1 is day 227,015 of the proleptic Gregorian calendar (16 July 622 Julian).
    return dt.date.fromordinal(227014 + 354 * (year - 1) + (11 * year + 3) // 30 + 29 * (month - 1) + month // 2 + day)
