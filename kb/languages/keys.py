"""Numbers of texts and dates as single terms: 31.13 and «رقم 31-13» are one, «غشت 2019» and «août 2019» another."""

import re
from collections.abc import Iterator, Sequence

from kb.arabic import dates, letters
from kb.arabic.dates import Calendar, Period, Precision
from kb.arabic.fold import fold
from kb.languages.analyzer import Key, Token

# Between the parts of a number. Blanks around the sign are allowed after a word that announces a number.
_SIGN = re.compile(r"[-./‐‑–]")
_LOOSE_SIGN = re.compile(r"\s?[-./‐‑–]\s?")
_BLANK = re.compile(r"[\s,،]{1,3}")
_ANNOUNCED = re.compile(r"(?:\bn[°ºo]s?\.?|\bnum[eé]ro|\bnumber|رقم|عدد)\s*:?\s*$", re.IGNORECASE)
_LOOKED_BACK = 12  # characters before a number in which such a word ends
_MOST_DIGITS = 5  # of one part of a number: 2.20.660, 1-11-178, 13.11.2020
_YEARS = range(1300, 2200)
_NAME_WORDS = 3  # «ذو القعدة الحرام»
_BETWEEN = frozenset(map(fold, ("من", "سنة", "عام", "de", "d", "of", "er", "st", "nd", "rd", "th")))
_FIRST_WORDS = frozenset(name[0] for name in dates.MONTHS)
_BEFORE_NAME = letters.WAW + letters.BEH + letters.LAM


def found(text: str, tokens: Sequence[Token]) -> list[Key]:
    """Return the keys of a text whose words are `tokens`, in order."""
    if not any(token.terms.exact.isdigit() for token in tokens):
        return []
    keys = [*_numbers(text, tokens), *_named_dates(text, tokens)]
    return sorted(keys, key=lambda key: (key.start, -key.end, key.term))


def number(written: str) -> tuple[str, str]:
    """Return the term of a number of a text and of its flipped reading, which may be empty; empty for anything else."""
    parts = [str(int(part)) for part in re.split(_LOOSE_SIGN, fold(written.strip())) if part.isdecimal()]
    joined = "-".join(parts)
    if len(parts) not in (2, 3) or not re.fullmatch(rf"\d+(?:{_LOOSE_SIGN.pattern}\d+){{1,2}}", fold(written.strip())):
        return "", ""
    flipped = "-".join(reversed(parts))
    return f"#{joined}", f"#{flipped}" if flipped != joined else ""


def _numbers(text: str, tokens: Sequence[Token]) -> Iterator[Key]:
    """Yield the numbers of texts, and the dates all in digits."""
    place = 0
    while place < len(tokens):
        last = _run(text, tokens, place)
        if last > place:
            yield from _key(text, tokens[place : last + 1])
        place = last + 1


def _run(text: str, tokens: Sequence[Token], first: int) -> int:
    """Return the place of the last part of the number that begins at `first`."""
    last = first
    if not tokens[first].terms.exact.isdigit():
        return last
    start = tokens[first].start
    sign = _LOOSE_SIGN if _ANNOUNCED.search(text, max(0, start - _LOOKED_BACK), start) else _SIGN
    while (
        last + 1 < len(tokens)
        and tokens[last + 1].terms.exact.isdigit()
        and sign.fullmatch(text, tokens[last].end, tokens[last + 1].start)
    ):
        last += 1
    return last


def _key(text: str, parts: Sequence[Token]) -> Iterator[Key]:
    digits = [part.terms.exact for part in parts]
    start, end = parts[0].start, parts[-1].end
    if len(digits) > 3 or any(len(part) > _MOST_DIGITS for part in digits):
        return
    dated = _date(start, end, dates.read(text[start:end]))
    yield from dated
    if dated and len(digits) == 3:
        return
    if len(digits) == 2 and all(int(part) in _YEARS for part in digits):
        return  # 2018-2019 is a range of years
    term, flipped = number("-".join(digits))
    yield Key(start, end, term, flipped)


def _named_dates(text: str, tokens: Sequence[Token]) -> Iterator[Key]:
    """Yield the dates whose month is a name."""
    for place, token in enumerate(tokens):
        attached = int(token.terms.exact[:1] in _BEFORE_NAME and token.terms.exact[1:] in _FIRST_WORDS)
        if attached or token.terms.exact in _FIRST_WORDS:
            yield from _named(text, tokens, place, token.start + attached)


def _named(text: str, tokens: Sequence[Token], place: int, start: int) -> Iterator[Key]:
    """Yield the month whose name begins at `start`, and its day where one is given."""
    after = place + _words_of_name(text, tokens, place, start)
    day = _at(text, tokens, after, 1) if after > place else None
    if day and not _is_day(day):
        day = None
    year = _at(text, tokens, after + bool(day), 1 if day else 3)
    if not year or len(year.terms.exact) != 4 or int(year.terms.exact) not in _YEARS:
        return
    end = year.end
    name = text[start : tokens[after - 1].end]
    if day:
        yield from _date(start, end, dates.read(f"{day.terms.exact} {name} {year.terms.exact}"))
        return
    before = _before(text, tokens, place)
    if before:
        yield from _date(before.start, end, dates.read(f"{before.terms.exact} {name} {year.terms.exact}"))
    else:
        yield from _date(start, end, dates.read(f"{name} {year.terms.exact}"))


def _words_of_name(text: str, tokens: Sequence[Token], place: int, start: int) -> int:
    """Return of how many words the name of a month is that begins there, 0 for none."""
    for count in range(min(_NAME_WORDS, len(tokens) - place), 0, -1):
        name = tuple(token.terms.exact for token in tokens[place : place + count])
        if (name[0][1:], *name[1:]) in dates.MONTHS if start > tokens[place].start else name in dates.MONTHS:
            joined = all(_beside(text, tokens, n) for n in range(place, place + count - 1))
            return count if joined else 0
    return 0


def _beside(text: str, tokens: Sequence[Token], place: int) -> bool:
    """Tell whether a blank or a comma alone parts a word from the next."""
    return bool(_BLANK.fullmatch(text, tokens[place].end, tokens[place + 1].start))


def _at(text: str, tokens: Sequence[Token], place: int, reach: int) -> Token | None:
    """Return the number that stands at `place`, or within `reach` words after it, past such as «من سنة»."""
    for n in range(place, min(place + reach, len(tokens))):
        if n < 1 or not _beside(text, tokens, n - 1):
            return None
        if tokens[n].terms.exact.isdigit():
            return tokens[n]
        if tokens[n].terms.exact not in _BETWEEN:
            return None
    return None


def _before(text: str, tokens: Sequence[Token], place: int) -> Token | None:
    """Return the day that stands before the name of a month, perhaps with «من», "er" or "de" between."""
    for n in range(place - 1, max(-1, place - 3), -1):
        glued = tokens[n].end == tokens[n + 1].start  # 1er
        if not (glued or _beside(text, tokens, n)):
            return None
        if _is_day(tokens[n]):
            return tokens[n]
        if tokens[n].terms.exact not in _BETWEEN:
            return None
    return None


def _is_day(token: Token) -> bool:
    return len(token.terms.exact) <= 2 and token.terms.exact.isdigit()


def _date(start: int, end: int, period: Period | None) -> list[Key]:
    """Return the keys of a day or month: of a day the month it lies in too; of anything else none.

    Hijri dates meet each other alone: the arithmetical calendar may be two days from the moon that was sighted.
    """
    if period is None or period.precision is Precision.YEAR:
        return []
    first = period.first.isoformat()
    if period.calendar is Calendar.HIJRI:
        return [Key(start, end, f"@{first}{'h' if period.precision is Precision.DAY else 'hm'}")]
    days = [Key(start, end, f"@{first}")] if period.precision is Precision.DAY else []
    return [*days, Key(start, end, f"@{first[:7]}")]
